"""Undo, redo and the way to a state of the history, as the window does them: nothing large goes by one press."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QLocale, QObject

from lepton_studio.language import language_in_use, tr, trn
from lepton_studio.project.changes import Changes
from lepton_studio.project.history import HistoryEntry
from lepton_studio.project.project import Project
from lepton_studio.project.sample_writes import SampleWrite, name_of
from lepton_studio.ui.frame.key_names import key_name

if TYPE_CHECKING:
    from lepton_studio.ui.shared.session import Session

_LARGE = 20
"""What touched more samples than this is undone by a second press only."""
_BESIDE = 2000
"""From so many samples on an undo or redo runs beside the window."""
_ASKED_FOR = 10.0
"""Seconds in which the second press counts."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A sentence for a toast, and one thing to do about it."""

    sentence: str
    action: str
    run: Callable[[], object]
    seconds: float = _ASKED_FOR


class HistorySteps(QObject):
    """Steps through the history of one session, and tells the person what became of large things."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._asked: tuple[int, float] = (0, 0.0)
        self._stepping = False
        self._waiting = session.project.next_redo()
        session.changed.connect(self._look_what_was_passed_over)
        session.settled.connect(self._look_what_was_passed_over)

    def undo(self, *, sure: bool = False) -> None:
        """Take back the last change; a large one only when the person is sure, or asks twice."""
        if (taken := self._session.writing.take_back()) is not None:
            self._show_taken_back(taken)
            return
        if not self._session.project.gate.is_free:
            self._in_turn(_undo_of_little, _undone, then=self.undo, back=(tr("Redo"), self.redo))
            return
        entry = self._session.project.next_undo()
        if entry is None:
            self._session.said.emit(tr("Nothing to undo."), False)
            return
        if is_large(entry) and not sure and not self._was_asked(entry):
            self._asked = (entry.id, time.monotonic())
            sentence = tr(
                "Press {key} again to undo “{name}” ({size}, {when}).",
                key=key_name("Ctrl+Z"),
                name=entry.name,
                size=size_of(entry),
                when=moment(entry.at),
            )
            self._session.offered.emit(Offer(sentence, tr("Undo"), lambda: self.undo(sure=True)))
            return
        redo = Offer(_undone(entry.name), tr("Redo"), self.redo, 8)
        self._step(redo, lambda project: _undo(project, entry.id), count=entry.count)

    def redo(self) -> None:
        """Do again what was taken back last."""
        if not self._session.project.gate.is_free:
            undo_it = (tr("Undo"), lambda: self.undo(sure=True))
            self._in_turn(lambda project: project.redo(), _done_again, then=self.redo, back=undo_it)
            return
        entry = self._session.project.next_redo()
        if entry is None:
            self._session.said.emit(tr("Nothing to redo."), False)
            return
        undo = Offer(_done_again(entry.name), tr("Undo"), lambda: self.undo(sure=True), 8)
        self._step(undo, lambda project: project.redo(), count=entry.count)

    def go_to(self, entry: int) -> None:
        """Bring back the state after this entry of the history; 0 for that before the first."""
        before = self._session.project.history_position()
        back = Offer(tr("Returned to the earlier state."), tr("Go back"), lambda: self.go_to(before), 8)
        self._step(back, lambda project: project.go_to(entry), count=_BESIDE + 1)

    def _step(self, offer: Offer, step: Callable[[Project], Changes | None], *, count: int) -> None:
        def done(changes: Changes | None) -> None:
            if changes is not None and changes.name:
                self._tell(changes, offer)

        self._asked = (0, 0.0)
        if count > _BESIDE:
            self._session.perform_in_background(offer.sentence, step, done=done)
        else:
            self._session.perform(step, done=done)

    def _in_turn(
        self,
        step: Callable[[Project], Changes | None],
        said: Callable[[str], str],
        *,
        then: Callable[[], object],
        back: tuple[str, Callable[[], object]],
    ) -> None:
        """A step behind what is being written now; only in its turn is known what it takes back, or does again.

        `then`: what to do where it did nothing.
        """

        def done(changes: Changes | None) -> None:
            if changes is None or not changes.name:
                then()
            else:
                self._tell(changes, Offer(said(changes.name), *back, 8))

        self._session.perform(step, done=done)

    def _show_taken_back(self, taken: SampleWrite) -> None:
        """What waited was not written at all: the page shows its sample as it was."""
        position = self._session.project.history_position()
        self._session.changed.emit(Changes("", position, samples=frozenset((taken.sample,))))
        again = Offer(_undone(name_of(taken)), tr("Redo"), lambda: self._session.perform(taken), 8)
        self._session.offered.emit(again)

    def _tell(self, changes: Changes, offer: Offer) -> None:
        self._stepping = True
        self._session.changed.emit(changes)
        self._stepping = False
        self._session.offered.emit(offer)

    def _was_asked(self, entry: HistoryEntry) -> bool:
        asked, at = self._asked
        return asked == entry.id and time.monotonic() - at < _ASKED_FOR

    def _look_what_was_passed_over(self, _changes: Changes) -> None:
        """A new change takes the place of what could be redone; of something large that is said."""
        passed, self._waiting = self._waiting, self._session.project.next_redo()
        if self._stepping or passed is None or not is_large(passed) or self._waiting == passed:
            return
        sentence = tr(
            "“{name}” was undone. It is kept in the history and can be restored from there.", name=passed.name
        )
        self._session.offered.emit(Offer(sentence, tr("History"), self._session.history_requested.emit))


def _undone(name: str) -> str:
    return tr("Undone: {name}", name=name)


def _done_again(name: str) -> str:
    return tr("Redone: {name}", name=name)


def _undo(project: Project, entry: int) -> Changes | None:
    """Take this change back; nothing where another came after it."""
    last = project.next_undo()
    return project.undo() if last is not None and last.id == entry else None


def _undo_of_little(project: Project) -> Changes | None:
    """Take the last change back; nothing where nobody wants to lose it by a slip."""
    last = project.next_undo()
    return None if last is None or is_large(last) else project.undo()


def is_large(entry: HistoryEntry) -> bool:
    """Whether nobody wants to lose it by a slip: an import, a removal, an edit of many samples."""
    return entry.structure or entry.count > _LARGE


def size_of(entry: HistoryEntry) -> str:
    """How many samples, or labels, it touched."""
    if entry.count == entry.labels and not entry.structure:
        return trn("{count} label", "{count} labels", entry.count)
    return trn("{count} sample", "{count} samples", entry.count)


def moment(at: str) -> str:
    """A moment of the history on the clock of this place: "14:05" of today, else with the day."""
    then = datetime.fromisoformat(at).astimezone()
    time_of_day = then.strftime("%H:%M")
    if then.date() == datetime.now(then.tzinfo).date():
        return time_of_day
    day = QLocale(language_in_use()).toString(QDate(then.year, then.month, then.day), QLocale.FormatType.ShortFormat)
    return f"{day} {time_of_day}"
