"""The direct legend of a plot: each curve's name and value in the gutter, at the height where the curve ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.widgets.color import colors, readable
from lepton_studio.widgets.theme import CAPTION, text_font

_LEFT = 14


@dataclass(frozen=True, slots=True)
class EndLabel:
    """`y` is where the curve is, in pixels from the top of the gutter."""

    y: float
    text: str
    value: str
    color: QColor


class EndLabels(QWidget):
    """Paints the labels, moved apart so that none covers another. Purely visual: the plot says the same in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: tuple[EndLabel, ...] = ()
        self._foot = ""
        self._reserved = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_labels(self, labels: Sequence[EndLabel], *, foot: str = "") -> None:
        """Show these; `foot` stands in the lower corner (the step under the mouse)."""
        if tuple(labels) == self._labels and foot == self._foot:
            return
        self._labels, self._foot = tuple(labels), foot
        needed = self._needed_width()
        if needed > self._reserved or needed < self._reserved - 40:
            self._reserved = needed
            self.updateGeometry()
        self.update()

    def labels(self) -> tuple[EndLabel, ...]:
        """What is shown now."""
        return self._labels

    def foot(self) -> str:
        """The words in the corner."""
        return self._foot

    def sizeHint(self) -> QSize:
        return QSize(max(64, min(220, self._reserved)), 80)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._labels and not self._foot:
            return
        theme = colors(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names, figures = text_font(CAPTION), text_font(CAPTION, bold=True, tabular=True)
        height = QFontMetricsF(figures).height() + 2
        for label, top in zip(self._labels, self._tops(height), strict=True):
            ink = readable(label.color, on=theme.window)
            middle = top + height / 2
            painter.setPen(ink)
            painter.drawLine(QPointF(2, max(0.0, min(self.height(), label.y))), QPointF(_LEFT - 4, middle))
            painter.setFont(figures)
            wide = QFontMetricsF(figures).horizontalAdvance(label.value)
            painter.drawText(QRectF(_LEFT, top, wide + 4, height), Qt.AlignmentFlag.AlignVCenter, label.value)
            painter.setFont(names)
            left = _LEFT + wide + 6
            text = QFontMetricsF(names).elidedText(label.text, Qt.TextElideMode.ElideRight, self.width() - left)
            painter.drawText(QRectF(left, top, self.width() - left, height), Qt.AlignmentFlag.AlignVCenter, text)
        painter.setFont(text_font(CAPTION, tabular=True))
        painter.setPen(theme.muted)
        painter.drawText(
            self.rect().adjusted(_LEFT, 0, 0, -3), Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, self._foot
        )

    def _tops(self, height: float) -> list[float]:
        return spread([label.y - height / 2 for label in self._labels], height=height, limit=self.height() - 2 * height)

    def _needed_width(self) -> int:
        names, figures = QFontMetricsF(text_font(CAPTION)), QFontMetricsF(text_font(CAPTION, bold=True, tabular=True))
        widths = [
            figures.horizontalAdvance(one.value) + names.horizontalAdvance(one.text) + _LEFT + 16
            for one in self._labels
        ]
        return int(max([*widths, figures.horizontalAdvance(self._foot) + _LEFT + 8]))


def spread(tops: Sequence[float], *, height: float, limit: float) -> list[float]:
    """Move overlapping rows of `height` apart, in their order and as near as can be; none below `limit` if they fit."""
    order = sorted(range(len(tops)), key=lambda index: tops[index])
    placed = [0.0] * len(tops)
    floor = 0.0
    for index in order:
        placed[index] = max(tops[index], floor)
        floor = placed[index] + height
    ceiling = limit
    for index in reversed(order):
        placed[index] = max(0.0, min(placed[index], ceiling))
        ceiling = placed[index] - height
    return placed
