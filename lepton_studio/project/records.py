"""The values a project is made of: samples, labels, filters, runs, predictions. All frozen; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from lepton_studio.project.marks import MEDIA, media_name

V = TypeVar("V")

SampleId = int
LabelId = int
RunId = int
PredictorId = int
"""That of its run; below 0 for what is no run."""

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Scale:
    """The lowest and the highest rating that can be given."""

    low: float
    high: float

    def holds(self, rating: float) -> bool:
        """Whether it can be given."""
        return self.low <= rating <= self.high


Origin = Literal["manual", "suggestion", "bulk", "import", "settled"]
"""Where a decision came from: by hand, a suggestion accepted, one action on many samples, or a file; "settled" where a
person chose with the answers of several people in view."""


@dataclass(frozen=True, slots=True)
class Offered:
    """That there was a suggestion when a person decided: `hidden` until then, or in view; `agreed`: they took it."""

    hidden: bool
    agreed: bool


@dataclass(frozen=True, slots=True)
class Label:
    """One label of the project. `color` is "#rrggbb"; `key` is one printable character or "" for none.

    `options` is JSON that the task reads: what kind of label it is (`Task.label_kinds`), which others it goes with.
    """

    id: LabelId
    name: str
    color: str
    key: str
    description: str
    position: int
    options: Mapping[str, object] = field(default_factory=dict, hash=False)


Labels = tuple[Label, ...]
"""All labels of a project in the person's order."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One text with everything the project knows of it now.

    `value` is the current annotation as the task's JSON value, which the project never interprets; None: unlabelled.
    `fields` are the named extra columns kept from the source. `draft` is an annotation that is begun and not done.
    """

    id: SampleId
    text: str
    split: Split | None = None
    value: object | None = None
    origin: Origin | None = None
    skipped: bool = False
    flagged: bool = False
    note: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    draft: object | None = None

    @property
    def caption(self) -> str:
        """What stands for it in a list: its text, else the name of its file."""
        return self.text or media_name(self.fields)

    def field(self, name: str) -> str:
        """A field as a person reads it; "" where it has none."""
        return media_name(self.fields) if name == MEDIA else self.fields.get(name, "")

    @property
    def begun(self) -> object | None:
        """The annotation as far as it is there: done, or begun."""
        return self.draft if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class NewSample:
    """A sample on its way in. `value` already refers to label ids; `labels` are those ids, for counts and filters.

    `raw` is the untouched source row as read (a JSON-able mapping or str); `row` is the 1-based row in `source`.
    `skipped`: its file says that it was put aside; `note` is what somebody wrote on it. `hash` is that of
    `connection.text_hash`, where it is known already.
    """

    text: str
    split: Split | None = None
    value: object | None = None
    labels: tuple[LabelId, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    row: int = 0
    raw: object | None = None
    skipped: bool = False
    note: str = ""
    draft: object | None = None
    hash: int | None = None


State = Literal["any", "labelled", "unlabelled", "skipped", "flagged", "noted", "duplicate", "leak"]


OrderKey = Literal[
    "added", "given", "field", "length", "labels", "split", "marks", "twins", "time",
    "suggestion", "score", "margin", "quality",
    "gain", "uncertainty", "entropy", "badge", "diversity", "density", "rarity", "disagreement", "random",
]  # fmt: skip
ORDERS_OF_PREDICTIONS: tuple[OrderKey, ...] = ("suggestion", "score", "margin", "quality")
ORDERS_OF_INSTANT: tuple[OrderKey, ...] = (
    "gain", "uncertainty", "entropy", "badge", "diversity", "density", "rarity", "disagreement", "random",
)  # fmt: skip
"""Which sample comes next only the instant model knows: the project reads them as they were added."""


@dataclass(frozen=True, slots=True)
class Order:
    """In which order samples are read. Those that are equal by the key stand as they were added.

    `gain`: those first that the instant model learns most from; the others of `ORDERS_OF_INSTANT` are explained in
    `lepton_studio.quick.orders`. `given`: as the filter names their ids; without such as added. `twins`: identical
    texts stand together. `time`: when they were annotated last. `marks`: noted, skipped, then flagged ones come last.
    `suggestion` (by its labels), `score`, `margin` and `quality` are those of what the predictor `by` says. Samples
    without the key come first, and last where `descending`. `field`: by that field of their file, numbers before
    words, and samples without it last.
    """

    key: OrderKey = "added"
    descending: bool = False
    by: PredictorId | None = None
    field: str = ""

    def __post_init__(self) -> None:
        if (self.key == "field") != bool(self.field):
            raise ValueError(f"an order by {self.key} of the field {self.field!r}")
        if (self.key in ORDERS_OF_PREDICTIONS) != (self.by is not None):
            raise ValueError(f"an order by {self.key} of the predictor {self.by}")

    @property
    def by_id(self) -> bool:
        """Whether the project reads them as they were added, or the other way round."""
        return self.key == "added" or self.is_asked

    @property
    def is_asked(self) -> bool:
        """Whether the instant model chooses what comes next."""
        return self.key in ORDERS_OF_INSTANT


AS_ADDED = Order()
BY_GAIN = Order("gain")
AS_GIVEN = Order("given")


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the predictor `by` says of a sample; every condition that is set must hold.

    `label`: it is among what is said. The upper end of the score is excluded, but 1 has none; what has no score is in
    the whole range only. `disagrees`: the sample has an annotation, and another one than accepting would give.
    `there` False: nothing is said of the sample, and the other conditions do not count.
    """

    by: PredictorId
    label: LabelId | None = None
    score_from: float = 0.0
    score_to: float = 1.0
    disagrees: bool = False
    there: bool = True

    @property
    def has_range(self) -> bool:
        """Whether the score must be known, and lie between the two."""
        return self.score_from > 0.0 or self.score_to < 1.0


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision that gave the annotation of now: by whom, and when (ISO 8601, UTC; from `since` on, before `until`).
    None and "" leave it open.
    """

    who: str | None = None
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A field of the file has this value ("": none), or holds it in the form of searches where `contains`."""

    name: str
    value: str
    contains: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Which samples to show, and in which order; every condition that is set must hold.

    `search` is full-text (words of one or two characters too). `leak`: the same text stands in another split too.
    `flagged` and `noted`: beside the state.
    """

    search: str = ""
    label: LabelId | None = None
    state: State = "any"
    split: Split | None = None
    ids: tuple[SampleId, ...] | None = None
    suggested: Suggested | None = None
    order: Order = AS_ADDED
    flagged: bool = False
    noted: bool = False
    decided: Decided | None = None
    fields: tuple[FieldIs, ...] = ()

    @property
    def has_more(self) -> bool:
        """Whether marks, decisions or fields are asked for."""
        return self.flagged or self.noted or self.decided is not None or bool(self.fields)

    @property
    def by_id(self) -> bool:
        """Whether the project reads them as they were added, or the other way round."""
        return self.order.by_id or (self.order.key == "given" and self.ids is None)


RunStatus = Literal["queued", "running", "finished", "stopped", "interrupted", "failed"]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One tuning run as the ledger keeps it.

    `number` counts from 1 in a project and is what people see. `history_position` pins the labels it trained on (id of
    the last change before it). `scores`: split -> {score name -> value in 0..1}. `sentence` says how it ended.
    """

    id: RunId
    number: int
    status: RunStatus
    model: str
    recipe: Mapping[str, object]
    counts: Mapping[str, int]
    history_position: int
    folder: str
    created: str
    seconds: float | None = None
    steps: int | None = None
    samples_per_second: float | None = None
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    sentence: str = ""


