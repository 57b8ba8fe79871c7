"""Draws a laid out piece and its arcs, in the colours of the palette in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from lepton_studio.widgets.color import Colors, ink_on, mixed, readable
from lepton_studio.widgets.marked_text.arcs import Route
from lepton_studio.widgets.marked_text.laid_piece import LANE, Bar, LaidPiece, Line, name_font

_TINT = 0.14
"""Of a mark's colour on the ground of its text; only the two lowest lanes are tinted: the words stay readable."""
_FILL = 0.3


@dataclass(frozen=True, slots=True)
class Look:
    """What is the same for everything drawn: the colours, the marks selected, the arc selected."""

    colors: Colors
    selected: int | None = None
    selected_arc: int | None = None


@dataclass(frozen=True, slots=True)
class Tones:
    """What becomes of a mark's colour on a ground."""

    color: QColor
    tint: QColor
    fill: QColor
    edge: QColor


@lru_cache(maxsize=512)
def _tones(color: str, base: int) -> Tones:
    own, ground = QColor(color), QColor.fromRgb(base)
    tint = QColor(color)
    tint.setAlphaF(_TINT)
    return Tones(own, tint, mixed(own, ground, _FILL), readable(own, on=ground, ratio=3.0))


def draw_piece(
    painter: QPainter, laid: LaidPiece, *, look: Look, selection: Sequence[QRectF], top: float, bottom: float
) -> None:
    """Grounds, text and bars of the lines between `top` and `bottom`; the origin is the piece's top left."""
    lines = [line for line in laid.lines if line.top < bottom and line.top + line.height > top]
    painter.setPen(Qt.PenStyle.NoPen)
    for line in lines:
        _draw_grounds(painter, line, look)
    painter.setBrush(look.colors.accent_soft)
    for rect in selection:
        painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(look.colors.text)
    for line in lines:
        line.line.draw(painter, QPointF(0, 0))
    painter.setFont(name_font())
    for line in lines:
        for bar in line.bars:
            _draw_bar(painter, bar, look, from_right=laid.piece.is_rtl)


def _draw_grounds(painter: QPainter, line: Line, look: Look) -> None:
    painter.setBrush(look.colors.mark)
    for rect in line.found:
        painter.drawRoundedRect(rect, 3, 3)
    lowest = min((bar.box.top() for bar in line.bars), default=0.0)
    for bar in line.bars:
        if bar.mark.kind == "own" and bar.box.top() - lowest < 1.5 * LANE:
            painter.setBrush(_tones(bar.mark.color, look.colors.base.rgb()).tint)
            for rect in bar.grounds:
                painter.drawRoundedRect(rect, 3, 3)


def _draw_bar(painter: QPainter, bar: Bar, look: Look, *, from_right: bool) -> None:
    palette, tones = look.colors, _tones(bar.mark.color, look.colors.base.rgb())
    color, edge = tones.color, tones.edge
    selected = bar.mark.id == look.selected
    stripes = list(bar.stripes)
    if selected and bar.name:
        stripes.append(bar.box.adjusted(0, 0, 0, -2))
    if bar.mark.kind == "suggested":
        painter.setPen(QPen(edge, 2 if selected else 1, Qt.PenStyle.DashLine))
        painter.setBrush(tones.fill if selected else palette.base)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color if selected else tones.fill)
    for stripe in stripes:
        painter.drawRoundedRect(stripe.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if bar.name and bar.mark.kind == "own" and not selected:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(edge)  # where the mark begins
        first = max(stripes, key=QRectF.right) if from_right else min(stripes, key=QRectF.left)
        x = first.right() - 3 if from_right else first.left()
        painter.drawRect(QRectF(x, first.top(), 3, first.height()))
    if selected:
        painter.setPen(QPen(edge, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for rect in bar.grounds:
            painter.drawRoundedRect(rect.adjusted(-1, 1, 1, -1), 3, 3)
    if bar.name:
        painter.setPen(ink_on(color) if selected and bar.mark.kind == "own" else palette.text)
        side = Qt.AlignmentFlag.AlignRight if from_right else Qt.AlignmentFlag.AlignLeft
        room = bar.box.adjusted(5, -1, -5, -1)
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, bar.name)


def name_colors(color: str, palette: Colors) -> list[tuple[QColor, QColor]]:
    """(ink, ground) of all words that are drawn in or on this colour: names of bars, plain and selected, of arcs, and
    words under two tints.
    """
    own, base = QColor(color), palette.base
    tinted = mixed(own, mixed(own, base, _TINT), _TINT)
    return [
        (palette.text, _tones(color, base.rgb()).fill),
        (ink_on(own), own),
        (readable(own, on=base, ratio=4.5), base),
        (palette.text, tinted),
    ]


def draw_route(painter: QPainter, route: Route, *, look: Look) -> None:
    """An arc and its arrow's head; the name comes later, over all arcs."""
    selected = route.arc.id == look.selected_arc
    color = _arc_color(route, look)
    style = Qt.PenStyle.DashLine if route.arc.kind == "suggested" else Qt.PenStyle.SolidLine
    painter.setPen(QPen(color, 2.5 if selected else 1.3, style))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(route.path)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(route.tip)


def draw_route_name(painter: QPainter, route: Route, *, look: Look) -> None:
    """The name of an arc, on the ground of the text."""
    if not route.name:
        return
    selected = route.arc.id == look.selected_arc
    color = QColor(route.arc.color)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color if selected else look.colors.base)
    painter.drawRoundedRect(route.name_box.adjusted(1, 1, -1, -1), 3, 3)
    painter.setFont(name_font())
    painter.setPen(ink_on(color) if selected else _arc_color(route, look, ratio=4.5))
    painter.drawText(route.name_box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, route.name)


def _arc_color(route: Route, look: Look, *, ratio: float = 3.0) -> QColor:
    return readable(QColor(route.arc.color), on=look.colors.base, ratio=ratio)
