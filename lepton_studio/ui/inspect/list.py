"""The right side of the Inspect page: the predictions behind a number, and the chosen one put right."""

from __future__ import annotations

import dataclasses
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSplitter, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, LabelId, Origin, PredictionFilter, PredictionOrder, Sample
from lepton_studio.studio.bulk import give_label
from lepton_studio.studio.explaining import why_not
from lepton_studio.ui.bulk.actions import BulkActions, Chosen
from lepton_studio.ui.inspect.detail import DetailPanel, is_one_label
from lepton_studio.ui.inspect.model import Found, PredictionsModel, kind_title, read_found
from lepton_studio.ui.inspect.predictions import ROW, PredictionsTable
from lepton_studio.ui.inspect.report import RunReport
from lepton_studio.ui.label.saving import Saving
from lepton_studio.ui.shared.looking import Look
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.chips import ChipChoice, FilterChips
from lepton_studio.widgets.layouts import button, column, line, row, words
from lepton_studio.widgets.plain_text import menu_words
from lepton_studio.widgets.steady import ChoiceBox
from lepton_studio.widgets.theme import BODY, CAPTION

_LOW, _NARROW = 430, 560
"""Pixels; a panel less high shows less of the chosen sample, more of the rows; a narrow one leaves a caption out."""
_HEADING = 34
_CORRECT: dict[str, bool | None] = {"all": None, "right": True, "wrong": False}


