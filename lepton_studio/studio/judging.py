"""A run judged by the labels of today: who corrects test labels changes every score that is measured on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from lepton_studio.contract.before import Before
from lepton_studio.contract.task import BadAnnotation, Baseline, Report, Task
from lepton_studio.language import tr, trn
from lepton_studio.project.project import Project
from lepton_studio.project.records import RIGHT, LabelId, Labels, PredictionFilter, RunId, RunRecord, SampleId, Split
from lepton_studio.runs.job import Recipe
from lepton_studio.studio.certainty import Interval, f1_interval, mean_interval, wilson
from lepton_studio.studio.collecting import labels_now_and_then
from lepton_studio.studio.scores_in_words import (
    between,
    main_measure,
    measure_title,
    measured,
    per_cent,
    titled_score,
)
from lepton_studio.tasks import task_named

JUDGED: tuple[Split, ...] = ("test", "validation")
"""The splits that say something of a run, the better one first."""
WIDE = 0.2
"""An interval wider than this says little: the samples are too few for the figure."""

Lead = Literal["right", "f1", "mean"]


@dataclass(frozen=True, slots=True)
class JudgedPrediction:
    """What a run said of a sample, and the annotation it has today, as values of the task; `sure`: 0..1."""

    sample: SampleId
    gold: Any
    predicted: Any
    changed: bool
    sure: float

    def is_right(self, task: Task[Any]) -> bool:
        """Whether nothing of it is an error."""
        return all(verdict.kind == RIGHT for verdict in task.compare(self.gold, self.predicted))


@dataclass(frozen=True, slots=True)
class Judged:
    """A run's predictions on a split. `left_out`: samples that are gone or without an annotation now, or unreadable.

    `changed` counts those of which the annotation is another than the run saw, left out or not.
    """

    rows: tuple[JudgedPrediction, ...]
    changed: int
    left_out: int

    def report(self, project: Project, run: RunRecord) -> Report:
        """Their score on the labels of today."""
        task = task_named(project.task_id)
        gold, predicted = [one.gold for one in self.rows], [one.predicted for one in self.rows]
        return task.score(gold, predicted, labels_now_and_then(project, run))


@dataclass(frozen=True, slots=True)
class Sure:
    """Predictions that are as sure as pseudo-labels of the run had to be: `right` of `n` are."""

    threshold: float
    n: int
    right: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run stands on a split today.

    `then` is the headline that it measured itself, over `then_n` samples; `today` that of the labels of now, over `n`.
    `changed` samples have another annotation since; `left_out` no longer count. `lead` is what says most of how good
    it is: the share `right / n`, else micro-F1 or the mean quality of a text; `value` with its 95 % interval.
    `baseline`: what word statistics alone reached then; `quick`: what the quick model did. `start`, `old`: see Report.
    `pseudo`: how good its pseudo-labels are, where it learned such.
    """

    run: RunId
    split: Split
    then: Mapping[str, float]
    then_n: int
    today: Mapping[str, float]
    n: int
    right: int
    changed: int
    left_out: int
    lead: Lead
    value: float
    interval: Interval
    baseline: Baseline | None = None
    quick: Baseline | None = None
    start: Before | None = None
    old: Before | None = None
    pseudo: Sure | None = None

    @property
    def is_moved(self) -> bool:
        """Whether it is measured by other labels than it was."""
        return bool(self.changed or self.left_out)

    @property
    def is_vague(self) -> bool:
        """Whether the samples are too few for the figure."""
        return self.interval.width > WIDE


def judged_predictions(project: Project, run: RunRecord, split: Split) -> Judged:
    """A run's predictions beside the annotations of today."""
    task, labels = task_named(project.task_id), labels_now_and_then(project, run)
    merged = merged_labels(project, labels)
    rows: list[JudgedPrediction] = []
    changed = left_out = 0
    for one in project.predictions_beside_today(run.id, split):
        changed += one.changed
        if one.value is None or one.now is None:
            left_out += 1
            continue
        try:
            gold, predicted = task.parse(one.now, labels), task.parse(one.value, labels)
        except BadAnnotation:
            left_out += 1
            continue
        if merged and not merged.keys().isdisjoint(task.labels_in(predicted)):
            predicted = task.relabel(predicted, merged) or predicted
        rows.append(JudgedPrediction(one.sample, gold, predicted, one.changed, one.score))
    return Judged(tuple(rows), changed, left_out)


