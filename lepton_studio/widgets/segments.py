"""One choice out of a few, side by side: quiet words, the chosen one underlined. Arrow keys move the choice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from lepton_studio.widgets.theme import SPACE, colors


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
        self._row.setSpacing(SPACE // 2)
        for option, title in options:
            self._add(option, title)
        if self._ids:
            self._buttons[self._ids[0]].setChecked(True)
        self._group.idClicked.connect(lambda index: self.chosen.emit(self._ids[index]))

    def choice(self) -> str:
        """The id of the option chosen; "" where there are none."""
        return next((option for option, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, option: str) -> None:
        """Make `option` the chosen one."""
        self._buttons[option].setChecked(True)

    def button(self, option: str) -> QToolButton:
        """The button of an option."""
        return self._buttons[option]

    def set_title(self, option: str, title: str) -> None:
        """Give an option other words (a count that changed)."""
        self._buttons[option].setText(title)
        self._buttons[option].setAccessibleName(title)

    def _add(self, option: str, title: str) -> None:
        button = _Segment(title, self)
        self._group.addButton(button, len(self._ids))
        self._ids.append(option)
        self._buttons[option] = button
        self._row.addWidget(button)


class _Segment(QToolButton):
    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QPen(theme.accent) if self.hasFocus() else QPen(Qt.PenStyle.NoPen))
            painter.setBrush(QBrush(theme.hover) if self.underMouse() else QBrush(Qt.BrushStyle.NoBrush))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setPen(theme.text if self.isChecked() else theme.muted)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.isChecked():
            width = self.fontMetrics().horizontalAdvance(self.text())
            left = (self.width() - width) / 2
            painter.fillRect(QRectF(left, self.height() - 4, width, 2), theme.accent)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
