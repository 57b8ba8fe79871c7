"""Workbooks: .xlsx, .xls, .xlsb and .ods, read by python-calamine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.excel_writing import write_excel
from lepton_studio.formats.head import Head
from lepton_studio.formats.header import column_names, has_header
from lepton_studio.formats.table_columns import EVERY_PART
from lepton_studio.language import tr

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_Cell = int | float | str | bool | time | date | datetime | timedelta


def detect(head: Head) -> float:
    """By extension, and by not being text."""
    return 0.95 if head.suffix in _SUFFIXES and head.kind in {"zip", "Office"} else 0.0


def describe(head: Head) -> Guess:
    """The first sheet with cells in it."""
    book = _open(head.path)
    names = tuple(book.sheet_names)
    for name in names:
        rows = _cells(book, name)
        if rows:
            header = 1 if has_header([[_text(cell) for cell in row] for row in rows[:1000]]) else 0
            return Guess(
                format="excel",
                paths=(head.path,),
                header_rows=header,
                table=name,
                tables=names if len(names) > 1 else (),
                columns=_names(rows, header),
            )
    raise UnreadableFile(tr("{file} has no filled cells.", file=head.path.name))


def columns(path: Path, guess: Guess) -> tuple[str, ...]:
    """The columns of another sheet, or with another number of header rows."""
    return _names(_cells(_open(path), guess.table), guess.header_rows)


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """Row numbers are the sheet's. Cells come as text: whole numbers without ".0", dates as ISO."""
    for number, row in enumerate(_cells(_open(path), guess.table), start=1):
        if number <= guess.header_rows or not any(cell != "" for cell in row):
            continue
        cells = {name: _text(cell) for name, cell in zip(guess.columns, row, strict=False)}
        yield Record(number, cells, raw=cells)


def _open(path: Path) -> CalamineWorkbook:
    from python_calamine import CalamineError, load_workbook

    try:
        return load_workbook(path)
    except CalamineError as error:
        sentence = tr("{file} cannot be opened as a workbook. Is it damaged or password-protected?", file=path.name)
        raise UnreadableFile(sentence) from error


def _cells(book: CalamineWorkbook, sheet: str) -> list[list[_Cell]]:
    """All rows from row 1 of the sheet, so that row numbers are those a person sees."""
    name = sheet if sheet in book.sheet_names else book.sheet_names[0]
    return list(book.get_sheet_by_name(name).to_python(skip_empty_area=False))


def _names(rows: list[list[_Cell]], header_rows: int) -> tuple[str, ...]:
    if not rows:
        return ()
    width = max(map(len, rows))
    first = [_text(cell) for cell in rows[0]] if header_rows else []
    return column_names(first + [""] * (width - len(first)))


def _text(cell: _Cell) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell)


FORMAT = Format(
    id="excel",
    title="Excel",
    detect=detect,
    describe=describe,
    records=records,
    columns=columns,
    write=write_excel,
    holds=EVERY_PART,
    suffix=".xlsx",
)
