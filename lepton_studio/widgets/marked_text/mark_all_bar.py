"""The line under a text with which everything equal is marked: how many there are, and which, seen while typing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.marked_text.finding import Manner, Wanted
from lepton_studio.widgets.segments import Segments
from lepton_studio.widgets.theme import CAPTION


class MarkAllBar(QFrame):
    """Asks what to mark. The text's owner answers `changed` with `say`, and does what `here` and `everywhere` ask."""

    changed = Signal(object)
    """What is wanted now (Wanted)."""
    here = Signal(object)
    """Mark it in this text."""
    everywhere = Signal(object)
    """Mark it in all texts."""
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.line = _Line()
        self.line.setAccessibleName(tr("Mark everything equal to"))
        self.line.textChanged.connect(lambda _text: self._changed())
        self.line.entered.connect(self._enter)
        self.line.left.connect(self.left)
        self.manner = Segments(
            [("exact", tr("exact")), ("folded", tr("any case")), ("pattern", tr("regular expression"))],
            name=tr("How to compare"),
        )
        self.manner.chosen.connect(lambda _manner: self._changed())
        self._title = words("", size=CAPTION, muted=True)
        self._count = words("", size=CAPTION)
        self._here = button(tr("Mark here"), role="primary", tip=tr("Mark them in this text (Enter)"))
        self._here.clicked.connect(lambda: self._enter(False))
        self._everywhere = button(tr("In all samples…"), tip=tr("See what it would mark in every sample (Ctrl+Enter)"))
        self._everywhere.clicked.connect(lambda: self._enter(True))
        close = button(tr("Close"), role="quiet", tip=tr("Close without marking (Escape)"))
        close.clicked.connect(self.left)
        self.setLayout(
            column(
                row(self._title, None, self._count),
                row(self.line, self._here, self._everywhere, close),
                self.manner,
                gap=4,
                margins=(12, 8, 12, 8),
            )
        )
        self.hide()

    @property
    def wanted(self) -> Wanted:
        """What is asked for now."""
        manner: Manner = self.manner.choice()  # type: ignore[assignment]  # the ids given above
        return Wanted(self.line.text(), manner)

    def open_with(self, text: str) -> None:
        """Show the bar with these words, ready to be changed."""
        self.show()
        self.line.setText(text)
        self.line.selectAll()
        self.line.setFocus()
        self._changed()

    def say(self, *, label: str, found: int, new: int) -> None:
        """What would be marked with which label."""
        problem = self.wanted.problem()
        self._title.setText(tr("Mark everything equal as {label}", label=label))
        self._count.setText(problem or tr("{found} in this text, {new} not marked yet", found=found, new=new))
        self._here.setEnabled(new > 0)
        self._everywhere.setEnabled(not problem and bool(self.line.text().strip()))

    def _changed(self) -> None:
        self.changed.emit(self.wanted)

    def _enter(self, everywhere: bool) -> None:
        (self.everywhere if everywhere else self.here).emit(self.wanted)


class _Line(QLineEdit):
    entered = Signal(bool)
    """Enter; True with Ctrl."""
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit(bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
            event.accept()  # nothing typed here is a key of the page

    def event(self, event: QEvent) -> bool:
        # Undo and redo stay those of the project.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Z
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            event.ignore()
            return False
        return super().event(event)
