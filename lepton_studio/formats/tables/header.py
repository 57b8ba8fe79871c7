"""Whether the first row of a table names its columns, and the names to use where it does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from lepton_studio.formats.guessing.roles import knows_column

_NUMBER = re.compile(r"\s*[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?\s*$")
_SENTENCE = re.compile(r".{15,}[.!…。]\s*$", re.DOTALL)
_LONGEST_NAME, _LONGEST_QUESTION = 60, 250
_FEW_ROWS, _MANY_ROWS = 4, 20
_MOST_ABOVE, _MOST_TITLES = 30, 8


def column_names(cells: Sequence[str]) -> tuple[str, ...]:
    """One distinct name per column: the header's cell without edge spaces, "column 3" where that is empty."""
    names: dict[str, None] = {}
    copies: Counter[str] = Counter()
    for position, cell in enumerate(cells, start=1):
        name = base = cell.strip().lstrip("\ufeff") or f"column {position}"
        while name in names:
            copies[base] += 1
            name = f"{base} ({copies[base] + 1})"
        names[name] = None
    return tuple(names)


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether row 0 names columns: short, distinct, no numbers, and unlike the cells below it; or, however long, over
    a column of few values, each of them repeated, without being one of these."""
    if not rows or not any(cell.strip() for cell in rows[0]):
        return False
    first, body = rows[0], [row for row in rows[1:1000] if row]
    filled = [cell.strip() for cell in first if cell.strip()]
    longest = max(map(len, filled))
    if any(_NUMBER.match(cell) or _SENTENCE.match(cell) for cell in filled) or longest > _LONGEST_QUESTION:
        return False
    if longest <= _LONGEST_NAME and any(knows_column(cell) for cell in filled):
        return True
    if len(set(filled)) != len(filled):
        return False
    if not body:
        return len(filled) > 1 and longest <= _LONGEST_NAME
    columns = [[row[place].strip() for row in body if place < len(row)] for place in range(len(first))]
    over = [(cell.strip(), column) for cell, column in zip(first, columns, strict=True) if cell.strip() and column]
    if any(_repeats(column) and cell in column for cell, column in over):
        return False
    if any(
        _is_apart(cell, column) and (longest <= _LONGEST_NAME or len(column) >= _MANY_ROWS) for cell, column in over
    ):
        return True
    return longest <= _LONGEST_NAME and any(_unlike(cell, column) for cell, column in over)


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """The number, from 1, of the row that names the columns of a sheet, 0 where none does.

    Rows above it are a title: few, and with fewer cells. `rows` are as wide as the table.
    """
    width = sum(any(cells) for cells in zip(*rows, strict=True))
    filled = [sum(map(bool, row)) for row in rows[:_MOST_ABOVE]]
    for enough in (width, width // 2 + 1):
        place = next((place for place, count in enumerate(filled) if count >= enough), None)
        if place is None:
            continue
        above, below = sum(map(bool, filled[:place])), sum(any(row) for row in rows[place + 1 :])
        if (not above or above < min(below, _MOST_TITLES)) and has_header(rows[place:]):
            return place + 1
    return 0


def _repeats(column: Sequence[str]) -> bool:
    return len(column) > 10 and len(set(column)) < len(column) / 2


def _is_apart(cell: str, column: Sequence[str]) -> bool:
    """Whether the cell stands over a column of few values that are all repeated, and is none of them: as a value of
    the column it would be the only one that stands there once."""
    counts = Counter(value for value in column if value)
    total = counts.total()
    if total < _FEW_ROWS or len(counts) > total / 2 or cell in counts:
        return False
    once = sum(count == 1 for count in counts.values())
    return once <= 0.02 * total and cell.lower() not in {value.lower() for value in counts}


def _unlike(cell: str, column: Sequence[str]) -> bool:
    """Whether the cell looks like none of those below it: a word over numbers, or a short word over long texts."""
    numbers = sum(bool(_NUMBER.match(value)) for value in column if value)
    if numbers > 0.8 * len(column):
        return True
    lengths = sorted(map(len, column))
    return len(cell) < 0.25 * lengths[len(lengths) // 2] and " " not in cell
