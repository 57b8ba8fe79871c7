"""Workbooks out: the columns of the CSV table on one sheet, text as text, ratings as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lepton_studio.formats.base import Loss, OutLabel, Row
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.spool import Spool, spooled
from lepton_studio.formats.tables.cell_tables import (
    MOST_EXCEL_CHARACTERS,
    MOST_EXCEL_ROWS,
    Cells,
    cell_text,
    write_sheet,
)
from lepton_studio.formats.tables.delimited_writing import labels_cell
from lepton_studio.formats.tables.table_columns import FIRST, Columns, columns_of, mark_cells, renamed_field
from lepton_studio.language import tr


def write_excel(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """What a sheet cannot hold (rows beyond a million, long cells) is left out and counted. Raises OSError."""
    losses = Losses()
    with spooled(rows) as kept:
        columns = columns_of(kept)
        write_sheet(target, _cells(kept, columns, losses), columns.names)
    return losses.found()


def _cells(rows: Spool, columns: Columns, losses: Losses) -> Iterator[Cells]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_EXCEL_ROWS:
            losses.add(tr("samples beyond the {most:,} that fit on a sheet", most=MOST_EXCEL_ROWS), row)
            continue
        if renamed := columns.renamed:
            losses.add(renamed_field(), row, sum(name in row.fields for name in renamed))
        first = (row.text, labels_cell(row.marks.labels), row.split or "", row.note)
        marks = mark_cells(row) if columns.marks else {}
        cells: dict[str, object] = dict(zip(FIRST, first, strict=True))
        cells |= {name: marks[name] for name in columns.marks}
        cells |= {column: row.fields.get(name, "") for name, column in columns.fields.items()}
        if long := sum(len(cell_text(cell)) > MOST_EXCEL_CHARACTERS for cell in cells.values()):
            losses.add(tr("text of a cell beyond {most:,} characters", most=MOST_EXCEL_CHARACTERS), row, long)
        yield cells
