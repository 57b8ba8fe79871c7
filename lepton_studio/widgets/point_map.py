"""Points by the hundred thousand: drawn into one picture with numpy, chosen with a lasso, told apart by colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.widgets.color import colors, mixed, readable
from lepton_studio.widgets.map_view import MapView, disc

_STEP = 1.25
_NEAR = 8.0
"""Pixels from the mouse within which a point is meant."""
_CLICK = 4
"""Pixels that the mouse may move in a click."""
_FAINT = 0.16
_APART = 1.6
"""Contrast to the ground that each colour has at least."""

_MOVES = {
    Qt.Key.Key_Left: QPointF(60, 0),
    Qt.Key.Key_Right: QPointF(-60, 0),
    Qt.Key.Key_Up: QPointF(0, 60),
    Qt.Key.Key_Down: QPointF(0, -60),
}
"""How far the map goes with a key, in pixels."""

Floats = NDArray[np.float32]


class PointMap(QWidget):
    """Points with places about -1 to 1, each in a group that has a colour. A drag draws a lasso (Shift adds to what is
    selected), a drag with the right button or with the space bar held moves the map, the wheel zooms.

    `selected`: another selection; `clicked(number)`: a point was clicked or Enter pressed on the only selected one;
    `hovered(number, place on the screen)`, -1 for none.
    """

    accessible_role = QAccessible.Role.Chart

    selected = Signal()
    clicked = Signal(int)
    hovered = Signal(int, QPoint)

    def __init__(self, *, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(240, 200)
        self._places: Floats = np.zeros((0, 2), np.float32)
        self._codes: NDArray[np.int16] = np.zeros(0, np.int16)
        self._group_colors: tuple[str, ...] = ()
        self._alone: int | None = None
        self._is_selected: NDArray[np.bool_] = np.zeros(0, bool)
        self._view, self._shows_all = MapView(), True
        self._picture: QImage | None = None
        self._lasso: list[QPointF] = []
        self._pressed: QPointF | None = None
        self._moved_from: QPointF | None = None
        self._has_space = False
        self._hovered = -1

    # ------------------------------------------------------------------------------------------------- what is shown

    def show_points(self, places: Floats) -> None:
        """Show these points, [n, 2], all of them in view, none selected, in one group."""
        self._places, self._codes = places, np.zeros(len(places), np.int16)
        self._group_colors, self._alone = ("",), None
        self._is_selected = np.zeros(len(places), bool)
        self._hovered = -1
        self.show_all()
        self.selected.emit()

    def show_groups(self, codes: NDArray[np.int16], group_colors: Sequence[str]) -> None:
        """Each point's group, and each group's colour: "#rrggbb", "" for one that stands back."""
        self._codes, self._group_colors = codes, tuple(group_colors)
        if self._alone is not None and self._alone >= len(self._group_colors):
            self._alone = None
        self._draw_anew()

    def show_alone(self, group: int | None) -> None:
        """Let the other groups stand back; None: none does."""
        self._alone = group
        self._draw_anew()

    def show_all(self) -> None:
        """Zoom so that all points are in view."""
        self._view, self._shows_all = MapView.of(self._places, width=self.width(), height=self.height()), True
        self._draw_anew()

    def zoom(self, factor: float) -> None:
        """Look nearer or farther; what is in the middle stays there."""
        self._look(self._view.zoomed(factor, about=QRectF(self.rect()).center()))

    @property
    def selection(self) -> NDArray[np.intp]:
        """The numbers of the selected points, ascending."""
        return np.flatnonzero(self._is_selected)

    def select(self, numbers: NDArray[np.intp] | Sequence[int]) -> None:
        """Select these points and no others."""
        self._is_selected[:] = False
        self._is_selected[np.asarray(numbers, np.intp)] = True
        self._draw_anew()
        self.selected.emit()

    def select_shown(self) -> None:
        """Select all points of the group that is shown alone, or all."""
        self.select(np.flatnonzero(self._is_front))

    def at(self, number: int) -> QPointF:
        """Where a point is drawn, in pixels of the widget."""
        return self._view.pixel(self._places[number])

    @property
    def _is_front(self) -> NDArray[np.bool_]:
        return np.ones(len(self._codes), bool) if self._alone is None else self._codes == self._alone

    # ------------------------------------------------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._picture is None:
            self._picture = self._drawn()
        painter.drawImage(QPointF(0, 0), self._picture)
        theme = colors(self.palette())
        if len(self._lasso) > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.text, 1.5, Qt.PenStyle.DashLine))
            soft = QColor(theme.accent)
            soft.setAlphaF(0.12)
            painter.setBrush(soft)
            painter.drawPath(_closed(self._lasso))
        if self._hovered >= 0:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.text, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self.at(self._hovered), self._radius + 3, self._radius + 3)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(theme.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    @property
    def _radius(self) -> int:
        """Of a point, in pixels: smaller where there are many, larger where one zooms in."""
        many = len(self._places) * max(1e-6, self._view.scale**-2) * (min(self.width(), self.height()) / 2) ** 2
        return 2 if many > 20_000 else 3 if many > 4_000 else 4

    def _drawn(self) -> QImage:
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        ground, theme = colors(self.palette()).window, colors(self.palette())
        pixels = np.full((height, width), ground.rgb(), np.uint32)
        if len(self._places):
            at = self._view.pixels(self._places) * ratio
            offsets = disc(max(1, round(self._radius * ratio)))
            front = self._is_front
            inks = self._inks(ground, theme.text)
            faint = self._inks(ground, theme.text, share=_FAINT)
            nobody = np.array([not one for one in self._group_colors])[self._codes]
            back = ~front | nobody
            selecting = bool(self._is_selected.any())
            layers = [(back & front, inks), (back & ~front, faint), (~back, inks)]
            if selecting:  # what is not selected stands back
                chosen = self._is_selected
                layers = [(~chosen, faint), (chosen & nobody, inks), (chosen & ~nobody, inks)]
            for some, ink in layers:
                _stamp(pixels, at[some], ink[self._codes[some]], offsets)
        image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGB32).copy()
        image.setDevicePixelRatio(ratio)
        return image

    def _inks(self, ground: QColor, text: QColor, *, share: float = 1.0) -> NDArray[np.uint32]:
        found = []
        for name in self._group_colors:
            ink = readable(QColor(name), on=ground, ratio=_APART) if name else mixed(text, ground, 0.24)
            found.append(mixed(ink, ground, share if name else min(1.0, share * 2)).rgb())
        return np.array(found, np.uint32)

    def _draw_anew(self) -> None:
        self._picture = None
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_anew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._shows_all:
            self.show_all()
        self._draw_anew()

    def _look(self, view: MapView) -> None:
        """Show another part."""
        self._view, self._shows_all = view, False
        self._draw_anew()

    # ---------------------------------------------------------------------------------------------------------- mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        moves = event.button() in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton) or self._has_space
        if moves:
            self._moved_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._lasso = event.position(), [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        spot = event.position()
        if self._moved_from is not None:
            self._look(self._view.moved(spot - self._moved_from))
            self._moved_from = spot
        elif self._pressed is not None:
            if (spot - self._lasso[-1]).manhattanLength() >= 2:
                self._lasso.append(spot)
                self.update()
        else:
            self._hover(spot, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._moved_from is not None:
            self._moved_from = None
            self.setCursor(Qt.CursorShape.CrossCursor)
            return
        pressed, lasso, self._pressed = self._pressed, self._lasso, None
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        if (event.position() - pressed).manhattanLength() <= _CLICK and len(lasso) < 8:
            self._lasso = []
            number = self._nearest(pressed)
            if number >= 0:
                self.clicked.emit(number)
            else:
                self.select(())
        else:
            inside = self.inside(lasso)
            self._lasso = []
            adds = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.select(np.flatnonzero(inside | self._is_selected) if adds else np.flatnonzero(inside))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(QPointF(-1e6, -1e6), QPoint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y() / 120
        self._look(self._view.zoomed(_STEP**turned, about=event.position()))
        event.accept()

    def _hover(self, spot: QPointF, on_screen: QPoint) -> None:
        number = self._nearest(spot)
        if number != self._hovered:
            self._hovered = number
            self.update()
            self.hovered.emit(number, on_screen)

    def _nearest(self, spot: QPointF) -> int:
        if not len(self._places):
            return -1
        away = self._view.pixels(self._places) - np.array([spot.x(), spot.y()], np.float32)
        squares = np.einsum("nd,nd->n", away, away)
        squares[~self._is_front] = np.inf
        best = int(squares.argmin())
        return best if squares[best] <= _NEAR**2 else -1

    def inside(self, line: Sequence[QPointF]) -> NDArray[np.bool_]:
        """Which points in front are drawn inside of this closed line, in pixels of the widget."""
        mask = QImage(self.width(), self.height(), QImage.Format.Format_Grayscale8)
        mask.fill(0)
        painter = QPainter(mask)
        painter.fillPath(_closed(line), QColor("white"))
        painter.end()
        filled = np.frombuffer(mask.constBits(), np.uint8).reshape(mask.height(), mask.bytesPerLine())
        at = np.floor(self._view.pixels(self._places)).astype(np.int64)
        seen = (at >= 0).all(1) & (at[:, 0] < self.width()) & (at[:, 1] < self.height())
        inside = np.zeros(len(at), bool)
        inside[seen] = filled[at[seen, 1], at[seen, 0]] > 127
        return np.asarray(inside & self._is_front)

    # ----------------------------------------------------------------------------------------------------------- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Space:
            self._has_space = True
        elif key in _MOVES:
            self._look(self._view.moved(_MOVES[Qt.Key(key)]))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _STEP)
        elif key == Qt.Key.Key_0:
            self.show_all()
        elif key == Qt.Key.Key_Escape and self._is_selected.any():
            self.select(())
        elif event.key() == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.select_shown()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._has_space = False
        super().keyReleaseEvent(event)

    @staticmethod
    def keys() -> list[tuple[str, str]]:
        """The keys, each with what it does."""
        return [
            (tr("+ and -"), tr("zoom")),
            ("0", tr("show the whole map")),
            ("Ctrl+A", tr("select all that is shown")),
            ("Esc", tr("select nothing")),
        ]


def _closed(line: Sequence[QPointF]) -> QPainterPath:
    path = QPainterPath(line[0])
    for spot in line[1:]:
        path.lineTo(spot)
    path.closeSubpath()
    return path


def _stamp(
    pixels: NDArray[np.uint32], at: Floats, inks: NDArray[np.uint32], offsets: Sequence[tuple[int, int]]
) -> None:
    """Paint a disc of its ink at each place, in pixels."""
    height, width = pixels.shape
    reach = max((max(abs(x), abs(y)) for x, y in offsets), default=0)
    spots = np.floor(at).astype(np.int64)
    room = np.array([width, height]) - reach
    seen = (spots >= reach).all(1) & (spots < room).all(1)
    flat: Any = spots[seen, 1] * width + spots[seen, 0]
    inks, whole = inks[seen], pixels.reshape(-1)
    for x, y in offsets:
        whole[flat + (y * width + x)] = inks
