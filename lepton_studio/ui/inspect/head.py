"""The top of the Inspect page: which run, which split, the figures that matter, and how much was put right since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from lepton_studio.contract.task import Measure, Task
from lepton_studio.language import tr, trn
from lepton_studio.project.records import RunId, RunRecord, Split
from lepton_studio.studio.certainty import score_interval
from lepton_studio.studio.scores_in_words import between, measure_title, measured, run_score
from lepton_studio.ui.inspect.model import kind_title
from lepton_studio.ui.inspect.report import RunReport
from lepton_studio.ui.shared.score_words import moment, setting_words, split_title
from lepton_studio.widgets.figures import Figures
from lepton_studio.widgets.layouts import button, column, quiet, row, words
from lepton_studio.widgets.segments import Segments
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE

WRONG = "wrong"
_MEASURES = 4
_FOUND_ALONE = "strict_"
"""Before the name of a score: how well the value is found from the bare text (`Task.from_bare_text`)."""


class InspectHead(QWidget):
    """`run_chosen(run id)`, `split_chosen(split)`, `again_asked()`, `report_asked()`."""

    run_chosen = Signal(int)
    split_chosen = Signal(str)
    again_asked = Signal()
    report_asked = Signal()

    def __init__(self, task: Task[Any], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._measures: tuple[Measure, ...] = ()
        self.run_box = ChoiceBox()
        self.run_box.setAccessibleName(tr("Run"))
        self.run_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.splits = Segments(
            [(split, split_title(split)) for split in ("test", "validation", "train")], name=tr("Split")
        )
        self.figures = Figures([])
        self.fixes = words(size=BODY, muted=True)
        self.again = button(tr("Tune again"), role="primary", tip=tr("Start a new run with the same settings"))
        self.run_box.activated.connect(lambda _row: self.run_chosen.emit(self.run_box.currentData()))
        self.splits.chosen.connect(self.split_chosen)
        self.again.clicked.connect(self.again_asked)
        self.report = button(tr("Report…"), tip=tr("Save a report to share, as PDF or HTML"))
        self.report.clicked.connect(self.report_asked)
        title = words(tr("Inspect"), size=TITLE, bold=True)
        head = row(title, 8, self.run_box, 8, self.splits, None, self.fixes, self.report, self.again, gap=8)
        self.how = words(size=CAPTION, muted=True, wrap=True)
        self.moved = words(size=BODY, wrap=True)
        self.moved.hide()
        self._column = column(head, self.how, self.figures, self.moved, gap=12, margins=(24, 24, 24, 16))
        self.setLayout(self._column)

    def show_runs(self, runs: Sequence[RunRecord]) -> None:
        """The runs to choose from."""
        with quiet(self.run_box):
            self.run_box.clear()
            for run in runs:
                self.run_box.addItem(self._run_words(run), run.id)

    def choose_run(self, run_id: RunId, *, splits: Sequence[Split]) -> None:
        """Which run is in view, and the splits it was scored on."""
        with quiet(self.run_box):
            self.run_box.setCurrentIndex(self.run_box.findData(run_id))
        for split in ("test", "validation", "train"):
            self.splits.button(split).setVisible(split in splits)

    def show_report(self, report: RunReport) -> None:
        """The figures of a report, each with what is known of how sure it is."""
        self.splits.choose(report.split)
        self.how.setText(setting_words(report.run, self._task))
        self.how.setVisible(bool(self.how.text()))
        scores = report.report.headline
        self._take_measures(tuple(one for one in self._task.measures if one.id in scores)[:_MEASURES])
        for measure in self._measures:
            value = scores[measure.id]
            interval = score_interval(
                measure, value, confusion=report.report.confusion, right=report.n - report.wrong, n=report.n
            )
            note = "" if interval is None else between(interval, n=report.n)
            alone = scores.get(f"{_FOUND_ALONE}{measure.id}")
            if alone is not None:
                note = tr("{score} from the text alone", score=measured(alone, measure))
            self.figures.show_figure(measure.id, measured(value, measure), note=note)
        self.figures.show_figure(WRONG, f"{report.wrong:,}", note=tr("of {total}", total=f"{report.n:,}"))

    def show_moved(self, sentence: str) -> None:
        """What the labels of today make of the figures; "" where they are as they were."""
        self.moved.setText(sentence)
        self.moved.setVisible(bool(sentence))

    def show_fixes(self, fixes: int) -> None:
        """How many annotations changed since the run."""
        if self._task.from_labels is not None:
            said = trn("{count} label changed since this run", "{count} labels changed since this run", fixes)
        else:
            said = trn("{count} sample changed since this run", "{count} samples changed since this run", fixes)
        self.fixes.setText(said if fixes else "")

    def _take_measures(self, measures: tuple[Measure, ...]) -> None:
        """A figure for each; reports of one task may differ (labels that are paths have scores of their own)."""
        if measures == self._measures:
            return
        kinds = self._task.kinds
        wrong = kind_title(self._task, *kinds) if len(kinds) == 1 else tr("with errors")
        self._measures = measures
        new = Figures([*((one.id, measure_title(one)) for one in measures), (WRONG, wrong)], parent=self)
        self._column.replaceWidget(self.figures, new)
        self.figures.deleteLater()
        self.figures = new

    def _run_words(self, run: RunRecord) -> str:
        score = run_score(run, self._task, split="test") or run_score(run, self._task)
        said = f"{tr('Run {number}', number=run.number)} · {moment(run.created)}"
        return f"{said} · {score}" if score else said
