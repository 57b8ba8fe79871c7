"""What the instant model says: of each sample what it may be and how sure that is, and how good the model is."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from lepton_studio.contract.task import Task
from lepton_studio.instant_files import SAID, Said
from lepton_studio.language import tr
from lepton_studio.project.records import RIGHT, LabelId, Labels, Predictor, SampleId, Suggestion, Verdict
from lepton_studio.studio.certainty import Interval, f1_interval, wilson
from lepton_studio.studio.instant.decisions import value_of_labels, value_of_rating
from lepton_studio.studio.scores_in_words import between, per_cent

INSTANT = Predictor(-1, "instant")
_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class Score:
    """How good the model is on decided samples, each told by one that had not seen its decision.

    It has no error in `right` of `n`, with the 95 % `interval` of that share; `headline`: the task's measures. `on`:
    those that are labelled, which the person or the model chose, or those of the test split. `measure`: where several
    things of a sample are right or wrong, by which measure it counts, and the interval is that of it.
    """

    headline: Mapping[str, float]
    right: int
    n: int
    interval: Interval
    on: Literal["labelled", "test"] = "labelled"
    measure: str = ""


class Suggests(Protocol):
    """What a model says of samples, in the values of its task."""

    @property
    def task(self) -> Task[Any]:
        """The task."""

    def suggestion(self, sample: SampleId) -> Suggestion[Any] | None:
        """What it says of this sample; None where it knows nothing of it."""


@dataclass(frozen=True)
class InstantModel:
    """Any thread may ask it. `said`: of every sample, ascending; `labels` as it counts them; so many `decisions` taught
    it. `ratings` are the numbers that it may say, with the standard error `error`. `held_out`: the same of decided
    samples, each said by a model that had not seen its decision, of when settings were chosen last; with the `score`
    made of it None before there are a few decisions.
    """

    task: Task[Any]
    said: Said
    labels: tuple[LabelId, ...]
    decisions: int
    ratings: tuple[float, ...] = ()
    error: float = 0.0
    score: Score | None = None
    held_out: Said | None = None
    other: LabelId | None = None
    """The label that stands for none of the others: it is suggested for what is far from all that is labelled."""
    retired: frozenset[LabelId] = frozenset()
    """Labels that it does not suggest, though samples have them."""

    def likeliest(self, sample: SampleId) -> int:
        """The place of its likeliest label in `labels`, of a number 0; -1 where it knows nothing of it."""
        at = self._row(sample)
        return -1 if at is None else int(self.said["labels"][at, 0])

    def suggestion(self, sample: SampleId) -> Suggestion[Any] | None:
        """What it says of this sample; None where it knows nothing of it."""
        at = self._row(sample)
        if at is None or self.said["labels"][at, 0] < 0:
            return None
        said, predictor = self.said[at], INSTANT
        if self.task.linear == "number":
            rating, sure = self._nearest(float(said["scores"][0]))
            return Suggestion(sample, predictor, value_of_rating(self.task, rating), score=sure)
        scores = {
            self.labels[place]: float(score)
            for place, score in zip(said["labels"], said["scores"], strict=True)
            if place >= 0 and self.labels[place] not in self.retired
        }
        if not scores:
            return None
        is_other = self.other is not None and self.other not in self.retired and said["strange"] > 1
        if self.task.linear == "choice" and self.other is not None and is_other:
            return Suggestion(sample, predictor, value_of_labels(self.task, (self.other,)), labels=(self.other,))
        ids = self._chosen(scores)
        sure = scores[ids[0]] if self.task.linear == "choice" else _least_sure(scores)
        value, margin = value_of_labels(self.task, ids), float(said["margin"])
        return Suggestion(sample, predictor, value, labels=ids, score=sure, scores=scores, margin=margin)

    def left_out(self) -> InstantModel:
        """What was said of decided samples by a model that had not seen their decisions."""
        return replace(self, said=np.zeros(0, SAID) if self.held_out is None else self.held_out)

    def scores_among(self, sample: SampleId, labels: Sequence[LabelId]) -> dict[LabelId, float]:
        """How likely these labels are for a sample, the likeliest first, as shares of one; without those that it finds
        much less likely than others."""
        at = self._row(sample)
        if at is None:
            return {}
        said = self.said[at]
        found = {
            self.labels[place]: float(score)
            for place, score in zip(said["labels"], said["scores"], strict=True)
            if place >= 0 and self.labels[place] in labels
        }
        whole = sum(found.values())
        return {label: score / whole for label, score in found.items()} if whole > 0 else {}

    def sorted_among(self, samples: Sequence[SampleId], labels: Sequence[LabelId]) -> list[SampleId]:
        """Those of these samples that it finds likely to have one of these labels: label by label, the surest first."""
        best = []
        for sample in samples:
            found = self.scores_among(sample, labels)
            if found:
                label = next(iter(found))
                best.append((labels.index(label), -found[label], sample))
        return [sample for _label, _score, sample in sorted(best)]

    def order(self) -> NDArray[np.int64]:
        """All samples of which it knows something, those first that it is least sure of."""
        known = self.said[self.said["labels"][:, 0] >= 0]
        return np.asarray(known["sample"][np.argsort(known["margin"], kind="stable")])

    def beats(self, scores: Mapping[str, float]) -> bool:
        """Whether it is better than a run with these scores, each on samples that it had not seen."""
        return is_better(self.score, scores, task=self.task)

    def is_stranger(self, sample: SampleId) -> bool:
        """Whether it is farther from all that is labelled than 19 of 20 labelled samples are from each other."""
        at = self._row(sample)
        return at is not None and bool(self.said["strange"][at] > 1)

    def is_drawn(self, sample: SampleId) -> bool:
        """Whether chance chose it to test on, before any model did."""
        at = self._row(sample)
        return at is not None and bool(self.said["drawn"][at])

    def _row(self, sample: SampleId) -> int | None:
        samples = self.said["sample"]
        at = bisect_left(samples, sample)  # numpy's own search first copies the column of a table
        return at if at < len(samples) and samples[at] == sample else None

    def _chosen(self, scores: Mapping[LabelId, float]) -> tuple[LabelId, ...]:
        first = next(iter(scores))
        if self.task.linear == "choice" or not self.decisions:  # names alone tell which is nearest, not how many hold
            return (first,)
        return tuple(sorted(id for id, score in scores.items() if score >= _EVEN))

    def _nearest(self, said: float) -> tuple[float, float]:
        """The rating of those given that is nearest, and how likely it is right, were the error normal."""
        ratings = np.array(self.ratings)
        at = int(np.abs(ratings - said).argmin())
        low = (ratings[at - 1] + ratings[at]) / 2 if at else -math.inf
        high = (ratings[at] + ratings[at + 1]) / 2 if at + 1 < len(ratings) else math.inf
        scale = max(self.error, 1e-6) * math.sqrt(2)
        return float(ratings[at]), (math.erf((high - said) / scale) - math.erf((low - said) / scale)) / 2


def is_better(score: Score | None, scores: Mapping[str, float], *, task: Task[Any]) -> bool:
    """Whether a model with this score is better than one with these scores, by the task's best measure."""
    best = task.best
    if score is None or best not in scores or best not in score.headline:
        return False
    lead = score.headline[best] - scores[best]
    return lead < 0 if task.measure(best).lower_is_better else lead > 0


