"""Arcs between marks: at which level over its line each one runs, so that none runs over another or over a name.

An arc within a line is a bracket over it. One between two lines goes up to its level at each end, from there to the
gutter left of the text, and down in the gutter, where it has a column of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from lepton_studio.widgets.marked_text.laid_piece import LaidPiece, name_width, short_name
from lepton_studio.widgets.marked_text.lanes import lanes
from lepton_studio.widgets.marked_text.marks import TextArc, TextMark
from lepton_studio.widgets.marked_text.pieces import Pieces

LEVEL = 17.0
"""From one level to the next, in pixels."""
GUTTER = 56.0
_COLUMN = 7.0
_CORNER = 5.0
_STUB = 9.0


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where an arc ends in a piece: on which line, at which x, at which level over it. `low`, `high`: its interval."""

    line: int
    x: float
    level: int


@dataclass(frozen=True, slots=True)
class Route:
    """An arc as it is drawn. `name_box` is the ground of its name, empty for none; `tip` is the arrow's head."""

    arc: TextArc
    path: QPainterPath
    tip: QPolygonF
    name: str
    name_box: QRectF


class ArcEnds:
    """The arcs of a text and the pieces that they end in. Anchors are found piece by piece, when it is laid out."""

    def __init__(self, arcs: Sequence[TextArc], marks: Mapping[int, TextMark], pieces: Pieces) -> None:
        self.arcs = tuple(arc for arc in arcs if arc.head in marks and arc.tail in marks)
        self._marks = marks
        self._places = {mark: pieces.place_of(marks[mark].start) for arc in self.arcs for mark in (arc.head, arc.tail)}
        self._arcs_in: dict[int, list[TextArc]] = defaultdict(list)
        for arc in self.arcs:
            for place in {self._places[arc.head], self._places[arc.tail]}:
                self._arcs_in[place].append(arc)
        self._anchors: dict[tuple[int, bool], Anchor] = {}
        crossing = [tuple(sorted((float(marks[arc.head].start), float(marks[arc.tail].start)))) for arc in self.arcs]
        self._columns = dict(
            zip((arc.id for arc in self.arcs), lanes([(one[0], one[1] + 1) for one in crossing]), strict=True)
        )

    def rooms(self, place: int, laid: LaidPiece) -> list[float]:
        """The room that arcs need over each line of a piece; finds the anchors of its arcs."""
        arcs = self._arcs_in.get(place, [])
        if not arcs:
            return []
        spots = self._spots(arcs, place, laid)
        by_line: dict[int, list[tuple[TextArc, tuple[bool, ...], float, float]]] = defaultdict(list)
        for arc in arcs:
            ends = [is_head for is_head in (True, False) if (arc.id, is_head) in spots]
            if len(ends) == 2 and spots[arc.id, True][0] == spots[arc.id, False][0]:
                line = spots[arc.id, True][0]
                low, high = sorted((spots[arc.id, True][1], spots[arc.id, False][1]))
                wider = max(0.0, (_room_for(arc.name) + 2 * _CORNER - (high - low)) / 2)
                by_line[line].append((arc, (True, False), low - wider, high + wider))
            else:
                for is_head in ends:
                    line, x = spots[arc.id, is_head]
                    needed = _room_for(arc.name) + 2 * _CORNER if is_head else 0.0
                    by_line[line].append((arc, (is_head,), 0.0, max(x, laid.left + needed)))
        rooms = [0.0] * len(laid.lines)
        for line, runs in by_line.items():
            levels = lanes([(low, high) for *_rest, low, high in runs], gap=4.0)
            for (arc, ends_here, _low, _high), level in zip(runs, levels, strict=True):
                for is_head in ends_here:
                    self._anchors[arc.id, is_head] = Anchor(line, spots[arc.id, is_head][1], level)
            rooms[line] = (max(levels) + 1) * LEVEL + _STUB
        return rooms

    def place_of(self, mark: int) -> int:
        """The piece in which a mark begins."""
        return self._places[mark]

    def reach(self, arc: TextArc) -> tuple[int, int]:
        """The pieces between which the arc runs, both included."""
        first, last = sorted((self._places[arc.head], self._places[arc.tail]))
        return first, last

    def route(
        self, arc: TextArc, *, head: tuple[LaidPiece, float] | float, tail: tuple[LaidPiece, float] | float
    ) -> Route:
        """The arc as it is drawn. Each end: its piece and where that begins, or for a piece out of view only a y."""
        start, end = self._end(arc, head, is_head=True), self._end(arc, tail, is_head=False)
        path = QPainterPath()
        same_line = not isinstance(head, float) and not isinstance(tail, float) and start[0].y() == end[0].y()
        if same_line and self._anchors[arc.id, True].line == self._anchors[arc.id, False].line:
            level = start[1]
            _bend(path, [start[0], QPointF(start[0].x(), level), QPointF(end[0].x(), level), end[0]])
            middle = (start[0].x() + end[0].x()) / 2
        else:
            x = max(3.0, GUTTER - 10 - self._columns[arc.id] * _COLUMN)
            points = [QPointF(x, start[1]), QPointF(x, end[1])]
            if not isinstance(head, float):
                points = [start[0], QPointF(start[0].x(), start[1]), *points]
            if not isinstance(tail, float):
                points = [*points, QPointF(end[0].x(), end[1]), end[0]]
            _bend(path, points)
            middle = GUTTER + 2 + _room_for(arc.name) / 2
        tip = QPolygonF()
        if arc.directed and not isinstance(tail, float):
            at = end[0]
            tip = QPolygonF([at, QPointF(at.x() - 4, at.y() - 7), QPointF(at.x() + 4, at.y() - 7)])
        name = short_name(arc.name) if not isinstance(head, float) else ""
        width = _room_for(arc.name)
        box = QRectF(middle - width / 2, start[1] - 8, width, 16) if name else QRectF()
        return Route(arc, path, tip, name, box)

    def _end(self, arc: TextArc, given: tuple[LaidPiece, float] | float, *, is_head: bool) -> tuple[QPointF, float]:
        if isinstance(given, float):
            return QPointF(0, given), given
        laid, top = given
        anchor = self._anchors[arc.id, is_head]
        y = top + laid.lines[anchor.line].text_top - 1
        return QPointF(anchor.x, y), y - _STUB - (anchor.level + 0.3) * LEVEL

    def _spots(self, arcs: Sequence[TextArc], place: int, laid: LaidPiece) -> dict[tuple[int, bool], tuple[int, float]]:
        """(line, x) of each end that lies in the piece: the ends on one mark share its first line of text evenly."""
        ends: dict[int, list[tuple[float, TextArc, bool]]] = defaultdict(list)
        for arc in arcs:
            for is_head, mark, other in ((True, arc.head, arc.tail), (False, arc.tail, arc.head)):
                if self._places[mark] == place:
                    # To the left the short ones first, to the right the long ones: then none crosses another.
                    distance = self._marks[other].start - self._marks[mark].start
                    ends[mark].append((-1e9 - distance if distance < 0 else 1e9 - distance, arc, is_head))
        spots = {}
        for mark, wanting in ends.items():
            line, rect = laid.first_rect(self._marks[mark])
            wanting.sort(key=lambda one: (one[0], one[1].id, one[2]))
            if laid.piece.is_rtl:
                wanting.reverse()
            for number, (_order, arc, is_head) in enumerate(wanting, 1):
                spots[arc.id, is_head] = (line, rect.left() + rect.width() * number / (len(wanting) + 1))
        return spots


def _bend(path: QPainterPath, points: Sequence[QPointF]) -> None:
    """A line through the points, its corners rounded."""
    path.moveTo(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        path.lineTo(_towards(corner, before))
        path.quadTo(corner, _towards(corner, after))
    path.lineTo(points[-1])


def _towards(corner: QPointF, other: QPointF) -> QPointF:
    away = other - corner
    length = max(1e-6, abs(away.x()) + abs(away.y()))
    return corner + away * (min(_CORNER, length / 2) / length)


def _room_for(name: str) -> float:
    return name_width(short_name(name)) + 8 if name else 0.0
