"""Labels as buttons: a colour, a key and a name each, in lines or, when they are many, in columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.color import colors, ink_on, mixed, readable
from lepton_studio.widgets.flow_layout import FlowLayout
from lepton_studio.widgets.plain_text import PlainLabel, set_tool_tip
from lepton_studio.widgets.theme import BODY, CAPTION, set_type, text_font

_WIDEST_HEADING = 190


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """A label as a button shows it; `key` is one character or "".

    `color` is "#rrggbb", or "" for a button of nothing but its name in the middle (a number, which is its own key).
    `group` is the heading it stands under, "" for none, and `short` what its button shows there in place of the name.
    """

    id: int
    name: str
    color: str
    key: str = ""
    description: str = ""
    group: str = ""
    short: str = ""


class LabelButton(QAbstractButton):
    """One label. Checked: it is the sample's label now. `first`: Enter would take it. `suggested`: a model says so."""

    def __init__(self, choice: LabelChoice, *, compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        self.first = False
        self.suggested = False
        self._compact = compact
        self._fixed_width = 0
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFont(text_font(BODY))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_choice(choice)

    def show_choice(self, choice: LabelChoice, *, compact: bool | None = None, width: int = 0) -> None:
        """Show another label in the same button."""
        self.choice = choice
        self._compact = self._compact if compact is None else compact
        self._fixed_width = width
        self.setText(choice.short or choice.name)
        key = tr(", key {key}", key=choice.key) if choice.key else ""
        self.setAccessibleName(choice.name + key)
        set_tool_tip(self, choice.description or choice.name)
        self.updateGeometry()
        self.update()

    def mark(self, *, suggested: bool, first: bool) -> None:
        """Show the two; painted again only where one is another."""
        if (suggested, first) != (self.suggested, self.first):
            self.suggested, self.first = suggested, first
            self.update()

    def sizeHint(self) -> QSize:
        height = 30 if self._compact else 36
        if self._fixed_width:
            return QSize(self._fixed_width, height)
        if not self.choice.color:
            return QSize(QFontMetrics(self.font()).horizontalAdvance(self.text()) + height, height)
        return QSize(min(300, QFontMetrics(self.font()).horizontalAdvance(self.text()) + height + 14), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(self.choice.color) if self.choice.color else palette.accent
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        back = (
            mixed(color, palette.base, 0.24)
            if self.isChecked()
            else palette.hover
            if self.underMouse()
            else palette.base
        )
        if self.isDown():
            back = mixed(color, palette.base, 0.34)
        if self.hasFocus() or self.first:
            edge, thick = palette.accent, 2.0
        elif self.isChecked():
            edge, thick = readable(color, on=palette.base, ratio=3.0), 2.0
        else:
            edge, thick = palette.border, 1.0
        painter.setPen(
            QPen(
                edge, thick, Qt.PenStyle.DashLine if self.suggested and not self.isChecked() else Qt.PenStyle.SolidLine
            )
        )
        if self.suggested and not (self.isChecked() or self.hasFocus() or self.first):
            painter.setPen(QPen(palette.accent, 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(back)
        painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():  # also on the one that Enter takes, whose edge is as thick
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.text, 1))
            painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), 4, 4)
        if not self.choice.color:
            painter.setPen(palette.text if self.isEnabled() else palette.muted)
            painter.setFont(text_font(BODY, bold=self.isChecked(), tabular=True))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
            return
        side = self.height() - 14
        badge = QRectF(7, 7, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(badge, 4, 4)
        if self.choice.key:
            painter.setPen(ink_on(color))
            painter.setFont(text_font(CAPTION if self._compact else BODY, bold=True))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, self.choice.key.upper())
        painter.setFont(self.font())
        painter.setPen(palette.text if self.isEnabled() else palette.muted)
        room = self.rect().adjusted(side + 15, 0, -8, 0)
        name = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)


