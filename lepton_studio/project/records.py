"""The values a project is made of: samples, labels, filters, runs, predictions. All frozen; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SampleId = int
LabelId = int
RunId = int

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")

Origin = Literal["manual", "suggestion", "bulk", "import"]
"""Where a decision came from: by hand, a suggestion accepted, one action on many samples, or a file."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label of the project. `color` is "#rrggbb"; `key` is one printable character or "" for none."""

    id: LabelId
    name: str
    color: str
    key: str
    description: str
    position: int


Labels = tuple[Label, ...]
"""All labels of a project in the person's order."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One text with everything the project knows of it now.

    `value` is the current annotation as the task's JSON value, which the project never interprets; None: unlabelled.
    `fields` are the named extra columns kept from the source.
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


@dataclass(frozen=True, slots=True)
class NewSample:
    """A sample on its way in. `value` already refers to label ids; `labels` are those ids, for counts and filters.

    `raw` is the untouched source row as read (a JSON-able mapping or str); `row` is the 1-based row in `source`.
    """

    text: str
    split: Split | None = None
    value: object | None = None
    labels: tuple[LabelId, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    row: int = 0
    raw: object | None = None


State = Literal["any", "labelled", "unlabelled", "skipped", "flagged", "noted", "duplicate", "leak"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which samples to show; every condition that is set must hold.

    `search` is full-text (words of one or two characters too). `leak`: the same text stands in another split too.
    """

    search: str = ""
    label: LabelId | None = None
    state: State = "any"
    split: Split | None = None
    ids: tuple[SampleId, ...] | None = None


RunStatus = Literal["running", "finished", "stopped", "interrupted", "failed"]


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


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a run said of one sample of one split. `gold` and `predicted` are label ids where the task has them.

    `score` is the confidence of `predicted` in 0..1; `scores` maps label id -> probability.
    """

    sample: SampleId
    split: Split
    gold: LabelId | None
    predicted: LabelId | None
    score: float
    scores: Mapping[LabelId, float] = field(default_factory=dict)


PredictionOrder = Literal["sample", "most_sure", "least_sure"]


@dataclass(frozen=True, slots=True)
class PredictionFilter:
    """Which predictions of a run to show: a confusion cell (gold, predicted), a class, right or wrong, confidences."""

    split: Split | None = None
    gold: LabelId | None = None
    predicted: LabelId | None = None
    correct: bool | None = None
    score_from: float = 0.0
    score_to: float = 1.0


@dataclass(frozen=True, slots=True)
class PredictedSample:
    """A prediction joined with the sample as it is now; `fixed` when its annotation changed since the run."""

    prediction: Prediction
    sample: Sample
    fixed: bool
