"""The frame of an editor in which a text is written for what stands above it, or beside it where there is room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QBoxLayout, QFrame, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.editor_widget import EditorWidget
from lepton_studio.widgets.layouts import column, words
from lepton_studio.widgets.theme import CAPTION
from lepton_studio.widgets.writing_pane import WritingPane

_NARROW, _LOW = 640, 400
"""Pixels; in less width nothing stands beside, in less height the headings go and everything moves together."""
_SOURCE_LEAST = 42
_PAGES = {int(Qt.Key.Key_PageUp): -1, int(Qt.Key.Key_PageDown): 1}
_LINES = {int(Qt.Key.Key_Up): -1, int(Qt.Key.Key_Down): 1}
_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)
_TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
CONTROL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class WritingEditor(EditorWidget):
    """The editor of a task (see `lepton_studio.contract.editing.Editor`) but for `show_source`.

    `source` shows what is to be written for, under `heading`. `text_of(value)` is what is written in a value, "" for
    None; `rewritten(value, text)` is the value with another text. `beside`: the source stands beside what is written
    where there is room, else above it; `below` comes last.
    """

    shows_text = True
    takes_letters = True

    def __init__(
        self,
        source: QAbstractScrollArea,
        *,
        heading: str = "",
        title: str,
        text_of: Callable[[Any], str],
        rewritten: Callable[[Any, str], Any],
        beside: bool = False,
        below: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._input: Any = None
        self._value: Any = None
        self._text_of = text_of
        self._rewritten = rewritten
        self._beside = beside
        self.pane = WritingPane(title)
        self.pane.written.connect(self._write)
        self.pane.done.connect(self.finished)
        self._source = source
        source.setMinimumHeight(_SOURCE_LEAST)
        self._heading = words(heading, size=CAPTION, muted=True)
        self._around = column(source)
        card = QFrame()
        card.setProperty("role", "card")
        card.setLayout(self._around)
        given = QWidget()
        given.setLayout(column(self._heading, card))
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(given, 1 if beside else 3)
        self._layout.addWidget(self.pane, 1 if beside else 2)
        if below is not None:
            self._layout.addWidget(below)
        self.setFocusProxy(self.pane)
        self._fit()

    def show_source(self, input: Any) -> None:
        """Show what is to be written for, of another sample."""
        raise NotImplementedError

    def show_sample(self, input: Any, value: Any) -> None:
        """Show another sample. What is being typed into the same one is left alone."""
        if (input, value) == (self._input, self._value):
            return
        if self._input != input:
            self.show_source(input)
        self._input, self._value = input, value
        self.pane.show_text(self._text_of(value))

    def suggest(self, value: Any) -> None:
        """Show what a model would write beside what is written."""
        self.pane.suggest(self._text_of(value))

    def flush(self) -> None:
        """Emit now what was typed."""
        self.pane.field.flush()

    def keys(self) -> list[tuple[str, str]]:
        return [
            ("Ctrl+Enter", tr("Done, go to the next sample")),
            ("Enter", tr("Accept the suggestion if nothing is written yet")),
            ("Ctrl+Shift+Return", tr("Edit the suggestion")),
            ("Alt+PgDown", tr("Scroll the source text; Alt+PgUp scrolls back")),
        ]

    def needed_height(self, width: int) -> int:
        return self.minimumSizeHint().height()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.key() in _TAKE and modifiers == CONTROL_SHIFT and self.pane.has_suggestion:
            self.pane.take_suggestion()
        elif event.key() in _PAGES and modifiers in (Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier):
            bar = self._source.verticalScrollBar()
            bar.setValue(bar.value() + _PAGES[event.key()] * bar.pageStep() * 9 // 10)
        elif event.key() in _ENDS and modifiers == Qt.KeyboardModifier.NoModifier:
            bar = self._source.verticalScrollBar()
            bar.setValue(bar.maximum() if event.key() == Qt.Key.Key_End else 0)
        elif event.key() in _LINES and modifiers == Qt.KeyboardModifier.NoModifier:
            bar = self._source.verticalScrollBar()
            bar.setValue(bar.value() + _LINES[event.key()] * 2 * max(20, bar.singleStep()))
        elif not self.pane.take_letter(event):  # a letter that the page offers, while the field has not the focus
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        low = self.height() < _LOW
        side_by_side = self._beside and self.width() >= _NARROW
        direction = QBoxLayout.Direction.LeftToRight if side_by_side else QBoxLayout.Direction.TopToBottom
        self._layout.setDirection(direction)
        self._layout.setSpacing(16 if side_by_side else 6 if low else 12)
        self._around.setContentsMargins(*((12, 6, 4, 6) if low else (16, 12, 8, 12)))
        self._heading.setVisible(bool(self._heading.text()) and not low)
        self.pane.set_low(low)

    def _write(self, text: str) -> None:
        self._value = self._rewritten(self._value, text)
        self.edited.emit(self._value)