class PredictionsPanel(QWidget):
    """In the table a label's key relabels, where a value is one label; Enter accepts the prediction, F2 edits.

    `bulk_asked(BulkEdit)`, `why_asked(PredictedSample)`.
    """

    bulk_asked = Signal(object)
    why_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._task = session.task
        self.by_key = is_one_label(session.task)
        self.model = PredictionsModel(session, task=session.task)
        self.what = words(size=BODY, bold=True, wrap=True)
        self.all = button(tr("Show all"), role="link", tip=tr("Show all predictions of this split"))
        self.all.setParent(self)  # Tab goes through the parts as they stand, which is the order of their birth here
        self.chips = FilterChips([ChipChoice(one, one) for one in _CORRECT], parent=self)
        self._sort = words(tr("Order"), size=CAPTION, muted=True)
        self.order = ChoiceBox(self)
        self.order.setAccessibleName(tr("Order of the predictions"))
        self._fill_order()
        self.table = PredictionsTable(self.model, by_key=self.by_key, parent=self)
        self.detail = DetailPanel(self.model, by_key=self.by_key, parent=self)
        self.saving = Saving(session, flush=self.detail.flush, parent=self)
        self.bulk = BulkActions(session, self)
        self.which = PredictionFilter()
        """Which predictions the table shows."""
        self._report: RunReport | None = None
        self._look = Look(session, tr("Reading predictions"))
        self._lay_out()
        self._connect()

    # ------------------------------------------------------------------------------------------------ what is shown

    def show_report(self, report: RunReport, which: PredictionFilter) -> None:
        """Show predictions of another run or split."""
        self._report = report
        self.detail.labels_changed()
        self.open_door(which)

    def open_door(self, which: PredictionFilter) -> None:
        """Show exactly these predictions in the table."""
        report = self._report
        if report is None:
            return
        self.which = which
        order: PredictionOrder = self.order.currentData()

        def read(project: Project) -> tuple[Found, dict[str, int]]:
            found = read_found(project, report.run.id, which, order=order)
            of_chip = {chip: dataclasses.replace(which, correct=correct) for chip, correct in _CORRECT.items()}
            return found, {chip: project.prediction_count(report.run.id, one) for chip, one in of_chip.items()}

        self._look.ask(read, lambda answer: self._show_found(report, *answer))

    def _show_found(self, report: RunReport, found: Found, counts: dict[str, int]) -> None:
        which = found.which
        self.model.show(found, then=report.every_label)
        self.saving.labels = self.model.labels
        self._show_chips(counts)
        self.what.setText(self._words_of(which))
        self.all.setVisible(dataclasses.replace(which, correct=None) != PredictionFilter(split=which.split))
        self.table.scrollToTop()
        self.table.choose_row(0)
        self.detail.show_sample(self.table.current())

    def show_all(self) -> None:
        """Every prediction of the split."""
        report = self._report
        self.open_door(PredictionFilter(split=self.which.split or (None if report is None else report.split)))

    def show_changes(self, changes: Changes) -> None:
        """Read the rows again that a write touched."""
        self.model.show_changes(changes)
        self.saving.labels = self.model.labels
        self.detail.show_sample(self.table.current())

    def _show_chips(self, counts: dict[str, int]) -> None:
        titles = {"all": tr("All {count}"), "right": tr("Right {count}"), "wrong": tr("Wrong {count}")}
        for chip, correct in _CORRECT.items():
            self.chips.set_words(chip, titles[chip].format(count=f"{counts[chip]:,}"))
            if correct == self.which.correct:
                self.chips.choose(chip)

    def _words_of(self, which: PredictionFilter) -> str:
        parts = []
        if which.kind is not None:
            parts.append(kind_title(self._task, which.kind))
        if which.gold is not None:
            parts.append(tr("labelled {label}", label=self.model.name_of(which.gold)))
        if which.predicted is not None:
            parts.append(tr("predicted {label}", label=self.model.name_of(which.predicted)))
        for low, high, said in (
            (which.score_from, which.score_to, tr("{low}–{high}% confidence")),
            (which.quality_from, which.quality_to, tr("quality {low}–{high}%")),
        ):
            if low > 0 or high < 1:
                parts.append(said.format(low=round(low * 100), high=round(high * 100)))
        if which.samples is not None:
            parts.append(trn("{count} selected sample", "{count} selected samples", len(which.samples)))
        if not parts:
            return tr("All predictions")
        words_of = tr(", ").join(parts)
        return words_of[0].upper() + words_of[1:]

    def _fill_order(self) -> None:
        orders: dict[PredictionOrder, str] = {
            "worst": tr("worst first"),
            "sample": tr("in file order"),
            "least_sure": tr("least confident first"),
            "most_sure": tr("most confident first"),
        }
        if self.by_key:
            del orders["worst"]  # a label is right or wrong, and the chips say that
        for order, title in orders.items():
            self.order.addItem(title, order)
        if self._task.label_kinds:
            self.order.setCurrentIndex(self.order.findData("sample"))

    # ------------------------------------------------------------------------------------------------- putting right

    def relabel(self, label_id: LabelId) -> None:
        """Give the current sample this label, and go on to the next row; where several rows are selected, all of
        theirs.
        """
        chosen = self.table.chosen()
        if len(chosen) > 1 and label_id in self.model.labels:
            step = give_label(self._task, self.model.labels[label_id], Filter(ids=chosen))
            self.bulk.run(step, count=len(chosen))
            return
        shown = self.table.current()
        if shown is not None and self._task.from_labels is not None and label_id in self.model.labels:
            self._save(shown.sample, self._task.from_labels((label_id,)), origin="manual", go_on=True)

    def accept(self) -> None:
        """The prediction becomes the annotation of the current sample; then the next row."""
        shown = self.table.current() if self.saving.is_done() else None
        value = None if shown is None else self.model.values.acceptable(shown)
        if shown is None or value is None:
            return
        if value == self.model.values.gold(shown.sample):
            self.table.next_row()
        else:
            self._save(shown.sample, value, origin="suggestion", go_on=True)

    def go_on(self) -> None:
        """From the editor to the next row: a sample that was put right is done, else the prediction is accepted."""
        shown = self.table.current() if self.saving.is_done() else None
        if shown is not None and not shown.fixed:
            self.accept()
        elif shown is not None:
            self.table.next_row()

    def open_sample(self) -> None:
        """Show the current sample on the Label page."""
        shown = self.table.current()
        if shown is not None:
            self._session.show_samples(Filter(ids=(shown.sample.id,)))

    def ask_why(self) -> None:
        """Ask which words of the current sample count."""
        shown = self.table.current()
        if shown is not None and not why_not(self._task):
            self.why_asked.emit(shown)

    def _correct(self, sample: Sample, value: Any) -> None:
        editor = self.detail.editor
        self._save(sample, value, origin="manual", go_on=editor is not None and editor.one_press)

    def _save(self, sample: Sample, value: Any, *, origin: Origin, go_on: bool) -> None:
        if self.saving.save(sample, value, origin=origin) and go_on:
            self.table.next_row()
            self.table.setFocus()

    def _show_row(self) -> None:
        self.saving.begin()
        self.detail.show_sample(self.table.current())

    def _open_menu(self, where: QPoint) -> None:
        chosen = self.table.chosen()
        if len(chosen) > 1:
            of_many = self.bulk.menu(Chosen(Filter(ids=chosen), len(chosen)), self)
            of_many.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            of_many.popup(where)
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        accept = menu.addAction(tr("Accept prediction"))
        accept.triggered.connect(self.accept)
        accept.setEnabled(self.detail.accept.isEnabled())
        if not self.by_key:
            menu.addAction(tr("Edit")).triggered.connect(self.detail.edit)
        elif len(self.model.labels) <= 20:
            labels = menu.addMenu(tr("Label as"))
            for label in self.model.labels.values():
                entry = labels.addAction(menu_words(label.name))
                entry.triggered.connect(lambda _on=False, chosen=label.id: self.relabel(chosen))
        else:
            menu.addAction(tr("Another label…")).triggered.connect(self.detail.open_choices)
        if not why_not(self._task):
            menu.addAction(tr("Why?")).triggered.connect(self.ask_why)
        menu.addAction(tr("Open on the Label page")).triggered.connect(self.open_sample)
        menu.popup(where)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.detail.set_small(self.height() < _LOW)
        self._sort.setVisible(self.width() >= _NARROW)
        super().resizeEvent(event)

    # -------------------------------------------------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        what = row(self.what, self.all)
        what.setStretch(0, 1)
        chips = row(self.chips, self._sort, self.order)
        chips.setStretch(0, 1)
        keep_room = self.all.sizePolicy()
        keep_room.setRetainSizeWhenHidden(True)
        self.all.setSizePolicy(keep_room)
        if self.by_key:
            content = column(what, chips, self.table, line(), self.detail, gap=8, margins=(16, 16, 24, 16))
            content.setStretchFactor(self.table, 1)
        else:
            split = QSplitter(Qt.Orientation.Vertical)
            split.setChildrenCollapsible(False)
            split.addWidget(self.table)
            split.addWidget(self.detail)
            self.table.setMinimumHeight(ROW + _HEADING)
            split.setSizes([160, 340])
            split.setStretchFactor(0, 0)
            split.setStretchFactor(1, 1)
            content = column(what, chips, split, gap=8, margins=(16, 16, 24, 16))
            content.setStretchFactor(split, 1)
        self.setLayout(content)

    def _connect(self) -> None:
        self.all.clicked.connect(self.show_all)
        self.model.dataChanged.connect(lambda *_: self.detail.show_sample(self.table.current()))
        self.chips.chosen.connect(lambda chip: self.open_door(dataclasses.replace(self.which, correct=_CORRECT[chip])))
        self.order.activated.connect(lambda _row: self.open_door(self.which))
        self.table.current_changed.connect(self._show_row)
        self.table.label_pressed.connect(self.relabel)
        self.table.key_pressed.connect(self.detail.offer_key)
        self.table.accept_asked.connect(self.accept)
        self.table.choose_asked.connect(self.detail.open_choices)
        self.table.menu_asked.connect(self._open_menu)
        self.detail.accept_asked.connect(self.accept)
        self.detail.label_chosen.connect(self.relabel)
        self.detail.open_asked.connect(self.open_sample)
        self.detail.why_asked.connect(self.ask_why)
        self.detail.corrected.connect(self._correct)
        self.detail.finished.connect(self.go_on)
        self.detail.bulk_asked.connect(self.bulk_asked)
        self.detail.left.connect(self.table.setFocus)
