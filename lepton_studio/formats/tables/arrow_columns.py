"""What Parquet files and `datasets` folders share: the names of ClassLabel columns, and Arrow tables as records."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lepton_studio.formats.base import Record
from lepton_studio.formats.native_files import unreadable
from lepton_studio.formats.values import as_json
from lepton_studio.native.failures import NativeFailure
from lepton_studio.native.reading import values

Names = Mapping[str, tuple[str, ...]]
"""Column -> its label names, by number."""


def class_names(features: object) -> Names:
    """The ClassLabel columns, single or in a list, of a `datasets` features object (dict of dicts)."""
    if not isinstance(features, dict):
        return {}
    found = {}
    for column, kind in features.items():
        listed = kind[0] if isinstance(kind, list) and kind else kind
        inner = listed.get("feature", listed) if isinstance(listed, dict) else None
        if isinstance(inner, dict) and inner.get("_type") == "ClassLabel" and inner.get("names"):
            found[str(column)] = tuple(map(str, inner["names"]))
    return found


def class_names_in(described: str) -> Names:
    """The same from what `datasets` puts into an Arrow schema, in JSON."""
    try:
        return class_names(json.loads(described)["info"]["features"]) if described else {}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}


@dataclass(frozen=True, slots=True)
class About:
    """What a table says of itself: its columns, whether all their values are JSON values, and `datasets`' words."""

    columns: tuple[str, ...]
    is_plain: bool
    described: str


def read_table(reader: Literal["parquet", "arrow"], path: Path, *, damaged: str) -> Generator[Any, None, None]:
    """First the About of a table, then its rows, lists of values. `damaged`: the sentence for one that cannot be read.

    Raises UnreadableFile, OSError.
    """
    try:
        with closing(values(reader, path)) as found:
            columns, is_plain, described = next(found)
            yield About(tuple(columns), is_plain, described)
            yield from found
    except NativeFailure as failure:
        raise unreadable(path, failure, damaged=damaged) from failure


def row_records(rows: Iterable[Any], about: About, names: Names) -> Iterator[Record]:
    """Records of the rows, numbered from 1; label numbers become names, -1 becomes None."""
    for number, row in enumerate(rows, start=1):
        cells = dict(zip(about.columns, row, strict=True))
        raw = cells if about.is_plain else as_json(cells)
        for column, known in names.items():
            if column in cells:
                cells = {**cells, column: _named(cells[column], known)}
        yield Record(number, cells, raw=raw)


def _named(value: object, names: tuple[str, ...]) -> object:
    if isinstance(value, list):
        return [_named(one, names) for one in value]
    if isinstance(value, int) and 0 <= value < len(names):
        return names[value]
    return None


def label_column(columns: Iterable[str], names: Names) -> str | None:
    """The one ClassLabel column, None when there is none or several."""
    found = [column for column in columns if column in names]
    return found[0] if len(found) == 1 else None