RIGHT = "right"
"""The kind of a verdict that is no error."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One comparison of gold and prediction: RIGHT, or one of the task's kinds of error (`Task.kinds`).

    `gold` and `predicted` are label ids where the task has them; None on one side: nothing stands there.
    """

    kind: str
    gold: LabelId | None = None
    predicted: LabelId | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a run said of one sample of one split. `value` is the task's JSON value, None in runs of older versions.

    `score` is the confidence in 0..1; `scores` maps label id -> probability where the task gives them. `verdicts`
    compare it with the gold value; `quality` is how good it is in 0..1, 1 for a perfect one. `accepted` is the value
    that accepting it gives, None where that is `value`.
    """

    sample: SampleId
    split: Split
    value: object | None
    score: float
    verdicts: tuple[Verdict, ...]
    quality: float
    scores: Mapping[LabelId, float] = field(default_factory=dict)
    accepted: object | None = None

    @property
    def is_right(self) -> bool:
        """Whether no verdict is an error."""
        return all(verdict.kind == RIGHT for verdict in self.verdicts)

    @property
    def gold(self) -> LabelId | None:
        """The label of the first verdict: all there is where a text has one label."""
        return self.verdicts[0].gold if self.verdicts else None

    @property
    def predicted(self) -> LabelId | None:
        """The predicted label of the first verdict."""
        return self.verdicts[0].predicted if self.verdicts else None


PredictorKind = Literal["run", "instant", "imported", "word_list"]


@dataclass(frozen=True, slots=True)
class Predictor:
    """What says something of samples: a run, the model that learns while a person labels, a column of a file with what
    another program said (`name` is what the file calls it), a base model as it is (imported too: by its name), the word
    list.
    """

    id: PredictorId
    kind: PredictorKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class NewSuggestion:
    """What a predictor says of a sample, on its way in. `value` is the task's JSON value, `labels` the label ids in it.

    `score` None: it does not say how sure it is. `accepted` is the value that accepting it gives, None: `value`.
    """

    sample: SampleId
    value: object
    labels: tuple[LabelId, ...] = ()
    score: float | None = None
    scores: Mapping[LabelId, float] = field(default_factory=dict)
    accepted: object | None = None


@dataclass(frozen=True, slots=True)
class Suggestion(Generic[V]):
    """What a predictor says of a sample. `value` is the task's JSON value as it comes from the project (None in runs of
    version 1), the task's own value where `studio` hands it on; `labels` are the label ids in what was said.

    `score` None: it does not say how sure it is. `scores` holds the likeliest labels, the best first, where the task
    gives them; `margin` is how far the first is ahead of the second. `at`: seconds since 1970, UTC. `is_old`: a newer
    run has ended since, which says nothing of this sample (yet).
    """

    sample: SampleId
    predictor: Predictor
    value: V
    labels: tuple[LabelId, ...] = ()
    score: float | None = None
    scores: Mapping[LabelId, float] = field(default_factory=dict)
    margin: float | None = None
    at: int = 0
    is_old: bool = False


@dataclass(frozen=True, slots=True)
class PredictionNow:
    """A prediction beside the annotation of today, both as the task's JSON values.

    `value` is None in runs of older versions; `now` where the sample is gone or has no annotation any more. `changed`:
    it had another one when the run began. `score`: how sure the run was, 0..1.
    """

    sample: SampleId
    value: object | None
    now: object | None
    changed: bool
    score: float


PredictionOrder = Literal["sample", "most_sure", "least_sure", "worst"]


@dataclass(frozen=True, slots=True)
class PredictionFilter:
    """Which predictions of a run to show: those with one verdict of this kind, gold and predicted label (a confusion
    cell, a class, a sort of error), right or wrong ones, ranges of confidence and of quality (the upper end excluded,
    but 1 has none), only those of these samples.
    """

    split: Split | None = None
    gold: LabelId | None = None
    predicted: LabelId | None = None
    kind: str | None = None
    correct: bool | None = None
    score_from: float = 0.0
    score_to: float = 1.0
    quality_from: float = 0.0
    quality_to: float = 1.0
    samples: tuple[SampleId, ...] | None = None


@dataclass(frozen=True, slots=True)
class PredictedSample:
    """A prediction joined with the sample as it is now; `fixed` when its annotation changed since the run."""

    prediction: Prediction
    sample: Sample
    fixed: bool
