"""The history: one entry a change, each made in the state that its parent left; undoing.py goes from one to another."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lepton_studio.language import kept, to_keep
from lepton_studio.project.changes import Changes
from lepton_studio.project.connection import Connection, storable
from lepton_studio.project.in_words import from_json
from lepton_studio.project.records import Origin, SampleId

MANY_SAMPLES = 1000
"""From here on a change does not list its samples: what shows any rereads."""

_ENTRIES = """SELECT id, at, who, name, undone IS NOT NULL, CASE WHEN samples > 0 THEN samples ELSE labels END,
    structure, parent IS NOT NULL, labels FROM entry"""
_REDOABLE = "SELECT id FROM entry WHERE parent = ? AND undone IS NOT NULL ORDER BY undone DESC, id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change: when (ISO 8601, UTC), by whom, its undo name, and how many samples (or labels) it touched.

    `structure`: it added or removed samples. `kept`: the state after it can be gone to; not so for what was undone, and
    then passed over, in older versions of the app.
    """

    id: int
    at: str
    who: str
    name: str
    undone: bool
    count: int
    structure: bool = False
    kept: bool = True
    labels: int = 0
    """How many labels it touched."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided on one sample, in JSON values, None for unlabelled; `seconds` is how long it took."""

    at: str
    who: str
    before: object | None
    after: object | None
    origin: Origin
    seconds: float | None
    undone: bool


@dataclass
class Step:
    """The change under way: the writes note here what they touched."""

    db: Connection
    name: str
    entry: int
    samples: set[SampleId] | None = field(default_factory=set)
    touched: int = 0
    labels_touched: int = 0
    structure: bool = False
    problems: bool = False

    def touch(self, *samples: SampleId) -> None:
        """Note samples by id."""
        self.touched += len(samples)
        if self.samples is not None:
            self.samples.update(samples)
            if len(self.samples) > MANY_SAMPLES:
                self.samples = None

    def touch_many(self, count: int) -> None:
        """Note so many samples without their ids."""
        self.touched += count
        if count:
            self.samples = None

    def touch_labels(self, count: int = 1) -> None:
        """Note labels."""
        self.labels_touched += count

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not (self.touched or self.labels_touched or self.structure or self.problems)

    @property
    def changes(self) -> Changes:
        """What was touched so far."""
        samples = None if self.samples is None else frozenset(self.samples)
        return Changes(self.name, self.entry, samples, labels=self.labels_touched > 0, structure=self.structure)


@contextmanager
def recorded_step(db: Connection, name: str) -> Iterator[Step]:
    """One transaction that is one history entry. An exception rolls all back; nothing written leaves no entry."""
    with db.transaction():
        entry = db.execute(
            "INSERT INTO entry (at, who, name, parent) VALUES (?, ?, ?, ?)",
            (now(), user_name(), storable(to_keep(name)), position(db)),
        ).lastrowid
        assert entry is not None
        db.recording = entry
        step = Step(db, name, entry)
        yield step
        if step.is_empty:
            db.execute("DELETE FROM entry WHERE id = ?", (entry,))
            step.entry = position(db)
        else:
            db.execute(
                "UPDATE entry SET samples = ?, labels = ?, structure = ? WHERE id = ?",
                (step.touched, step.labels_touched, step.structure, entry),
            )


def next_undo(db: Connection) -> HistoryEntry | None:
    """The change that an undo would take back."""
    return _entry(db, position(db))


def next_redo(db: Connection) -> HistoryEntry | None:
    """The change that a redo would do again: of those made in this state, the one that was undone last."""
    return _entry(db, db.value(_REDOABLE, (position(db),)) or 0)


def position(db: Connection) -> int:
    """The id of the last change that holds; 0 before the first."""
    return db.value("SELECT id FROM entry WHERE undone IS NULL ORDER BY id DESC LIMIT 1") or 0


def entries(db: Connection, *, before: int | None, limit: int) -> list[HistoryEntry]:
    """The newest first; `before` is the last id of the page before."""
    rows = db.execute(
        f"{_ENTRIES} WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?",
        (before, before, limit),
    )
    return [_entry_from_row(row) for row in rows]


def decisions(db: Connection, sample: SampleId) -> list[Decision]:
    """All that was ever decided on a sample, the oldest first, undone ones included.

    What a merge took over from a copy is that of the person who decided it there.
    """
    rows = db.execute(
        """SELECT ifnull(a.at, e.at), ifnull(a.who, e.who), d.before, d.after, d.origin, d.seconds, e.undone IS NOT NULL
           FROM decision d JOIN entry e ON e.id = d.entry
           LEFT JOIN answer a ON a.entry = d.entry AND a.sample = d.sample AND a.value = d.after
           WHERE d.sample = ? GROUP BY d.id ORDER BY d.id""",
        (sample,),
    )
    return [
        Decision(at, who, _from_json(before), _from_json(after), origin, seconds, bool(undone))
        for at, who, before, after, origin, seconds, undone in rows
    ]


def seconds_by_length(db: Connection, *, limit: int) -> list[tuple[int, float]]:
    """(characters of the text, seconds) of the newest decisions that gave an annotation and hold."""
    return db.execute(
        """SELECT s.length, d.seconds
           FROM decision d JOIN sample s ON s.id = d.sample JOIN entry e ON e.id = d.entry
           WHERE d.seconds IS NOT NULL AND d.after IS NOT NULL AND e.undone IS NULL ORDER BY d.id DESC LIMIT ?""",
        (limit,),
    ).fetchall()


def decided_by_hand(db: Connection) -> list[SampleId]:
    """The samples that a person annotated one by one, in the order in which that was done first."""
    rows = db.execute(
        """SELECT d.sample FROM decision d JOIN entry e ON e.id = d.entry
           WHERE d.origin IN ('manual', 'suggestion') AND d.after IS NOT NULL AND e.undone IS NULL
           GROUP BY d.sample ORDER BY min(d.id)"""
    )
    return [sample for (sample,) in rows]


def annotated_at(db: Connection, samples: Iterable[SampleId]) -> dict[SampleId, str]:
    """When each of some samples was annotated last (ISO 8601, UTC); without those that have no annotation."""
    rows = db.execute(
        """SELECT s.id, e.at FROM sample s JOIN decision d ON d.id = (
               SELECT max(l.id) FROM decision l JOIN entry held ON held.id = l.entry
               WHERE l.sample = s.id AND held.undone IS NULL)
           JOIN entry e ON e.id = d.entry
           WHERE s.value IS NOT NULL AND s.id IN (SELECT value FROM json_each(?))""",
        (json.dumps(list(samples)),),
    )
    return dict(rows)


def now() -> str:
    """This moment in UTC, ISO 8601 to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def user_name() -> str:
    """Who sits here: by LEPTON_ANNOTATOR, else as the operating system knows them; "" where it knows nobody."""
    if named := os.environ.get("LEPTON_ANNOTATOR"):
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def is_named() -> bool:
    """Whether somebody said who sits here."""
    return bool(os.environ.get("LEPTON_ANNOTATOR"))


def _entry(db: Connection, id: int) -> HistoryEntry | None:
    row = db.execute(f"{_ENTRIES} WHERE id = ?", (id,)).fetchone()
    return None if row is None else _entry_from_row(row)


def _entry_from_row(row: tuple[Any, ...]) -> HistoryEntry:
    id, at, who, name, undone, count, structure, can_go_back, labels = row
    return HistoryEntry(id, at, who, kept(name), bool(undone), count, bool(structure), bool(can_go_back), labels)


def _from_json(stored: str | None) -> object | None:
    return None if stored is None else from_json(stored)
