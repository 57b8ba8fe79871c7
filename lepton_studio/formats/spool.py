"""Rows kept on the disk for a second look: a table must know its columns before its first line is written."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO

from lepton_studio.formats.base import Part, Row
from lepton_studio.formats.losses import parts_of

_SAID: tuple[Part, ...] = ("labels", "spans", "relations", "questions", "targets", "rating")


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
            for _ in range(self.count):
                yield pickle.load(self._file)  # written by ourselves a moment ago, to a file without a name


@contextmanager
def spooled(rows: Iterable[Row]) -> Iterator[Spool]:
    """All rows, to be gone through as often as needed while the block lasts."""
    with TemporaryFile() as stream:
        spool = Spool(_file=stream)
        for row in rows:
            spool.fields.update(dict.fromkeys(row.fields))
            spool.parts.update(parts_of(row))
            spool.said.update(part for part in _SAID if getattr(row.marks, part) is not None)
            spool.has_empty_labels |= row.marks.labels == ()
            spool.count += 1
            pickle.dump(row, stream, protocol=pickle.HIGHEST_PROTOCOL)
        yield spool
