"""A chart that is made once it is shown: what it lies on is painted first."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QAccessible, QShowEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.widgets.chart_colors import ChartColors, chart_colors
from lepton_studio.widgets.chart_style import dress_plot


class LateChart(QWidget):
    """Who derives from it says how the plot is made and drawn, and calls `draw` where what is shown has changed."""

    accessible_role = QAccessible.Role.Chart

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._late_plot: pg.PlotWidget | None = None

    def make(self) -> pg.PlotWidget:
        """Make the parts and lay them out; called once. A plot takes some 30 ms to make."""
        raise NotImplementedError

    def paint_plot(self, colors: ChartColors) -> None:
        """Show what there is to show on the plot that `make` made; its ground and axes are dressed."""
        raise NotImplementedError

    def plot_item(self) -> pg.PlotWidget:
        """The pyqtgraph view."""
        if self._late_plot is None:
            self._late_plot = self.make()
            self.draw()
        return self._late_plot

    def draw(self) -> None:
        """Draw anew, where it is made already."""
        if self._late_plot is not None:
            colors = chart_colors(self.palette())
            dress_plot(self._late_plot, colors)
            self.paint_plot(colors)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "_late_plot", None) is not None:
            self.draw()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self.plot_item)
