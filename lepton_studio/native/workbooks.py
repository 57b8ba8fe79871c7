"""The sheets of a workbook as words: the one place where python-calamine is called."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.native.failures import NativeFailure

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_Cell = int | float | str | bool | time | date | datetime | timedelta
_MOST_EXACT = 1e15
"""Whole numbers below it are written without ".0"."""


def sheets(path: Path) -> Iterator[object]:
    """(name, whether it is hidden, how many cells were filled, number of its rows) of each sheet with cells, followed
    by its rows, lists of words of one width. Raises NativeFailure, OSError."""
    from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

    try:
        with load_workbook(path) as book:
            for one in book.sheets_metadata:
                if one.typ == SheetTypeEnum.WorkSheet:
                    rows, filled = _rows(book.get_sheet_by_name(one.name))
                    yield one.name, one.visible != SheetVisibleEnum.Visible, filled, len(rows)
                    yield from rows
    except PasswordError as error:
        raise NativeFailure("password", str(error)) from error
    except CalamineError as error:
        raise NativeFailure("damaged", str(error)) from error


def _rows(sheet: CalamineSheet) -> tuple[list[list[str]], int]:
    """The rows from the sheet's row 1, and how many cells got the words of the merged cell that they are part of."""
    rows = [[_words(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    filled = 0
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if top >= len(rows) or left >= len(rows[top]):
            continue
        # Downwards only: a heading over several columns is not the value of each of them.
        for row in rows[top + 1 : bottom + 1]:
            if not row[left] and rows[top][left]:
                row[left] = rows[top][left]
                filled += 1
    return rows, filled


def _words(cell: _Cell) -> str:
    """A cell as it is shown, but for its number format: whole numbers without ".0", dates as ISO."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _MOST_EXACT:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell)
