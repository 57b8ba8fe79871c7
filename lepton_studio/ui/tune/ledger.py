"""The runs with what can be done to the chosen one; removing a run is asked in place, as it cannot be undone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.records import RunId
from lepton_studio.ui.tune.runs import RunsTable
from lepton_studio.widgets.fitting_row import FittingRow
from lepton_studio.widgets.layouts import button, column, words
from lepton_studio.widgets.theme import BODY, CAPTION


class LedgerPanel(QWidget):
    """`inspect_asked()`, `resume_asked()`, `further_asked()`; `delete_confirmed(run id)` once the person was sure."""

    inspect_asked = Signal()
    resume_asked = Signal()
    further_asked = Signal()
    delete_confirmed = Signal(int)

    def __init__(self, task: Task[Any], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunsTable(task)
        self.inspect = button(
            tr("Inspect"), role="quiet", tip=tr("See what the selected run gets right and wrong (Enter)")
        )
        self.resume = button(tr("Resume"), role="quiet", tip=tr("Continue from the last checkpoint"))
        self.further = button(
            tr("Tune further"),
            role="quiet",
            tip=tr("Choose the model of the selected run as base model, with what it knows of the labels"),
        )
        self.delete = button(tr("Delete"), role="quiet", tip=tr("Delete the selected run and its model"))
        self.sure = words(size=BODY)
        self.really = button(tr("Delete permanently"))
        self.spare = button(tr("Keep"), role="quiet")
        self._working: RunId | None = None
        self._asked: RunId | None = None
        self._may_resume = False
        self.runs.inspect_asked.connect(self.inspect_asked)
        self.runs.delete_asked.connect(self.ask_delete)
        self.inspect.clicked.connect(self.inspect_asked)
        self.resume.clicked.connect(self.resume_asked)
        self.further.clicked.connect(self.further_asked)
        self.delete.clicked.connect(self.ask_delete)
        self.really.clicked.connect(self._delete)
        self.spare.clicked.connect(self.stop_asking)
        heading = words(tr("Runs"), size=BODY, bold=True)
        hint = words(tr("Tick two or more to compare them."), size=CAPTION, muted=True)
        asks = (self.sure, self.spare, self.really, self.resume, self.further, self.inspect, self.delete)
        head = FittingRow(heading, hint, None, *asks, optional=[hint])
        self.setLayout(column(head, self.runs, gap=4, margins=(24, 8, 24, 16)))
        self.stop_asking()

    def show_state(self, *, working: RunId | None, may_resume: bool) -> None:
        """Which run is at work, and whether the chosen one could be gone on with."""
        self._working, self._may_resume = working, may_resume
        self.stop_asking()

    def may_delete(self) -> bool:
        """Whether the chosen run is not at work."""
        run = self.runs.current_run()
        return run is not None and run.id != self._working

    def may_go_further(self) -> bool:
        """Whether the chosen run left a model."""
        run = self.runs.current_run()
        return run is not None and run.status in ("finished", "stopped") and bool(run.scores)

    def ask_delete(self) -> None:
        """Ask whether the chosen run shall go."""
        run = self.runs.current_run()
        if run is None or not self.may_delete():
            return
        self._asked = run.id
        self.sure.setText(tr("Delete run {number} and its model?", number=run.number))
        self._show(asking=True)
        self.spare.setFocus()

    def stop_asking(self) -> None:
        """Take the question back."""
        self._asked = None
        self._show(asking=False)

    def _delete(self) -> None:
        asked = self._asked
        self.stop_asking()
        if asked is not None:
            self.delete_confirmed.emit(asked)

    def _show(self, *, asking: bool) -> None:
        run = self.runs.current_run()
        for part in (self.sure, self.really, self.spare):
            part.setVisible(asking)
        self.inspect.setVisible(not asking)
        self.inspect.setEnabled(run is not None and bool(run.scores))
        self.further.setVisible(not asking)
        self.further.setEnabled(self.may_go_further())
        self.delete.setVisible(not asking)
        self.delete.setEnabled(self.may_delete())
        self.resume.setVisible(not asking and self._may_resume)
