"""A line that is typed into for a moment and then done: Enter takes it, Escape leaves it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit


def left_to_window(event: QEvent) -> bool:
    """Whether it is a key with Ctrl that a line would take as a shortcut of its own: it is ignored then, so that undo,
    redo and the rest stay the window's."""
    if (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.modifiers() & Qt.KeyboardModifier.ControlModifier
    ):
        event.ignore()
        return True
    return False


class LineField(QLineEdit):
    """Shortcuts of the window, undo among them, stay the window's while this line has the focus."""

    taken = Signal(str)
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape or (not self.text() and event.key() == Qt.Key.Key_Backspace):
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit(self.text())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        return False if left_to_window(event) else super().event(event)
