"""Where the records of a JSON file are: its lists, and the other shapes that tables take in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lepton_studio.formats.guessing.roles import knows_column
from lepton_studio.formats.splits import split_named
from lepton_studio.formats.tables.json_values import DECODER, reason
from lepton_studio.formats.values import as_text, flat
from lepton_studio.language import tr
from lepton_studio.stopping import go_on

Kind = Literal["objects", "lists", "strings", "keyed", "columns", "split"]
"""What the elements are; "keyed": an object of objects by their names; "columns": a list, or an object by row, for each
column; "split": the names of the columns beside rows of cells (the last three as pandas writes tables)."""

_SPACE = re.compile(r"(?:[ \t\r\n\ufeff]+|(?://|#)[^\n]*|/\*.*?\*/)*", re.DOTALL)
OF_ONE_TEXT = frozenset({"tokens", "words", "messages", "conversations", "contents"})
"""Lists under these names say one text."""
_DEEPEST = 2
"""Objects in objects that lists are looked for in."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Records of a file. `position` is behind the "[" of a list, else at the value; `key` is "" for the outermost
    value, "data.train" for one inside of another."""

    key: str
    kind: Kind
    position: int

    @property
    def is_split(self) -> bool:
        """Whether it is called by a split."""
        return is_split(self.key)


@dataclass(frozen=True, slots=True)
class Broken:
    """In place of an element: the file goes no further, and why."""

    why: str


def is_split(key: str) -> bool:
    """Whether a list under this key is called by a split."""
    return split_named(key.rpartition(".")[2]) is not None


def listings_in(text: str) -> list[Listing]:
    """The lists of records, as far as the text goes: lists of objects where there are any, else lists of lists or
    strings, else a table in another shape."""
    start = _skip(text, 0)
    if text[start : start + 1] == "[":
        kind = _kind(text, start + 1)
        return [Listing("", kind, start + 1)] if kind else []
    if text[start : start + 1] != "{":
        return []
    found = list(_inside(text, start, prefix="", depth=1))
    at_top = any(one.kind in ("objects", "columns") and "." not in one.key for one in found)
    if not at_top and (table := _table_at(text, start)):
        return [table]
    for kind in ("objects", "columns", "lists", "strings"):
        if of_kind := [one for one in found if one.kind == kind]:
            splits = [one for one in found if one.is_split and one not in of_kind]
            return sorted((*of_kind, *splits), key=lambda one: one.position)
    return []


def elements(text: str, listing: Listing) -> Iterator[tuple[object, int]]:
    """(element, where it starts); last a `Broken` if the list is not closed properly."""
    if listing.kind in ("keyed", "columns", "split"):
        try:
            value, _ = DECODER.raw_decode(text, listing.position)
        except (ValueError, RecursionError) as error:
            yield Broken(reason(error)), listing.position
            return
        yield from ((one, listing.position) for one in _rows(value, listing.kind))
        return
    position = listing.position
    while True:
        position = _skip(text, position)
        if text[position : position + 1] == "]":
            return
        start = position
        try:
            value, position = DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            yield Broken(reason(error)), start
            return
        go_on()
        yield value, start
        position = _skip(text, position)
        follows = text[position : position + 1]
        if follows == ",":
            position += 1
        elif follows != "]":
            yield Broken(tr("a comma or a closing bracket is missing")), position
            return


def order_of_pairs(values: Sequence[object]) -> tuple[str, ...]:
    """What the cells of pairs are: a text and its label, in the order that has the wordier cells as texts; () where
    these are no pairs."""
    pairs = [one for one in values if isinstance(one, list) and len(one) == 2 and isinstance(one[0], str)]
    if len(pairs) < len(values) or not all(isinstance(one, (str, int, float)) or one is None for _, one in pairs):
        return ()
    spaces = [sum(as_text(pair[place]).count(" ") for pair in pairs) for place in (0, 1)]
    lengths = [sum(len(as_text(pair[place])) for pair in pairs) for place in (0, 1)]
    return ("text", "label") if (spaces[0], lengths[0]) >= (spaces[1], lengths[1]) else ("label", "text")


def cells_of(value: object, order: Sequence[str] = ()) -> dict[str, object] | None:
    """The cells of an element, those of a list called as `order` says; None for one that is no record."""
    if isinstance(value, dict):
        return flat(value)
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list) and len(value) > 1 and not any(isinstance(one, (list, dict)) for one in value):
        names = order if len(order) == len(value) else [f"column {place}" for place in range(1, len(value) + 1)]
        return dict(zip(names, value, strict=True))
    return None


def is_object(text: str) -> bool:
    """Whether the outermost value is an object."""
    start = _skip(text, 0)
    return text[start : start + 1] == "{"


def _skip(text: str, position: int) -> int:
    """Behind white space and comments."""
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _kind(text: str, position: int) -> Kind | None:
    """What a list holds, by the first character behind its bracket; of an empty one, objects."""
    first = text[_skip(text, position) :][:1]
    return {"{": "objects", "[": "lists", '"': "strings", "]": "objects", "": "objects"}.get(first)  # type: ignore[return-value]


def _inside(text: str, start: int, *, prefix: str, depth: int) -> Iterator[Listing]:
    """The lists under the keys of the object that starts here, empty ones left out."""
    position = _skip(text, start + 1)
    while text[position : position + 1] == '"':
        try:
            key, position = DECODER.raw_decode(text, position)
            position = _skip(text, position)
            if text[position : position + 1] != ":":
                return
            position = _skip(text, position + 1)
            opens = text[position : position + 1]
            if opens == "[" and text[_skip(text, position + 1) :][:1] != "]" and (kind := _kind(text, position + 1)):
                yield Listing(prefix + key, kind, position + 1)
            start = position
            value, position = DECODER.raw_decode(text, position)
            if opens == "{" and _shape(value) == "columns":
                yield Listing(prefix + key, "columns", start)
            elif opens == "{" and depth < _DEEPEST:
                yield from _inside(text, start, prefix=f"{prefix}{key}.", depth=depth + 1)
        except (ValueError, RecursionError):
            return
        position = _skip(text, position)
        if text[position : position + 1] != ",":
            return
        position = _skip(text, position + 1)


def _table_at(text: str, start: int) -> Listing | None:
    """The whole object as a table, where it has the shape of one."""
    try:
        value, _ = DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    kind = _shape(value)
    return None if kind is None else Listing("", kind, start)


def _shape(value: Mapping[str, object]) -> Kind | None:
    cells = list(value.values())
    names, rows = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(rows, list) and rows and all(isinstance(one, list) for one in rows):
        return "split" if all(isinstance(one, str) for one in names) else None
    if any(split_named(name) for name in value) or OF_ONE_TEXT & value.keys():
        return None
    if len(cells) > 1 and any(map(knows_column, value)):
        lists = [one for one in cells if isinstance(one, list) and not any(isinstance(cell, dict) for cell in one)]
        if len(lists) == len(cells) and len({len(one) for one in lists}) == 1 and lists[0]:
            return "columns"
        by_row = [one for one in cells if isinstance(one, dict)]
        if len(by_row) == len(cells) and by_row[0] and all(one.keys() == by_row[0].keys() for one in by_row):
            return "columns" if all(key.isdecimal() for key in by_row[0]) else None
    objects = [one for one in cells if isinstance(one, dict)]
    if len(objects) > 1 and len(objects) == len(cells) and not any(map(knows_column, value)):
        shared = set.intersection(*(set(one) for one in objects))
        if any(isinstance(objects[0][name], str) and knows_column(name) for name in shared):
            return "keyed"
    return None


def _rows(value: Mapping[str, object], kind: Kind) -> Iterator[object]:
    if kind == "keyed":
        for name, one in value.items():
            yield {"id": name, **one} if isinstance(one, dict) else one
    elif kind == "split":
        names, rows = value["columns"], value["data"]
        assert isinstance(names, Sequence) and isinstance(rows, Sequence)
        for row in rows:
            yield dict(zip(names, row, strict=False))
    else:
        columns = [list(one.values()) if isinstance(one, dict) else one for one in value.values()]
        for cells in zip(*columns, strict=True):
            yield dict(zip(value, cells, strict=True))
