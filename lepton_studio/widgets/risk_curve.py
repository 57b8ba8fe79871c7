"""How much a model may label against how much of it is wrong: a curve, and on it the points that can be chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.chart_colors import ChartColors
from lepton_studio.widgets.chart_style import StepAxis, line_pen, plot_view, show_alone
from lepton_studio.widgets.late_chart import LateChart
from lepton_studio.widgets.layouts import words
from lepton_studio.widgets.theme import CAPTION, SPACE

_HEIGHT = 200
_POINT, _POINTED = 12, 17
"""Pixels across, of those that can be chosen and of the chosen one while it has the keys."""
_LOWEST_TOP = 0.1


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """At most the share `risk` of so many samples is wrong; as shown on a test, at most `bound`."""

    risk: float
    count: int
    bound: float


class RiskCurve(LateChart):
    """Emits `chosen(risk)` when a person clicks on the chart, or walks over the points with the arrow keys.

    `across` says what is counted from left to right, `name` what the chart is for.
    """

    chosen = Signal(float)

    def __init__(self, *, across: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._across = across
        self._points: tuple[RiskPoint, ...] = ()
        self._measured: tuple[tuple[int, float], ...] = ()
        self._all = 0
        self._risk: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setFixedHeight(_HEIGHT)

    def show_curve(self, points: Sequence[RiskPoint], measured: Sequence[tuple[int, float]], *, total: int) -> None:
        """`points` by rising count; `measured`: (samples, share of the test samples that is wrong), rising; of so many
        samples in all.
        """
        self._points, self._measured, self._all = tuple(points), tuple(measured), total
        self.draw()

    def select(self, risk: float) -> None:
        """Mark the point of this risk, where there is one."""
        self._risk = risk
        self.draw()

    @property
    def points(self) -> tuple[RiskPoint, ...]:
        """What can be chosen."""
        return self._points

    def place_of(self, point: RiskPoint) -> QPointF:
        """Where the point is in the scene."""
        found: QPointF = self.plot_item().getViewBox().mapViewToScene(QPointF(point.count, point.bound))
        return found

    def click(self, scene: QPointF) -> None:
        """Choose the point nearest to this place of the scene."""
        box = self._plot.getViewBox()
        if self._points and box.sceneBoundingRect().contains(scene):
            nearest = min(self._points, key=lambda one: (self.place_of(one) - scene).manhattanLength())
            self.chosen.emit(nearest.risk)

    # ------------------------------------------------------------------------------------------------------- inside

    def make(self) -> pg.PlotWidget:
        self._plot = plot_view(axisItems={"bottom": StepAxis("bottom")})
        box = self._plot.getViewBox()
        box.setMouseEnabled(x=False, y=False)
        box.setDefaultPadding(0)
        self._line = pg.PlotDataItem(connect="finite")
        self._dots = pg.ScatterPlotItem(size=_POINT)
        self._level = pg.InfiniteLine(angle=0, movable=False)
        for item in (self._level, self._line, self._dots):
            self._plot.addItem(item)
        self._plot.getAxis("left").setWidth(46)
        self._plot.scene().sigMouseClicked.connect(lambda click: self.click(click.scenePos()))
        self._plot.setCursor(Qt.CursorShape.PointingHandCursor)
        across = words(self._across, size=CAPTION, muted=True)
        across.setAlignment(Qt.AlignmentFlag.AlignRight)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(SPACE // 4)
        whole.addWidget(words(tr("Share wrong: measured (line) and at most (points)"), size=CAPTION, muted=True))
        whole.addWidget(self._plot, 1)
        whole.addWidget(across)
        return self._plot

    def paint_plot(self, colors: ChartColors) -> None:
        shares = [share for _, share in self._measured] + [1.1 * one.bound for one in self._points]
        top = max(_LOWEST_TOP, *shares) if shares else _LOWEST_TOP
        self._plot.getViewBox().setRange(xRange=(0, max(1, self._all) * 1.03), yRange=(0, top * 1.05), padding=0)
        step = 0.02 if top <= 0.12 else 0.05 if top <= 0.3 else 0.2
        marks = [step * at for at in range(1 + int(top * 1.05 / step))]
        self._plot.getAxis("left").setTicks([[(one, tr("{number}%", number=round(100 * one))) for one in marks]])
        self._line.setData([count for count, _ in self._measured], [share for _, share in self._measured])
        self._line.setPen(line_pen(colors.muted, 1.6))
        selected = next((one for one in self._points if one.risk == self._risk), None)
        self._dots.setData(
            [one.count for one in self._points],
            [one.bound for one in self._points],
            brush=[colors.right if one is selected else colors.ground for one in self._points],
            size=[_POINTED if one is selected and self.hasFocus() else _POINT for one in self._points],
            pen=line_pen(colors.right, 2.0),
        )
        self._level.setVisible(selected is not None)
        if selected is not None:
            self._level.setPen(line_pen(colors.right, style=Qt.PenStyle.DashLine))
            self._level.setPos(selected.risk)
            self.setAccessibleDescription(
                tr("{count} samples, at most {bound} wrong", count=f"{selected.count:,}", bound=f"{selected.bound:.1%}")
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        risks = [one.risk for one in self._points]
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and risks:
            at = risks.index(self._risk) if self._risk in risks else 0
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self.chosen.emit(risks[max(0, min(at + step, len(risks) - 1))])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.draw()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.draw()


def sample_curve() -> RiskCurve:
    """Invented numbers."""
    curve = RiskCurve(across="samples the model labels", name="What may be wrong")
    measured = [(count, 0.005 + 0.2 * (count / 9400) ** 4) for count in range(200, 9400, 300)]
    curve.show_curve(
        [RiskPoint(0.02, 2300, 0.019), RiskPoint(0.05, 5400, 0.047), RiskPoint(0.1, 7900, 0.096)], measured, total=9400
    )
    curve.select(0.05)
    return curve


if __name__ == "__main__":
    show_alone(sample_curve)
