"""Right and wrong predictions stacked by a share (how sure the model was). Each part of a bar is a door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QFocusEvent, QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lepton_studio.language import tr, trn
from lepton_studio.widgets.chart_colors import ChartColors, chart_colors
from lepton_studio.widgets.chart_style import StepAxis, dress_plot, line_pen, plot_view, show_alone
from lepton_studio.widgets.color import mixed
from lepton_studio.widgets.layouts import words
from lepton_studio.widgets.plain_text import filled, show_tool_tip
from lepton_studio.widgets.theme import CAPTION, SPACE

_PARTS: tuple[bool | None, ...] = (True, False, None)


@dataclass(frozen=True, slots=True)
class Bin:
    """Shares from `low` up to `high` (1.0 belongs to the last bin)."""

    low: float
    high: float
    right: int
    wrong: int


class Histogram(QWidget):
    """Emits `bin_clicked(low, high, correct)`: correct True or False for a part, None for the space above a bar.

    Arrow keys walk over the bins (left, right) and their parts (up, down), Enter is a click. `says(low, high)` words a
    range of per cent.
    """

    accessible_role = QAccessible.Role.Chart

    bin_clicked = Signal(float, float, object)

    def __init__(
        self,
        bins: Sequence[Bin] = (),
        *,
        says: Callable[[int, int], str],
        name: str,
        title: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._says = says
        self._title = title
        self._is_made = False
        self._bins: tuple[Bin, ...] = ()
        self._current: tuple[int, bool | None] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.show_bins(bins)

    def _make(self) -> None:
        """Make the parts, once."""
        if self._is_made:
            return
        self._is_made = True
        self._plot = plot_view(axisItems={"left": StepAxis("left")})
        box = self._plot.getViewBox()
        box.setMouseEnabled(x=False, y=False)
        box.setDefaultPadding(0)
        self._bars = _Bars()
        self._plot.addItem(self._bars)
        self._plot.getAxis("left").setWidth(46)
        self._plot.getAxis("bottom").setTicks([[(share / 4, tr("{number}%", number=share * 25)) for share in range(5)]])
        self._plot.scene().sigMouseClicked.connect(lambda click: self._click(click.scenePos()))
        self._plot.scene().sigMouseMoved.connect(self._hover)
        self._key = words(size=CAPTION)
        heading = words(self._title, bold=True)
        if not self._title:
            heading.hide()
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self._key)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(SPACE // 2)
        whole.addLayout(top)
        whole.addWidget(self._plot, 1)
        self._draw()

    def show_bins(self, bins: Sequence[Bin]) -> None:
        """Show these bins, ascending and side by side."""
        self._bins, self._current = tuple(bins), None
        self._tell()
        if self._is_made:
            self._draw()

    def _draw(self) -> None:
        bins = self._bars.bins = self._bins
        tallest = max([1, *(one.right + one.wrong for one in bins)])
        low, high = (bins[0].low, bins[-1].high) if bins else (0.0, 1.0)
        self._plot.getViewBox().setRange(xRange=(low, high), yRange=(0, tallest * 1.05), padding=0)
        self._take_colors()

    def bins(self) -> tuple[Bin, ...]:
        """What is shown."""
        return self._bins

    def figures(self) -> list[dict[str, object]]:
        """What is shown, a row for each bar."""
        return [{"from": one.low, "to": one.high, "right": one.right, "wrong": one.wrong} for one in self._bins]

    def plot_item(self) -> pg.PlotWidget:
        """The pyqtgraph view."""
        self._make()
        return self._plot

    def part_at(self, position: QPointF) -> tuple[int, bool | None] | None:
        """(bin, part) at `position` in chart coordinates (confidence, count); None where nothing is counted."""
        for index, one in enumerate(self._bins):
            last = index == len(self._bins) - 1
            if not one.right + one.wrong or not (one.low <= position.x() < one.high or (last and position.x() == 1)):
                continue
            if position.y() < 0:
                return None
            if position.y() < one.right:
                return index, True
            return index, (False if position.y() < one.right + one.wrong else None)
        return None

    def _click(self, scene: QPointF) -> None:
        box = self._plot.getViewBox()
        if box.sceneBoundingRect().contains(scene):
            self._emit(self.part_at(box.mapSceneToView(scene)))

    def _hover(self, scene: QPointF) -> None:
        box = self._plot.getViewBox()
        found = self.part_at(box.mapSceneToView(scene)) if box.sceneBoundingRect().contains(scene) else None
        self._plot.setCursor(Qt.CursorShape.ArrowCursor if found is None else Qt.CursorShape.PointingHandCursor)
        if found != self._current and not self.hasFocus():
            self._point(found)
        if found is not None:
            where = self._plot.viewport().mapToGlobal(self._plot.mapFromScene(scene))
            show_tool_tip(self._words(found), at=where, over=self._plot)

    def _emit(self, part: tuple[int, bool | None] | None) -> None:
        if part is not None:
            self._point(part)
            one = self._bins[part[0]]
            self.bin_clicked.emit(one.low, one.high, part[1])

    def _point(self, part: tuple[int, bool | None] | None) -> None:
        self._make()
        self._current = part
        self._bars.current = part
        self._bars.update()
        self._tell()

    def _tell(self) -> None:
        """Say to a screen reader what the bar counts that is pointed at, or what all of them do."""
        parts = [(place, None) for place in range(len(self._bins))] if self._current is None else [self._current]
        self.setAccessibleDescription("; ".join(self._words(part) for part in parts))

    def _words(self, part: tuple[int, bool | None]) -> str:
        one = self._bins[part[0]]
        span = self._says(round(one.low * 100), round(one.high * 100))
        if part[1] is None:
            return trn("{count} prediction, {range}", "{count} predictions, {range}", one.right + one.wrong, range=span)
        if part[1]:
            return tr("{count} right, {range}", count=f"{one.right:,}", range=span)
        return tr("{count} wrong, {range}", count=f"{one.wrong:,}", range=span)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        filled = [index for index, one in enumerate(self._bins) if one.right + one.wrong]
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current is not None:
            self._emit(self._current)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and filled:
            index, part = self._current or (filled[-1], None)
            place = filled.index(index) + (1 if key == Qt.Key.Key_Right else -1) if self._current else len(filled) - 1
            self._point((filled[max(0, min(place, len(filled) - 1))], part))
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and filled:
            index, part = self._current or (filled[-1], None)
            place = _PARTS.index(part) + (1 if key == Qt.Key.Key_Up else -1)
            self._point((index, _PARTS[max(0, min(place, 2))]))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        filled = [index for index, one in enumerate(self._bins) if one.right + one.wrong]
        if self._current is None and filled and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._point((filled[-1], None))

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._point(None)
        super().leaveEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and getattr(self, "_is_made", False):
            self._take_colors()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._make)  # a plot takes some 30 ms to make: the page is painted first

    def _take_colors(self) -> None:
        colors = chart_colors(self.palette())
        dress_plot(self._plot, colors)
        self._bars.colors = colors
        self._bars.changed()
        right, wrong = sum(one.right for one in self._bins), sum(one.wrong for one in self._bins)
        self._key.set_markup(
            filled(
                "<span style='color:{green}'>■</span> {right}&nbsp;&nbsp; <span style='color:{red}'>■</span> {wrong}",
                green=colors.right.name(),
                red=colors.wrong.name(),
                right=tr("{count} right", count=f"{right:,}"),
                wrong=tr("{count} wrong", count=f"{wrong:,}"),
            )
        )


class _Bars(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph is untyped
    """Draws the bins; one unit is one prediction."""

    def __init__(self) -> None:
        super().__init__()
        self.bins: tuple[Bin, ...] = ()
        self.current: tuple[int, bool | None] | None = None
        self.colors: ChartColors | None = None

    def changed(self) -> None:
        self.prepareGeometryChange()
        self.informViewBoundsChanged()
        self.update()

    def boundingRect(self) -> QRectF:
        tallest = max([1, *(one.right + one.wrong for one in self.bins)])
        return QRectF(0, 0, 1, tallest * 1.1)

    def paint(self, painter: QPainter, *_: object) -> None:
        if self.colors is None:
            return
        pixel = self.pixelVectors()[0]
        gap = pixel.x() if pixel is not None else 0.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for index, one in enumerate(self.bins):
            left, wide = one.low + gap, one.high - one.low - 2 * gap
            for correct, bottom, count in ((True, 0, one.right), (False, one.right, one.wrong)):
                color = self.colors.right if correct else self.colors.wrong
                if self.current is not None and self.current[0] == index and self.current[1] in (correct, None):
                    color = mixed(self.colors.text, color, 0.35)
                if count:
                    painter.fillRect(QRectF(left, bottom, wide, count), color)
        painter.setPen(line_pen(self.colors.line))


def sample_histogram() -> Histogram:
    """Twenty bins of invented numbers."""
    bins = [Bin(n / 20, (n + 1) / 20, n * n // 2, max(0, 60 - abs(n - 11) * 9)) for n in range(20)]
    return Histogram(bins, says="{} to {} % sure".format, name="Confidence of the predictions")


if __name__ == "__main__":
    show_alone(sample_histogram)
