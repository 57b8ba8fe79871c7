"""Rows kept on the disk for a second look: a table must know its columns before its first line is written."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from operator import attrgetter
from tempfile import TemporaryFile
from typing import IO, Any

from lepton_studio.formats.base import Part, Row
from lepton_studio.formats.losses import parts_of
from lepton_studio.project.marks import AnswerMark, Marks, QuestionMark, RelationMark, SpanMark

_AT_ONCE = 256
"""Rows that are written together, as what they share is then written once."""
_SAID: tuple[Part, ...] = ("labels", "spans", "relations", "questions", "targets", "rating")


def _by_fields(kind: type[Any]) -> Callable[[Any], tuple[type[Any], tuple[Any, ...]]]:
    """How to pickle a frozen value: as a call with its fields. The way of `dataclasses` costs four times as much."""
    values = attrgetter(*(one.name for one in fields(kind)))
    return lambda one: (kind, values(one))


_REDUCED: dict[type, Callable[[Any], Any]] = {
    kind: _by_fields(kind) for kind in (Row, Marks, SpanMark, RelationMark, AnswerMark, QuestionMark)
}


@dataclass(slots=True)
class Spool:
    """Rows that have gone by: `fields` in the order of first appearance, `parts` that any row has, `said` those that
    any row says something of, be it that there is none. `has_empty_labels`: a row says that no label holds."""

    fields: dict[str, None] = field(default_factory=dict)
    parts: set[Part] = field(default_factory=set)
    said: set[Part] = field(default_factory=set)
    count: int = 0
    has_empty_labels: bool = False
    _file: IO[bytes] | None = None

    def __iter__(self) -> Iterator[Row]:
        if self._file is not None:
            self._file.seek(0)
            for _ in range(0, self.count, _AT_ONCE):
                yield from pickle.load(self._file)  # written by ourselves a moment ago, to a file without a name


@contextmanager
def spooled(rows: Iterable[Row]) -> Iterator[Spool]:
    """All rows, to be gone through as often as needed while the block lasts."""
    with TemporaryFile() as stream:
        spool = Spool(_file=stream)
        kept: list[Row] = []
        for row in rows:
            spool.fields |= dict.fromkeys(row.fields)
            spool.parts.update(parts_of(row))
            spool.said.update(part for part in _SAID if part not in spool.said and getattr(row.marks, part) is not None)
            spool.has_empty_labels |= row.marks.labels == ()
            spool.count += 1
            kept.append(row)
            if len(kept) == _AT_ONCE:
                _keep(kept, stream)
                kept.clear()
        if kept:
            _keep(kept, stream)
        yield spool


def _keep(rows: list[Row], stream: IO[bytes]) -> None:
    pickler = pickle.Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _REDUCED
    pickler.dump(rows)
