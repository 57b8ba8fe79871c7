"""Undo and redo without limit: history entries, and the states before them that the triggers of schema.py keep.

An entry keeps each row as it was before the entry (or that it was not there). Undo and redo are the same: put the kept
states back and keep the present ones instead. Samples that an import added are a range of ids until they are undone.
"""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from lepton_studio.project.changes import Changes
from lepton_studio.project.connection import NOT_RECORDED, Connection, storable
from lepton_studio.project.in_words import from_json
from lepton_studio.project.records import Origin, SampleId
from lepton_studio.project.tallies import count_in, count_out
from lepton_studio.project.texts import bring_back_texts, set_texts_aside

MANY_SAMPLES = 1000
"""From here on a change does not list its samples: what shows any rereads."""

_SAMPLE_COLUMNS = "text_hash, length, split, value, labels, origin, skipped, flagged, note"
_LABEL_COLUMNS = "name, color, key, description, position, options"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change: when (ISO 8601, UTC), by whom, its undo name, and how many samples (or labels) it touched."""

    id: int
    at: str
    who: str
    name: str
    undone: bool
    count: int


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
            "INSERT INTO entry (at, who, name) VALUES (?, ?, ?)", (now(), user_name(), storable(name))
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
            _drop_redoable(db)


def undo(db: Connection) -> Changes | None:
    """Take the last change back; None when there is none."""
    entry = db.value("SELECT id FROM entry WHERE undone IS NULL ORDER BY id DESC LIMIT 1")
    if entry is None:
        return None
    with db.transaction():
        db.recording = NOT_RECORDED
        samples = _swapped_samples(db, entry)
        for first, last in _added(db, entry):
            set_texts_aside(db, first, last)
            count_out(db, first, last)
            db.execute("DELETE FROM sample_before WHERE entry = ? AND id BETWEEN ? AND ?", (entry, first, last))
            db.execute(
                "INSERT INTO sample_before (entry, id, existed) SELECT ?, id, 0 FROM sample WHERE id BETWEEN ? AND ?",
                (entry, first, last),
            )
        _swap(db, entry)
        db.execute("UPDATE meta SET value = value + 1 WHERE key = 'undos'")
        db.execute("UPDATE entry SET undone = (SELECT value FROM meta WHERE key = 'undos') WHERE id = ?", (entry,))
        return _changes(db, entry, samples)


def redo(db: Connection) -> Changes | None:
    """Do again what was undone last; None when there is nothing."""
    entry = _redoable(db)
    if entry is None:
        return None
    with db.transaction():
        db.recording = NOT_RECORDED
        samples = _swapped_samples(db, entry)
        _swap(db, entry)
        for first, last in _added(db, entry):
            bring_back_texts(db, first, last)
            count_in(db, first, last)
            db.execute("DELETE FROM sample_before WHERE entry = ? AND id BETWEEN ? AND ?", (entry, first, last))
        db.execute("UPDATE entry SET undone = NULL WHERE id = ?", (entry,))
        return _changes(db, entry, samples)


def undo_name(db: Connection) -> str | None:
    """The name of the change that `undo` would take back."""
    name: str | None = db.value("SELECT name FROM entry WHERE undone IS NULL ORDER BY id DESC LIMIT 1")
    return name


def redo_name(db: Connection) -> str | None:
    """The name of the change that `redo` would do again."""
    entry = _redoable(db)
    return None if entry is None else db.value("SELECT name FROM entry WHERE id = ?", (entry,))


def position(db: Connection) -> int:
    """The id of the last change that holds; 0 before the first."""
    return db.value("SELECT id FROM entry WHERE undone IS NULL ORDER BY id DESC LIMIT 1") or 0


def entries(db: Connection, *, before: int | None, limit: int) -> list[HistoryEntry]:
    """The newest first; `before` is the last id of the page before."""
    rows = db.execute(
        """SELECT id, at, who, name, undone IS NOT NULL, CASE WHEN samples > 0 THEN samples ELSE labels END
           FROM entry WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?""",
        (before, before, limit),
    )
    return [HistoryEntry(id, at, who, name, bool(undone), count) for id, at, who, name, undone, count in rows]


def decisions(db: Connection, sample: SampleId) -> list[Decision]:
    """All that was ever decided on a sample, the oldest first, undone ones included."""
    rows = db.execute(
        """SELECT entry.at, entry.who, before, after, origin, seconds, entry.undone IS NOT NULL
           FROM decision JOIN entry ON entry.id = decision.entry WHERE sample = ? ORDER BY decision.id""",
        (sample,),
    )
    return [
        Decision(at, who, _from_json(before), _from_json(after), origin, seconds, bool(undone))
        for at, who, before, after, origin, seconds, undone in rows
    ]


def now() -> str:
    """This moment in UTC, ISO 8601 to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def user_name() -> str:
    """Who sits here, as the operating system knows them; "" where it knows nobody."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _redoable(db: Connection) -> int | None:
    entry: int | None = db.value("SELECT id FROM entry WHERE undone IS NOT NULL AND dropped = 0 ORDER BY id LIMIT 1")
    return entry


def _drop_redoable(db: Connection) -> None:
    """A new change: what was undone before it stays in the history but cannot be redone, so its kept states go."""
    dropped = [entry for (entry,) in db.execute("SELECT id FROM entry WHERE undone IS NOT NULL AND dropped = 0")]
    for entry in dropped:
        for first, last in _added(db, entry):
            db.execute("DELETE FROM content_undone WHERE id BETWEEN ? AND ?", (first, last))
        db.execute("DELETE FROM sample_before WHERE entry = ?", (entry,))
        db.execute("DELETE FROM label_before WHERE entry = ?", (entry,))
        db.execute("UPDATE entry SET dropped = 1 WHERE id = ?", (entry,))


def _swap(db: Connection, entry: int) -> None:
    _swap_table(db, "sample", _SAMPLE_COLUMNS, entry)
    _swap_table(db, "label", _LABEL_COLUMNS, entry)


def _swap_table(db: Connection, table: str, columns: str, entry: int) -> None:
    """Exchange the present rows of `table` with those kept for `entry`; in between they wait under its negative."""
    present = ", ".join(f"t.{column}" for column in columns.split(", "))
    assigned = ", ".join(f"{column} = excluded.{column}" for column in columns.split(", "))
    for statement in (
        f"""INSERT INTO {table}_before (entry, id, existed, {columns})
            SELECT -b.entry, b.id, t.id IS NOT NULL, {present}
            FROM {table}_before AS b LEFT JOIN {table} AS t ON t.id = b.id WHERE b.entry = :entry""",
        f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table}_before WHERE entry = :entry AND NOT existed)",
        f"""INSERT INTO {table} (id, {columns})
            SELECT id, {columns} FROM {table}_before WHERE entry = :entry AND existed
            ON CONFLICT (id) DO UPDATE SET {assigned}""",
        f"DELETE FROM {table}_before WHERE entry = :entry",
        f"UPDATE {table}_before SET entry = :entry WHERE entry = -:entry",
    ):
        db.execute(statement, {"entry": entry})


def _added(db: Connection, entry: int) -> list[tuple[int, int]]:
    return db.execute("SELECT first, last FROM added WHERE entry = ?", (entry,)).fetchall()


def _swapped_samples(db: Connection, entry: int) -> frozenset[SampleId] | None:
    rows = db.execute("SELECT id FROM sample_before WHERE entry = ? LIMIT ?", (entry, MANY_SAMPLES + 1)).fetchall()
    added = sum(last - first + 1 for first, last in _added(db, entry))
    return None if added or len(rows) > MANY_SAMPLES else frozenset(id for (id,) in rows)


def _changes(db: Connection, entry: int, samples: frozenset[SampleId] | None) -> Changes:
    name, labels, structure = db.execute("SELECT name, labels, structure FROM entry WHERE id = ?", (entry,)).fetchone()
    return Changes(name, position(db), samples, labels=labels > 0, structure=bool(structure))


def _from_json(stored: str | None) -> object | None:
    return None if stored is None else from_json(stored)