class GroupName(PlainLabel):
    """The heading of a group, at the left of its buttons; a long one is cut in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        set_type(self, CAPTION, muted=True)
        self._size = QSize()

    def show_name(self, name: str, *, size: QSize) -> None:
        """Show another group's name in this size."""
        self._size = size
        set_tool_tip(self, name)
        self.setText(QFontMetrics(self.font()).elidedText(name, Qt.TextElideMode.ElideMiddle, size.width() - 4))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return self._size


class LabelBar(QWidget):
    """Buttons for `choices`; emits `pressed(label id)`. Buttons are kept and reused, so that narrowing is fast."""

    pressed = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, compact: bool = False) -> None:
        super().__init__(parent)
        self._compact = compact
        self._flow = FlowLayout(self, gap=6 if compact else 8)
        self._buttons: list[LabelButton] = []
        self._names: list[GroupName] = []
        self._shown: tuple[LabelChoice, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def shown(self) -> Sequence[LabelChoice]:
        """What is shown now, in order."""
        return self._shown

    @property
    def buttons(self) -> Sequence[LabelButton]:
        """The buttons of `shown`."""
        return self._buttons[: len(self._shown)]

    def set_choices(self, choices: Iterable[LabelChoice], *, compact: bool, column_width: int = 0) -> None:
        """Show these labels; `column_width` > 0 sets them in columns. Those of one group are to follow each other."""
        self._shown = tuple(choices)
        while len(self._buttons) < len(self._shown):
            made = LabelButton(self._shown[len(self._buttons)], compact=compact)
            made.clicked.connect(lambda _on=False, one=made: self._press(one))
            self._buttons.append(made)
            self._flow.addWidget(made)
        for button, choice in zip(self._buttons, self._shown, strict=False):
            button.show_choice(choice, compact=compact, width=column_width)
            button.show()
        for button in self._buttons[len(self._shown) :]:
            button.hide()
        self._show_groups(height=30 if compact else 36)
        self._flow.invalidate()
        self.updateGeometry()

    def _indent_for(self, choices: Iterable[LabelChoice]) -> int:
        """The width that the headings of these labels take, gap included; 0 where there are none."""
        metrics = QFontMetrics(text_font(CAPTION))
        widest = max((metrics.horizontalAdvance(name) for one in choices if (name := one.group)), default=0)
        return min(_WIDEST_HEADING, widest + 12) if widest else 0

    def _show_groups(self, *, height: int) -> None:
        """Put a heading before the first button of each group, and set the layout's items in that order."""
        indent = self._indent_for(self._shown)
        order: list[QWidget] = []
        used: list[QWidget] = []
        group = ""
        for button in self.buttons:
            if indent and (button.choice.group != group or not used):
                group = button.choice.group
                if len(used) == len(self._names):
                    self._names.append(GroupName(self))
                name = self._names[len(used)]
                name.show_name(group, size=QSize(indent - 4, height))
                name.show()
                used.append(name)
                order.append(name)
            order.append(button)
        for name in self._names[len(used) :]:
            name.hide()
        if used or self._flow.count() != len(self._buttons):
            while self._flow.takeAt(0) is not None:
                pass
            for widget in [*order, *self._buttons[len(self._shown) :]]:
                self._flow.addWidget(widget)
        self._flow.set_headings(used, indent=indent)

    def height_at(self, width: int) -> int:
        """The height that all buttons take at this width."""
        return self._flow.heightForWidth(width)

    def mark(self, *, chosen: Iterable[int] = (), suggested: Collection[int] = (), first: int | None = None) -> None:
        """Which labels the sample has, which ones a model suggests, and which one Enter takes."""
        ids = frozenset(chosen)
        for button in self.buttons:
            button.setChecked(button.choice.id in ids)
            button.mark(suggested=button.choice.id in suggested, first=button.choice.id == first)

    def _press(self, button: LabelButton) -> None:
        button.setChecked(not button.isChecked())  # what is chosen comes back through `mark`
        self.pressed.emit(button.choice.id)
