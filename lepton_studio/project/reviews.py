"""Reviews: samples that a person looked at again, and what came of it. They belong to the history: one that was undone
does not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lepton_studio.language import tr
from lepton_studio.project.asking_again import read_share, to_ask_again
from lepton_studio.project.connection import Connection, storable, to_json
from lepton_studio.project.decisions import decide
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.history import Step
from lepton_studio.project.in_words import from_json
from lepton_studio.project.records import LabelId, Origin, SampleId

ReviewKind = Literal["suspect", "contradiction", "again"]
"""Why it was looked at again: a model doubts its label, a text like it has another one, or just to see whether the
answer is the same ("again": the sample keeps the annotation that it has)."""
ABOUT_LABELS: tuple[ReviewKind, ...] = ("suspect", "contradiction")
"""Those in which the person saw the label, and kept or changed it."""


@dataclass(frozen=True, slots=True)
class ReviewAnswer:
    """What a person says of a sample: its value from now on as the task's JSON, with the label ids in it.

    `ambiguous`: nobody can say for sure. It is flagged then, and `note` is added to its note.
    """

    sample: SampleId
    value: object | None
    labels: tuple[LabelId, ...] = ()
    ambiguous: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One look at a sample: what it had `before`, what was answered (JSON values, None for unlabelled), when (ISO 8601,
    UTC), by whom. The samples of one `entry` of the history were looked at together.
    """

    sample: SampleId
    kind: ReviewKind
    before: object | None
    after: object | None
    ambiguous: bool
    at: str
    who: str
    entry: int
    seconds: float | None = None
    undone: bool = False

    @property
    def is_same(self) -> bool:
        """Whether the answer was what stood there."""
        return self.before == self.after


def write_review(
    step: Step, answer: ReviewAnswer, *, kind: ReviewKind, origin: Origin, seconds: float | None = None
) -> None:
    """Keep an answer in the log, and give the sample the value. Raises NoSuchSample."""
    row = step.db.execute("SELECT value, flagged, note FROM sample WHERE id = ?", (answer.sample,)).fetchone()
    if row is None:
        raise NoSuchSample(tr("This sample is no longer in the project."))
    before, _flagged, note = row
    after = None if answer.value is None else to_json(answer.value)
    if after != before and kind in ABOUT_LABELS:
        decide(step, answer.sample, value=answer.value, labels=answer.labels, origin=origin, seconds=seconds)
    if answer.ambiguous:
        step.db.execute(
            "UPDATE sample SET flagged = 1, note = ? WHERE id = ?", (noted(note, answer.note), answer.sample)
        )
    step.db.execute(
        "INSERT INTO review (entry, sample, kind, before, after, ambiguous, seconds) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (step.entry, answer.sample, kind, before, after, int(answer.ambiguous), seconds),
    )
    step.touch(answer.sample)


def noted(note: str, more: str) -> str:
    """A note with more behind it, once."""
    more = storable(more).replace("\0", "").strip()
    return note if more in note else f"{note} {more}".strip()


def read_reviews(db: Connection, kind: ReviewKind) -> list[Reviewed]:
    """All of one kind that hold, the oldest first."""
    return _read(db, "r.kind = ? AND e.undone IS NULL", (kind,))


def reviews_of(db: Connection, sample: SampleId) -> list[Reviewed]:
    """All of one sample, the oldest first, undone ones included."""
    return _read(db, "r.sample = ?", (sample,))


def confirmed(db: Connection, kinds: Iterable[ReviewKind] = ABOUT_LABELS) -> frozenset[SampleId]:
    """The samples whose value of now is what a person answered when they looked at it last."""
    wanted = tuple(kinds)
    rows = db.execute(
        f"""SELECT r.sample FROM review r JOIN sample s ON s.id = r.sample
            WHERE s.value IS r.after AND r.id = (
                SELECT max(l.id) FROM review l JOIN entry e ON e.id = l.entry
                WHERE l.sample = r.sample AND e.undone IS NULL AND l.kind IN ({", ".join("?" * len(wanted))}))""",
        wanted,
    )
    return frozenset(sample for (sample,) in rows)


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """How many samples were looked at again, of how many the annotation was changed, how many nobody can tell."""

    reviewed: int = 0
    changed: int = 0
    ambiguous: int = 0


def count_reviews(db: Connection, kind: ReviewKind) -> ReviewCounts:
    """Of all looks of one kind that hold: by what a sample had before the first and after the last."""
    row = db.execute(
        """WITH ends AS (SELECT min(r.id) AS first, max(r.id) AS last FROM review r JOIN entry e ON e.id = r.entry
                         WHERE r.kind = ? AND e.undone IS NULL GROUP BY r.sample)
           SELECT count(*), total(f.before IS NOT l.after), total(l.ambiguous)
           FROM ends JOIN review f ON f.id = ends.first JOIN review l ON l.id = ends.last""",
        (kind,),
    ).fetchone()
    return ReviewCounts(*map(int, row))


class ReviewReads:
    """Part of what can be asked of a project."""

    _db: Connection

    def reviews(self, kind: ReviewKind) -> list[Reviewed]:
        """Every look of this kind at a sample, the oldest first, without those that were undone."""
        return read_reviews(self._db, kind)

    def review_counts(self, kind: ReviewKind) -> ReviewCounts:
        """How many samples were looked at again for this reason, and what came of it."""
        return count_reviews(self._db, kind)

    def reviews_of(self, sample_id: SampleId) -> list[Reviewed]:
        """Every time that a sample was looked at again, the oldest first, undone ones included."""
        return reviews_of(self._db, sample_id)

    def confirmed(self) -> frozenset[SampleId]:
        """The samples whose label of now a person has kept, or given, when they looked at it again."""
        return confirmed(self._db)

    def ask_again(self) -> float:
        """How many of all questions, 0 to 1, are about samples that are labelled already."""
        return read_share(self._db)

    def to_ask_again(self, who: str, *, gap: int) -> tuple[SampleId, ...]:
        """Samples that this person labelled at least `gap` decisions ago; see `asking_again.to_ask_again`."""
        return to_ask_again(self._db, who, gap=gap)


def _read(db: Connection, condition: str, values: tuple[object, ...]) -> list[Reviewed]:
    rows = db.execute(
        f"""SELECT r.sample, r.kind, r.before, r.after, r.ambiguous, e.at, e.who, r.entry, r.seconds,
                   e.undone IS NOT NULL
            FROM review r JOIN entry e ON e.id = r.entry WHERE {condition} ORDER BY r.id""",
        values,
    )
    return [
        Reviewed(sample, kind, _value(before), _value(after), bool(ambiguous), at, who, entry, seconds, bool(undone))
        for sample, kind, before, after, ambiguous, at, who, entry, seconds, undone in rows
    ]


def _value(stored: str | None) -> object | None:
    return None if stored is None else from_json(stored)
