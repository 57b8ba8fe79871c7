"""What Parquet files and folders of `datasets` share: what it says of their columns, and Arrow tables as records."""

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
from lepton_studio.language import tr
from lepton_studio.native.failures import NativeFailure
from lepton_studio.native.reading import values

Features = Mapping[str, object]
"""Column -> what it holds, as `datasets` describes it in JSON; {} where nothing is said."""

_MEDIA = {"Image", "Audio", "Video", "Pdf", "Nifti", "Mesh"}

Names = Mapping[str, tuple[str, ...]]
"""Column -> its label names, by number."""


def class_names(features: Features) -> Names:
    """The ClassLabel columns, single or in a list."""
    found = {}
    for column, kind in features.items():
        listed = kind[0] if isinstance(kind, list) and kind else kind
        inner = listed.get("feature", listed) if isinstance(listed, dict) else None
        if isinstance(inner, dict) and inner.get("_type") == "ClassLabel" and inner.get("names"):
            found[str(column)] = tuple(map(str, inner["names"]))
    return found


def features_in(described: str) -> Features:
    """The features in what `datasets` puts into an Arrow schema, in JSON."""
    try:
        found = json.loads(described)["info"]["features"] if described else {}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def shown_columns(columns: Iterable[str], features: Features) -> tuple[str, ...]:
    """The columns that a person sees: of translations each language is one, `translation.en`; no media."""
    read = (name for name in columns if not _is_media(features.get(name)))
    return tuple(one for name in read for one in (_languages(name, features) or (name,)))


def media_columns(columns: Iterable[str], features: Features) -> tuple[str, ...]:
    """The columns that hold pictures, sounds and the like, which no task reads."""
    return tuple(name for name in columns if _is_media(features.get(name)))


def media_notices(columns: Iterable[str], features: Features) -> tuple[str, ...]:
    """What a person should know of them."""
    found = ", ".join(media_columns(columns, features))
    return (tr("Left out, as images, audio and other media are not read: {columns}.", columns=found),) if found else ()


def _is_media(kind: object) -> bool:
    return isinstance(kind, dict) and kind.get("_type") in _MEDIA


def _languages(column: str, features: Features) -> tuple[str, ...]:
    kind = features.get(column)
    if not isinstance(kind, dict) or kind.get("_type") != "Translation":
        return ()
    return tuple(f"{column}.{language}" for language in kind.get("languages") or ())


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


def row_records(rows: Iterable[Any], about: About, features: Features) -> Iterator[Record]:
    """Records of the rows, numbered from 1, as their features say: numbers of labels become names, -1 becomes None, in
    lists and structures too; a translation has a cell for each language; lists of starts, ends and labels are spans.
    """
    told = {column: kind for column in about.columns if _says_more(kind := features.get(column))}
    unread = media_columns(about.columns, features)
    languages = {column: found for column in told if (found := _languages(column, features))}
    for number, row in enumerate(rows, start=1):
        cells = dict(zip(about.columns, row, strict=True))
        for column in unread:
            del cells[column]
        raw = cells if about.is_plain else as_json(cells)
        if told:
            cells = {name: _understood(cell, told[name]) if name in told else cell for name, cell in cells.items()}
        for column, names in languages.items():
            texts = cells.pop(column)
            known = texts if isinstance(texts, dict) else {}
            cells |= {name: known.get(name.removeprefix(f"{column}.")) for name in names}
        yield Record(number, cells, raw=raw)


def _says_more(kind: object) -> bool:
    """Whether a feature says more of its cells than they do."""
    return kind is not None and not (isinstance(kind, dict) and kind.get("_type") == "Value")


def _understood(value: object, kind: object) -> object:
    if isinstance(kind, list) and kind:  # how older versions write a list
        return _understood(value, {"_type": "List", "feature": kind[0]})
    if not isinstance(kind, dict):
        return value
    if kind.get("_type") == "ClassLabel" and kind.get("names"):
        names = kind["names"]
        return str(names[value]) if isinstance(value, int) and 0 <= value < len(names) else None
    inner = kind.get("feature", kind)
    if isinstance(value, list):
        return [_understood(one, inner) for one in value]
    if isinstance(value, dict) and isinstance(inner, dict) and "_type" not in inner:
        return _as_spans({name: _understood(one, inner.get(name)) for name, one in value.items()})
    return value


def _as_spans(value: dict[str, object]) -> object:
    """A structure of lists, as `datasets` stores a sequence of structures, where these are spans."""
    lists = [one for one in value.values() if isinstance(one, list)]
    is_span = {"start", "end"} <= set(value) and len(lists) == len(value) and len(set(map(len, lists))) == 1
    return [dict(zip(value, one, strict=True)) for one in zip(*lists, strict=True)] if is_span else value


def label_column(columns: Iterable[str], names: Names) -> str | None:
    """The one ClassLabel column, None when there is none or several."""
    found = [column for column in columns if column in names]
    return found[0] if len(found) == 1 else None
