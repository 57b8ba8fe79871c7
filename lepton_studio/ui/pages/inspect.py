"""The Inspect page: how good a run is, where it errs, and the samples behind each number, put right in place."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QMenu, QSplitter, QStackedWidget, QWidget

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import (
    Filter,
    LabelId,
    PredictionFilter,
    PredictionOrder,
    RunId,
    RunRecord,
    Split,
)
from lepton_studio.runs.job import BadSetting, Recipe
from lepton_studio.ui.actions import Action
from lepton_studio.ui.pages.inspect_charts import ChartsPanel
from lepton_studio.ui.pages.inspect_detail import DetailPanel
from lepton_studio.ui.pages.inspect_model import PredictionsModel
from lepton_studio.ui.pages.inspect_numbers import Interval, macro_f1_interval, wilson
from lepton_studio.ui.pages.inspect_predictions import PredictionsTable
from lepton_studio.ui.pages.inspect_report import RunReport, inspectable_runs, read_report, splits_with_report
from lepton_studio.ui.pages.page import Page
from lepton_studio.ui.score_words import moment, per_cent, run_score, score_title, split_title
from lepton_studio.ui.session import Session
from lepton_studio.widgets.chips import ChipChoice, FilterChips
from lepton_studio.widgets.empty_state import EmptyState, NextStep
from lepton_studio.widgets.figures import Figures
from lepton_studio.widgets.layouts import button, column, line, quiet, row, words
from lepton_studio.widgets.segments import Segments
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE

_SMALL = 600
"""Pixels; a page less high shows less of the chosen sample, more of the rows."""
_CORRECT: dict[str, bool | None] = {"all": None, "right": True, "wrong": False}


class InspectPage(Page):
    """In the table of predictions: a label's key relabels, Enter accepts the prediction, "/" finds a label."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.model = PredictionsModel(session.project, task=session.task)
        self.run_box = QComboBox()
        self.run_box.setAccessibleName(tr("Run"))
        self.run_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.splits = Segments(
            [(split, split_title(split)) for split in ("test", "validation", "train")], name=tr("Split")
        )
        self.figures = Figures([("accuracy", tr("accuracy")), ("macro_f1", tr("macro-F1")), ("wrong", tr("wrong"))])
        self.fixes = words(size=BODY, muted=True)
        self.again = button(tr("Tune again"), role="primary", tip=tr("A new run with the settings of this one"))
        self.charts = ChartsPanel()
        self.what = words(size=BODY, bold=True, wrap=True)
        self.all = button(tr("Show all"), role="link", tip=tr("Show every prediction of this split"))
        self.chips = FilterChips([ChipChoice(one, one) for one in _CORRECT])
        self.order = QComboBox()
        self.order.setAccessibleName(tr("Order of the predictions"))
        for order, title in (
            ("sample", tr("as in the file")),
            ("least_sure", tr("least sure first")),
            ("most_sure", tr("most sure first")),
        ):
            self.order.addItem(title, order)
        self.table = PredictionsTable(self.model)
        self.detail = DetailPanel(self.model)
        self.empty = EmptyState(
            "inspect",
            tr("Nothing to inspect yet"),
            sentence=tr(
                "Tune once. Then this page shows what the model gets right and wrong, and you put labels right."
            ),
            steps=[NextStep(tr("Go to Tune"), lambda: session.open_page("tune"))],
        )
        self._runs: list[RunRecord] = []
        self._report: RunReport | None = None
        self._which = PredictionFilter()
        self._lay_out()
        self._connect()

    # ------------------------------------------------------------------------------------------------------ page

    def refresh(self) -> None:
        """Read the runs; the one in view stays, else the newest is shown."""
        current = self.run()
        self._runs = inspectable_runs(self.session.project)
        with quiet(self.run_box):
            self.run_box.clear()
            for run in self._runs:
                self.run_box.addItem(_run_words(run), run.id)
        self._stack.setCurrentIndex(1 if self._runs else 0)
        ids = [run.id for run in self._runs]
        if ids:
            same = current is not None and current.id in ids
            self._show_run(current.id if current is not None and same else ids[0], which=self._which if same else None)
        else:
            self._report = None

    def show_changes(self, changes: Changes) -> None:
        if changes.runs or changes.labels or changes.structure:
            self.refresh()
            return
        self.model.show_changes(changes)
        self.detail.show_sample(self.table.current())
        self._show_fixes()

    def show_predictions(self, run_id: RunId, which: PredictionFilter) -> None:
        """Bring these predictions into view."""
        if self.run_box.findData(run_id) < 0:
            self.refresh()
        if self.run_box.findData(run_id) >= 0:
            self._show_run(run_id, which=which)

    def run(self) -> RunRecord | None:
        """The run in view."""
        found = self.run_box.currentData()
        return next((run for run in self._runs if run.id == found), None)

    def shown(self) -> PredictionFilter:
        """Which predictions the table shows."""
        return self._which

    def actions_of_page(self) -> Sequence[Action]:
        has_row = lambda: self.table.current() is not None  # noqa: E731
        return (
            Action("inspect.again", tr("Tune again"), self.tune_again, "Ctrl+Return", "tune", lambda: bool(self._runs)),
            Action("inspect.accept", tr("Accept the prediction"), self._accept, "Return", "", has_row),
            Action("inspect.label", tr("Another label…"), self.detail.open_choices, "/", "", has_row),
            Action("inspect.all", tr("Show all predictions"), self._show_all, "Escape", ""),
            Action(
                "inspect.report", tr("Report by label"), lambda: self.charts.show_view("report"), "Ctrl+Shift+1", "view"
            ),
            Action(
                "inspect.matrix",
                tr("Confusion matrix"),
                lambda: self.charts.show_view("matrix"),
                "Ctrl+Shift+2",
                "view",
            ),
            Action("inspect.pairs", tr("Mix-ups"), lambda: self.charts.show_view("pairs"), "Ctrl+Shift+3", "view"),
        )

    # ------------------------------------------------------------------------------------------------ what is shown

    def _show_run(self, run_id: RunId, *, which: PredictionFilter | None = None) -> None:
        with quiet(self.run_box):
            self.run_box.setCurrentIndex(self.run_box.findData(run_id))
        project = self.session.project
        splits = splits_with_report(project, run_id)
        for split in ("test", "validation", "train"):
            self.splits.button(split).setVisible(split in splits)
        wanted = None if which is None else which.split
        split_now = wanted if wanted in splits else splits[0]
        self._show_split(split_now, which=which)

    def _show_split(self, split: Split, *, which: PredictionFilter | None = None) -> None:
        run = self.run()
        report = None if run is None else read_report(self.session.project, run, split=split)
        if report is None:
            return
        self._report = report
        self.splits.choose(split)
        self.charts.show_report(report)
        self.model.names = {label.id: label.name for label in report.labels if label.id is not None}
        self._show_figures(report)
        self._show_fixes()
        self.open_door(dataclasses.replace(which or PredictionFilter(), split=split))

    def open_door(self, which: PredictionFilter) -> None:
        """Show exactly these predictions in the table."""
        report = self._report
        if report is None:
            return
        self._which = which
        order: PredictionOrder = self.order.currentData()
        self.model.show(report.run.id, which, order=order)
        self._show_chips(report.run.id)
        self.what.setText(self._words_of(which))
        self.all.setVisible(dataclasses.replace(which, correct=None) != PredictionFilter(split=which.split))
        self.table.scrollToTop()
        self.table.choose_row(0)
        self.detail.show_sample(self.table.current())

    def _show_chips(self, run_id: RunId) -> None:
        titles = {"all": tr("All {count}"), "right": tr("Right {count}"), "wrong": tr("Wrong {count}")}
        for chip, correct in _CORRECT.items():
            which = dataclasses.replace(self._which, correct=correct)
            count = self.session.project.prediction_count(run_id, which)
            self.chips.set_words(chip, titles[chip].format(count=f"{count:,}"))
            if correct == self._which.correct:
                self.chips.choose(chip)

    def _show_figures(self, report: RunReport) -> None:
        scores, n = report.report.headline, report.report.n
        confusion = report.report.confusion
        right = 0 if confusion is None else sum(line[place] for place, line in enumerate(confusion.matrix))
        for name in ("accuracy", "macro_f1"):
            value = scores.get(name)
            self.figures.set_caption(name, score_title(name))
            interval = (
                None
                if value is None or confusion is None
                else (wilson(right, n) if name == "accuracy" else macro_f1_interval(confusion.matrix))
            )
            self.figures.show_figure(name, "" if value is None else per_cent(value), note=_between(interval))
        self.figures.show_figure("wrong", f"{n - right:,}", note=tr("of {total}", total=f"{n:,}"))

    def _show_fixes(self) -> None:
        run = self.run()
        fixes = 0 if run is None else self.session.project.fixes_since(run.id)
        if fixes == 1:
            self.fixes.setText(tr("1 label changed since this run"))
        else:
            self.fixes.setText(tr("{count} labels changed since this run", count=f"{fixes:,}") if fixes else "")

    def _words_of(self, which: PredictionFilter) -> str:
        parts = []
        if which.gold is not None:
            parts.append(tr("labelled {label}", label=self.model.name_of(which.gold)))
        if which.predicted is not None:
            parts.append(tr("predicted {label}", label=self.model.name_of(which.predicted)))
        if which.score_from > 0 or which.score_to < 1:
            low, high = round(which.score_from * 100), round(which.score_to * 100)
            parts.append(tr("{low} to {high} % sure", low=low, high=high))
        if not parts:
            return tr("All predictions")
        words_of = ", ".join(parts)
        return words_of[0].upper() + words_of[1:]

    def _show_all(self) -> None:
        self.open_door(PredictionFilter(split=self._which.split))

    # ------------------------------------------------------------------------------------------------- putting right

    def relabel(self, label_id: LabelId) -> None:
        """Give the current sample this label, and go on to the next row."""
        shown, task = self.table.current(), self.session.task
        if shown is None or label_id not in self.model.labels:
            return
        value = task.from_labels((label_id,))
        name = tr("Label as {label}", label=self.model.name_of(label_id))
        done = self.session.perform(
            lambda project: project.annotate(shown.sample.id, task.dump(value), labels=task.labels_in(value), name=name)
        )
        if done is not None:
            self.table.next_row()
            self.table.setFocus()

    def _accept(self) -> None:
        shown = self.table.current()
        if shown is not None and shown.prediction.predicted is not None:
            if self.model.label_of(shown.sample) == shown.prediction.predicted:
                self.table.next_row()
            else:
                self.relabel(shown.prediction.predicted)

    def _open_sample(self) -> None:
        shown = self.table.current()
        if shown is not None:
            self.session.show_samples(Filter(ids=(shown.sample.id,)))

    def _open_menu(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        accept = menu.addAction(tr("Accept the prediction"))
        accept.triggered.connect(self._accept)
        accept.setEnabled(self.detail.accept.isEnabled())
        if len(self.model.labels) <= 20:
            labels = menu.addMenu(tr("Label as"))
            for label in self.model.labels.values():
                entry = labels.addAction(label.name)
                entry.triggered.connect(lambda _on=False, chosen=label.id: self.relabel(chosen))
        else:
            menu.addAction(tr("Another label…")).triggered.connect(self.detail.open_choices)
        menu.addAction(tr("Open on the Label page")).triggered.connect(self._open_sample)
        menu.popup(where)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.detail.set_small(self.height() < _SMALL)
        super().resizeEvent(event)

    def tune_again(self) -> None:
        """A new run with the model and the recipe of this one, on the labels as they are now."""
        run = self.run()
        if run is None:
            return
        known = {one.name for one in dataclasses.fields(Recipe)}
        try:
            recipe = Recipe().with_settings({name: value for name, value in run.recipe.items() if name in known})
        except BadSetting as error:
            self.session.failed.emit(str(error))
            return
        self.session.start_run(model=run.model, recipe=recipe)
        self.session.open_page("tune")

    # -------------------------------------------------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        title = words(tr("Inspect"), size=TITLE, bold=True)
        head = row(title, 8, self.run_box, 8, self.splits, None, self.fixes, self.again, gap=8)
        charts = QWidget()
        charts.setLayout(column(self.charts, margins=(24, 16, 16, 16)))
        samples = QWidget()
        sort = words(tr("Order"), size=CAPTION, muted=True)
        what = row(self.what, self.all)
        what.setStretch(0, 1)
        chips = row(self.chips, sort, self.order)
        chips.setStretch(0, 1)
        content = column(what, chips, self.table, line(), self.detail, gap=8, margins=(16, 16, 24, 16))
        content.setStretchFactor(self.table, 1)
        samples.setLayout(content)
        keep_room = self.all.sizePolicy()
        keep_room.setRetainSizeWhenHidden(True)
        self.all.setSizePolicy(keep_room)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(charts)
        split.addWidget(samples)
        split.setSizes([540, 600])
        whole = QWidget()
        top = column(head, self.figures, gap=12, margins=(24, 24, 24, 16))
        page = column(top, line(), split, gap=0)
        page.setStretchFactor(split, 1)
        whole.setLayout(page)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(whole)
        self.setLayout(column(self._stack))

    def _connect(self) -> None:
        self.run_box.activated.connect(lambda _row: self._show_run(self.run_box.currentData()))
        self.splits.chosen.connect(lambda split: self._show_split(split))
        self.charts.door_opened.connect(self.open_door)
        self.all.clicked.connect(self._show_all)
        self.again.clicked.connect(self.tune_again)
        self.chips.chosen.connect(lambda chip: self.open_door(dataclasses.replace(self._which, correct=_CORRECT[chip])))
        self.order.activated.connect(lambda _row: self.open_door(self._which))
        self.table.current_changed.connect(lambda: self.detail.show_sample(self.table.current()))
        self.table.label_pressed.connect(self.relabel)
        self.table.accept_asked.connect(self._accept)
        self.table.choose_asked.connect(self.detail.open_choices)
        self.table.menu_asked.connect(self._open_menu)
        self.detail.accept_asked.connect(self._accept)
        self.detail.label_chosen.connect(self.relabel)
        self.detail.open_asked.connect(self._open_sample)


def _run_words(run: RunRecord) -> str:
    score = run_score(run, split="test") or run_score(run)
    said = tr("Run {number}", number=run.number)
    return f"{said} · {moment(run.created)}" + ("" if score is None else f" · {per_cent(score)}")


def _between(interval: Interval | None) -> str:
    if interval is None:
        return ""
    low, high = per_cent(interval.low), per_cent(interval.high)
    return tr("95 %: {low} to {high}", low=low.rstrip(" %"), high=high)
