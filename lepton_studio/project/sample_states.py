"""The states of one sample: what it was after each change that touched it, and the way back to any of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lepton_studio.language import kept, tr
from lepton_studio.project.connection import Connection
from lepton_studio.project.decisions import decide
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.history import Step
from lepton_studio.project.in_words import from_json, text_of
from lepton_studio.project.records import LabelId, Origin, SampleId, Split

_COLUMNS = ("value", "labels", "split", "origin", "skipped", "flagged", "note", "draft")


@dataclass(frozen=True, slots=True)
class SampleState:
    """What a sample was right after one change. `entry`, `at` (ISO 8601, UTC), `who` and `name` are those of the
    change; `seconds` is how long the decision took, None where none was made. `value` and `draft` are the task's JSON,
    `labels` the label ids in the value. `undone`: the change does not hold any more.
    """

    entry: int
    at: str
    who: str
    name: str
    undone: bool = False
    seconds: float | None = None
    value: object | None = None
    labels: tuple[LabelId, ...] = ()
    split: Split | None = None
    origin: Origin | None = None
    skipped: bool = False
    flagged: bool = False
    note: str = ""
    draft: object | None = None


def sample_states(db: Connection, sample: SampleId) -> list[SampleState]:
    """The oldest first, up to the present one. Reads as much as all changes have touched: not for the window's thread.

    Raises NoSuchSample.
    """
    now = db.execute(f"SELECT {', '.join(_COLUMNS)} FROM sample WHERE id = ?", (sample,)).fetchone()
    if now is None:
        raise NoSuchSample(tr("This sample is no longer in the project."))
    return sorted([*_that_hold(db, sample, now), *_undone(db, sample)], key=lambda one: one.entry)


def write_state(step: Step, sample: SampleId, state: SampleState) -> None:
    """Make the sample what it was then. Raises NoSuchSample."""
    db = step.db
    row = db.execute("SELECT value, draft FROM sample WHERE id = ?", (sample,)).fetchone()
    if row is None:
        raise NoSuchSample(tr("This sample is no longer in the project."))
    value, draft = (None if one is None else from_json(one) for one in row)
    if (value, draft) != (state.value, state.draft):
        origin = state.origin or "manual"
        decide(step, sample, value=state.value, labels=state.labels, origin=origin, draft=state.draft)
    cursor = db.execute(
        """UPDATE sample SET split = ?1, skipped = ?2, flagged = ?3, note = ?4
           WHERE id = ?5 AND (split, skipped, flagged, note) IS NOT (?1, ?2, ?3, ?4)""",
        (state.split, int(state.skipped), int(state.flagged), state.note, sample),
    )
    if cursor.rowcount and (value, draft) == (state.value, state.draft):
        step.touch(sample)


def _that_hold(db: Connection, sample: SampleId, now: Sequence[Any]) -> Iterator[SampleState]:
    """A change keeps what was before it: what was after it is what the next one keeps, or what is now."""
    columns = ", ".join(f"b.{column}" for column in _COLUMNS)
    rows = db.execute(
        f"""SELECT e.id, e.at, e.who, e.name, d.seconds, b.id IS NOT NULL, {columns}
            FROM entry e
            LEFT JOIN sample_before b ON b.entry = e.id AND b.id = ?1
            LEFT JOIN decision d ON d.id = (SELECT max(id) FROM decision WHERE entry = e.id AND sample = ?1)
            WHERE e.undone IS NULL AND (
                b.id IS NOT NULL
                OR EXISTS (SELECT 1 FROM review r WHERE r.entry = e.id AND r.sample = ?1)
                OR EXISTS (SELECT 1 FROM added a WHERE a.entry = e.id AND ?1 BETWEEN a.first AND a.last))
            ORDER BY e.id DESC""",
        (sample,),
    ).fetchall()
    after = now
    for entry, at, who, name, seconds, is_kept, *before in rows:
        text_of(name)
        yield _filled(SampleState(entry, at, who, kept(name), seconds=seconds), after)
        after = before if is_kept else after


def _undone(db: Connection, sample: SampleId) -> Iterator[SampleState]:
    """A change that was undone keeps what was after it."""
    columns = ", ".join(f"b.{column}" for column in _COLUMNS)
    rows = db.execute(
        f"""SELECT e.id, e.at, e.who, e.name, {columns} FROM entry e
            JOIN sample_before b ON b.entry = e.id AND b.id = ?
            WHERE e.undone IS NOT NULL AND b.existed""",
        (sample,),
    )
    for entry, at, who, name, *state in rows:
        text_of(name)
        yield _filled(SampleState(entry, at, who, kept(name), undone=True), state)


def _filled(state: SampleState, row: Sequence[Any]) -> SampleState:
    value, labels, split, origin, skipped, flagged, note, draft = row
    return replace(
        state,
        value=None if value is None else from_json(value),
        labels=() if labels is None else tuple(from_json(labels)),
        split=split,
        origin=origin,
        skipped=bool(skipped),
        flagged=bool(flagged),
        note=note or "",
        draft=None if draft is None else from_json(draft),
    )
