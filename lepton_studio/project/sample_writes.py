"""Writes on one sample as values: they can wait on the disk for their turn, and be shown as done meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.records import LabelId, Offered, Origin, Sample, SampleId, Split
from lepton_studio.project.reviews import ABOUT_LABELS, ReviewAnswer, ReviewKind, noted

if TYPE_CHECKING:
    from lepton_studio.project.writes import Writes


@dataclass(frozen=True, slots=True)
class Annotate:
    """As `Writes.annotate`. `value` and `draft` are the task's JSON."""

    sample: SampleId
    value: object | None
    labels: tuple[LabelId, ...] = ()
    origin: Origin = "manual"
    seconds: float | None = None
    draft: object | None = None
    name: str = ""
    split: Split | None = None
    hidden: bool | None = None
    """A suggestion was hidden from who decided; None: there was none. With `agreed` as in `Offered`."""
    agreed: bool = False

    def __call__(self, project: Writes) -> Changes:
        """Write it."""
        return project.annotate(
            self.sample,
            self.value,
            labels=self.labels,
            origin=self.origin,
            seconds=self.seconds,
            draft=self.draft,
            split=self.split,
            offered=None if self.hidden is None else Offered(self.hidden, self.agreed),
            name=self.name,
        )

    def on(self, sample: Sample) -> Sample:
        """The sample as it is once this is written."""
        origin = None if self.value is None else self.origin
        split = sample.split or self.split
        return replace(sample, value=self.value, draft=self.draft, origin=origin, skipped=False, split=split)


@dataclass(frozen=True, slots=True)
class Review:
    """As `Writes.review`, of one sample."""

    sample: SampleId
    value: object | None
    labels: tuple[LabelId, ...] = ()
    kind: ReviewKind = "suspect"
    origin: Origin = "manual"
    seconds: float | None = None
    ambiguous: bool = False
    note: str = ""
    name: str = ""

    def __call__(self, project: Writes) -> Changes:
        """Write it."""
        answer = ReviewAnswer(self.sample, self.value, self.labels, self.ambiguous, self.note)
        return project.review([answer], kind=self.kind, origin=self.origin, seconds=self.seconds, name=self.name)

    def on(self, sample: Sample) -> Sample:
        """The sample as it is once this is written."""
        if self.ambiguous:
            sample = replace(sample, flagged=True, note=noted(sample.note, self.note))
        if self.kind not in ABOUT_LABELS or self.value == sample.value:
            return sample
        origin = None if self.value is None else self.origin
        return replace(sample, value=self.value, draft=None, origin=origin, skipped=False)


@dataclass(frozen=True, slots=True)
class Skip:
    """As `Writes.skip`."""

    sample: SampleId
    skipped: bool = True

    def __call__(self, project: Writes) -> Changes:
        """Write it."""
        return project.skip(self.sample, self.skipped)

    def on(self, sample: Sample) -> Sample:
        """The sample as it is once this is written."""
        return replace(sample, skipped=self.skipped)


@dataclass(frozen=True, slots=True)
class Flag:
    """As `Writes.flag`."""

    sample: SampleId
    flagged: bool = True

    def __call__(self, project: Writes) -> Changes:
        """Write it."""
        return project.flag(self.sample, self.flagged)

    def on(self, sample: Sample) -> Sample:
        """The sample as it is once this is written."""
        return replace(sample, flagged=self.flagged)


@dataclass(frozen=True, slots=True)
class Note:
    """As `Writes.note`."""

    sample: SampleId
    text: str

    def __call__(self, project: Writes) -> Changes:
        """Write it; where the sample is gone there is nothing to write it on."""
        try:
            return project.note(self.sample, self.text)
        except NoSuchSample:
            return Changes("", 0)

    def on(self, sample: Sample) -> Sample:
        """The sample as it is once this is written."""
        return replace(sample, note=self.text)


SampleWrite = Annotate | Review | Skip | Flag | Note


def name_of(write: SampleWrite) -> str:
    """What its step in the history is called."""
    match write:
        case Annotate(name=name):
            return name or tr("Remove annotation")
        case Review(name=name):
            return name or tr("Review")
        case Skip(skipped=skipped):
            return tr("Skip") if skipped else tr("Do not skip")
        case Flag(flagged=flagged):
            return tr("Flag") if flagged else tr("Remove flag")
        case Note(text=text):
            return tr("Note") if text else tr("Remove note")


_KINDS: dict[str, type[SampleWrite]] = {
    "annotate": Annotate,
    "review": Review,
    "skip": Skip,
    "flag": Flag,
    "note": Note,
}


def to_stored(write: SampleWrite) -> dict[str, object]:
    """JSON-able."""
    kind = next(name for name, one in _KINDS.items() if one is type(write))
    return {"write": kind, **asdict(write)}


def from_stored(stored: Mapping[str, Any]) -> SampleWrite:
    """What `to_stored` made. Raises ValueError for anything else."""
    try:
        kind = _KINDS[stored["write"]]
        stored = {"split": None, "hidden": None, "agreed": False, **stored}  # older versions did not write these
        given = {field.name: stored[field.name] for field in fields(kind)}
        if "labels" in given:
            given["labels"] = tuple(int(label) for label in given["labels"])
        return kind(**{**given, "sample": int(given["sample"])})
    except (KeyError, TypeError) as error:
        raise ValueError("no write on a sample") from error
