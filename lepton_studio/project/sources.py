"""What is kept of the files that samples came from: the untouched row, and the rows that could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lepton_studio.language import tr
from lepton_studio.project.connection import Connection, storable
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.raw_rows import unpacked
from lepton_studio.project.records import SampleId


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where a sample came from: the file, the row in it (from 1), and the row as it was read."""

    source: str
    row: int
    raw: object | None


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """A row that did not come in, and why, in a sentence. `row` counts from 1; 0 is the file as a whole."""

    source: str
    row: int
    reason: str


def source_row(db: Connection, sample: SampleId) -> SourceRow:
    """The row that a sample was. Raises NoSuchSample."""
    found = db.execute(
        """SELECT ifnull(o.source, c.source), c.row, c.raw, o.cells, c.text, c.fields
           FROM content c LEFT JOIN origin o ON o.id = c.origin WHERE c.id = ?""",
        (sample,),
    ).fetchone()
    if found is None:
        raise NoSuchSample(tr("This sample is no longer in the project."))
    source, row, raw, cells, text, fields = found
    return SourceRow(source, row, unpacked(raw, cells=cells, text=text, fields=fields))


def add_problems(db: Connection, problems: Iterable[ImportProblem], *, entry: int) -> int:
    """Keep the problems under a history entry; returns how many."""
    rows = [(entry, storable(one.source), one.row, storable(one.reason)) for one in problems]
    db.executemany("INSERT INTO problem VALUES (?, ?, ?, ?)", rows)
    return len(rows)


def last_problems(db: Connection) -> list[ImportProblem]:
    """Those of the last import that is not undone."""
    rows = db.execute(
        """SELECT source, row, reason FROM problem
           WHERE entry = (
               SELECT max(id) FROM entry WHERE undone IS NULL AND (
                   structure OR id IN (SELECT entry FROM problem))
           ) ORDER BY rowid"""
    )
    return [ImportProblem(*row) for row in rows]
