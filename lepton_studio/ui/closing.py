"""What becomes of a run that is going on when the window is closed: asked in the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.ui.overlay import Overlay
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.theme import TITLE

if TYPE_CHECKING:
    from lepton_studio.ui.main_window import MainWindow


class ClosingQuestion(Overlay):
    """Escape closes the card and changes nothing."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=540)
        self._answered: Callable[[bool], object] = bool
        self._title = words("", size=TITLE, bold=True)
        self.keep = button(tr("Keep running without the window"), role="primary")
        self.stop = button(tr("Stop, resume later"))
        stay = button(tr("Cancel"), role="quiet")
        self.keep.clicked.connect(lambda: self._answer(True))
        self.stop.clicked.connect(lambda: self._answer(False))
        stay.clicked.connect(self.close_over)
        self.card_layout.addWidget(self._title)
        sentence = tr(
            "It can go on by itself; open the project again to see how far it is. Or it stops now, keeps its newest "
            "checkpoint, and you resume it on the Tune page. Your labels are saved either way."
        )
        self.card_layout.addWidget(words(sentence, wrap=True, muted=True))
        self.card_layout.addSpacing(4)
        self.card_layout.addLayout(row(self.keep, self.stop, None, stay))

    def ask(self, number: int, *, answered: Callable[[bool], object]) -> None:
        """Ask about this run; `answered(keep_running)` is called with the answer, if there is one."""
        self._answered = answered
        self._title.setText(tr("Run {number} is still going on", number=number))
        self.open_over()
        self.keep.setFocus()

    def _answer(self, keep_running: bool) -> None:
        self.close_over()
        self._answered(keep_running)


def ask_before_leaving(window: MainWindow, go_on: Callable[[], object]) -> None:
    """Ask what becomes of the run; `go_on` is called once the project is left."""

    def leave(keep_running: bool) -> None:
        window.leave_project(go_on, keep_running=keep_running)
        go_on()

    run = window.session.active_run if window.session is not None else None
    ClosingQuestion.over(window.toast.host).ask(run.number if run is not None else 0, answered=leave)
