"""Curves of one or several runs: panels to switch, smoothing, zoom and pan, direct legends, a read-out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QAccessible, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.chart_colors import ChartColors, chart_colors
from lepton_studio.widgets.chart_style import StepAxis, dress_plot, line_pen, plot_view, show_alone
from lepton_studio.widgets.color import mixed
from lepton_studio.widgets.curve_data import CurveData, thinned
from lepton_studio.widgets.curve_set import Curve, CurveSet, Panel, Strokes
from lepton_studio.widgets.end_labels import EndLabel, EndLabels
from lepton_studio.widgets.fitting_row import FittingRow
from lepton_studio.widgets.layouts import words
from lepton_studio.widgets.segments import Segments
from lepton_studio.widgets.steady import Slider
from lepton_studio.widgets.theme import CAPTION, SPACE

REPAINT_MS = 100

_PEN_STYLES: dict[Strokes, Qt.PenStyle] = {
    "dashed": Qt.PenStyle.DashLine,
    "dash-dotted": Qt.PenStyle.DashDotDotLine,
}


class CurvePlot(QWidget):
    """Feed it with `append` or `extend` as often as you like; it repaints from a timer, ten times a second at most."""

    accessible_role = QAccessible.Role.Chart

    def __init__(self, panels: Sequence[Panel], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._set = CurveSet(panels)
        self._lines: dict[tuple[int, str, bool], pg.PlotDataItem] = {}
        self._pointed: float | None = None
        self._follows = True
        self._drawing = False
        self._colors: ChartColors = chart_colors(self.palette())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Curves"))
        self.setMinimumHeight(140)
        self._timer = QTimer(self, interval=REPAINT_MS, singleShot=True)
        self._timer.timeout.connect(self.repaint_now)
        self._is_made = False

    # ------------------------------------------------------------------ what is shown

    def add_run(self, number: int, title: str) -> None:
        """Show a run's curves (again); its colour goes with its number."""
        self._set.runs[number] = title
        self._paint_soon()

    def remove_run(self, number: int, *, forget: bool = True) -> None:
        """Take a run's curves away; `forget` its points too."""
        self._set.runs.pop(number, None)
        for key in [key for key in self._lines if key[0] == number]:
            self._plot.removeItem(self._lines.pop(key))  # lines are there only where the plot is
        if forget:
            self._set.forget(number)
        self._paint_soon()

    def shown_runs(self) -> tuple[int, ...]:
        """The numbers of the runs on the plot."""
        return tuple(self._set.runs)

    def append(self, run: int, name: str, step: float, value: float | None) -> None:
        """Add one point; None stands for a value that was not a number."""
        self.points(run, name).append(step, value)
        self._paint_soon()

    def extend(self, run: int, name: str, steps: Iterable[float], values: Iterable[float | None]) -> None:
        """Add many points, ascending by step."""
        self._set.extend(run, name, steps, values)
        self._paint_soon()

    def points(self, run: int, name: str) -> CurveData:
        """The points of one curve, empty where none came yet."""
        return self._set.points(run, name)

    def panel(self) -> str:
        """The id of the panel in view."""
        return self._set.panel.id

    def show_panel(self, panel: str) -> None:
        """Switch to another panel, at its full extent."""
        self._make()
        self._switch.choose(panel)
        self._set.panel = self._set.panels[panel]
        for line in self._lines.values():
            self._plot.removeItem(line)
        self._lines.clear()
        self.reset_view()

    def smoothing(self) -> float:
        """The weight of the past in the smoothed curves, 0..0.99."""
        self._make()
        return float(self._slider.value()) / 100

    def set_smoothing(self, smoothing: float) -> None:
        """Move the slider."""
        self._make()
        self._slider.setValue(round(smoothing * 100))

    def reset_view(self) -> None:
        """See everything again, and follow new points."""
        self._follows = True
        self.repaint_now()

    def legend(self) -> tuple[EndLabel, ...]:
        """The labels at the lines' ends: the last values, or those under the read-out."""
        self._make()
        return self._ends.labels()

    def figures(self) -> list[dict[str, object]]:
        """The points of the panel in view, as they came, a row for each; a value that was no number is None."""
        return self._set.figures()

    def plot_item(self) -> pg.PlotWidget:
        """The pyqtgraph view."""
        self._make()
        return self._plot

    # ------------------------------------------------------------------ read-out

    def point_at(self, step: float | None) -> None:
        """Read the values at this step out in the legend; None goes back to the last ones."""
        self._make()
        self._pointed = step
        self._hair.setVisible(step is not None)
        if step is not None:
            self._hair.setPos(step)
        self._label_ends()

    def _mouse_moved(self, position: QPointF) -> None:
        box = self._plot.getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self.point_at(self._set.nearest_step(box.mapSceneToView(position).x()) if inside else None)

    def _move_pointer(self, by: int) -> None:
        step = self._set.step_beside(self._pointed, by)
        if step is not None:
            self.point_at(step)

    # ------------------------------------------------------------------ painting

    def repaint_now(self) -> None:
        """Bring the plot up to date; the timer calls it after points came."""
        self._timer.stop()
        if not self.isVisible():
            return
        self._make()
        self._empty.setVisible(not self._set.drawn())
        self._drawing = True
        if self._follows:
            self._show_all()
        self._drawing = False
        self._draw_lines()

    def _draw_lines(self) -> None:
        if self._drawing:
            return
        smoothing, box = self.smoothing(), self._plot.getViewBox()
        (low, high), _ = box.viewRange()
        pixels = round(box.width())
        for one in self._set.drawn():
            run, curve, data = one.run, one.curve, one.data
            if one.smoothing(smoothing):
                seen = thinned(data.x, data.y, low=low, high=high, pixels=pixels)
                self._line(run, curve, faint=True).setData(*seen)
            elif (run, curve.name, True) in self._lines:
                self._plot.removeItem(self._lines.pop((run, curve.name, True)))
            seen = thinned(data.x, one.values(smoothing), low=low, high=high, pixels=pixels)
            self._line(run, curve, faint=False).setData(*seen)
        self._label_ends()

    def _paint_soon(self) -> None:
        if self._is_made and not self._timer.isActive() and self.isVisible():
            self._timer.start()

    def _line(self, run: int, curve: Curve, *, faint: bool) -> pg.PlotDataItem:
        key = (run, curve.name, faint)
        if key not in self._lines:
            line = pg.PlotDataItem(connect="finite")
            if curve.strokes == "line":  # Qt strokes one long path some ten times slower than its segments
                line.curve.setSegmentedLineMode("on")
            line.setZValue(0 if faint else 1)
            self._lines[key] = line
            self._plot.addItem(line)
            self._dress_line(run, curve, line, faint=faint)
        return self._lines[key]

    def _dress_line(self, run: int, curve: Curve, line: pg.PlotDataItem, *, faint: bool) -> None:
        color = self._colors.run(run)
        if faint:  # mixed, not translucent: segments that overlap would add up
            color = mixed(color, self._colors.ground, 0.32)
        width = 1.0 if faint else 2.0 if curve.strokes == "dotted" else 1.6
        line.setPen(line_pen(color, width, style=_PEN_STYLES.get(curve.strokes, Qt.PenStyle.SolidLine)))
        marked = curve.strokes != "line"
        line.setSymbol("o" if marked else None)
        line.setSymbolSize(6 if curve.strokes == "dotted" else 4)
        line.setSymbolBrush(color)
        line.setSymbolPen(None)

    def _show_all(self) -> None:
        steps, values = self._set.extent(self.smoothing())
        self._plot.getViewBox().setRange(xRange=steps, yRange=values, padding=0)

    def _label_ends(self) -> None:
        box = self._plot.getViewBox()
        (_, right), _ = box.viewRange()
        labels = []
        for end in self._set.ends(right, pointed=self._pointed, smoothing=self.smoothing()):
            y = self._plot.mapFromScene(box.mapViewToScene(QPointF(0, end.height))).y()
            labels.append(EndLabel(float(y), end.title, end.value, self._colors.run(end.drawn.run)))
        foot = tr("step") if self._pointed is None else tr("step {step}", step=f"{round(self._pointed):,}")
        foot = foot if labels else ""
        self._ends.show_labels(labels, foot=foot)
        words = ", ".join(f"{label.text} {label.value}" for label in labels)
        self.setAccessibleDescription(f"{self._set.panel.title}: {words}. {foot}")

    def _take_colors(self) -> None:
        self._colors = chart_colors(self.palette())
        dress_plot(self._plot, self._colors)
        self._plot.getPlotItem().showGrid(x=False, y=True, alpha=0.16)
        self._hair.setPen(line_pen(self._colors.muted))
        for (run, name, faint), line in self._lines.items():
            curve = next(curve for curve in self._set.panel.curves if curve.name == name)
            self._dress_line(run, curve, line, faint=faint)
        self._paint_soon()

    # ------------------------------------------------------------------ Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._move_pointer(-1 if key == Qt.Key.Key_Left else 1)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._follows = False
            self._plot.getViewBox().scaleBy((1.25, 1) if key == Qt.Key.Key_Minus else (0.8, 1))
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Escape) and (self._pointed is not None or not self._follows):
            self.point_at(None)
            self.reset_view()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_made:
            self._paint_soon()
        else:  # a plot takes some 30 ms to make: the page is painted first
            QTimer.singleShot(0, self, self.repaint_now)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "_is_made", False):
            self._take_colors()

    def leaveEvent(self, event: QEvent) -> None:
        if self._is_made:
            self.point_at(None)
        super().leaveEvent(event)

    def _make(self) -> None:
        """Make the parts, once."""
        if not self._is_made:
            self._make_parts()
            self._is_made = True
            self._take_colors()

    def _make_parts(self) -> None:
        titles = [(panel.id, panel.title) for panel in self._set.panels.values()]
        self._switch = Segments(titles, name=tr("What the curves show"))
        self._switch.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._switch.chosen.connect(self.show_panel)
        self._slider = Slider()
        self._slider.setRange(0, 99)
        self._slider.setValue(90)
        self._slider.setAccessibleName(tr("Smoothing of the curves"))
        self._slider.setFixedWidth(110)
        self._slider.valueChanged.connect(lambda _value: self.reset_view() if self._follows else self.repaint_now())
        caption = words(tr("Smoothing"), size=CAPTION, muted=True)
        caption.setBuddy(self._slider)
        self._plot = plot_view(axisItems={"bottom": StepAxis("bottom")})
        box = self._plot.getViewBox()
        box.setDefaultPadding(0)
        box.sigRangeChangedManually.connect(self._stop_following)
        box.sigRangeChanged.connect(lambda *_: self._draw_lines())
        box.sigResized.connect(lambda *_: self._draw_lines())
        self._plot.scene().sigMouseMoved.connect(self._mouse_moved)
        self._plot.scene().sigMouseClicked.connect(lambda click: self.reset_view() if click.double() else None)
        self._plot.getAxis("left").setWidth(46)
        self._hair = pg.InfiniteLine(angle=90, movable=False)
        self._hair.setVisible(False)
        self._plot.addItem(self._hair, ignoreBounds=True)
        self._ends = EndLabels()
        self._empty = words(tr("Curves appear here once a run takes steps."), size=CAPTION, muted=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        top = FittingRow(self._switch, None, caption, self._slider, optional=[caption, self._slider])
        middle = QGridLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self._plot, 0, 0)
        middle.addWidget(self._empty, 0, 0)
        middle.addWidget(self._ends, 0, 1)
        middle.setColumnStretch(0, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(SPACE)
        whole.addWidget(top)
        whole.addLayout(middle, 1)

    def _stop_following(self) -> None:
        self._follows = False


def sample_plot() -> CurvePlot:
    """Two runs of invented numbers."""
    plot = CurvePlot(
        [
            Panel("loss", "Loss", (Curve("train", "training", smooth=True), Curve("valid", "validation", "dotted"))),
            Panel("scores", "Scores", (Curve("f1", "macro-F1", "dotted"),), show=lambda value: f"{value:.1%}"),
        ]
    )
    noise = np.random.default_rng(1)
    for run, speed in ((1, 300.0), (2, 180.0)):
        plot.add_run(run, f"run {run}")
        steps = np.arange(1, 1500)
        plot.extend(run, "train", steps, 1.8 * np.exp(-steps / speed) + 0.2 + noise.normal(0, 0.12, len(steps)))
        few = np.arange(0, 1501, 250)
        plot.extend(run, "valid", few, 1.8 * np.exp(-few / speed) + 0.3)
        plot.extend(run, "f1", few, 0.93 - 0.4 * np.exp(-few / speed))
    return plot


if __name__ == "__main__":
    show_alone(sample_plot)
