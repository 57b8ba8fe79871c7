"""A line to search in: says what was typed after a short rest, at once on Enter, and lets go with Escape."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.icons import icon
from lepton_studio.widgets.plain_text import set_tool_tip

_REST = 180
"""Milliseconds without a key until the search starts."""


class SearchBox(QLineEdit):
    """`searched(str)`: the text to search, each once. `left`: Escape or Enter, the focus should go back."""

    searched = Signal(str)
    left = Signal()

    def __init__(self, hint: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setClearButtonEnabled(True)
        self._glass = QAction(self)
        set_tool_tip(self._glass, tr("Search"))
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self._search)
        self._last = ""
        self.textChanged.connect(lambda _text: self._timer.start())
        self._recolor()

    def set_search(self, text: str, *, anyway: bool = False) -> None:
        """Show a search that is in force already, without announcing it.

        What the person has typed and is not searched yet stays, and is searched, unless it goes `anyway`.
        """
        self._last = text
        if self._timer.isActive() and not anyway:
            return
        if self.text() != text:
            self.setText(text)
        self._timer.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            self._search()
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._search()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._recolor()

    def _recolor(self) -> None:
        if hasattr(self, "_glass"):
            self._glass.setIcon(icon("search", color=colors(self.palette()).muted, size=16))

    def _search(self) -> None:
        self._timer.stop()
        text = self.text().strip()
        if text != self._last:
            self._last = text
            self.searched.emit(text)
