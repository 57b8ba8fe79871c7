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

_LINES, _LINES_OF_SUGGESTION = 5, 2
"""Of each at least so many are seen."""
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
        lines = self.field.fontMetrics().lineSpacing()
        # The style sheet of the program says that a field is a line high, and its word counts more than the widget's.
        self.field.setStyleSheet(f"QPlainTextEdit {{ min-height: {_LINES * lines + 8}px }}")
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER)
        self._later.timeout.connect(self._compare)
        self.field.textChanged.connect(self._later.start)
        self.difference = DifferenceView()
        self.difference.setAccessibleName(tr("Suggestion"))
        self._verdict = words("", size=CAPTION, muted=True)
        self.take = button(tr("Use it"), role="quiet", tip=tr("Replace your text with the suggestion"))
        self.take.clicked.connect(self.take_suggestion)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.difference)
        scroll.setMinimumHeight(_LINES_OF_SUGGESTION * lines)
        self._suggested = QWidget()
        self._suggested.setLayout(column(row(self._verdict, None, self.take), scroll, gap=4))
        self._suggested.hide()
        self._title = words(title, size=CAPTION, muted=True)
        self._layout = column(self._title, self.field, self._suggested)
        self._layout.setStretch(1, 3)
        self._layout.setStretch(2, 2)
        self.setLayout(self._layout)
        self.setFocusProxy(self.field)

    @property
    def has_suggestion(self) -> bool:
        """Whether there is one to take."""
        return bool(self._suggestion)

    def set_low(self, low: bool) -> None:
        """Go without a heading, where height is dear, and move together."""
        self._layout.setSpacing(4 if low else 8)
        self._title.setVisible(not low)
        self.field.setPlaceholderText(self._title.text() if low else "")

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
        self.take_text(self._suggestion)

    def take_text(self, text: str) -> None:
        """Put a text into the field, as one step that can be undone, and the keys too."""
        if text and text != self.field.text:
            self.field.write(text)
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
            tr("Same as the suggestion")
            if is_same
            else tr("Suggestion, compared with your text")
            if written.strip()
            else tr("Suggestion (Enter accepts it)")
        )
        self.difference.show_difference(written, self._suggestion)
