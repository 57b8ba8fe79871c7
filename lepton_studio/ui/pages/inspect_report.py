"""A run's report of one split with the ids of its labels, so that each number leads to its samples."""

from __future__ import annotations

from dataclasses import dataclass

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import SPLITS, Label, LabelId, RunId, RunRecord, Split
from lepton_studio.runs.folder import RunFolder
from lepton_studio.tasks.base import ClassScore, Report
from lepton_studio.widgets.histogram import Bin
from lepton_studio.widgets.report_table import ReportRow

BINS = 20


@dataclass(frozen=True, slots=True)
class KnownLabel:
    """A label as it is called now; `id` is None for one that the project no longer knows."""

    id: LabelId | None
    name: str
    color: str = ""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What the Inspect page shows of a run on a split. `labels` stand for the rows and columns of the matrix."""

    run: RunRecord
    split: Split
    report: Report
    labels: tuple[KnownLabel, ...]
    bins: tuple[Bin, ...]

    def rows(self) -> tuple[ReportRow, ...]:
        """The report as a table: classes in their order, then the averages."""
        classes = (_row(score, label) for score, label in zip(self.report.per_class, self._of_classes(), strict=True))
        averages = (
            ReportRow(_average_words(one.label), one.precision, one.recall, one.f1, one.support, average=True)
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
    histogram = project.score_histogram(run.id, split, bins=BINS)
    return RunReport(run, split, report, _labels(project, run, names), tuple(Bin(*one) for one in histogram))


def splits_with_report(project: Project, run_id: RunId) -> tuple[Split, ...]:
    """The splits that the run was scored on, the test split first: nothing of it was learnt from."""
    return tuple(split for split in reversed(SPLITS) if project.report(run_id, split) is not None)


def inspectable_runs(project: Project) -> list[RunRecord]:
    """The runs that have a report, newest first."""
    return [run for run in project.runs() if run.scores and splits_with_report(project, run.id)]


def _labels(project: Project, run: RunRecord, names: tuple[str, ...]) -> tuple[KnownLabel, ...]:
    """The labels of then, under their names of now. Names are those of the run: a label may be renamed since."""
    now = {label.id: label for label in project.labels()}
    try:
        ids = {one.name: one.id for one in RunFolder(project.run_folder(run.id)).job().labels}
    except (OSError, ValueError, KeyError, TypeError):  # the folder is gone or damaged: the names of now must do
        ids = {label.name: label.id for label in now.values()}
    return tuple(_known(name, ids.get(name), now) for name in names)


def _known(name: str, label_id: LabelId | None, now: dict[LabelId, Label]) -> KnownLabel:
    label = None if label_id is None else now.get(label_id)
    return KnownLabel(label_id, name) if label is None else KnownLabel(label_id, label.name, label.color)


def _average_words(name: str) -> str:
    words = {"micro": tr("micro average"), "macro": tr("macro average"), "weighted": tr("weighted average")}
    return words.get(name, name)


def _row(score: ClassScore, label: KnownLabel) -> ReportRow:
    return ReportRow(label.name, score.precision, score.recall, score.f1, score.support, label.color)
