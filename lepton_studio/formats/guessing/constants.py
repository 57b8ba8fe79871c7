"""Columns that say the same in every row: a prompt, a date of export. There is nothing to learn from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from lepton_studio.formats.base import Guess, Record
from lepton_studio.formats.reading import read_records
from lepton_studio.formats.values import as_text

Row = Mapping[str, object]
_FEW_ROWS = 3
_CHECKED_ROWS = 200_000


def constant_columns(guess: Guess, sample: Sequence[Row]) -> frozenset[str]:
    """The columns with one value in all rows: those that the sample does not tell apart are looked at to the end, as
    files are often sorted by their labels."""
    if len(sample) < _FEW_ROWS:
        return frozenset()
    found = _constant(guess.columns, sample)
    if not found:
        return frozenset()
    every = (record.cells for record, _, _ in islice(read_records(guess), _CHECKED_ROWS) if isinstance(record, Record))
    return frozenset(_constant(found, every))


def says_one_thing(column: str, rows: Sequence[Row]) -> bool:
    """Whether these rows say the same in a column."""
    return len(rows) >= _FEW_ROWS and bool(_constant((column,), rows))


def _constant(columns: Iterable[str], rows: Iterable[Row]) -> list[str]:
    """Those of the columns that say one thing in all of the rows; stops where none is left."""
    values: dict[str, str] | None = None
    for row in rows:
        if values is None:
            values = {name: value for name in columns if (value := as_text(row.get(name)))}
        elif changed := [name for name, value in values.items() if as_text(row.get(name)) != value]:
            for name in changed:
                del values[name]
        if not values:
            return []
    return list(values or ())
