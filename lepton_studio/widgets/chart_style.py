"""pyqtgraph set up once for the charts of this app. Importing it takes half a second: never at start-up."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from lepton_studio.widgets.chart_colors import ChartColors
from lepton_studio.widgets.theme import CAPTION, apply_theme, text_font

pg.setConfigOptions(antialias=True, useOpenGL=False, exitCleanup=False)


def plot_view(**parts: object) -> pg.PlotWidget:
    """A bare plot: no menu, no buttons, no frame; the wheel zooms, a drag pans. `parts` go to `pg.PlotWidget`."""
    plot = pg.PlotWidget(enableMenu=False, **parts)  # at once: to make the menu takes longer than the rest
    # WORKAROUND pyqtgraph 0.14 makes this menu without a parent, even for a plot without menus: it outlives the plot.
    plot.getPlotItem().ctrlMenu.setParent(plot, Qt.WindowType.Popup)
    plot.setFrameShape(QFrame.Shape.NoFrame)
    plot.hideButtons()
    for part in (plot, plot.viewport()):  # the widget around it has the keys
        part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return plot


class StepAxis(pg.AxisItem):  # type: ignore[misc] # pyqtgraph is untyped
    """An axis of whole numbers: no tick stands between two steps."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        spacings: list[tuple[float, float]] = super().tickSpacing(minVal, maxVal, size)
        return [(spacing, offset) for spacing, offset in spacings if spacing >= 1] or [(1.0, 0.0)]


def dress_plot(plot: pg.PlotWidget, colors: ChartColors) -> None:
    """Paint ground and axes in `colors`: hair-thin lines, quiet numbers."""
    plot.setBackground(colors.ground)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(line_pen(colors.line))
        axis.setTextPen(line_pen(colors.muted))
        axis.setTickFont(text_font(CAPTION, tabular=True))
        axis.setStyle(tickLength=0, tickTextOffset=6)


def line_pen(color: QColor, width: float = 1.0, *, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen whose width is in pixels at any zoom."""
    pen = QPen(color, width, style)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def show_alone(make: Callable[[], QWidget]) -> None:
    """Show one chart in a window of its own: `python -m lepton_studio.widgets.NAME`."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([])
    apply_theme(app)
    shown = make()
    shown.resize(760, 520)
    shown.show()
    app.exec()
