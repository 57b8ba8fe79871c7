"""The runs that wait for their turn, the next one on top: each can be moved up or down, or taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr, trn
from lepton_studio.models.built_in import public_name
from lepton_studio.project.records import RunId, RunRecord
from lepton_studio.runs.job import BUILT_IN_MODEL
from lepton_studio.ui.shared.score_words import setting_words
from lepton_studio.widgets.elided_label import ElidedLabel
from lepton_studio.widgets.icons import IconButton
from lepton_studio.widgets.layouts import clear, column, row, words
from lepton_studio.widgets.theme import BODY, CAPTION, SPACE

_SHOWN = 4
"""So many rows are shown; how many more there are is said below them."""


class QueuedRun(QWidget):
    """One run that waits: `moved(by)` and `taken_out()`."""

    moved = Signal(int)
    taken_out = Signal()

    def __init__(
        self, run: RunRecord, task: Task[Any], *, place: int, is_last: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.run = run
        number = words(tr("Run {number}", number=run.number), size=BODY)
        turn = words(f"{place}.", size=BODY, muted=True)
        turn.setMinimumWidth(2 * SPACE)
        model = "" if run.model == BUILT_IN_MODEL else public_name(run.model)
        said = "  ·  ".join(one for one in (setting_words(run, task), model) if one)
        settings = ElidedLabel(size=CAPTION)
        settings.show_text(said)
        self.earlier = IconButton("chevron-up", tr("Move run {number} up", number=run.number))
        self.later = IconButton("chevron-down", tr("Move run {number} down", number=run.number))
        self.out = IconButton("close", tr("Remove run {number} from the queue", number=run.number))
        self.earlier.setEnabled(place > 1)
        self.later.setEnabled(not is_last)
        self.earlier.clicked.connect(lambda: self.moved.emit(-1))
        self.later.clicked.connect(lambda: self.moved.emit(1))
        self.out.clicked.connect(self.taken_out)
        line = row(turn, number, 8, settings, self.earlier, self.later, self.out, gap=4)
        line.setStretch(3, 1)
        self.setLayout(line)


class QueuePanel(QWidget):
    """`moved(run id, by)` and `taken_out(run id)`; hidden while nothing waits."""

    moved = Signal(int, int)
    taken_out = Signal(int)

    def __init__(self, task: Task[Any], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._runs: tuple[RunRecord, ...] = ()
        self.rows: list[QueuedRun] = []
        self._heading = words(tr("Waiting"), size=BODY, bold=True)
        self._hint = words(size=CAPTION, muted=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._more = words(size=CAPTION, muted=True)
        head = row(self._heading, self._hint, None)
        self.setLayout(column(head, self._list, self._more, gap=4, margins=(24, 8, 24, 8)))
        self.hide()

    def show_queue(self, runs: Sequence[RunRecord], *, is_working: bool) -> None:
        """Show these, the next one first; `is_working`: a run is at work before them."""
        self._hint.setText(
            tr("These start automatically, one after another.")
            if is_working
            else tr("The first one starts in a moment.")
        )
        if tuple(runs) == self._runs:
            return
        focused = next((one for one in self.rows if one.isAncestorOf(self.focusWidget() or self)), None)
        self._runs = tuple(runs)
        clear(self._list)
        self.rows = [
            QueuedRun(run, self._task, place=place, is_last=place == len(runs), parent=self)
            for place, run in enumerate(self._runs[:_SHOWN], start=1)
        ]
        for one in self.rows:
            one.moved.connect(lambda by, run=one.run.id: self.moved.emit(run, by))
            one.taken_out.connect(lambda run=one.run.id: self.taken_out.emit(run))
            self._list.addWidget(one)
        more = len(self._runs) - len(self.rows)
        self._more.setText(trn("and {count} more", "and {count} more", more) if more else "")
        self._more.setVisible(bool(more))
        self.setVisible(bool(self._runs))
        self._keep_focus(None if focused is None else focused.run.id)

    def _keep_focus(self, run: RunId | None) -> None:
        """Who moves a run by the keyboard may go on moving it."""
        kept = next((one for one in self.rows if one.run.id == run), None)
        if kept is not None:
            next(one for one in (kept.earlier, kept.later, kept.out) if one.isEnabled()).setFocus()
