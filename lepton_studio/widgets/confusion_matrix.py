"""Which labels the model takes for which: a heat map with counts. Each cell is a door to its samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QColor, QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr, trn
from lepton_studio.widgets.chart_colors import ChartColors, chart_colors
from lepton_studio.widgets.chart_style import line_pen, plot_view, show_alone
from lepton_studio.widgets.color import ink_on, mixed
from lepton_studio.widgets.name_axis import NameAxis
from lepton_studio.widgets.plain_text import PlainLabel, show_tool_tip
from lepton_studio.widgets.theme import CAPTION, set_type, text_font

_CAPTION_ROOM = 18
_LARGEST_CELL = 72.0
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionMatrix(QWidget):
    """Rows are the labels given by people, columns the predictions. Emits `cell_clicked(row, column)`.

    A row's colours are shares of that row: the diagonal in the accent colour, errors in a warm one. The wheel zooms, a
    drag pans, a double click shows all; arrow keys walk over the cells, Enter is a click, + and - zoom.
    """

    accessible_role = QAccessible.Role.Chart

    cell_clicked = Signal(int, int)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._cell: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Confusion matrix"))
        self._down, self._across = NameAxis("left"), NameAxis("bottom")
        self._plot = plot_view(parent=self, axisItems={"left": self._down, "bottom": self._across})
        self._plot.getPlotItem().layout.setContentsMargins(0, 0, 0, 0)
        box = self._plot.getViewBox()
        box.invertY(True)
        box.setDefaultPadding(0)
        self._cells = _Cells()
        self._plot.addItem(self._cells)
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        self._plot.scene().sigMouseMoved.connect(self._hover)
        self._caption = PlainLabel(parent=self)
        set_type(self._caption, CAPTION, muted=True)

    def show_matrix(self, names: Sequence[str], matrix: Sequence[Sequence[int]]) -> None:
        """Show counts: `matrix[row][column]` samples labelled `names[row]` were predicted as `names[column]`."""
        self._names, self._cell = tuple(names), None
        self._cells.counts = np.array(matrix, dtype=np.int64).reshape(len(names), len(names))
        self._down.show_names(names)
        self._across.show_names(names)
        for axis in (self._down, self._across):
            axis.mark(None)
        self._tell()
        self._take_colors()
        self._arrange()
        self.reset_view()

    def reset_view(self) -> None:
        """See all cells."""
        size = max(1, len(self._names))
        box = self._plot.getViewBox()
        few = min(size, 4)
        box.setLimits(xMin=0, xMax=size, yMin=0, yMax=size, minXRange=few, minYRange=few)
        box.setRange(xRange=(0, size), yRange=(0, size), padding=0)

    def current_cell(self) -> tuple[int, int] | None:
        """(row, column) that the keys or the mouse point at."""
        return self._cell

    def cell_at(self, position: QPointF) -> tuple[int, int] | None:
        """(row, column) at a place of this widget; None beside the cells."""
        return self._cell_in_scene(self._plot.mapToScene(self._plot.mapFrom(self, position.toPoint())))

    def center_of(self, row: int, column: int) -> QPointF:
        """The middle of a cell, in this widget's coordinates."""
        scene = self._plot.getViewBox().mapViewToScene(QPointF(column + 0.5, row + 0.5))
        return QPointF(self._plot.mapTo(self, self._plot.mapFromScene(scene)))

    def figures(self) -> list[dict[str, object]]:
        """What is shown, a row for each label that people gave."""
        return [
            {"label": name, **dict(zip(self._names, map(int, line), strict=True))}
            for name, line in zip(self._names, self._cells.counts, strict=True)
        ]

    def view(self) -> pg.PlotWidget:
        """The pyqtgraph view."""
        return self._plot

    def point_at(self, cell: tuple[int, int] | None) -> None:
        """Outline a cell and say what it counts."""
        self._cell = self._cells.current = cell
        self._cells.update()
        self._down.mark(None if cell is None else cell[0])
        self._across.mark(None if cell is None else cell[1])
        self._tell()
        self._show_caption()

    def _tell(self) -> None:
        """Say to a screen reader what the cell counts, or how many are right in all."""
        counts = self._cells.counts
        everything = (
            trn("{count} label", "{count} labels", len(counts))
            + "; "
            + tr("{right} of {count} right", right=f"{int(np.trace(counts)):,}", count=f"{int(counts.sum()):,}")
        )
        self.setAccessibleDescription(everything if self._cell is None else self.words(*self._cell).replace("\n", ", "))

    def words(self, row: int, column: int) -> str:
        """What a cell says, in three lines."""
        count, total = int(self._cells.counts[row, column]), int(self._cells.counts[row].sum())
        share = tr("{number}%", number=f"{count / total * 100 if total else 0:.0f}")
        return tr(
            "Label: {label}\nPrediction: {prediction}\n{count} of {total} ({share})",
            label=self._names[row],
            prediction=self._names[column],
            count=f"{count:,}",
            total=f"{total:,}",
            share=share,
        )

    # ------------------------------------------------------------------ mouse and keys

    def _cell_in_scene(self, scene: QPointF) -> tuple[int, int] | None:
        box = self._plot.getViewBox()
        if not self._names or not box.sceneBoundingRect().contains(scene):
            return None
        place = box.mapSceneToView(scene)
        row, column = int(np.floor(place.y())), int(np.floor(place.x()))
        inside = 0 <= row < len(self._names) and 0 <= column < len(self._names)
        return (row, column) if inside else None

    def _clicked(self, click: pg.GraphicsScene.mouseEvents.MouseClickEvent) -> None:
        cell = self._cell_in_scene(click.scenePos())
        if click.double():
            self.reset_view()
        elif cell is not None and click.button() == Qt.MouseButton.LeftButton:
            self.point_at(cell)
            self.cell_clicked.emit(*cell)

    def _hover(self, scene: QPointF) -> None:
        cell = self._cell_in_scene(scene)
        self._plot.setCursor(Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.PointingHandCursor)
        if cell is not None:
            self.point_at(cell)
            where = self._plot.viewport().mapToGlobal(self._plot.mapFromScene(scene))
            show_tool_tip(self.words(*cell), at=where, over=self._plot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, size = Qt.Key(event.key()), len(self._names)
        if key in _ARROWS and size:
            row, column = self._cell or (0, 0)
            by = _ARROWS[key] if self._cell else (0, 0)
            self.point_at((min(max(row + by[0], 0), size - 1), min(max(column + by[1], 0), size - 1)))
            self._bring_into_view()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._cell is not None:
            self.cell_clicked.emit(*self._cell)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            factor = 1.25 if key == Qt.Key.Key_Minus else 0.8
            around = None if self._cell is None else QPointF(self._cell[1] + 0.5, self._cell[0] + 0.5)
            self._plot.getViewBox().scaleBy((factor, factor), center=around)
        elif key == Qt.Key.Key_0:
            self.reset_view()
        else:
            super().keyPressEvent(event)

    def _bring_into_view(self) -> None:
        assert self._cell is not None
        box = self._plot.getViewBox()
        for axis, at in ((0, self._cell[1]), (1, self._cell[0])):
            low, high = box.viewRange()[axis]
            shift = min(0.0, at - low) or max(0.0, at + 1 - high)
            if shift:
                box.translateBy(**{"xy"[axis]: shift})

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._cell is None and self._names and event.reason() != Qt.FocusReason.MouseFocusReason:
            self.point_at(self._worst_cell())

    def _worst_cell(self) -> tuple[int, int]:
        errors = self._cells.counts.copy()
        np.fill_diagonal(errors, -1)
        row, column = np.unravel_index(int(errors.argmax()), errors.shape)
        return int(row), int(column)

    # ------------------------------------------------------------------ size and colours

    def sizeHint(self) -> QSize:
        return QSize(460, 460)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 240)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Square cells, as large as there is room for; the names beside them."""
        size = max(1, len(self._names))
        longest = max(48.0, min(150.0, 0.3 * min(self.width(), self.height())))
        self._down.shorten(longest)
        self._across.shorten(longest)
        left = self._down.room(0)
        below = self._across.room(0)
        for _ in range(2):
            cell = min(
                (self.width() - left - 2) / size, (self.height() - below - _CAPTION_ROOM - 2) / size, _LARGEST_CELL
            )
            below = self._across.room(cell)
        self._down.fit(cell)
        self._across.fit(cell)
        side = max(40.0, cell * size)
        self._plot.setGeometry(0, _CAPTION_ROOM, round(left + side + 2), round(side + below + 2))
        self._caption.setGeometry(round(left), 0, max(10, self.width() - round(left)), _CAPTION_ROOM)
        self._show_caption()

    def _show_caption(self) -> None:
        words = tr("label \N{DOWNWARDS ARROW}   prediction \N{RIGHTWARDS ARROW}")
        if self._cell is not None:
            words = "  ·  ".join(self.words(*self._cell).split("\n"))
        fitted = QFontMetricsF(self._caption.font()).elidedText(
            words, Qt.TextElideMode.ElideRight, self._caption.width()
        )
        self._caption.setText(fitted)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_caption"):
            self._take_colors()

    def _take_colors(self) -> None:
        colors = chart_colors(self.palette())
        self._plot.setBackground(colors.ground)
        for axis in (self._down, self._across):
            axis.take_colors(text=colors.muted, strong=colors.text)
        self._cells.take_colors(colors)


class _Cells(pg.GraphicsObject):  # type: ignore[misc] # pyqtgraph is untyped
    """The cells as an image with counts on top, where they fit; cell (row, column) covers x column..+1, y row..+1."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)
        self.current: tuple[int, int] | None = None
        self._colors: ChartColors | None = None
        self._fills: list[list[QColor]] = []

    def take_colors(self, colors: ChartColors) -> None:
        self._colors = colors
        totals = self.counts.sum(axis=1, keepdims=True)
        # The square root lets a single error among a hundred still be seen.
        shares = np.sqrt(self.counts / np.maximum(totals, 1))
        empty = mixed(colors.text, colors.ground, 0.035)
        self._fills = [
            [
                mixed(colors.right if row == column else colors.wrong, empty, float(share)) if share else empty
                for column, share in enumerate(line)
            ]
            for row, line in enumerate(shares)
        ]
        self.prepareGeometryChange()
        self.informViewBoundsChanged()
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(0, 0, self.counts.shape[1], self.counts.shape[0])

    def paint(self, painter: QPainter, *_: object) -> None:
        if self._colors is None or not self._fills:
            return
        seen = self.viewRect().intersected(self.boundingRect())
        to_pixels = painter.transform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        font = text_font(CAPTION, tabular=True)
        small = text_font(CAPTION - 2, tabular=True)
        metrics = QFontMetricsF(font)
        size = to_pixels.mapRect(QRectF(0, 0, 1, 1)).width()
        gap = 1 if size >= 6 else 0
        for row in range(int(seen.top()), min(len(self._fills), int(np.ceil(seen.bottom())))):
            for column in range(int(seen.left()), min(len(self._fills), int(np.ceil(seen.right())))):
                # Rounded on both sides, so that neighbours meet without seams.
                box = QRectF(to_pixels.mapRect(QRectF(column, row, 1, 1)).toRect()).adjusted(0, 0, -gap, -gap)
                fill = self._fills[row][column]
                painter.fillRect(box, fill)
                count = int(self.counts[row, column])
                if count and size >= 18:
                    text = f"{count}"
                    fits = metrics.horizontalAdvance(text) <= size - 3
                    if fits or metrics.horizontalAdvance(text) * 0.8 <= size:
                        painter.setFont(font if fits else small)
                        painter.setPen(ink_on(fill))
                        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        if self.current is not None:
            painter.setPen(line_pen(self._colors.text, 2))
            row, column = self.current
            painter.drawRect(to_pixels.mapRect(QRectF(column, row, 1, 1)).adjusted(0, 0, -gap, -gap))
        painter.restore()


def sample_matrix(size: int = 6) -> ConfusionMatrix:
    """Invented labels and counts."""
    names = [
        "card stuck",
        "lost card",
        "refund",
        "top-up failed",
        "a label with quite a long name indeed",
        "信用卡丢失",
    ]
    while len(names) < size:
        names.append(f"{names[len(names) % 6]} {len(names)}")
    numbers = np.random.default_rng(3)
    counts = numbers.poisson(0.25 if size > 20 else 1.2, (size, size))
    counts[np.diag_indices(size)] = numbers.integers(20, 130, size)
    matrix = ConfusionMatrix()
    matrix.show_matrix(names[:size], counts.tolist())
    return matrix


if __name__ == "__main__":
    show_alone(sample_matrix)
