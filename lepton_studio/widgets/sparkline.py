"""A curve the size of a word: the shape of one run at a glance."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from lepton_studio.widgets.color import colors


def paint_sparkline(painter: QPainter, box: QRectF, values: Sequence[float | None], *, color: QColor) -> None:
    """Draw `values` into `box`, scaled to their own range, with a dot at the last; nothing for none."""
    known = [(index, value) for index, value in enumerate(values) if value is not None and math.isfinite(value)]
    if not known:
        return
    low, high = min(value for _, value in known), max(value for _, value in known)
    inner = box.adjusted(3, 4, -4, -4)

    def point(index: int, value: float) -> QPointF:
        across = index / max(1, len(values) - 1)
        up = (value - low) / (high - low) if high > low else 0.5
        return QPointF(inner.left() + across * inner.width(), inner.bottom() - up * inner.height())

    path = QPainterPath(point(*known[0]))
    for index, value in known[1:]:
        path.lineTo(point(index, value))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.5))
    painter.drawPath(path)
    painter.setBrush(color)
    painter.drawEllipse(point(*known[-1]), 2, 2)
    painter.restore()


class Sparkline(QWidget):
    """One sparkline. Purely visual: say the numbers beside it."""

    def __init__(self, values: Sequence[float | None] = (), *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: tuple[float | None, ...] = tuple(values)
        self._color: QColor | None = None

    def show_values(self, values: Sequence[float | None], *, color: QColor | None = None) -> None:
        """Draw these, in the accent colour unless another is given."""
        self._values, self._color = tuple(values), color
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(72, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        color = self._color or colors(self.palette()).accent
        paint_sparkline(QPainter(self), QRectF(self.rect()), self._values, color=color)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()


if __name__ == "__main__":
    from lepton_studio.widgets.chart_style import show_alone

    show_alone(lambda: Sparkline((0.4, 0.62, None, 0.71, 0.78, 0.77, 0.81)))