def _pseudo(project: Project, run: RunRecord, split: Split) -> Sure | None:
    threshold = run.recipe.get("pseudo_confidence")
    if not isinstance(threshold, float) or "pseudo_labels" not in Recipe.from_json(run.recipe).methods:
        return None
    sure = PredictionFilter(split, score_from=threshold)
    right = project.prediction_count(run.id, replace(sure, correct=True))
    return Sure(threshold, project.prediction_count(run.id, sure), right)


def merged_labels(project: Project, labels: Labels) -> dict[LabelId, LabelId | None]:
    """Label that is gone -> the one of now that it was merged into, as the rewritten annotations tell.

    A run that knew both is not wrong where it says the one and the other has its name now.
    """
    task, now = task_named(project.task_id), {label.id for label in project.labels()}
    found = {}
    for label in labels:
        if label.id not in now and (into := _merged_into(project, label.id, task, labels)) is not None:
            found[label.id] = into
    whole: dict[LabelId, LabelId | None] = {}
    for gone in found:
        into, seen = found[gone], {gone}
        while into in found and into not in seen:  # merged once more
            seen.add(into)
            into = found[into]
        if into in now:
            whole[gone] = into
    return whole


def _merged_into(project: Project, gone: LabelId, task: Task[Any], labels: Labels) -> LabelId | None:
    for before, after in project.rewritten_without(gone):
        try:
            had = set(task.labels_in(task.parse(before, labels)))
            has = set() if after is None else set(task.labels_in(task.parse(after, labels)))
        except BadAnnotation:
            continue
        if gone in had and len(has - had) == 1:
            return next(iter(has - had))
    return None


def standing(project: Project, run: RunRecord, split: Split) -> Standing | None:
    """How the run stands; None where it has no score on the split, or one that cannot be measured again.

    For a worker thread: some 30 microseconds a sample, and more where whole texts are compared.
    """
    stored = project.report(run.id, split)
    if stored is None:
        return None
    then, task = Report.from_json(stored), task_named(project.task_id)
    if task.right and not project.fixes_since(run.id, split):
        there = project.prediction_count(run.id, PredictionFilter(split))
        if there == then.n:
            right = project.prediction_count(run.id, PredictionFilter(split, correct=True))
            return _unmoved(run, split, report=then, right=right, pseudo=_pseudo(project, run, split))
    found = judged_predictions(project, run, split)
    if not found.rows:
        return None
    today = found.report(project, run)
    right = sum(one.is_right(task) for one in found.rows)
    lead, value, interval = _lead(found.rows, task, today, right=right)
    return Standing(
        run=run.id,
        split=split,
        then=then.headline,
        then_n=then.n,
        today=today.headline,
        n=len(found.rows),
        right=right,
        changed=found.changed,
        left_out=found.left_out,
        lead=lead,
        value=value,
        interval=interval,
        baseline=then.baseline,
        quick=then.quick,
        start=then.start,
        old=then.old,
        pseudo=_pseudo(project, run, split),
    )


def _unmoved(run: RunRecord, split: Split, *, report: Report, right: int, pseudo: Sure | None) -> Standing:
    """Of a run whose labels are as they were."""
    return Standing(
        run=run.id,
        split=split,
        then=report.headline,
        then_n=report.n,
        today=report.headline,
        n=report.n,
        right=right,
        changed=0,
        left_out=0,
        lead="right",
        value=right / report.n if report.n else 0.0,
        interval=wilson(right, report.n),
        baseline=report.baseline,
        quick=report.quick,
        start=report.start,
        old=report.old,
        pseudo=pseudo,
    )


def _lead(
    rows: Sequence[JudgedPrediction], task: Task[Any], report: Report, *, right: int
) -> tuple[Lead, float, Interval]:
    if task.right:
        return "right", right / len(rows), wilson(right, len(rows))
    if "f1" in report.headline and task.label_kinds:
        verdicts = [task.compare(one.gold, one.predicted) for one in rows]
        counts = [
            (
                sum(one.kind == RIGHT and one.gold is not None for one in of_text),
                sum(one.gold is not None for one in of_text),
                sum(one.predicted is not None for one in of_text),
            )
            for of_text in verdicts
        ]
        return "f1", report.headline["f1"], f1_interval(counts)
    qualities = [task.quality(one.gold, one.predicted) for one in rows]
    return "mean", sum(qualities) / len(qualities), mean_interval(qualities)


