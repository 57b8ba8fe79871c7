"""What becomes of a run that is going on when the window is closed: asked in the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.frame.window import Window
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.theme import TITLE


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


class LosingQuestion(Overlay):
    """Asked when the project's folder is gone and something could not be saved. Escape changes nothing."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=540)
        self._save: Callable[[], object] = lambda: None
        self._lose: Callable[[], object] = lambda: None
        self._sentence = words("", wrap=True, muted=True)
        self.save = button(tr("Save elsewhere …"), role="primary")
        self.lose = button(tr("Leave without saving"))
        stay = button(tr("Cancel"), role="quiet")
        self.save.clicked.connect(lambda: self._answer(self._save))
        self.lose.clicked.connect(lambda: self._answer(self._lose))
        stay.clicked.connect(self.close_over)
        self.card_layout.addWidget(words(tr("Your last changes are not saved"), size=TITLE, bold=True))
        self.card_layout.addWidget(self._sentence)
        self.card_layout.addSpacing(4)
        self.card_layout.addLayout(row(self.save, self.lose, None, stay))

    def ask(self, sentence: str, *, save: Callable[[], object], lose: Callable[[], object]) -> None:
        """Ask; one of the two is called with the answer, if there is one."""
        self._sentence.setText(sentence)
        self._save, self._lose = save, lose
        self.open_over()
        self.save.setFocus()

    def _answer(self, act: Callable[[], object]) -> None:
        self.close_over()
        act()


def ask_before_losing(window: Window, go_on: Callable[[], object], *, save: Callable[[], object]) -> None:
    """Ask what becomes of changes that could not be saved: `save` puts them elsewhere, `go_on` lets them go."""
    session = window.session
    if session is None:
        return

    def lose() -> None:
        session.keeping.may_lose = True
        go_on()

    sentence = str(session.project.gone())
    LosingQuestion.over(window.toast.host).ask(sentence, save=save, lose=lose)


def ask_before_leaving(window: Window, go_on: Callable[[], object]) -> None:
    """Ask what becomes of the run; `go_on` is called once the project is left."""

    def leave(keep_running: bool) -> None:
        window.leave_project(go_on, keep_running=keep_running)
        go_on()

    run = window.session.active_run if window.session is not None else None
    ClosingQuestion.over(window.toast.host).ask(run.number if run is not None else 0, answered=leave)
