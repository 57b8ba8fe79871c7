"""Undo, redo and the way to any state of the history, by the states that the triggers of schema.py keep.

An entry keeps each row as it was before the entry (or that it was not there). Undo and redo are the same: put the kept
states back and keep the present ones instead. Samples that an import added are a range of ids until they are undone.
Entries are a tree: one that was undone stays where it was made, whatever is done in its place, so that its state can be
gone to as well.
"""

from __future__ import annotations

from lepton_studio.language import kept, tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.connection import NOT_RECORDED, Connection
from lepton_studio.project.errors import NoSuchState
from lepton_studio.project.history import MANY_SAMPLES, next_redo, position
from lepton_studio.project.records import SampleId
from lepton_studio.project.tallies import Range, count_in, count_out, ranges_of
from lepton_studio.project.texts import bring_back_texts, set_texts_aside

_SAMPLE_COLUMNS = "text_hash, length, split, value, labels, origin, skipped, flagged, note, draft"
_NEVER_CHANGED = ("text_hash", "length")
"""Written again, they would have their indexes written too, in places that are scattered all over the file."""
_LABEL_COLUMNS = "name, color, key, description, position, options"


def undo(db: Connection) -> Changes | None:
    """Take the last change back; None when there is none."""
    entry = position(db)
    if not entry:
        return None
    with db.widened(), db.transaction():
        db.recording = NOT_RECORDED
        samples = _take_back(db, entry)
        return _changes(db, entry, samples)


def redo(db: Connection) -> Changes | None:
    """Do again what was undone last; None when there is nothing."""
    entry = next_redo(db)
    if entry is None:
        return None
    with db.widened(), db.transaction():
        db.recording = NOT_RECORDED
        samples = _do_again(db, entry.id)
        return _changes(db, entry.id, samples)


def go_to(db: Connection, entry: int) -> Changes | None:
    """Bring back the state after an entry, 0 for that before the first; None where it is the state of now.

    Raises NoSuchState for one whose state is not kept.
    """
    wanted = _path(db, entry)
    held = set(wanted)
    if entry == position(db):
        return None
    with db.widened(), db.transaction():
        db.recording = NOT_RECORDED
        while (last := position(db)) and last not in held:
            _take_back(db, last)
        reached = position(db)
        for later in (one for one in wanted if one > reached):
            _remember_lapse(db, later)
            _do_again(db, later)
        name = db.value("SELECT name FROM entry WHERE id = ?", (entry,)) or ""
        return Changes(kept(name), entry, None, labels=True, structure=True)


def _path(db: Connection, entry: int) -> list[int]:
    """The entries that lead to a state, ascending. Raises NoSuchState."""
    path: list[int] = []
    while entry:
        parent = db.value("SELECT parent FROM entry WHERE id = ?", (entry,))
        if parent is None:
            raise NoSuchState(tr("This state is no longer available."))
        path.append(entry)
        entry = parent
    return path[::-1]


def _take_back(db: Connection, entry: int) -> frozenset[SampleId] | None:
    """Undo this entry, the last one that holds; the samples touched, None for many."""
    added = _added(db, entry)
    for first, last in added:
        db.execute("DELETE FROM sample_before WHERE entry = ? AND id BETWEEN ? AND ?", (entry, first, last))
        db.execute(
            "INSERT INTO sample_before (entry, id, existed) SELECT ?, id, 0 FROM sample WHERE id BETWEEN ? AND ?",
            (entry, first, last),
        )
    samples = _swapped_samples(db, entry)
    _swap(db, entry)
    db.execute("UPDATE meta SET value = value + 1 WHERE key = 'undos'")
    db.execute("UPDATE entry SET undone = (SELECT value FROM meta WHERE key = 'undos') WHERE id = ?", (entry,))
    return None if added else samples


def _do_again(db: Connection, entry: int) -> frozenset[SampleId] | None:
    """Redo this entry, in the state in which it was made."""
    added = _added(db, entry)
    samples = _swapped_samples(db, entry)
    _swap(db, entry)
    for first, last in added:
        db.execute("DELETE FROM sample_before WHERE entry = ? AND id BETWEEN ? AND ?", (entry, first, last))
    db.execute("UPDATE entry SET undone = NULL WHERE id = ?", (entry,))
    return None if added else samples


def _remember_lapse(db: Connection, entry: int) -> None:
    """A run that was made while the entry did not hold may have a later position: see predictions.py."""
    db.execute("UPDATE meta SET value = value + 1 WHERE key = 'undos'")
    db.execute(
        """INSERT INTO lapse (entry, since, until)
           SELECT id, undone, (SELECT value FROM meta WHERE key = 'undos') FROM entry WHERE id = ?""",
        (entry,),
    )


def _swap(db: Connection, entry: int) -> None:
    """Exchange the present state of all that the entry touched with the state that it keeps."""
    leaving = ranges_of(
        id
        for (id,) in db.execute(
            """SELECT b.id FROM sample_before b JOIN sample s ON s.id = b.id
               WHERE b.entry = ? AND NOT b.existed ORDER BY b.id""",
            (entry,),
        )
    )
    coming = ranges_of(
        id
        for (id,) in db.execute(
            """SELECT id FROM sample_before b WHERE entry = ? AND existed
               AND NOT EXISTS (SELECT 1 FROM sample s WHERE s.id = b.id) ORDER BY id""",
            (entry,),
        )
    )
    set_texts_aside(db, leaving)
    count_out(db, leaving)
    _swap_table(db, "sample", _SAMPLE_COLUMNS, entry)
    _swap_table(db, "label", _LABEL_COLUMNS, entry)
    bring_back_texts(db, coming)
    count_in(db, coming)


def _swap_table(db: Connection, table: str, columns: str, entry: int) -> None:
    """Exchange the present rows of `table` with those kept for `entry`; in between they wait under its negative."""
    present = ", ".join(f"t.{column}" for column in columns.split(", "))
    assigned = ", ".join(f"{one} = excluded.{one}" for one in columns.split(", ") if one not in _NEVER_CHANGED)
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


def _added(db: Connection, entry: int) -> list[Range]:
    return db.execute("SELECT first, last FROM added WHERE entry = ?", (entry,)).fetchall()


def _swapped_samples(db: Connection, entry: int) -> frozenset[SampleId] | None:
    rows = db.execute("SELECT id FROM sample_before WHERE entry = ? LIMIT ?", (entry, MANY_SAMPLES + 1)).fetchall()
    return None if len(rows) > MANY_SAMPLES else frozenset(id for (id,) in rows)


def _changes(db: Connection, entry: int, samples: frozenset[SampleId] | None) -> Changes:
    name, labels, structure = db.execute("SELECT name, labels, structure FROM entry WHERE id = ?", (entry,)).fetchone()
    return Changes(kept(name), position(db), samples, labels=labels > 0, structure=bool(structure))
