"""Filter chips: small round buttons that are on or off, and one that opens a list to choose from."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget

from lepton_studio.widgets.choice_popup import Choice, ChoicePopup
from lepton_studio.widgets.color import colors
from lepton_studio.widgets.flow_layout import FlowLayout
from lepton_studio.widgets.theme import BODY, text_font

_HEIGHT = 28


class Chip(QAbstractButton):
    """A checkable chip. `color` puts a dot before the words; `has_menu` an arrow behind them."""

    def __init__(self, words: str, *, color: str = "", has_menu: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = color
        self._has_menu = has_menu
        self.setText(words)
        self.setAccessibleName(words)
        self.setCheckable(True)
        self.setFont(text_font(BODY))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_words(self, words: str, *, color: str = "") -> None:
        """Say something else."""
        self._color = color
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self.text()) + 28
        return QSize(min(280, width + (14 if self._color else 0) + (16 if self._has_menu else 0)), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        edge = palette.accent if on or self.hasFocus() else palette.border
        painter.setPen(QPen(edge, 2.5 if self.hasFocus() else 1))
        painter.setBrush(palette.accent_soft if on else palette.hover if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), _HEIGHT / 2 - 1, _HEIGHT / 2 - 1)
        left, right = 12, 12 + (16 if self._has_menu else 0)
        if self._color:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._color))
            painter.drawEllipse(QPointF(left + 4, self.height() / 2), 4, 4)
            left += 14
        painter.setPen(palette.text if self.isEnabled() else palette.muted)
        room = self.rect().adjusted(left, 0, -right, 0)
        shown = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)
        if self._has_menu:
            painter.setPen(QPen(palette.muted, 1.5))
            x, y = self.width() - 18.0, self.height() / 2
            painter.drawPolyline([QPointF(x - 3.5, y - 2), QPointF(x, y + 2), QPointF(x + 3.5, y - 2)])


class MenuChip(Chip):
    """Shows the choice in force; a click opens the list. On while something other than the first choice is in force."""

    chosen = Signal(object)

    def __init__(self, title: str, *, parent: QWidget | None = None) -> None:
        super().__init__(title, has_menu=True, parent=parent)
        self._title = title
        self._choices: Sequence[Choice] = ()
        self.clicked.connect(self._open)

    def set_choices(self, choices: Sequence[Choice], *, current: Hashable) -> None:
        """What can be chosen (the first stands for "any") and what is in force."""
        self._choices = choices
        place = next((i for i, one in enumerate(choices) if one.value == current), 0)
        self.setChecked(place > 0)
        if place > 0:
            self.set_words(choices[place].words, color=choices[place].color)
        else:
            self.set_words(self._title)

    def _open(self) -> None:
        self.setChecked(not self.isChecked())  # the click toggled it; the choice decides
        popup = ChoicePopup(self._choices, parent=self)
        popup.chosen.connect(self.chosen)
        popup.open_below(self)


@dataclass(frozen=True, slots=True)
class ChipChoice:
    """One chip of a group by its value."""

    value: Hashable
    words: str


class FilterChips(QWidget):
    """Chips of which exactly one is on, followed by chips with a list. Emits `chosen(value)` on a person's click."""

    chosen = Signal(object)

    def __init__(
        self, choices: Sequence[ChipChoice], *, menus: Sequence[Chip] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        layout = FlowLayout(self, gap=6)
        self._group = QButtonGroup(self)
        self._chips: dict[Hashable, Chip] = {}
        for choice in choices:
            chip = Chip(choice.words)
            self._chips[choice.value] = chip
            self._group.addButton(chip)
            chip.clicked.connect(lambda _on=False, value=choice.value: self.chosen.emit(value))
            layout.addWidget(chip)
        for menu in menus:
            layout.addWidget(menu)
        layout.keep_together(menus)

    def choose(self, value: Hashable) -> None:
        """Turn the chip of this value on, without a signal; none when there is no such chip."""
        chip = self._chips.get(value)
        if chip is not None:
            chip.setChecked(True)
            return
        self._group.setExclusive(False)
        for one in self._chips.values():
            one.setChecked(False)
        self._group.setExclusive(True)

    def set_words(self, value: Hashable, words: str) -> None:
        """Rename one chip ("Flagged 3")."""
        self._chips[value].set_words(words)

    def chip(self, value: Hashable) -> Chip:
        """The chip of this value."""
        return self._chips[value]
