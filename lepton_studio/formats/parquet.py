"""Parquet files, read by pyarrow; label names that `datasets` keeps in the schema are used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lepton_studio.formats.arrow_columns import batch_records, class_names_in, label_column
from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.head import Head
from lepton_studio.language import tr


def detect(head: Head) -> float:
    """By its first bytes."""
    return 1.0 if head.kind == "Parquet" else 0.0


def describe(head: Head) -> Guess:
    """Columns from the schema; the label is its one ClassLabel column, if there is one."""
    schema = _open(head.path).schema_arrow
    names = class_names_in(schema.metadata)
    columns = tuple(map(str, schema.names))
    label = label_column(columns, names)
    known = {name: name for name in names.get(label or "", ())}
    return Guess(format="parquet", paths=(head.path,), columns=columns, label=label, label_names=known)


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """Record numbers count rows from 1."""
    import pyarrow as pa

    file = _open(path)
    try:
        yield from batch_records(file.iter_batches(batch_size=2000), class_names_in(file.schema_arrow.metadata))
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(_damaged(path, error)) from error


def _open(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq  # here: 0.1 s that only Parquet files cost

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(_damaged(path, error)) from error


def _damaged(path: Path, error: Exception) -> str:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return tr("{file} is damaged or no Parquet file ({why}).", file=path.name, why=first)


FORMAT = Format(id="parquet", title="Parquet", detect=detect, describe=describe, records=records)
