"""One choice out of a few, side by side: quiet words, the chosen one underlined. Arrow keys move the choice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from lepton_studio.widgets.color import colors, readable
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import BODY, SPACE, text_font

_LEAST = 36
"""Pixels of an option where there is no room for all; its words are cut then, and the tool tip has them."""
_GAP, _LEAST_GAP = 2 * SPACE, SPACE // 2
"""Pixels between two options; where room is short they stand closer together before words are cut."""


class Segments(QWidget):
    """Options as (id, title). Emits `chosen(id)` when the person chooses another one, never on `choose`."""

    chosen = Signal(str)

    def __init__(self, options: Sequence[tuple[str, str]], *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._ids: list[str] = []
        self._buttons: dict[str, _Segment] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_GAP)
        for option, title in options:
            self._add(option, title)
        self._row.addStretch(1)
        if self._ids:
            self._buttons[self._ids[0]].setChecked(True)
        self._group.idClicked.connect(lambda index: self.chosen.emit(self._ids[index]))

    def sizeHint(self) -> QSize:
        words = self._words()
        gaps = _GAP * max(0, len(words) - 1)  # as they are where there is room, whatever they are now
        return QSize(sum(words) + gaps, super().sizeHint().height())

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit_gaps()
        return done

    def choice(self) -> str:
        """The id of the option chosen; "" where there are none."""
        return next((option for option, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, option: str) -> None:
        """Make `option` the chosen one; "" for none of them."""
        self._group.setExclusive(bool(option))
        for one, button in self._buttons.items():
            button.setChecked(one == option)
        self._group.setExclusive(True)

    def button(self, option: str) -> QAbstractButton:
        """The button of an option."""
        return self._buttons[option]

    def set_title(self, option: str, title: str) -> None:
        """Give an option other words (a count that changed)."""
        self._buttons[option].setText(title)
        self._buttons[option].setAccessibleName(title)
        self.updateGeometry()

    def _fit_gaps(self) -> None:
        words = self._words()
        gap = min(_GAP, max(_LEAST_GAP, (self.width() - sum(words)) // max(1, len(words) - 1)))
        if gap != self._row.spacing():
            self._row.setSpacing(gap)

    def _words(self) -> list[int]:
        """The widths of the options in view."""
        return [button.sizeHint().width() for button in self._buttons.values() if not button.isHidden()]

    def _add(self, option: str, title: str) -> None:
        button = _Segment(title, self)
        self._group.addButton(button, len(self._ids))
        self._ids.append(option)
        self._buttons[option] = button
        self._row.addWidget(button)


class _Segment(QAbstractButton):
    """Not a QToolButton: the style sheet's transparent background would take the colours out of its palette."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setFont(text_font(BODY))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(self.font()).horizontalAdvance(self.text()) + 2, 30)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint().boundedTo(QSize(_LEAST, 30))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        set_tool_tip(self, self.text() if self.width() < self.sizeHint().width() else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self.isChecked() or self.underMouse()
        ink = theme.text if strong and self.isEnabled() else theme.muted
        painter.setPen(readable(theme.accent, on=theme.window) if self.hasFocus() else ink)
        shown = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, shown)
        if self.hasFocus():
            painter.setPen(theme.accent)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 2.5, -0.5, -0.5), 4, 4)
        if self.isChecked():
            thick = 3 if self.hasFocus() else 2
            painter.fillRect(QRectF(0, self.height() - 4, self.width(), thick), theme.accent)
