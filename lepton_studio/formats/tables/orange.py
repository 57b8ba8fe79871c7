"""Orange's .tab: a table with three header lines: names, types, roles. See "Orange's native format" in its docs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lepton_studio.formats.base import Format, Guess
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.tables import delimited
from lepton_studio.formats.tables.header import column_names

_TYPES = {"", "d", "discrete", "c", "continuous", "s", "string", "t", "time", "b", "basket"}
_ROLES = {"", "class", "c", "meta", "m", "i", "ignore"}


def detect(head: FileStart) -> float:
    """Lines two and three hold types and roles only."""
    lines = head.lines()[:3]
    if head.is_folder or len(lines) < 3 or "\t" not in lines[0]:
        return 0.0
    names, types, roles = (line.split("\t") for line in lines)
    if not len(names) >= len(types) or not any(types):
        return 0.0
    typed = all(cell in _TYPES or " " in cell for cell in types) and any(cell in _TYPES - {""} for cell in types)
    return 0.97 if typed and all(_role(cell) in _ROLES for cell in roles) else 0.0


def describe(head: FileStart) -> Guess:
    """The class column is the label, the (first) string column the text."""
    names, types, roles = (line.split("\t") for line in head.lines()[:3])
    columns = column_names(names)
    strings = [name for name, kind in zip(columns, types, strict=False) if kind in {"s", "string"}]
    classes = [name for name, role in zip(columns, roles, strict=False) if _role(role) in {"class", "c"}]
    guess = delimited.describe(head)
    return replace(
        guess,
        format="orange",
        delimiter="\t",
        header_rows=3,
        columns=columns,
        text=strings[0] if len(strings) == 1 else None,
        label=classes[0] if classes else None,
    )


def columns(path: Path, guess: Guess) -> tuple[str, ...]:
    """The names stand in the first of the header lines."""
    return delimited.columns(path, replace(guess, header_rows=1) if guess.header_rows else guess)


def _role(cell: str) -> str:
    """The role without attributes: `class hidden=True` is a class, `title=True` has none."""
    first = cell.strip().split(" ", 1)[0]
    return "" if "=" in first else first


FORMAT = Format(
    id="orange",
    title="Orange table (.tab)",
    detect=detect,
    describe=describe,
    records=delimited.records,
    columns=columns,
)
