"""Workbooks, .xlsx, .xls, .xlsb and .ods: which sheets are read, and what in them is the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from lepton_studio.formats.base import ALL_TABLES, Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.tables.excel_writing import write_excel
from lepton_studio.formats.tables.header import column_names, header_row
from lepton_studio.formats.tables.table_columns import EVERY_PART
from lepton_studio.formats.tables.workbook import Sheet, has_unfilled, read_workbook
from lepton_studio.language import tr, trn

SHEET = "sheet"
"""The column that tells the sheets apart where several are read together."""
_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}
_SAMPLED_ROWS = 1000
_SMALL = 0.2
"""A first sheet with fewer rows than this share of the largest is a cover or a list, not the data."""


def detect(head: FileStart) -> float:
    """By extension, and by not being text."""
    return 0.95 if head.suffix in _SUFFIXES and head.kind in {"zip", "Office"} else 0.0


def describe(head: FileStart) -> Guess:
    """The first visible sheet that is not much smaller than the others, with all sheets that have its columns."""
    sheets = _with_cells(head.path)
    chosen = _main(sheets)
    header = _header(chosen)
    together = _alike(sheets, chosen, header)
    return _guess(head, sheets, together if len(together) > 1 else (chosen,), header)


def of_table(head: FileStart, name: str) -> Guess:
    """The guess for the sheet of this name, hidden ones too, or for ALL_TABLES. Raises UnreadableFile."""
    sheets = _with_cells(head.path)
    if name == ALL_TABLES:
        chosen = _main(sheets)
        return _guess(head, sheets, _alike(sheets, chosen, _header(chosen)), _header(chosen))
    found = next((one for one in sheets if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in sheets)
        raise UnreadableFile(
            tr("{file} has no sheet {sheet} with content. Its sheets: {known}.", file=head.path.name, sheet=name,
               known=known)
        )  # fmt: skip
    return _guess(head, sheets, (found,), _header(found))


def columns(path: Path, guess: Guess) -> tuple[str, ...]:
    """The columns with another number of header rows."""
    return _columns(_read(path, guess), guess.header_rows)


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """Row numbers are the sheet's; of several sheets, a column says which."""
    for sheet in _read(path, guess):
        more = {SHEET: sheet.name} if guess.table == ALL_TABLES and SHEET in guess.columns else {}
        for number, row in enumerate(sheet.rows[guess.header_rows :], start=guess.header_rows + 1):
            if any(row):
                cells = {**dict(zip(guess.columns, row, strict=False)), **more}
                yield Record(number, cells, raw=cells)


def notices(path: Path, guess: Guess) -> list[str]:
    """Which sheets are read and which are not, what stands above the header, and how many cells were filled."""
    sheets = _with_cells(path)
    read = _read(path, guess)
    said = []
    if len(read) > 1:
        names = ", ".join(one.name for one in read)
        said.append(tr("The sheets {sheets} have the same columns and are read together.", sheets=names))
    elif len(sheets) > 1:
        said.append(tr("The sheet {sheet} is read.", sheet=read[0].name))
    if others := [one.name for one in sheets if one not in read and not one.is_hidden]:
        said.append(tr("Sheets not read: {sheets}.", sheets=", ".join(others)))
    if hidden := [one.name for one in sheets if one not in read and one.is_hidden]:
        said.append(tr("Hidden sheets not read: {sheets}.", sheets=", ".join(hidden)))
    if guess.header_rows > 1:
        said.append(tr("The column names are in row {row}; the rows above are left out.", row=guess.header_rows))
    if filled := sum(one.filled for one in read):
        said.append(
            trn(
                "{count} empty cell is part of a merged cell and was filled with its content.",
                "{count} empty cells are parts of merged cells and were filled with their content.",
                filled,
            )
        )
    if has_unfilled(path):
        said.append(
            tr("Only the first row of a merged cell has its content. Save the file as .xlsx to have all rows filled.")
        )
    return said


def _with_cells(path: Path) -> tuple[Sheet, ...]:
    """The sheets with something in them. Raises UnreadableFile."""
    sheets = tuple(one for one in read_workbook(path) if one.rows_with_cells)
    if not sheets:
        raise UnreadableFile(tr("{file} has no cells with content.", file=path.name))
    return sheets


def _read(path: Path, guess: Guess) -> tuple[Sheet, ...]:
    """The sheets that the guess reads."""
    sheets = _with_cells(path)
    if guess.table == ALL_TABLES:
        return _alike(sheets, _main(sheets), guess.header_rows)
    found = tuple(one for one in sheets if one.name == guess.table)
    if not found:
        raise UnreadableFile(tr("{file} has no sheet {sheet} any more.", file=path.name, sheet=guess.table))
    return found


def _main(sheets: Sequence[Sheet]) -> Sheet:
    visible = [one for one in sheets if not one.is_hidden] or list(sheets)
    largest = max(one.rows_with_cells for one in visible)
    return next(one for one in visible if one.rows_with_cells >= _SMALL * largest)


def _alike(sheets: Sequence[Sheet], main: Sheet, header_rows: int) -> tuple[Sheet, ...]:
    """The main sheet and all visible ones with its columns."""
    names = _names(main, header_rows)
    return tuple(one for one in sheets if one is main or (not one.is_hidden and _names(one, header_rows) == names))


def _guess(head: FileStart, sheets: Sequence[Sheet], read: Sequence[Sheet], header_rows: int) -> Guess:
    main = _main(sheets)
    several = len(_alike(sheets, main, _header(main))) > 1
    visible = [one.name for one in sheets if not one.is_hidden or one in read]
    return Guess(
        format="excel",
        paths=(head.path,),
        header_rows=header_rows,
        table=read[0].name if len(read) == 1 else ALL_TABLES,
        tables=(*((ALL_TABLES,) if several else ()), *(visible if len(visible) > 1 else ())),
        columns=_columns(read, header_rows),
    )


def _header(sheet: Sheet) -> int:
    return header_row(sheet.rows[:_SAMPLED_ROWS])


def _columns(sheets: Sequence[Sheet], header_rows: int) -> tuple[str, ...]:
    names = _names(sheets[0], header_rows)
    return (*names, SHEET) if len(sheets) > 1 and SHEET not in names else names


def _names(sheet: Sheet, header_rows: int) -> tuple[str, ...]:
    """The cells of the last header row; columns behind the last filled one are none."""
    width = max((place for row in sheet.rows for place, cell in enumerate(row, start=1) if cell), default=0)
    named = 0 < header_rows <= len(sheet.rows)
    return column_names(sheet.rows[header_rows - 1][:width] if named else [""] * width)


FORMAT = Format(
    id="excel",
    title="Excel",
    detect=detect,
    describe=describe,
    records=records,
    columns=columns,
    notices=notices,
    of_table=of_table,
    write=write_excel,
    holds=EVERY_PART,
    suffix=".xlsx",
)
