"""The editor of text classification: the labels as buttons; one press is one decision.

Try it: `python -m lepton_studio.tasks.text_classification.editor`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Labels
from lepton_studio.tasks.base import Input
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.widgets.label_bar import LabelBar, LabelChoice

MANY = 24
"""With more labels than this, typing narrows the list instead of pressing a label's key."""
_DIGITS = "123456789"
_COLUMN = 190
_GAP, _BAR = 8, 14


class NarrowLine(QLineEdit):
    """The line that narrows many labels. While empty it leaves Space, Enter, Backspace and arrows to the page."""

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
            or (not plain and not (event.modifiers() & Qt.KeyboardModifier.AltModifier))
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Undo, redo and the rest of the window's shortcuts stay the window's while this line has the focus.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            event.ignore()
            return False
        return super().event(event)


class ChoiceEditor(QWidget):
    """Labels as buttons with keys; with many labels a line narrows them and the first nine have the digits."""

    edited = Signal(object)
    finished = Signal()
    bulk_wanted = Signal(object)
    shows_text = False
    one_press = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[LabelChoice, ...] = ()
        self._value: Choice | None = None
        self._suggested: int | None = None
        self._shown_compact = False
        self.line = NarrowLine()
        hint = tr("Type a part of a label, Enter takes the first")
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(hint)
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(lambda _text: self._show_labels())
        self.line.taken.connect(self._take_place)
        self.bar = LabelBar()
        self.bar.pressed.connect(self._choose)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.line)
        layout.addWidget(self._scroll, 1)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_labels(())

    @property
    def takes_letters(self) -> bool:
        """Whether typed letters narrow the labels, so that the page must keep its own letter keys to itself."""
        return len(self._choices) > MANY

    def set_labels(self, labels: Labels) -> None:
        """The labels to choose from, in their order."""
        self._choices = tuple(
            LabelChoice(one.id, one.name, one.color, one.key, one.description)
            for one in sorted(labels, key=lambda one: one.position)
        )
        self.line.setVisible(self.takes_letters)
        self.setFocusProxy(self.line if self.takes_letters else cast(QWidget, None))
        self._show_labels()

    def show_sample(self, input: Input, value: Choice | None) -> None:
        """Show another sample's value; the narrowing is taken back."""
        self._value = value
        if self.line.text():
            self.line.clear()
        self._mark()

    def suggest(self, value: Choice | None) -> None:
        """Mark what a model suggests; None for nothing."""
        self._suggested = value.labels[0] if value is not None and value.labels else None
        self._mark()

    def keys(self) -> list[tuple[str, str]]:
        """None beside those that stand on the labels."""
        return []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        label = self._label_of(event)
        if label is None:
            event.ignore()
        else:
            self._choose(label)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.takes_letters:
            self._show_labels()
        fits = self.needed_height(self.width()) <= self.height() + 4
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self._scroll.setVerticalScrollBarPolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(640, self.needed_height(max(self.width(), 320)))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 44)

    def needed_height(self, width: int) -> int:
        """The height that shows every label at this width; the page may give less, then the labels scroll."""
        line = self.line.sizeHint().height() + 8 if self.takes_letters else 0
        return line + self.bar.height_at(width - _BAR) + 2

    def _label_of(self, event: QKeyEvent) -> int | None:
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        typed = event.text().casefold()
        if modifiers or not typed:
            return None
        if self.takes_letters:
            place = _DIGITS.find(typed)
            return self.bar.shown[place].id if 0 <= place < len(self.bar.shown) else None
        return next((one.id for one in self._choices if one.key == typed), None)

    def _take_place(self, place: int) -> None:
        if place < len(self.bar.shown):
            self._choose(self.bar.shown[place].id)

    def _choose(self, label: int) -> None:
        self.edited.emit(Choice((label,)))

    def _show_labels(self) -> None:
        many = self.takes_letters
        typed = self.line.text().casefold().split() if many else []
        shown = [one for one in self._choices if all(part in one.name.casefold() for part in typed)]
        width = 0
        if many:
            first = self.line.text().casefold().strip()
            shown.sort(key=lambda one: not one.name.casefold().startswith(first))
            shown = [replace(one, key=_DIGITS[i] if i < 9 else "") for i, one in enumerate(shown)]
            room = max(_COLUMN, self.width() - _BAR)
            columns = max(1, (room + _GAP) // (_COLUMN + _GAP))
            width = (room - (columns - 1) * _GAP) // columns
        self.bar.set_choices(shown, compact=many, column_width=width)
        self._mark()
        self.updateGeometry()

    def _mark(self) -> None:
        first = self.bar.shown[0].id if self.takes_letters and self.line.text() and self.bar.shown else None
        chosen = self._value.labels if self._value is not None else ()
        self.bar.mark(chosen=chosen, suggested=self._suggested, first=first)


def _show_by_itself() -> None:
    from PySide6.QtWidgets import QApplication

    from lepton_studio.project.records import Label
    from lepton_studio.widgets.theme import apply_theme, label_color

    app = QApplication([])
    apply_theme(app)
    editor = ChoiceEditor()
    names = ("card stuck", "lost card", "refund", "top up", "exchange rate")
    editor.set_labels(tuple(Label(i, name, label_color(i), str(i + 1), "", i) for i, name in enumerate(names)))
    editor.edited.connect(lambda value: editor.show_sample(Input(""), value))
    editor.show()
    app.exec()


if __name__ == "__main__":
    _show_by_itself()
