"""How a cell says labels: on or off, a list as a program prints it, a vector of 0 and 1, names with something between
them."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from lepton_studio.formats.values import as_text

LabelForm = Literal["", "list", "flags"]
"""What the cells of a label column are where they are not names: lists in brackets, or a 0 or 1 for each label."""

ON = frozenset({"1", "1.0", "true", "yes", "x", "y", "t", "on", "✓", "✔", "☑", "ja", "oui", "sí", "si", "是"})
OFF = frozenset({"0", "0.0", "false", "no", "n", "f", "off", "", "-", "nein", "non", "否"})
SEPARATORS = ("#", "|", ";", ",", "\n", "+")
"""What joins labels in a cell for sure, where the pieces are labels of other cells."""
JOINERS = (*SEPARATORS, "/", "、", "_", " ")
"""What may join them, if a person says so."""
_BRACKETS = {"[": "]", "(": ")", "{": "}"}
_PIECE = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^,'"\[\](){}]+))\s*(,|(?=['"\s])|$)""")
_BARE_VECTOR = re.compile(r"[01](?:\.0*)?(?:\s*[,;|\s]\s*[01](?:\.0*)?){2,}|[01] [01]")
_NUMBER_FLAG = re.compile(r"([01])[.,]0+")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?")
_LONGEST = 20_000


def is_on(cell: object) -> bool | None:
    """Whether a cell switches its label on; None for what says neither."""
    word = as_text(cell).strip().lower()
    if match := _NUMBER_FLAG.fullmatch(word):
        return match[1] == "1"
    return True if word in ON else False if word in OFF else None


def list_in(cell: object, *, loose: bool = False) -> list[object] | None:
    """The list that a cell is, or that it prints: JSON, a Python list, tuple or set, a NumPy array; None for none.

    `loose`: names in brackets need no quotes, as in "[late, wet]".
    """
    if isinstance(cell, (list, tuple, set, frozenset)):
        return list(cell)
    if not isinstance(cell, str) or not 2 <= len(cell) <= _LONGEST:
        return None
    text = cell.strip()
    if text in ("set()", "list()", "tuple()"):
        return []
    text = re.sub(r"\A(?:array|set|frozenset|list|tuple)\((.*?)(?:, *dtype=\w+)?\)\Z", r"\1", text, flags=re.DOTALL)
    if text[:1] not in _BRACKETS or not text.endswith(_BRACKETS[text[0]]):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return _printed(text, loose=loose)
    return found if isinstance(found, list) else None


def _printed(text: str, *, loose: bool) -> list[object] | None:
    """A list of strings or numbers as Python or NumPy print it."""
    body = text[1:-1].strip()
    if not body:
        return [] if text[0] != "(" else None
    quoted = body[0] in "'\""
    if not quoted:
        pieces = body.split(",") if "," in body else body.split()
        pieces = [piece.strip() for piece in pieces if piece.strip()]
        if all(_NUMBER.fullmatch(piece) or piece in ("True", "False") for piece in pieces):
            return [piece in ("True",) if piece.isalpha() else float(piece) for piece in pieces]
        return list(body.split(",") if "," in body else [body]) if loose and text[0] == "[" else None
    found: list[object] = []
    at = 0
    while at < len(body):
        match = _PIECE.match(body, at)
        if match is None or match.end() == at:
            return None
        single, double, bare, _ = match.groups()
        if bare is not None and bare.strip():
            found.append(bare.strip())
        elif bare is None:
            found.append(re.sub(r"\\(.)", r"\1", single if single is not None else double))
        at = match.end()
    return found


def flags_in(cell: object) -> list[bool] | None:
    """The vector of 0 and 1 that a cell is, or that it prints, with or without brackets; None for none."""
    found = list_in(cell)
    if found is None and isinstance(cell, str) and len(cell) <= _LONGEST and _BARE_VECTOR.fullmatch(cell.strip()):
        found = [float(piece) for piece in re.findall(r"[01]", re.sub(r"\.0*", "", cell))]
    if found is None or len(found) < 2:
        return None
    return [one in (1, "1") for one in found] if all(one in (0, 1, "0", "1") for one in found) else None


def form_of(cells: Sequence[object]) -> LabelForm:
    """What these cells are, none of them empty."""
    vectors = [found for cell in cells if (found := flags_in(cell)) is not None]
    if cells and len(vectors) == len(cells) and len({len(one) for one in vectors}) == 1:
        repeats = any(len(set(one)) < len(one) for one in vectors)
        if repeats or len({tuple(one) for one in vectors}) > 1:
            return "flags"
    written = [cell for cell in cells if isinstance(cell, str)]
    lists = sum(list_in(cell, loose=True) is not None for cell in written)
    return "list" if written and lists == len(written) == len(cells) else ""


def flag_name(place: int, names: Mapping[str, str]) -> str:
    """What the label at a place of a vector is called: by a table of names, else by its place."""
    return names.get(str(place), f"label_{place}")


def separator_of(cells: Collection[str]) -> str:
    """What joins several labels in one cell: the pieces of such cells must be labels of other cells too."""
    cells = {cell for cell in cells if not cell.startswith("[")}
    for separator in SEPARATORS:
        several = [cell.split(separator) for cell in cells if separator in cell]
        if not several:
            continue
        where: dict[str, int] = defaultdict(int)
        for cell in cells:
            for piece in {piece.strip() for piece in cell.split(separator)}:
                where[piece] += 1
        pieces = [piece.strip() for one in several for piece in one]
        if all(pieces) and sum(where[piece] > 1 for piece in pieces) >= 0.9 * len(pieces):
            return separator
    return ""


def joiner_of(cells: Collection[str]) -> str:
    """What most of these cells have between words, however seldom the words are: keywords in a cell."""
    for separator in JOINERS[:-1]:  # names have spaces in them
        if sum(separator in cell for cell in cells) > 0.5 * len(cells):
            return separator
    return ""
