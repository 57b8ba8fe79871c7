"""A model on its way to this computer: one click, how far it is, Cancel, and what went wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

from lepton_studio.language import tr
from lepton_studio.ui.shared.model_desk import ModelDesk
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import CAPTION, text_font


class DeskRow(QWidget):
    """Seen while there is something to offer, to follow or to say.

    A subclass says which model it is about (`wanted`) and what the click does (`begin`).
    `cancel`: what Cancel is called by a screen reader. `note`: a sentence under the offer.
    """

    def __init__(self, desk: ModelDesk, *, cancel: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.offer = button("")
        self.offer.clicked.connect(self._begin)
        self.note = words(note, size=CAPTION, muted=True, wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.amount = words(size=CAPTION, muted=True)
        self.amount.setFont(text_font(CAPTION, tabular=True))
        self.cancel = button(tr("Cancel"), role="quiet", name=cancel)
        self.cancel.clicked.connect(self._cancel)
        self.sentence = words(size=CAPTION, wrap=True)
        self.sentence.setProperty("tone", "bad")
        self._going_on = QWidget()
        self._going_on.setLayout(column(self.bar, row(self.amount, None, self.cancel), gap=4))
        self.setLayout(column(row(self.offer, None), self.note, self._going_on, self.sentence, gap=4))
        desk.began.connect(self.show_state)
        desk.progressed.connect(self._show_progress)
        desk.ended.connect(self._end)
        self.show_state()

    def wanted(self) -> tuple[str, bool]:
        """The id that the desk has for it, "" for none; whether it is still to be had."""
        raise NotImplementedError

    def begin(self) -> None:
        """Let the desk begin."""
        raise NotImplementedError

    def arrived(self) -> None:
        """The desk is done with it."""

    def show_state(self) -> None:
        """Look what the desk does."""
        is_coming = self._is_mine(self.desk.model)
        is_offered = self.wanted()[1] and not is_coming
        says = bool(self.sentence.text()) and not is_coming
        self.offer.setVisible(is_offered)
        self.offer.setEnabled(not self.desk.is_busy)
        self.note.setVisible(is_offered and bool(self.note.text()) and not says)
        self._going_on.setVisible(is_coming)
        self.sentence.setVisible(says)
        self.setVisible(is_offered or is_coming or says)

    def _is_mine(self, model: str) -> bool:
        return bool(model) and model == self.wanted()[0]

    def _begin(self) -> None:
        self.sentence.setText("")
        self.cancel.setEnabled(True)
        self.bar.setRange(0, 0)
        self.amount.setText("")
        self.begin()

    def _cancel(self) -> None:
        self.cancel.setEnabled(False)
        self.desk.cancel()

    def _show_progress(self, done: int, total: int, said: str) -> None:
        if self._is_mine(self.desk.model):
            self.bar.setRange(0, 1000 if total else 0)
            self.bar.setValue(done * 1000 // total if total else 0)
            self.amount.setText(said)

    def _end(self, model: str, sentence: str, is_done: bool) -> None:
        if self._is_mine(model):
            self.sentence.setText("" if is_done else sentence)
            if is_done:
                self.arrived()
        self.show_state()
