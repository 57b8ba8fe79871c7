"""The sheets of a workbook as words: the one place where python-calamine is called."""

from __future__ import annotations

import re
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.formats.base import UnreadableFile
from lepton_studio.language import tr

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

_Cell = int | float | str | bool | time | date | datetime | timedelta
_SPANS_ROWS = re.compile(rb'number-rows-spanned="(?!1")')
_SEARCHED_BYTES = 64 << 20
_MOST_EXACT = 1e15
"""Whole numbers below it are written without ".0"."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `rows` are of one width and begin at the sheet's row 1: their numbers are those a person sees.

    `filled`: how many cells got the words of the merged cell that they are part of.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    is_hidden: bool = False
    filled: int = 0

    @property
    def rows_with_cells(self) -> int:
        """How many rows are not empty."""
        return sum(any(row) for row in self.rows)


def read_workbook(path: Path) -> tuple[Sheet, ...]:
    """All sheets with cells, in the order of their tabs; sheets of charts are none. Raises UnreadableFile, OSError."""
    from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

    path.stat()  # what the system says against the file, in the system's own exception
    try:
        with load_workbook(path) as book:
            return tuple(
                _sheet(book.get_sheet_by_name(one.name), is_hidden=one.visible != SheetVisibleEnum.Visible)
                for one in book.sheets_metadata
                if one.typ == SheetTypeEnum.WorkSheet
            )
    except PasswordError as error:
        sentence = tr("{file} is protected by a password. Save it without one and try again.", file=path.name)
        raise UnreadableFile(sentence) from error
    except CalamineError as error:
        sentence = tr("{file} cannot be opened as a workbook: it is damaged, or of another kind.", file=path.name)
        raise UnreadableFile(sentence) from error


def has_unfilled(path: Path) -> bool:
    """Whether a workbook of OpenOffice has cells merged downwards: the library tells of those of Excel only."""
    if path.suffix.lower() != ".ods":
        return False
    with (
        suppress(OSError, KeyError, zipfile.BadZipFile, zlib.error),
        zipfile.ZipFile(path) as packed,
        packed.open("content.xml") as stream,
    ):
        return _SPANS_ROWS.search(stream.read(_SEARCHED_BYTES)) is not None
    return False


def _sheet(sheet: CalamineSheet, *, is_hidden: bool) -> Sheet:
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
    return Sheet(sheet.name, tuple(map(tuple, rows)), is_hidden, filled)


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
