"""A field to write in, with a suggestion below it, compared word by word with what is written."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.difference import DifferenceView
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.theme import CAPTION
from lepton_studio.widgets.written_edit import WrittenEdit

_LATER = 60
"""Milliseconds after a key until the difference is shown: comparing long texts must not be felt in the fingers."""


class WritingPane(QWidget):
    """Emits `written(text)` and `done()` as its field does."""

    written = Signal(str)
    done = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._suggestion = ""
        self.field = WrittenEdit()
        self.field.setAccessibleName(title)
        self.field.written.connect(self.written)
        self.field.done.connect(self.done)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER)
        self._later.timeout.connect(self._compare)
        self.field.textChanged.connect(self._later.start)
        self.difference = DifferenceView()
        self.difference.setAccessibleName(tr("Suggestion"))
        self._verdict = words("", size=CAPTION, muted=True)
        self.take = button(tr("Take it"), role="quiet", tip=tr("Put the suggestion in place of your text"))
        self.take.clicked.connect(self.take_suggestion)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.difference)
        self._suggested = QWidget()
        self._suggested.setLayout(column(row(self._verdict, None, self.take), scroll, gap=4))
        self._suggested.hide()
        layout = column(words(title, size=CAPTION, muted=True), self.field, self._suggested, gap=8)
        layout.setStretch(1, 3)
        layout.setStretch(2, 2)
        self.setLayout(layout)
        self.setFocusProxy(self.field)

    def show_text(self, text: str) -> None:
        """Show what is written; the same again leaves cursor and undo alone."""
        self.field.set_text(text)
        self._compare()

    def suggest(self, text: str) -> None:
        """Show a suggestion; "" for none."""
        self._suggestion = text
        self._suggested.setVisible(bool(text))
        self._compare()

    def take_suggestion(self) -> None:
        """Put the suggestion into the field, to be changed there or kept."""
        if self._suggestion and self._suggestion != self.field.text:
            self.field.write(self._suggestion)
            self._compare()
        self.field.setFocus()

    def take_letter(self, event: QKeyEvent) -> bool:
        """Type a letter that came elsewhere into the field, which gets the keys from now on; False for other keys."""
        if self.field.hasFocus() or not event.text().isprintable() or not event.text().strip():
            return False
        self.field.setFocus()
        self.field.insertPlainText(event.text())
        return True

    def _compare(self) -> None:
        if not self._suggestion:
            return
        written = self.field.toPlainText()
        is_same = written.split() == self._suggestion.split()
        self.take.setVisible(not is_same)
        self._verdict.setText(
            tr("The suggestion says the same")
            if is_same
            else tr("Suggestion, compared with your text")
            if written.strip()
            else tr("Suggestion: Enter accepts it")
        )
        self.difference.show_difference(written, self._suggestion)
