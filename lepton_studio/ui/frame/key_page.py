"""All keys of the window and of the page in view, on one card ("?")."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QWidget

from lepton_studio.language import tr
from lepton_studio.ui.frame.key_names import key_name
from lepton_studio.ui.frame.overlay import Overlay
from lepton_studio.ui.shared.actions import Action
from lepton_studio.widgets.layouts import clear, words
from lepton_studio.widgets.theme import CAPTION, TITLE


class KeyPage(Overlay):
    """Two columns: the page's keys first. Any key closes it but those that scroll."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host, width=720)
        self.card_layout.addWidget(words(tr("Keyboard shortcuts"), size=TITLE, bold=True))
        rows = QWidget()
        self._grid = QGridLayout(rows)
        self._grid.setContentsMargins(0, 0, 12, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(rows)
        self._rows = rows
        self._host = host
        self.card_layout.addWidget(self._scroll)
        self.card_layout.addWidget(words(tr("Press Ctrl+K to find any command by name."), size=CAPTION, muted=True))

    def open_with(self, actions: Sequence[Action], *, keys: Sequence[tuple[str, str]] = ()) -> None:
        """Show the keys of these actions, below the `keys` (key, what it does) that a part of the page has."""
        clear(self._grid)
        own = [(key, what[:1].upper() + what[1:]) for key, what in keys]
        shown = [*own, *((action.main_key, action.title) for action in actions if action.main_key)]
        half = (len(shown) + 1) // 2
        for place, (key, title) in enumerate(shown):
            line, column = (place, 0) if place < half else (place - half, 2)
            self._grid.addWidget(key_cap(key), line, column, Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(words(title, wrap=True), line, column + 1)
        wanted = self._rows.heightForWidth(self.card.width() - 48)
        self._scroll.setMinimumHeight(min(wanted, self._host.height() - 160))
        self.open_over()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        bar = self._scroll.verticalScrollBar()
        if bar.maximum() and Qt.Key(event.key()) in step:
            bar.setValue(bar.value() + 40 * step[Qt.Key(event.key())])
        elif event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self.close_over()


def key_cap(shortcut: str) -> QLabel:
    """A key as people see it on their keyboard; what names no key is shown as it is."""
    label = words(key_name(shortcut), size=CAPTION, bold=True)
    label.setProperty("role", "key")
    return label