def score_of(
    model: Suggests, gold_of: Mapping[SampleId, Any], *, labels: Labels, on: Literal["labelled", "test"]
) -> Score | None:
    """How good it is on samples whose values are known and that it has not learnt from; None without any."""
    gold, predicted = [], []
    for sample, value in gold_of.items():
        suggestion = model.suggestion(sample)
        if suggestion is not None:
            gold.append(value)
            predicted.append(suggestion.value)
    if not gold:
        return None
    compared = [model.task.compare(one, other) for one, other in zip(gold, predicted, strict=True)]
    right = sum(all(verdict.kind == RIGHT for verdict in verdicts) for verdicts in compared)
    headline = model.task.score(gold, predicted, labels).headline
    if not model.task.tagged:
        return Score(headline, right, len(gold), wilson(right, len(gold)), on)
    counts = [_counts(verdicts) for verdicts in compared]
    return Score(headline, right, len(gold), f1_interval(counts), on, measure=model.task.best)


def score_sentence(score: Score) -> str:
    """For a person, with what it divides by."""
    if score.measure:
        measure = score.measure.upper()
        share, interval = per_cent(score.headline[score.measure], digits=0), between(score.interval, n=score.n)
        if score.on == "test":
            return tr(
                "{measure} {share} on {n} test samples ({interval})",
                measure=measure,
                share=share,
                n=f"{score.n:,}",
                interval=interval,
            )
        return tr(
            "{measure} {share} on {n} ({interval})", measure=measure, share=share, n=f"{score.n:,}", interval=interval
        )
    share, interval = per_cent(score.right / score.n, digits=0), between(score.interval, n=score.n)
    if score.on == "test":
        return tr("Right on {share} of {n} test samples ({interval})", share=share, n=f"{score.n:,}", interval=interval)
    return tr("Right on {share} of {n} ({interval})", share=share, n=f"{score.n:,}", interval=interval)


def _counts(verdicts: Sequence[Verdict]) -> tuple[int, int, int]:
    """(right ones, those of the person, those of the model)."""
    right = sum(one.kind == RIGHT for one in verdicts)
    return right, sum(one.gold is not None for one in verdicts), sum(one.predicted is not None for one in verdicts)


def _least_sure(scores: Mapping[LabelId, float]) -> float:
    return min(max(score, 1 - score) for score in scores.values())
