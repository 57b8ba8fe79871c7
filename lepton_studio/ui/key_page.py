"""All keys of the window and of the page in view, on one card ("?")."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from lepton_studio.language import tr
from lepton_studio.ui.actions import Action
from lepton_studio.ui.overlay import Overlay
from lepton_studio.widgets.layouts import clear, words
from lepton_studio.widgets.theme import CAPTION, TITLE


class KeyPage(Overlay):
    """Two columns: the page's keys first. Any key closes it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=640)
        self.card_layout.addWidget(words(tr("Keys"), size=TITLE, bold=True))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self.card_layout.addLayout(self._grid)
        self.card_layout.addWidget(words(tr("Ctrl+K finds every command by its name."), size=CAPTION, muted=True))

    def open_with(self, actions: Sequence[Action]) -> None:
        """Show the keys of these actions."""
        clear(self._grid)
        shown = [action for action in actions if action.shortcut]
        half = (len(shown) + 1) // 2
        for place, action in enumerate(shown):
            line, column = (place, 0) if place < half else (place - half, 2)
            self._grid.addWidget(key_cap(action.shortcut), line, column, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(words(action.title), line, column + 1)
        self.open_over()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self.close_over()


def key_cap(shortcut: str) -> QLabel:
    """A key as people see it on their keyboard."""
    label = words(QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText), size=CAPTION, bold=True)
    label.setProperty("role", "key")
    return label
