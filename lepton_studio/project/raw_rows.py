"""Source rows as they are kept: without what the sample says itself, its text and its fields, which are whole there.

What the rows of a file have in common stands in the table `origin` once: the file, and for each cell where it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lepton_studio.project.connection import Connection, storable, to_json
from lepton_studio.project.in_words import damaged, from_json, object_from_json

_KEPT, _TEXT, _FIELD = 0, 1, 2
"""Where a cell is: in `raw`, a list of these in order; it is the text; it is the field of its name."""
_WHOLE = "null"
"""In place of the cells: `raw` is the whole row."""
_MOST_ORIGINS = 2000
"""Rows that all differ in their columns are kept whole from there on."""

_Shape = tuple[str, tuple[str, ...], tuple[int, ...]]


class RawRows:
    """Packs the source rows of samples that are added, inside a transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._origins = {
            (source, cells): id for id, source, cells in db.execute("SELECT id, source, cells FROM origin")
        }
        self._shapes: dict[_Shape, int] = {}

    def packed(
        self, raw: object | None, *, source: str, text: str, fields: Mapping[str, str]
    ) -> tuple[int, str | None]:
        """(origin, raw) as they are stored. `text` as it is stored, too."""
        if not isinstance(raw, dict) or not raw or len(self._origins) >= _MOST_ORIGINS:
            return self._origin(source, _WHOLE), None if raw is None else to_json(raw)
        kept: list[object] = []
        places = []
        for name, cell in raw.items():
            place = _KEPT
            if type(cell) is str:
                place = _TEXT if cell == text else _FIELD if fields.get(name) == cell else _KEPT
            if place == _KEPT:
                kept.append(cell)
            places.append(place)
        shape = (source, tuple(raw), tuple(places))
        origin = self._shapes.get(shape)
        if origin is None:
            cells = json.dumps(dict(zip(raw, places, strict=True)), separators=(",", ":"))
            origin = self._shapes[shape] = self._origin(source, cells)
        return origin, to_json(kept)

    def _origin(self, source: str, cells: str) -> int:
        known = self._origins.get((source, cells))
        if known is None:
            made = self._db.execute("INSERT INTO origin (source, cells) VALUES (?, ?)", (storable(source), cells))
            assert made.lastrowid is not None
            known = self._origins[source, cells] = made.lastrowid
        return known


def unpacked(raw: str | None, *, cells: str | None, text: str, fields: str) -> Any:
    """The source row; `cells` of its origin, None where it has none. Raises ProjectDamaged."""
    places = None if cells is None else from_json(cells)
    if raw is None or places is None:
        return None if raw is None else from_json(raw)
    kept = from_json(raw)
    if not isinstance(places, dict) or not isinstance(kept, list) or len(kept) != list(places.values()).count(_KEPT):
        raise damaged()
    row, left, said = {}, iter(kept), object_from_json(fields) if _FIELD in places.values() else {}
    for name, place in places.items():
        row[name] = text if place == _TEXT else said.get(name, "") if place == _FIELD else next(left)
    return row
