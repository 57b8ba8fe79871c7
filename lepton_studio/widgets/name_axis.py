"""An axis of names, one a cell: written upright or turned, elided, thinned out where there is no room."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from lepton_studio.widgets.theme import CAPTION, text_font

_GAP = 6


class NameAxis(pg.AxisItem):  # type: ignore[misc] # pyqtgraph is untyped
    """Cell n lies between n and n + 1. "left" writes the names across, "bottom" turned where they do not fit across."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self._names: tuple[str, ...] = ()
        self._text = QColor()
        self._strong = QColor()
        self._marked: int | None = None
        self._longest = 150.0
        self._font = text_font(CAPTION)

    def show_names(self, names: Sequence[str]) -> None:
        """Write these names."""
        self._names = tuple(names)
        self.fit(0)

    def take_colors(self, *, text: QColor, strong: QColor) -> None:
        """`strong` is for the name of the marked cell."""
        self._text, self._strong = text, strong
        self.update()

    def mark(self, cell: int | None) -> None:
        """Make one name stand out."""
        if cell != self._marked:
            self._marked = cell
            self.update()

    def shorten(self, longest: float) -> None:
        """Cut names off after so many pixels."""
        self._longest = longest

    def room(self, cell_width: float) -> float:
        """The pixels this axis needs beside cells of this width (only "bottom" depends on it)."""
        widest = self._widest()
        if self.orientation == "bottom" and widest + 8 <= cell_width:
            return QFontMetricsF(self._font).height() + _GAP + 4
        return min(widest, self._longest) + _GAP + 4

    def fit(self, cell_width: float) -> None:
        """Take the room that the names need."""
        if self.orientation == "left":
            self.setWidth(self.room(cell_width))
        else:
            self.setHeight(self.room(cell_width))

    def paint(self, painter: QPainter, *_: object) -> None:
        view = self.linkedView()
        if view is None or not self._names:
            return
        painter.setFont(self._font)
        box = self.mapRectFromParent(self.geometry())
        across = self.orientation == "bottom"
        low, high = view.viewRange()[0 if across else 1]
        size = (box.width() if across else box.height()) / (high - low)
        height = QFontMetricsF(self._font).height()
        upright = across and self._widest() + 8 <= size
        for cell, middle in self._written(low, high, size=size, needs=size if upright else height):
            painter.setPen(self._strong if cell == self._marked else self._text)
            if upright:
                self._write(painter, QRectF(box.left() + middle - size / 2, box.top() + _GAP, size, height), cell)
            elif across:
                self._write_turned(painter, box, self._names[cell], x=box.left() + middle)
            else:
                where = QRectF(box.left(), box.top() + middle - height / 2, box.width() - _GAP, height)
                self._write(painter, where, cell)

    def _written(self, low: float, high: float, *, size: float, needs: float) -> list[tuple[int, float]]:
        """(cell, pixels from the start) of the names that find room; the marked one always does."""
        length = (high - low) * size
        every = max(1, math.ceil(needs / size - 1e-6))
        found: list[tuple[int, float]] = []
        for cell in range(max(0, math.floor(low)), min(len(self._names), math.ceil(high))):
            middle = (cell + 0.5 - low) * size
            if not 0 <= middle <= length or (cell % every and cell != self._marked):
                continue
            middle = min(max(needs / 2, middle), max(needs / 2, length - needs / 2))
            near = bool(found) and middle - found[-1][1] < needs - 1
            if near and cell == self._marked:
                found.pop()
            elif near:
                continue
            found.append((cell, middle))
        return found

    def _write(self, painter: QPainter, box: QRectF, cell: int) -> None:
        side = Qt.AlignmentFlag.AlignHCenter if self.orientation == "bottom" else Qt.AlignmentFlag.AlignRight
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, self._short(self._names[cell]))

    def _write_turned(self, painter: QPainter, box: QRectF, name: str, *, x: float) -> None:
        painter.save()
        painter.translate(x, box.top() + _GAP)
        painter.rotate(-90)
        height = QFontMetricsF(self._font).height()
        where = QRectF(-self._longest - 20, -height / 2, self._longest + 20, height)
        painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._short(name))
        painter.restore()

    def _short(self, name: str) -> str:
        return QFontMetricsF(self._font).elidedText(name, Qt.TextElideMode.ElideRight, self._longest)

    def _widest(self) -> float:
        metrics = QFontMetricsF(self._font)
        return max((metrics.horizontalAdvance(name) for name in self._names), default=0.0)
