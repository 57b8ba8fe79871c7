"""What becomes of all that goes on when the window is closed: asked in the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr, trn
from lepton_studio.runs.children.slots import Slot
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.frame.window import Window
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.theme import TITLE


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What goes on when the window is to close. `run`: the number of the run at work, 0 for one that is about to begin,
    None for none. `waiting`: numbers of the runs in the queue. `ends`: titles of what ends with the window, unfinished.
    """

    run: int | None
    waiting: tuple[int, ...] = ()
    ends: tuple[str, ...] = ()

    def title(self) -> str:
        """The question's title."""
        return tr("Run {number} is still in progress", number=self.run) if self.run else tr("Some work is not finished")

    def sentences(self) -> str:
        """What becomes of each."""
        found = []
        if self.run is not None:
            found.append(
                tr(
                    "The run can continue in the background; reopen the project to see its progress. Or "
                    "stop it now: its latest checkpoint is kept, and you can resume it on the Tune page."
                )
            )
        if self.waiting:
            numbers = tr(", ").join(f"{number}" for number in self.waiting)
            found.append(
                trn(
                    "Run {numbers} is queued and starts when you open the project again.",
                    "Runs {numbers} are queued and start when you open the project again.",
                    len(self.waiting),
                    numbers=numbers,
                )
            )
        if self.ends:
            lines = "\n".join(f"•  {one}" for one in self.ends)
            found.append(tr("Closing the window stops this work, and its results are lost:\n{work}", work=lines))
        found.append(tr("Your labels are saved either way."))
        return "\n\n".join(found)


def going_on(session: Session) -> GoingOn | None:
    """What a person must be asked about before the window closes; None for nothing.

    What writes to the project is not among it: its end is waited for.
    """
    runs, works = session.scheduler, session.background.shown()
    needs = session.child_owner.at_work() if session.has_child_owner else ()
    ends = [need.title for need in needs if need.is_awaited and need.slot is not Slot.TUNING]
    ends += [work.title for work in works if work.can_cancel and work.is_awaited and not work.writes]
    number = None
    if runs.is_busy:
        number = runs.active_run.number if runs.active_run is not None else 0
    if number is None and not ends:
        return None
    return GoingOn(number, tuple(run.number for run in runs.queued_runs), tuple(dict.fromkeys(ends)))


class ClosingQuestion(Overlay):
    """Escape closes the card and changes nothing."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=540)
        self._answered: Callable[[bool], object] = bool
        self._title = words("", size=TITLE, bold=True)
        self.sentence = words("", wrap=True, muted=True)
        self.keep = button(tr("Continue in the background"), role="primary")
        self.stop = button(tr("Stop, resume later"))
        self.leave = button(tr("Close anyway"), role="primary")
        stay = button(tr("Cancel"), role="quiet")
        self.keep.clicked.connect(lambda: self._answer(True))
        for one in (self.stop, self.leave):
            one.clicked.connect(lambda: self._answer(False))
        stay.clicked.connect(self.close_over)
        self.card_layout.addWidget(self._title)
        self.card_layout.addWidget(self.sentence)
        self.card_layout.addSpacing(4)
        self.card_layout.addLayout(row(self.keep, self.stop, self.leave, None, stay))

    def ask(self, what: GoingOn, *, answered: Callable[[bool], object]) -> None:
        """Ask about it; `answered(keep_running)` is called with the answer, if there is one."""
        self._answered = answered
        self._title.setText(what.title())
        self.sentence.setText(what.sentences())
        for part in (self.keep, self.stop):
            part.setVisible(what.run is not None)
        self.leave.setVisible(what.run is None)
        self.open_over()
        (self.leave if what.run is None else self.keep).setFocus()

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
        self.save = button(tr("Save elsewhere…"), role="primary")
        self.lose = button(tr("Close without saving"))
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


def ask_before_leaving(window: Window, what: GoingOn, go_on: Callable[[], object]) -> None:
    """Ask what becomes of what goes on; `go_on` is called once the project is left."""

    def leave(keep_running: bool) -> None:
        window.leave_project(go_on, keep_running=keep_running)
        go_on()

    ClosingQuestion.over(window.toast.host).ask(what, answered=leave)
