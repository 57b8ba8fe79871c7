"""A learning curve: how good a model is with so many labels, and with a few more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.chart_colors import ChartColors
from lepton_studio.widgets.chart_style import StepAxis, line_pen, plot_view, show_alone
from lepton_studio.widgets.late_chart import LateChart
from lepton_studio.widgets.layouts import words
from lepton_studio.widgets.theme import CAPTION, SPACE

_HEIGHT = 190
_ROOM = 0.04
"""Above and below what is drawn, as a share that is right."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """With so many `labels` the `share` is right, or will be, probably between `low` and `high`."""

    labels: int
    share: float
    low: float
    high: float


class LearningCurveChart(LateChart):
    """Points that were measured, with their intervals, and the forecast behind them as a band."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._measured: tuple[CurvePoint, ...] = ()
        self._ahead: tuple[CurvePoint, ...] = ()
        self.setAccessibleName(tr("How good the model is with so many labels"))
        self.setFixedHeight(_HEIGHT)

    def show_curve(self, measured: Sequence[CurvePoint], ahead: Sequence[CurvePoint]) -> None:
        """`ahead`: the forecast, the first of which is where one is now; () for none."""
        self._measured, self._ahead = tuple(measured), tuple(ahead)
        self.setAccessibleDescription(
            ", ".join(tr("{labels}: {share}%", labels=one.labels, share=round(100 * one.share)) for one in measured)
        )
        self.draw()

    @property
    def measured(self) -> tuple[CurvePoint, ...]:
        """What is drawn of what is known."""
        return self._measured

    @property
    def ahead(self) -> tuple[CurvePoint, ...]:
        """What is drawn of what is to come."""
        return self._ahead

    # ------------------------------------------------------------------------------------------------------- inside

    def make(self) -> pg.PlotWidget:
        self._plot = plot_view(axisItems={"bottom": StepAxis("bottom")})
        box = self._plot.getViewBox()
        box.setMouseEnabled(x=False, y=False)
        box.setDefaultPadding(0)
        self._upper, self._lower = pg.PlotDataItem(), pg.PlotDataItem()
        self._band = pg.FillBetweenItem(self._upper, self._lower)
        self._bars = pg.ErrorBarItem(x=np.zeros(0), y=np.zeros(0), beam=0)
        self._line, self._next = pg.PlotDataItem(), pg.PlotDataItem()
        for item in (self._band, self._bars, self._line, self._next):
            self._plot.addItem(item)
        self._plot.getAxis("left").setWidth(46)
        across = words(tr("labels"), size=CAPTION, muted=True)
        across.setAlignment(Qt.AlignmentFlag.AlignRight)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(SPACE // 4)
        whole.addWidget(
            words(tr("Share right, cross-validated on your labels; dashed: forecast"), size=CAPTION, muted=True)
        )
        whole.addWidget(self._plot, 1)
        whole.addWidget(across)
        return self._plot

    def paint_plot(self, colors: ChartColors) -> None:
        every = (*self._measured, *self._ahead)
        low, high = min((one.low for one in every), default=0.0), max((one.high for one in every), default=1.0)
        low, high = max(0.0, low - _ROOM), min(1.0, high + _ROOM)
        right = max((one.labels for one in every), default=1)
        self._plot.getViewBox().setRange(xRange=(0, right * 1.04), yRange=(low, high), padding=0)
        step = 0.05 if high - low <= 0.3 else 0.1 if high - low <= 0.6 else 0.2
        marks = [step * at for at in range(1 + round(1 / step)) if low <= step * at <= high]
        self._plot.getAxis("left").setTicks([[(one, tr("{number}%", number=round(100 * one))) for one in marks]])
        x, y, lows, highs = (np.array(column) for column in _columns(self._measured))
        self._line.setData(x, y, symbol="o", symbolSize=6, symbolBrush=colors.right, symbolPen=None)
        self._line.setPen(line_pen(colors.right, 1.6))
        self._bars.setData(x=x, y=y, top=highs - y, bottom=y - lows, pen=line_pen(colors.muted))
        x, y, lows, highs = (np.array(column) for column in _columns(self._ahead))
        self._next.setData(x, y)
        self._next.setPen(line_pen(colors.right, 1.6, style=Qt.PenStyle.DashLine))
        self._upper.setData(x, highs)
        self._lower.setData(x, lows)
        faint = QColor(colors.right)
        faint.setAlphaF(0.18)
        self._band.setBrush(faint)


def _columns(points: Sequence[CurvePoint]) -> tuple[list[float], ...]:
    return (
        [float(one.labels) for one in points],
        [one.share for one in points],
        [one.low for one in points],
        [one.high for one in points],
    )


def sample_curve() -> LearningCurveChart:
    """Invented numbers."""
    chart = LearningCurveChart()
    shares = {40: 0.52, 80: 0.63, 160: 0.71, 240: 0.745, 320: 0.765}
    measured = [CurvePoint(labels, share, share - 0.045, share + 0.045) for labels, share in shares.items()]
    gains = {400: (0.0, 0.0, 0.0), 450: (0.008, 0.003, 0.013), 500: (0.014, 0.006, 0.023), 600: (0.024, 0.01, 0.04)}
    ahead = [CurvePoint(labels, 0.78 + gain, 0.78 + low, 0.78 + high) for labels, (gain, low, high) in gains.items()]
    chart.show_curve(measured, ahead)
    return chart


if __name__ == "__main__":
    show_alone(sample_curve)
