"""The line under a text with which everything equal is marked: how many there are, and which, seen while typing."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from lepton_studio.language import tr
from lepton_studio.regular_expressions import TooSlow
from lepton_studio.widgets.layouts import button, column, quiet, row, words
from lepton_studio.widgets.marked_text.finding import Manner, Wanted
from lepton_studio.widgets.marked_text.view import MarkedText
from lepton_studio.widgets.segments import Segments
from lepton_studio.widgets.theme import CAPTION

Range = tuple[int, int]


class MarkAllBar(QFrame):
    """Asks what to mark in a view, and tints there what it finds. Hidden until `open_with`."""

    here_wanted = Signal(object)
    """Mark these ranges, a list of (start, end)."""
    everywhere_wanted = Signal(object)
    """Mark what is Wanted in all texts."""
    closed = Signal()

    def __init__(self, view: MarkedText, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._places: list[Range] = []
        self._marked: Collection[Range] = ()
        self._label = ""
        self.setProperty("role", "card")
        self.line = _Line()
        self.line.setAccessibleName(tr("Mark all occurrences of"))
        self.line.textChanged.connect(lambda _text: self._look())
        self.line.entered.connect(self._enter)
        self.line.left.connect(self.close_bar)
        self.manner = Segments(
            [("exact", tr("exact")), ("folded", tr("ignore case")), ("pattern", tr("regular expression"))],
            name=tr("How to match"),
        )
        self.manner.chosen.connect(lambda _manner: self._look())
        self._title = words(" ", size=CAPTION, muted=True)
        self.count = words(" ", size=CAPTION)
        self._here = button(tr("Mark here"), role="primary", tip=tr("Mark all of them in this text (Enter)"))
        self._here.clicked.connect(lambda: self._enter(False))
        self._everywhere = button(tr("In all samples…"), tip=tr("Preview the matches in all samples (Ctrl+Enter)"))
        self._everywhere.clicked.connect(lambda: self._enter(True))
        close = button(tr("Close"), role="quiet", tip=tr("Close without marking (Escape)"))
        close.clicked.connect(self.close_bar)
        self.setLayout(
            column(
                row(self._title, None, self.count),
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
        with quiet(self.line):
            self.line.setText(text)
        self.line.selectAll()
        self.line.setFocus()
        self._look()

    def set_label(self, name: str, *, marked: Collection[Range]) -> None:
        """With which label, and what has it already."""
        self._label, self._marked = name, marked
        if not self.isHidden():
            self._look()

    def close_bar(self) -> None:
        """Take the tint off the text and hide."""
        if not self.isHidden():
            self.hide()
            self._view.set_found(None)
            self.closed.emit()

    def _look(self) -> None:
        wanted = self.wanted
        problem = wanted.problem()
        try:
            self._places = wanted.places(self._view.text)
        except TooSlow as error:
            self._places, problem = [], str(error)
        self._view.set_found(self._places)
        new = sum(place not in self._marked for place in self._places)
        self._title.setText(tr("Mark all occurrences as {label}", label=self._label))
        found = tr("{found} in this text, {new} not marked yet", found=len(self._places), new=new)
        self.count.setText(problem or found)
        self._here.setEnabled(new > 0)
        self._everywhere.setEnabled(not problem and bool(wanted.words.strip()))

    def _enter(self, everywhere: bool) -> None:
        wanted, places = self.wanted, self._places
        if everywhere and self._everywhere.isEnabled():
            self.close_bar()
            self.everywhere_wanted.emit(wanted)
        elif not everywhere and self._here.isEnabled():
            self.close_bar()
            self.here_wanted.emit(places)


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
