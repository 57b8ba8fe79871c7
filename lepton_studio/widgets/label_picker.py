"""All labels to choose from: buttons with keys, in groups where their names are paths; a line narrows many of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.widgets.label_bar import LabelBar, LabelChoice
from lepton_studio.widgets.layouts import words
from lepton_studio.widgets.narrow_line import NarrowLine
from lepton_studio.widgets.theme import CAPTION

MANY = 24
"""With more labels than this, typing narrows the list instead of pressing a label's key."""
SHOWN = 120
"""So many buttons at most: those of further labels come up by typing, and when the sample has them."""
_DIGITS = "123456789"
_COLUMN = 190
_GAP, _BAR = 8, 14


class LabelPicker(QWidget):
    """Emits `pressed(label id)`. With many labels a line narrows them, and the first nine shown have the digits.

    Give it the keys with `take_key`; the focus goes to its line where there is one (`focus_target`).
    """

    pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[LabelChoice, ...] = ()
        self._always: LabelChoice | None = None
        self._chosen: Collection[int] = ()
        self._suggested: Collection[int] = ()
        self._hidden: frozenset[int] = frozenset()
        self.line = NarrowLine()
        hint = tr("Type part of a label; Enter takes the first match")
        self.line.setPlaceholderText(hint)
        self.line.setAccessibleName(hint)
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(lambda _text: self._show_choices())
        self.line.taken.connect(self._take_place)
        self.bar = LabelBar()
        self.bar.pressed.connect(self.pressed)
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
        self.more = words("", size=CAPTION, muted=True)
        layout.addWidget(self.more)
        self.set_choices(())

    @property
    def is_many(self) -> bool:
        """Whether typed letters narrow the labels."""
        return len(self._choices) > MANY

    @property
    def focus_target(self) -> QWidget:
        """What is to have the focus for typing; nothing (a null widget) where keys go to the editor."""
        return self.line if self.is_many else cast(QWidget, None)

    def set_choices(self, choices: Sequence[LabelChoice], *, always: LabelChoice | None = None) -> None:
        """The labels in their order, groups in that of their first; `always`: one more, last, that narrowing leaves."""
        groups = {group: place for place, group in enumerate(dict.fromkeys(one.group for one in choices))}
        self._choices = tuple(sorted(choices, key=lambda one: groups[one.group]))
        self._always = always
        self.line.setVisible(self.is_many)
        self._show_choices()

    def widen(self) -> None:
        """Take the narrowing back."""
        if self.line.text():
            self.line.clear()

    def mark(self, *, chosen: Collection[int], suggested: Collection[int]) -> None:
        """The labels that the sample has, and those that a model suggests."""
        self._chosen, self._suggested = chosen, suggested
        if not self._hidden.isdisjoint((*chosen, *suggested)):
            self._show_choices()
            return
        first = self.bar.shown[0].id if self.is_many and self.line.text() and self.bar.shown else None
        self.bar.mark(chosen=chosen, suggested=suggested, first=first)

    def take_key(self, event: QKeyEvent) -> bool:
        """Press the label of a key; False for a key that is no label's."""
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        typed = event.text().casefold()
        if modifiers or not typed:
            return False
        label = next((one.id for one in self.bar.shown if one.key == typed), None)
        if label is not None:
            self.pressed.emit(label)
        return label is not None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_many:
            self._show_choices()
        fits = self.needed_height(self.width()) <= self.height() + 4
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if fits else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self._scroll.setVerticalScrollBarPolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(640, self.needed_height(max(self.width(), 320)))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 44)

    def needed_height(self, width: int) -> int:
        """The height that shows every label at this width; with less they scroll."""
        line = self.line.sizeHint().height() + 8 if self.is_many else 0
        line += self.more.sizeHint().height() + 8 if self._hidden else 0
        return line + self.bar.height_at(width - _BAR) + 2

    def _take_place(self, place: int) -> None:
        if place < len(self.bar.shown):
            self.pressed.emit(self.bar.shown[place].id)

    def _show_choices(self) -> None:
        typed = self.line.text().casefold().split() if self.is_many else []
        shown = [one for one in self._choices if all(part in one.name.casefold() for part in typed)]
        width = 0
        self._hidden = frozenset()
        if self.is_many:
            if not any(one.group for one in shown):  # labels in groups stay in them, and their buttons are short
                first = self.line.text().casefold().strip()
                shown.sort(key=lambda one: not one.name.casefold().startswith(first))
                room = max(_COLUMN, self.width() - _BAR)
                columns = max(1, (room + _GAP) // (_COLUMN + _GAP))
                width = (room - (columns - 1) * _GAP) // columns
            shown = self._most(shown)
            shown = [replace(one, key=_DIGITS[i] if i < 9 else "") for i, one in enumerate(shown)]
        self.more.setVisible(bool(self._hidden))
        self.more.setText(
            trn(
                "{count} more label: type part of its name",
                "{count} more labels: type part of a name",
                len(self._hidden),
            )
        )
        if self._always is not None:
            shown.append(self._always)
        self.bar.set_choices(shown, compact=self.is_many, column_width=width)
        self.mark(chosen=self._chosen, suggested=self._suggested)
        self.updateGeometry()

    def _most(self, found: list[LabelChoice]) -> list[LabelChoice]:
        """As many of them as there are buttons for: the first, and those that the sample has or a model suggests."""
        wanted = {*self._chosen, *self._suggested}
        kept = [one for place, one in enumerate(found) if place < SHOWN or one.id in wanted]
        if len(kept) < len(found):
            self._hidden = frozenset(one.id for one in found) - {one.id for one in kept}
        return kept
