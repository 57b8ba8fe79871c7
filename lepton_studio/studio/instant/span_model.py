"""What the instant model says where values are spans: which it would mark, and how sure it is of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.instant_files import SpansSaid
from lepton_studio.project.marks import Marks, SpanMark
from lepton_studio.project.records import LabelId, Labels, SampleId, Suggestion
from lepton_studio.studio.instant.model import INSTANT, Score, is_better

Placed = tuple[int, int, int]
"""A span: start, end (exclusive), place of its label among the labels."""


@dataclass(frozen=True)
class SpanModel:
    """Any thread may ask it. `said`: of the samples that are shown next, and of those that it would ask for; `names` as
    it counts them; so many `decisions` taught it. `held_out`: the same of decided samples, each said by a model that
    had not seen its decision, of when settings were chosen last; with the `score` made of it None before there are a
    few.
    """

    task: Task[Any]
    said: Mapping[SampleId, SpansSaid]
    names: Labels
    decisions: int
    score: Score | None = None
    held_out: Mapping[SampleId, SpansSaid] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[LabelId, ...]:
        """Those that it knows."""
        return tuple(label.id for label in self.names)

    def suggestion(self, sample: SampleId) -> Suggestion[Any] | None:
        """What it says of this sample; None where it says nothing of it. Of each label the least sure span counts."""
        said = self.said.get(sample)
        if said is None:
            return None
        scores: dict[LabelId, float] = {}
        for (_, _, place), sure in zip(said.spans, said.sure, strict=True):
            label = self.names[place].id
            scores[label] = min(sure, scores.get(label, 1.0))
        ordered = dict(sorted(scores.items(), key=lambda one: -one[1]))
        value = value_of_spans(self.task, said.spans, self.names)
        return Suggestion(sample, INSTANT, value, labels=tuple(ordered), score=said.whole, scores=ordered)

    def left_out(self) -> SpanModel:
        """What was said of decided samples by a model that had not seen their decisions."""
        return replace(self, said=self.held_out)

    def order(self) -> list[SampleId]:
        """All samples of which it says something, those first that it is least sure of."""
        return sorted(self.said, key=lambda one: -self.said[one].doubt)

    def beats(self, scores: Mapping[str, float]) -> bool:
        """Whether it is better than a run with these scores, each on samples that it had not seen."""
        return is_better(self.score, scores, task=self.task)

    def is_stranger(self, _sample: SampleId) -> bool:
        """Nothing is said of that here."""
        return False


def value_of_spans(task: Task[Any], spans: Sequence[Placed], labels: Labels) -> Any:
    """The task's value that is just these spans."""
    marks = tuple(SpanMark(start, end, labels[place].name) for start, end, place in spans)
    return task.from_marks(Marks(spans=marks), {label.name: label.id for label in labels})


def spans_of_value(task: Task[Any], value: Any, labels: Labels) -> tuple[Placed, ...]:
    """The spans of a value of the task; its labels are some of `labels`."""
    place = {label.name: at for at, label in enumerate(labels)}
    marks = task.to_marks(value, {label.id: label.name for label in labels})
    return tuple((one.start, one.end, place[one.label]) for one in marks.spans or ())
