"""Parquet files, label names that `datasets` keeps in the schema are used."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.tables.arrow_columns import (
    class_names,
    features_in,
    label_column,
    media_notices,
    read_table,
    row_records,
    shown_columns,
)
from lepton_studio.language import tr


def detect(head: FileStart) -> float:
    """By its first bytes."""
    return 1.0 if head.kind == "Parquet" else 0.0


def describe(head: FileStart) -> Guess:
    """Columns from the schema; the label is its one ClassLabel column, if there is one."""
    with closing(_table(head.path)) as opened:
        about = next(opened)
        features = features_in(about.described)
    names, columns = class_names(features), shown_columns(about.columns, features)
    label = label_column(columns, names)
    known = {name: name for name in names.get(label or "", ())}
    return Guess(format="parquet", paths=(head.path,), columns=columns, label=label, label_names=known)


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """Record numbers count rows from 1."""
    with closing(_table(path)) as opened:
        about = next(opened)
        yield from row_records(opened, about, features_in(about.described))


def notices(path: Path, _guess: Guess) -> tuple[str, ...]:
    """Which columns are left out."""
    with closing(_table(path)) as opened:
        about = next(opened)
        return media_notices(about.columns, features_in(about.described))


def _table(path: Path) -> Generator[Any, None, None]:
    """First what the table is, then its rows. Raises UnreadableFile, OSError."""
    return read_table("parquet", path, damaged=tr("{file} is damaged or not a Parquet file.", file=path.name))


FORMAT = Format(id="parquet", title="Parquet", detect=detect, describe=describe, records=records, notices=notices)