class Standings:
    """The standings of a project's runs, kept while the labels that they rest on stay. For one thread at a time."""

    def __init__(self) -> None:
        self._known: dict[tuple[RunId, Split], Standing | None] = {}
        self._states: dict[tuple[RunId, Split], tuple[int, int, int]] = {}

    def of(
        self, project: Project, runs: Sequence[RunRecord], *, should_stop: Callable[[], bool] = lambda: False
    ) -> dict[tuple[RunId, Split], Standing]:
        """(run, split) -> how it stands, of those that can be told; the rest where it is stopped before."""
        found: dict[tuple[RunId, Split], Standing] = {}
        for run in runs:
            for split in JUDGED:
                if should_stop():
                    return found
                if split in run.scores and (one := self._one(project, run, split)) is not None:
                    found[run.id, split] = one
        return found

    def _one(self, project: Project, run: RunRecord, split: Split) -> Standing | None:
        key, there = (run.id, split), project.prediction_count(run.id, PredictionFilter(split))
        state = (there, project.fixes_since(run.id, split), project.history_position())
        known = self._states.get(key)
        if known is None or known[:2] != state[:2] or (state[1] and known != state):
            self._known[key] = standing(project, run, split)
        self._states[key] = state
        return self._known[key]


# ------------------------------------------------------------------------------------------------------- in words


def lead_sentence(one: Standing | None, task: Task[Any], *, splits: Sequence[Split] = ()) -> str:
    """One sentence that says how good a run is: "Right on 29 of 32 texts that it had not seen; 95% CI: 75–97%".

    `splits`: where the run was scored at all, for the sentence where nothing can be told.
    """
    if one is None:
        return "" if splits else tr("It was not scored on held-out texts, so there is no telling how good it is.")
    interval = between(one.interval, n=one.n)
    where = _where(one)
    if one.lead == "right":
        what = tr(task.right, right=f"{one.right:,}", n=f"{one.n:,}")
        return tr("{what} {where}; {interval}", what=what, where=where, interval=interval)
    name = measure_title(task.measure(task.best if one.lead == "mean" else "f1"))
    if one.lead == "mean":
        name = tr("Average {measure} per text", measure=name)
    value = per_cent(one.value)
    what = trn("{name}: {value} on {count:,} text", "{name}: {value} on {count:,} texts", one.n, name=name, value=value)
    return tr("{what} {where}; {interval}", what=what, where=where, interval=interval)


def _where(one: Standing) -> str:
    if one.split == "test":
        return tr("that it had not seen")
    return tr("used to choose its best step (validation, so slightly optimistic)")


def caution(one: Standing) -> str:
    """What to know before the figure is believed; "" for nothing."""
    if not one.is_vague:
        return ""
    return trn(
        "One text is too few for this figure; a few hundred would tell more.",
        "{count} texts are too few for this figure: by chance alone it could be anywhere in that range.",
        one.n,
    )


def moved_words(one: Standing, task: Task[Any]) -> str:
    """ "macro-F1 90.9 % then, 93.9 % on today's labels: 3 test labels changed since."; "" where nothing moved."""
    if not one.is_moved:
        return ""
    measure = main_measure(one.today, task)
    then = titled_score(one.then, task)
    today = "" if measure is None else measured(one.today[measure.id], measure)
    then = then[:1].upper() + then[1:]
    said = tr("{then} then, {today} on today's labels: {changes}.", then=then, today=today, changes=_changes(one))
    if one.left_out:
        gone = trn(
            "{count} of its samples was removed or has no label now, and does not count.",
            "{count} of its samples were removed or have no label now, and do not count.",
            one.left_out,
        )
        return f"{said} {gone}"
    return said


def _changes(one: Standing) -> str:
    if one.split == "test":
        return trn("{count} test label changed since", "{count} test labels changed since", one.changed)
    return trn("{count} validation label changed since", "{count} validation labels changed since", one.changed)


def moved_score(one: Standing, task: Task[Any]) -> str:
    """The main score for a table: "93.9%", or "90.9 → 93.9%" where other labels measure it now."""
    measure = main_measure(one.today, task)
    if measure is None:
        return ""
    today = measured(one.today[measure.id], measure)
    then = measured(one.then[measure.id], measure) if one.is_moved and measure.id in one.then else today
    return today if then == today else f"{then.removesuffix('%').rstrip()} → {today}"
