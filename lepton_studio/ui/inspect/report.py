"""A run's report of one split with the ids of its labels, so that each number leads to its samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lepton_studio.contract.task import ClassScore, Report
from lepton_studio.project.project import Project
from lepton_studio.project.records import (
    RIGHT,
    SPLITS,
    Label,
    LabelId,
    Labels,
    PredictionFilter,
    RunId,
    RunRecord,
    Split,
)
from lepton_studio.studio.collecting import labels_now_and_then, labels_then
from lepton_studio.studio.scores_in_words import average_name
from lepton_studio.widgets.histogram import Bin
from lepton_studio.widgets.report_table import ReportRow

BINS = 20

Sort = tuple[str, LabelId | None, LabelId | None]
"""(kind of error, gold label, predicted label) of a verdict; None where the task has no label there."""


@dataclass(frozen=True, slots=True)
class KnownLabel:
    """A label as it is called now; `id` is None for one that the project no longer knows."""

    id: LabelId | None
    name: str
    color: str = ""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What the Inspect page shows of a run on a split. `labels` stand for the rows and columns of the matrix.

    `every_label`: those of the project, then those that only the run knew. `errors`: verdicts of each sort, no right
    ones. `n` predictions, of which `wrong` hold an error. `sure` and `quality`: the predictions by confidence, and by
    how good they are.
    """

    run: RunRecord
    split: Split
    report: Report
    labels: tuple[KnownLabel, ...]
    every_label: Labels
    errors: Mapping[Sort, int]
    n: int
    wrong: int
    sure: tuple[Bin, ...]
    quality: tuple[Bin, ...]

    def rows(self) -> tuple[ReportRow, ...]:
        """The report as a table: classes in their order, then the averages."""
        classes = (_row(score, label) for score, label in zip(self.report.per_class, self._of_classes(), strict=True))
        averages = (
            ReportRow(average_name(one.label), one.precision, one.recall, one.f1, one.support, average=True)
            for one in self.report.averages
        )
        return (*classes, *averages)

    def label_named(self, name: str) -> KnownLabel | None:
        """The label that is shown under this name."""
        return next((label for label in self.labels if label.name == name), None)

    def _of_classes(self) -> tuple[KnownLabel, ...]:
        if len(self.labels) == len(self.report.per_class):
            return self.labels
        return tuple(KnownLabel(None, score.label) for score in self.report.per_class)


def read_report(project: Project, run: RunRecord, *, split: Split) -> RunReport | None:
    """The stored report; None where the run has none of this split."""
    stored = project.report(run.id, split)
    if stored is None:
        return None
    report = Report.from_json(stored)
    names = report.confusion.labels if report.confusion is not None else tuple(one.label for one in report.per_class)
    now, then = project.labels(), labels_then(project, run)
    return RunReport(
        run=run,
        split=split,
        report=report,
        labels=_named(names, now=now, then=then),
        every_label=labels_now_and_then(project, run),
        errors={sort: count for sort, count in project.error_counts(run.id, split).items() if sort[0] != RIGHT},
        n=project.prediction_count(run.id, PredictionFilter(split)),
        wrong=project.prediction_count(run.id, PredictionFilter(split, correct=False)),
        sure=tuple(Bin(*one) for one in project.score_histogram(run.id, split, bins=BINS)),
        quality=tuple(Bin(*one) for one in project.quality_histogram(run.id, split, bins=BINS)),
    )


def splits_with_report(project: Project, run_id: RunId) -> tuple[Split, ...]:
    """The splits that the run was scored on, the test split first: nothing of it was learnt from."""
    return tuple(split for split in reversed(SPLITS) if project.report(run_id, split) is not None)


def inspectable_runs(project: Project) -> list[RunRecord]:
    """The runs that have a report, newest first."""
    return [run for run in project.runs() if run.scores and splits_with_report(project, run.id)]


def _named(names: tuple[str, ...], *, now: Labels, then: Labels) -> tuple[KnownLabel, ...]:
    """The labels of then, under their names of now. Names are those of the run: a label may be renamed since."""
    ids = {label.name: label.id for label in then}
    known = {label.id: label for label in now}
    return tuple(_known(name, ids.get(name), known) for name in names)


def _known(name: str, label_id: LabelId | None, now: Mapping[LabelId, Label]) -> KnownLabel:
    label = None if label_id is None else now.get(label_id)
    return KnownLabel(label_id, name) if label is None else KnownLabel(label_id, label.name, label.color)


def _row(score: ClassScore, label: KnownLabel) -> ReportRow:
    return ReportRow(label.name, score.precision, score.recall, score.f1, score.support, label.color)
