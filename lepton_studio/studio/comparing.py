"""Two runs side by side: the same samples, the same labels, and whether one is better by more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lepton_studio.contract.task import Report, Task
from lepton_studio.language import tr, trn
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunRecord, SampleId, Split
from lepton_studio.studio.certainty import LEVEL, mcnemar, paired_bootstrap, probability_above, probability_better
from lepton_studio.studio.judging import JUDGED, Judged, JudgedPrediction, judged_predictions
from lepton_studio.studio.scores_in_words import measure_title, measured, per_cent
from lepton_studio.tasks import task_named

_EQUAL = 1e-9

Conclusion = Literal["better", "worse", "unclear"]


@dataclass(frozen=True, slots=True)
class LabelChange:
    """F1 of a label in the first and the second run; `support` of today's annotations have it."""

    label: str
    first: float
    second: float
    support: int

    @property
    def change(self) -> float:
        """What the second run has more."""
        return self.second - self.first


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second run against the first, on the `n` samples of a split that both answered, by the labels of today.

    `better` and `worse`: samples on which the second one is right, or nearer to it, where the first is not, and the
    reverse. `p` of the difference: exact McNemar where a sample is right or wrong, else a paired bootstrap of how good
    the prediction of each sample is. `probability`: of the second being the better one. `only_first` and `only_second`:
    samples that only that run answered there, or that have no annotation now.
    """

    first: RunRecord
    second: RunRecord
    split: Split
    n: int
    only_first: int
    only_second: int
    scores: tuple[Mapping[str, float], Mapping[str, float]]
    labels: tuple[LabelChange, ...]
    better: tuple[SampleId, ...]
    worse: tuple[SampleId, ...]
    p: float
    probability: float
    conclusion: Conclusion


def shared_split(first: RunRecord, second: RunRecord) -> Split | None:
    """The split on which both have scores, test before validation."""
    return next((split for split in JUDGED if split in first.scores and split in second.scores), None)


def compare_runs(project: Project, first: RunRecord, second: RunRecord, *, split: Split) -> Comparison | None:
    """Compare two runs; None where no sample of the split was answered by both. For a worker thread."""
    task = task_named(project.task_id)
    mine, theirs = judged_predictions(project, first, split), judged_predictions(project, second, split)
    pairs = _pairs(mine, theirs)
    if not pairs:
        return None
    common = [Judged(tuple(pair[place] for pair in pairs), 0, 0) for place in (0, 1)]
    reports = common[0].report(project, first), common[1].report(project, second)
    differences = [_difference(one, other, task) for one, other in pairs]
    better = tuple(a.sample for (a, _), value in zip(pairs, differences, strict=True) if value > _EQUAL)
    worse = tuple(a.sample for (a, _), value in zip(pairs, differences, strict=True) if value < -_EQUAL)
    p = mcnemar(len(better), len(worse)) if task.right else paired_bootstrap(differences)
    gain = len(better) - len(worse) if task.right else sum(differences)
    return Comparison(
        first=first,
        second=second,
        split=split,
        n=len(pairs),
        only_first=len(mine.rows) + mine.left_out - len(pairs),
        only_second=len(theirs.rows) + theirs.left_out - len(pairs),
        scores=(reports[0].headline, reports[1].headline),
        labels=_label_changes(*reports),
        better=better,
        worse=worse,
        p=p,
        probability=(probability_better(len(better), len(worse)) if task.right else probability_above(differences)),
        conclusion="unclear" if p >= LEVEL else "better" if gain > 0 else "worse",
    )


def _pairs(mine: Judged, theirs: Judged) -> list[tuple[JudgedPrediction, JudgedPrediction]]:
    other = {one.sample: one for one in theirs.rows}
    return [(one, other[one.sample]) for one in mine.rows if one.sample in other]


def _difference(first: JudgedPrediction, second: JudgedPrediction, task: Task[Any]) -> float:
    """How much better the second answer is: -1, 0 or 1 where a sample is right or wrong."""
    if task.right:
        return float(second.is_right(task)) - float(first.is_right(task))
    return task.quality(second.gold, second.predicted) - task.quality(first.gold, first.predicted)


def _label_changes(first: Report, second: Report) -> tuple[LabelChange, ...]:
    """Of the labels that stand in either, the largest change first."""
    later = {row.label: row for row in second.per_class}
    rows = [
        LabelChange(row.label, row.f1, later[row.label].f1, row.support)
        for row in first.per_class
        if row.label in later and (row.support or row.f1 or later[row.label].f1)
    ]
    return tuple(sorted(rows, key=lambda one: (-abs(one.change), one.label)))


# ------------------------------------------------------------------------------------------------------- in words


def conclusion_words(one: Comparison) -> str:
    """The conclusion in a sentence: who is better, or that it cannot be told, and by how many samples."""
    names = {"first": one.first.number, "second": one.second.number}
    if one.conclusion == "better":
        said = tr("Run {second} is better than run {first}.", **names)
    elif one.conclusion == "worse":
        said = tr("Run {second} is worse than run {first}.", **names)
    else:
        said = tr(
            "Cannot tell whether run {second} is better than run {first}: the difference may be due to chance.", **names
        )
    how = tr("better on {better}, worse on {worse}", better=f"{len(one.better):,}", worse=f"{len(one.worse):,}")
    where = (
        trn("{count} test text that both answered", "{count} test texts that both answered", one.n)
        if one.split == "test"
        else trn("{count} validation text that both answered", "{count} validation texts that both answered", one.n)
    )
    basis = tr("{how} of {where}, by today's labels ({p}).", how=how, where=where, p=_p_words(one.p))
    return f"{said} {basis[0].upper()}{basis[1:]}"


def probability_words(one: Comparison) -> str:
    """How likely the second run is the better one; never a certainty."""
    share = min(max(one.probability, 0.001), 0.999)
    said = per_cent(share, digits=1 if share > 0.99 or share < 0.01 else 0)
    return tr("Run {second} is the better one with a probability of {share}.", second=one.second.number, share=said)


def left_out_words(one: Comparison) -> str:
    """Which samples do not count; "" where both answered the same."""
    if not one.only_first and not one.only_second:
        return ""
    return tr(
        "Not counted, because only one of the runs answered them here or they have no label now: {first} "
        "from run {number}, {second} from run {other}.",
        first=one.only_first,
        number=one.first.number,
        second=one.only_second,
        other=one.second.number,
    )


def score_changes(one: Comparison, task: Task[Any]) -> list[tuple[str, str, str, str]]:
    """(name, first, second, change) of each score and then of each label, on the samples that both answered."""
    before, after = one.scores
    names = [measure.id for measure in task.measures if measure.id in before and measure.id in after]
    rows = []
    for name in names:
        measure = task.measure(name)
        change = after[name] - before[name]
        said = points(change) if measure.is_share else f"{change:+.3f}"
        rows.append((measure_title(measure), measured(before[name], measure), measured(after[name], measure), said))
    return rows


def label_rows(one: Comparison) -> list[tuple[str, str, str, str, str]]:
    """(label, F1 of the first, of the second, change, samples) for tables."""
    return [
        (row.label, per_cent(row.first), per_cent(row.second), points(row.change), f"{row.support:,}")
        for row in one.labels
    ]


def points(change: float) -> str:
    """A difference of shares in points: 0.032 as "+3.2"."""
    return f"{change * 100:+.1f}" if abs(change) >= 0.0005 else "0.0"


def _p_words(p: float) -> str:
    return f"p = {p:.2f}" if p >= 0.095 else f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"
