"""How sure a run was against how often it was right: a point for each group of predictions, on the line all is well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.widgets.chart_colors import ChartColors
from lepton_studio.widgets.chart_style import line_pen, plot_view, show_alone
from lepton_studio.widgets.late_chart import LateChart
from lepton_studio.widgets.layouts import words
from lepton_studio.widgets.plain_text import show_tool_tip
from lepton_studio.widgets.theme import CAPTION, SPACE

_HEIGHT = 208
_POINT = 9
"""Pixels across."""
_NEAR = 14
"""Pixels: so near a point is meant."""


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """Predictions of a range of confidence (`from_` up to `to`): `said` sure on average, `right` of `n` of them were
    right, a share that lies between `low` and `high` with 95 % confidence. All but the counts are in 0..1.
    """

    from_: float
    to: float
    said: float
    right: int
    n: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """What was right of them."""
        return self.right / self.n


class ReliabilityChart(LateChart):
    """Emits `point_clicked(low, high)`, a range of confidence. Arrow keys walk over the points, Enter is a click."""

    point_clicked = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[ReliabilityPoint, ...] = ()
        self._current: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("How sure the model was, and how often it was right"))
        self.setFixedHeight(_HEIGHT)

    def show_points(self, points: Sequence[ReliabilityPoint]) -> None:
        """Show these, by rising confidence."""
        self._points, self._current = tuple(points), None
        self._tell()
        self.draw()

    @property
    def points(self) -> tuple[ReliabilityPoint, ...]:
        """What is shown."""
        return self._points

    def figures(self) -> list[dict[str, object]]:
        """What is shown, a row for each point."""
        return [
            {"from": one.from_, "to": one.to, "confidence": one.said, "right": one.right, "n": one.n}
            for one in self._points
        ]

    def place_of(self, point: ReliabilityPoint) -> QPointF:
        """Where the point is in the scene."""
        found: QPointF = self.plot_item().getViewBox().mapViewToScene(QPointF(point.said, point.share))
        return found

    def click(self, scene: QPointF) -> None:
        """Open what is behind the point at this place of the scene."""
        near = self._near(scene)
        if near is not None:
            self._point(near)
            self._emit()

    # ------------------------------------------------------------------------------------------------------- inside

    def _near(self, scene: QPointF) -> int | None:
        gaps = [((self.place_of(one) - scene).manhattanLength(), place) for place, one in enumerate(self._points)]
        gap, place = min(gaps, default=(float(_NEAR + 1), 0))
        return place if gap <= _NEAR else None

    def _emit(self) -> None:
        if self._current is not None:
            one = self._points[self._current]
            self.point_clicked.emit(one.from_, one.to)

    def _point(self, place: int | None) -> None:
        if place == self._current:
            return
        self._current = place
        self._tell()
        self.draw()

    def _tell(self) -> None:
        """Say to a screen reader what the point says that is pointed at, or what all of them do."""
        shown = self._points if self._current is None else (self._points[self._current],)
        self.setAccessibleDescription("; ".join(self._words(one) for one in shown))

    def _words(self, one: ReliabilityPoint) -> str:
        return trn(
            "{said}% confidence on average: {right} of {count} right ({share}%)",
            "{said}% confidence on average: {right} of {count:,} right ({share}%)",
            one.n,
            said=f"{100 * one.said:.0f}",
            right=f"{one.right:,}",
            share=f"{100 * one.share:.0f}",
        )

    def make(self) -> pg.PlotWidget:
        self._plot = plot_view()
        box = self._plot.getViewBox()
        box.setMouseEnabled(x=False, y=False)
        box.setDefaultPadding(0)
        self._ideal = pg.PlotDataItem([0, 1], [0, 1])
        self._spread = pg.ErrorBarItem()
        self._line = pg.PlotDataItem()
        self._dots = pg.ScatterPlotItem(size=_POINT)
        for item in (self._ideal, self._spread, self._line, self._dots):
            self._plot.addItem(item)
        self._plot.getAxis("left").setWidth(46)
        self._plot.scene().sigMouseClicked.connect(lambda click: self.click(click.scenePos()))
        self._plot.scene().sigMouseMoved.connect(self._hover)
        across = words(tr("how sure it was"), size=CAPTION, muted=True)
        across.setAlignment(Qt.AlignmentFlag.AlignRight)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(SPACE // 4)
        whole.addWidget(words(tr("How often it was right, with 95% intervals"), size=CAPTION, muted=True))
        whole.addWidget(self._plot, 1)
        whole.addWidget(across)
        return self._plot

    def _hover(self, scene: QPointF) -> None:
        near = self._near(scene)
        self._plot.setCursor(Qt.CursorShape.ArrowCursor if near is None else Qt.CursorShape.PointingHandCursor)
        if not self.hasFocus():
            self._point(near)
        if near is not None:
            where = self._plot.viewport().mapToGlobal(self._plot.mapFromScene(scene))
            show_tool_tip(self._words(self._points[near]), at=where, over=self._plot)

    def paint_plot(self, colors: ChartColors) -> None:
        least = min((min(one.said, one.low) for one in self._points), default=0.0)
        start = max(0.0, min(0.75, (int(least * 4)) / 4))
        self._plot.getViewBox().setRange(
            xRange=(start, 1 + 0.04 * (1 - start)), yRange=(start, 1 + 0.06 * (1 - start)), padding=0
        )
        step = 0.05 if start >= 0.75 else 0.1 if start >= 0.5 else 0.25
        marks = [start + step * at for at in range(round((1 - start) / step) + 1)]
        ticks = [[(one, tr("{number}%", number=round(100 * one))) for one in marks]]
        for side in ("left", "bottom"):
            self._plot.getAxis(side).setTicks(ticks)
        said, share = [one.said for one in self._points], [one.share for one in self._points]
        self._ideal.setPen(line_pen(colors.muted, style=Qt.PenStyle.DashLine))
        self._line.setData(said, share)
        self._line.setPen(line_pen(colors.right, 1.6))
        if self._points:
            self._spread.setData(
                x=np.array(said),
                y=np.array(share),
                top=np.array([max(0.0, one.high - one.share) for one in self._points]),
                bottom=np.array([max(0.0, one.share - one.low) for one in self._points]),
                beam=0.0,
                pen=line_pen(colors.right),
            )
        self._spread.setVisible(bool(self._points))
        self._dots.setData(
            said,
            share,
            brush=[colors.right if place == self._current else colors.ground for place in range(len(said))],
            pen=line_pen(colors.right, 2.0),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._points:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            last = len(self._points) - 1
            self._point(last if self._current is None else max(0, min(self._current + step, last)))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current is not None:
            self._emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current is None and self._points and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._point(len(self._points) - 1)  # where the keys are is to be seen


def sample_reliability() -> ReliabilityChart:
    """Invented numbers."""
    chart = ReliabilityChart()
    chart.show_points(
        [
            ReliabilityPoint(0.0, 0.5, 0.42, 11, 30, 0.22, 0.55),
            ReliabilityPoint(0.5, 0.7, 0.61, 16, 30, 0.36, 0.7),
            ReliabilityPoint(0.7, 0.9, 0.82, 21, 30, 0.52, 0.83),
            ReliabilityPoint(0.9, 1.0, 0.96, 27, 30, 0.74, 0.96),
        ]
    )
    return chart


if __name__ == "__main__":
    show_alone(sample_reliability)
