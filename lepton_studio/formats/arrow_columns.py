"""What Parquet files and `datasets` folders share: the names of ClassLabel columns, and Arrow batches as records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lepton_studio.formats.base import Record
from lepton_studio.formats.values import as_json

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


def class_names_in(metadata: Mapping[bytes, bytes] | None) -> Names:
    """The same from the metadata that `datasets` puts into an Arrow schema."""
    stored = (metadata or {}).get(b"huggingface")
    try:
        return class_names(json.loads(stored)["info"]["features"]) if stored else {}
    except (ValueError, KeyError, TypeError):
        return {}


def batch_records(batches: Iterable[Any], names: Names) -> Iterator[Record]:
    """Records of Arrow record batches, numbered from 1; label numbers become names, -1 becomes None."""
    number = 0
    for batch in batches:
        plain = not any(_needs_json(field.type) for field in batch.schema)
        for row in batch.to_pylist():
            number += 1
            raw = row if plain else as_json(row)
            for column, known in names.items():
                if column in row:
                    row = {**row, column: _named(row[column], known)}
            yield Record(number, row, raw=raw)


def _needs_json(kind: object) -> bool:
    return str(kind) not in {"string", "large_string", "bool", "int8", "int16", "int32", "int64", "uint8"}


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
