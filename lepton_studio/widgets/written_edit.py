"""A field for a text that a person writes: quiet while they type, and exact to the last character.

Try it: `python -m lepton_studio.widgets.written_edit`.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from lepton_studio.widgets.direction import is_right_to_left
from lepton_studio.widgets.theme import BODY, text_font

_PAUSE = 600
"""Milliseconds without a key after which a text counts as written."""
_EDITING = tuple(
    getattr(QKeySequence.StandardKey, name)
    for name in [
        "Copy",
        "Cut",
        "SelectAll",
        "DeleteStartOfWord",
        "DeleteEndOfWord",
        "MoveToNextWord",
        "MoveToPreviousWord",
        "SelectNextWord",
        "SelectPreviousWord",
        "MoveToStartOfDocument",
        "MoveToEndOfDocument",
        "SelectStartOfDocument",
        "SelectEndOfDocument",
    ]
)
_HISTORY = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
_LEFT_WHEN_EMPTY = (
    Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
)  # fmt: skip
"""Not Backspace: who holds it to take a text out wants no other sample."""


class WrittenEdit(QPlainTextEdit):
    """Emits `written(text)` after a pause, when it loses the focus, or on `flush`; the first letter at once.

    While empty it leaves Enter, Space and the keys that scroll to the page. Ctrl+Enter asks for the end.
    """

    written = Signal(str)
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given = ""
        self._shown = ""
        self._line_end = "\n"
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self.flush)
        self.setTabChangesFocus(True)
        self.setFont(text_font(BODY + 2))
        self.textChanged.connect(self._wait)

    @property
    def text(self) -> str:
        """What is written: the characters that Qt would change for others stay what they are."""
        raw = self.document().toRawText()
        # Qt knows one end of a line: a text nobody changed is given back as it came.
        return self._given if raw == self._shown else raw.replace("\u2029", self._line_end)

    def set_text(self, text: str) -> None:
        """Show a text; nothing is emitted. The same text again leaves cursor and undo alone."""
        self._pause.stop()
        if text != self.text:
            self._line_end = "\r\n" if "\r\n" in text else "\n"
            before = self.blockSignals(True)
            self.setPlainText(text)
            self.moveCursor(QTextCursor.MoveOperation.End)  # who writes goes on at the end, who reads begins at the top
            self.verticalScrollBar().setValue(0)
            self.blockSignals(before)
            self._turn()
        self._remember(text)

    def write(self, text: str) -> None:
        """Put a text in place of what is there, as one step that can be undone, and emit it."""
        cursor = self.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)
        self.setTextCursor(cursor)
        self.flush()

    def flush(self) -> None:
        """Emit what was written since the last time, if anything was."""
        self._pause.stop()
        text = self.text
        if text != self._given:
            self._remember(text)
            self.written.emit(text)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._leaves(event):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if is_enter and modifiers == Qt.KeyboardModifier.ControlModifier:
            self.flush()
            self.done.emit()
        elif self._leaves(event) or event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.flush()

    def _leaves(self, event: QKeyEvent) -> bool:
        """Whether a key is the window's: its shortcuts, undo where nothing was typed, and plain keys while empty."""
        if event.matches(QKeySequence.StandardKey.Paste):
            return False
        if event.matches(QKeySequence.StandardKey.Copy):  # of what is selected elsewhere
            return not self.textCursor().hasSelection()
        if any(event.matches(key) for key in _HISTORY):
            return not (self.document().isUndoAvailable() or self.document().isRedoAvailable())
        plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if plain:
            return self.document().isEmpty() and event.key() in _LEFT_WHEN_EMPTY
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and not event.text().isprintable():
            return self.document().isEmpty() or not any(event.matches(key) for key in _EDITING)
        return False

    def _wait(self) -> None:
        self._turn()
        self._pause.start(_PAUSE if self._given else 0)

    def _turn(self) -> None:
        """Let lines begin on the right where the text runs from right to left."""
        option = self.document().defaultTextOption()
        is_rtl = is_right_to_left(self.toPlainText())
        wanted = Qt.LayoutDirection.RightToLeft if is_rtl else Qt.LayoutDirection.LeftToRight
        if option.textDirection() != wanted:
            option.setTextDirection(wanted)
            option.setAlignment(Qt.AlignmentFlag.AlignRight if is_rtl else Qt.AlignmentFlag.AlignLeft)
            self.document().setDefaultTextOption(option)

    def _remember(self, text: str) -> None:
        self._given = text
        self._shown = self.document().toRawText()


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.widgets.theme import apply_theme

    app = QApplication([])
    apply_theme(app)
    field = WrittenEdit()
    field.written.connect(print)
    field.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
