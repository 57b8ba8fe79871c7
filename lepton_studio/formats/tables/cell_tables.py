"""Tables of plain cells out, by the name of the file: CSV, TSV, Excel, JSON Lines, Parquet. For what a person opens at
their desk; samples with their marks go out through `writing`."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from lepton_studio.atomic import new_file
from lepton_studio.formats.tables.table_columns import json_cell
from lepton_studio.formats.values import as_json, as_text

Cells = Mapping[str, object]
"""One row: column -> cell, a JSON value. A column that it lacks is blank."""

MOST_EXCEL_ROWS = 1_048_575
"""What one sheet holds below its header."""
MOST_EXCEL_CHARACTERS = 32_767
"""What one cell of a workbook holds."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell of a CSV file that begins so is a formula for a spreadsheet."""
_BATCH = 5_000


@dataclass(slots=True)
class Changed:
    """How many cells stand otherwise in the file than they were: `quoted` begin with an apostrophe, so that they are no
    formulas; `cut` lost what was too long for a workbook."""

    quoted: int = 0
    cut: int = 0


@dataclass(slots=True)
class CellSpool:
    """Rows kept on the disk until all columns are known: `columns` in the order of first appearance."""

    columns: dict[str, None] = field(default_factory=dict)
    count: int = 0
    _file: IO[bytes] | None = None

    def add(self, cells: Cells) -> None:
        """Keep one more row."""
        assert self._file is not None
        self.columns |= dict.fromkeys(cells)
        self.count += 1
        self._file.write(json.dumps({name: as_json(cell) for name, cell in cells.items()}).encode() + b"\n")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        assert self._file is not None
        self._file.seek(0)
        return map(json.loads, self._file)


@contextmanager
def cell_spool(columns: Iterable[str] = ()) -> Iterator[CellSpool]:
    """An empty spool, for as long as the block lasts; these columns come first."""
    with TemporaryFile() as stream:
        yield CellSpool(dict.fromkeys(columns), _file=stream)


def write_cells(target: Path, rows: Iterable[Cells], *, columns: Sequence[str]) -> Changed:
    """Write rows, streamed, in the kind that the name of `target` says, a key of TABLE_KINDS; the file appears whole.

    Raises OSError, KeyError for another kind, ValueError for more rows than the kind holds.
    """
    with new_file(target) as temporary:
        return TABLE_KINDS[target.suffix.lower()](temporary, rows, columns)


def _write_csv(target: Path, rows: Iterable[Cells], columns: Sequence[str], *, delimiter: str = ",") -> Changed:
    """UTF-8 with a byte order mark, without which Excel takes every other script for Latin."""
    changed = Changed()

    def plain(cell: object) -> str:
        text = cell_text(cell)
        if text.startswith(_FORMULA) and not _is_number(text):
            changed.quoted += 1
            return f"'{text}"
        return text

    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([plain(row.get(name)) for name in columns])
    return changed


def _write_tsv(target: Path, rows: Iterable[Cells], columns: Sequence[str]) -> Changed:
    return _write_csv(target, rows, columns, delimiter="\t")


def write_sheet(target: Path, rows: Iterable[Cells], columns: Sequence[str]) -> Changed:
    """One sheet: text as text, be it like a formula or a link; numbers as numbers."""
    from xlsxwriter import Workbook  # here: only workbooks pay for it

    changed = Changed()
    safe = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(str(target), {"constant_memory": True, **safe}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for place, name in enumerate(columns):
            sheet.write_string(0, place, name[:MOST_EXCEL_CHARACTERS], bold)
        for number, row in enumerate(rows, start=1):
            if number > MOST_EXCEL_ROWS:
                raise ValueError("more rows than a sheet holds")
            for place, name in enumerate(columns):
                cell = row.get(name)
                if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < 1e15:
                    sheet.write_number(number, place, cell)
                elif text := cell_text(cell):
                    changed.cut += len(text) > MOST_EXCEL_CHARACTERS
                    sheet.write_string(number, place, text[:MOST_EXCEL_CHARACTERS])
    return changed


def _write_json_lines(target: Path, rows: Iterable[Cells], columns: Sequence[str]) -> Changed:
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            said = {name: row[name] for name in columns if name in row}
            stream.write(json.dumps(said, ensure_ascii=False) + "\n")
    return Changed()


def _write_parquet(target: Path, rows: Iterable[Cells], columns: Sequence[str]) -> Changed:
    """A column of numbers, of yes and no, or of text; one that mixes them, or holds structures, is text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with cell_spool(columns) as kept:
        kinds: dict[str, set[type]] = {name: set() for name in columns}
        for row in rows:
            kept.add(row)
            for name, cell in row.items():
                if cell is not None:
                    kinds[name].add(str if isinstance(cell, int) and abs(cell) >= 2**63 else type(cell))
        schema = pa.schema([(name, _arrow_type(kinds[name])) for name in columns])
        with pq.ParquetWriter(target, schema) as writer:
            every = iter(kept)
            while batch := list(islice(every, _BATCH)):
                arrays = [_column([row.get(name) for row in batch], schema.field(name).type) for name in columns]
                writer.write_table(pa.table(arrays, schema=schema))
    return Changed()


TABLE_KINDS: Mapping[str, Callable[[Path, Iterable[Cells], Sequence[str]], Changed]] = {
    ".csv": _write_csv,
    ".xlsx": write_sheet,
    ".jsonl": _write_json_lines,
    ".parquet": _write_parquet,
    ".tsv": _write_tsv,
}
"""By the ending of a file's name, in small letters."""


def _arrow_type(kinds: set[type]) -> Any:
    import pyarrow as pa

    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64()
    return pa.float64() if kinds and kinds <= {int, float} else pa.string()


def _column(cells: list[Any], kind: Any) -> Any:
    import pyarrow as pa

    is_text = kind == pa.string()
    return pa.array([cell_text(cell) if is_text and cell is not None else cell for cell in cells], kind)


def cell_text(cell: object) -> str:
    """The cell in letters: structures as JSON on one line, None as nothing."""
    return json_cell(cell) if isinstance(cell, (list, dict)) else as_text(cell)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
