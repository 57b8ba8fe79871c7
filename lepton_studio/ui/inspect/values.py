"""What gold and predicted values say, with the labels as they are called now; each row is read once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import BadAnnotation, Task
from lepton_studio.project.records import RIGHT, Labels, PredictedSample, Sample, Verdict


@dataclass(frozen=True, slots=True)
class Reading:
    """A row in words: `errors` are (kind, how many) of what is wrong with the prediction *now*, most telling first."""

    gold: str
    predicted: str
    errors: tuple[tuple[str, int], ...]


class PredictedValues:
    """Reads values of a task. `every_label`: those of the project, then those that only the run knew."""

    def __init__(self, task: Task[Any]) -> None:
        self._task = task
        self._now: Labels = ()
        self._every_label: Labels = ()
        self._read: dict[int, tuple[PredictedSample, Reading]] = {}

    def set_labels(self, now: Labels, *, every_label: Labels) -> None:
        """The labels of the project, and with them those that the run knew beside."""
        self._now, self._every_label = now, every_label
        self._read.clear()

    def of(self, shown: PredictedSample) -> Reading:
        """A row in words."""
        known = self._read.get(shown.sample.id)
        if known is None or known[0] is not shown:
            known = self._read[shown.sample.id] = (shown, self._reading(shown))
        return known[1]

    def gold(self, sample: Sample) -> Any:
        """The annotation of a sample as it is now; None for none."""
        return None if sample.value is None else self._task.parse(sample.value, self._now)

    def predicted(self, shown: PredictedSample) -> Any:
        """The predicted value, labels that are gone included; None where the run says nothing that can be read."""
        prediction, task = shown.prediction, self._task
        try:
            if prediction.value is not None:
                return task.parse(prediction.value, self._every_label)
        except BadAnnotation:
            return None
        if task.from_labels is not None and prediction.predicted is not None:  # a run of an older version
            return task.from_labels((prediction.predicted,))
        return None

    def acceptable(self, shown: PredictedSample) -> Any:
        """What would be kept of the predicted value, in labels that the project still has; None where nothing is left
        of it."""
        value = self.predicted(shown)
        kept = {label.id for label in self._now}
        gone = {label.id: None for label in self._every_label if label.id not in kept}
        if value is not None and gone:
            value = self._task.relabel(value, gone)
        return None if value is None else self._task.accept(value)

    def _reading(self, shown: PredictedSample) -> Reading:
        gold, predicted = self.gold(shown.sample), self.predicted(shown)
        return Reading(
            gold="" if gold is None else self._task.words(gold, self._every_label),
            predicted="" if predicted is None else self._task.words(predicted, self._every_label),
            errors=self._errors(self._verdicts(shown, gold, predicted)),
        )

    def _verdicts(self, shown: PredictedSample, gold: Any, predicted: Any) -> tuple[Verdict, ...]:
        """Those of the run; compared anew where the annotation changed since."""
        if not shown.fixed or gold is None or predicted is None:
            return shown.prediction.verdicts
        return self._task.compare(gold, predicted)

    def _errors(self, verdicts: tuple[Verdict, ...]) -> tuple[tuple[str, int], ...]:
        counts = Counter(verdict.kind for verdict in verdicts if verdict.kind != RIGHT)
        return tuple((kind, counts[kind]) for kind in dict.fromkeys((*self._task.kinds, *counts)) if counts[kind])
