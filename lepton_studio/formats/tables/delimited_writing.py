"""CSV out: RFC 4180 in UTF-8 with CR LF ends; what is more than a word stands in its cell as JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from lepton_studio.formats.base import Loss, OutLabel, Row
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.spool import spooled
from lepton_studio.formats.tables.table_columns import columns_of, json_cell, mark_cells, renamed_field

LABEL_JOINER = "#"


def write_delimited(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """Several labels are joined by "#", or a JSON list where a label holds one itself. Raises OSError."""
    losses = Losses()
    with spooled(rows) as kept, target.open("w", encoding="utf-8", newline="") as stream:
        columns = columns_of(kept)
        names, marked, renamed = tuple(columns.fields), columns.marks, columns.renamed
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(columns.names)
        for row in kept:
            if renamed:
                losses.add(renamed_field(), row, sum(name in row.fields for name in renamed))
            marks = mark_cells(row) if marked else {}
            cells = [_cell(marks[name]) for name in marked]
            extra = [row.fields.get(name, "") for name in names]
            writer.writerow([row.text, labels_cell(row.marks.labels), row.split or "", row.note, *cells, *extra])
    return losses.found()


def labels_cell(names: tuple[str, ...] | None) -> str:
    """The labels of a row in one cell, "" where nobody gave any."""
    if names is None:
        return ""
    if not names or any(LABEL_JOINER in name for name in names) or any(name.startswith("[") for name in names):
        return json_cell(list(names))
    return LABEL_JOINER.join(names)


def _cell(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, float):
        return f"{value:g}" if value == float(f"{value:g}") else repr(value)
    return json_cell(value)
