"""The line that narrows many labels to those whose names hold what is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from lepton_studio.widgets.line_field import left_to_window

_DIGITS = "123456789"


class NarrowLine(QLineEdit):
    """The line that narrows many labels. While empty it leaves Space, Enter, Backspace, 0 and arrows to the page."""

    taken = Signal(int)
    """The place, from 0, of the label to take: Enter takes the first, a digit its own."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, empty = event.key(), not self.text()
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if plain and event.text() and event.text() in _DIGITS:
            self.taken.emit(_DIGITS.index(event.text()))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not empty:
            self.taken.emit(0)
        elif key == Qt.Key.Key_Escape and not empty:
            self.clear()
        elif (
            key == Qt.Key.Key_Escape
            or event.text() in ("/", "?")
            or key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
            or (empty and key in (Qt.Key.Key_Space, Qt.Key.Key_Backspace, Qt.Key.Key_Left, Qt.Key.Key_Right))
            or (empty and event.text() in ("0", "="))
            or (not plain and not (event.modifiers() & Qt.KeyboardModifier.AltModifier))
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        return False if left_to_window(event) else super().event(event)
