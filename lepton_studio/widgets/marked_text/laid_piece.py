"""One piece of a text, laid out: where its lines, characters and marks are. Positions in pixels from its top left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QGlyphRun, QTextLayout, QTextLine, QTextOption

from lepton_studio.widgets.marked_text.lanes import lanes
from lepton_studio.widgets.marked_text.marks import TextMark
from lepton_studio.widgets.marked_text.pieces import Piece
from lepton_studio.widgets.theme import CAPTION, text_font

LANE = 15.0
"""The height of a lane, in pixels: a bar with a name in it."""
_ABOVE, _BELOW = 2.0, 6.0
_NAME_MOST = 150.0
_NAME_PAD = 8.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A mark on one line: its stretches of text, and its bar below them with room for the name.

    `name`: "" where the line only goes on with a mark that began before. `box` holds the bar and the name.
    """

    mark: TextMark
    grounds: tuple[QRectF, ...]
    stripes: tuple[QRectF, ...]
    box: QRectF
    name: str


@dataclass(slots=True)
class Line:
    """A line of text: `first` to `last` are UTF-16 units of the piece; `top` and `height` hold arcs and bars too."""

    line: QTextLine
    first: int
    last: int
    top: float = 0.0
    height: float = 0.0
    text_top: float = 0.0
    bars: list[Bar] = field(default_factory=list)
    found: list[QRectF] = field(default_factory=list)
    cells: list[tuple[float, float, int]] | None = None


class LaidPiece:
    """Qt's layout of a piece, and on which line and lane each mark lies. Made for one width; GUI thread only."""

    def __init__(self, piece: Piece, *, font: QFont, width: float, left: float = 0.0, overhang: float = 0.0) -> None:
        self.piece = piece
        self.left = left
        self._width = width
        self._overhang = overhang
        self._layout = QTextLayout(piece.shown, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        direction = Qt.LayoutDirection.RightToLeft if piece.is_rtl else Qt.LayoutDirection.LeftToRight
        option.setTextDirection(direction)
        option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        option.setTabStopDistance(8 * QFontMetricsF(font).horizontalAdvance(" "))
        self._layout.setTextOption(option)
        self._has_rtl = piece.is_rtl or (not piece.shown.isascii() and _reads_both_ways(piece.shown))
        self.lines: list[Line] = []
        self.height = 0.0
        self._layout.beginLayout()
        while (made := self._layout.createLine()).isValid():
            made.setLineWidth(width)
            made.setPosition(QPointF(left, 0))
            self.lines.append(Line(made, made.textStart(), made.textStart() + made.textLength()))
        self._layout.endLayout()

    def place(self, marks: Sequence[TextMark], *, above: Sequence[float] = ()) -> None:
        """Give each mark that touches the piece its lane, and each line its place; `above`: room over each line."""
        ranges = [(mark, self.piece.units_at(mark.start), self.piece.units_at(mark.end)) for mark in marks]
        y = 0.0
        for number, line in enumerate(self.lines):
            natural = line.line.height()
            line.top = y
            line.text_top = y + _ABOVE + (above[number] if number < len(above) else 0.0)
            depth = self._place_marks(line, ranges)
            line.height = line.text_top - y + natural + depth * LANE + _BELOW
            line.line.setPosition(QPointF(self.left, line.text_top))
            y += line.height
        self.height = y

    def line_of(self, position: int) -> int:
        """The line that the code point `position` stands in."""
        units = self.piece.units_at(position)
        for number, line in enumerate(self.lines):
            if units < line.last:
                return number
        return len(self.lines) - 1

    def rects(self, start: int, end: int) -> list[QRectF]:
        """Where the text from `start` to `end` (code points of the whole text) stands; several where it wraps or where
        its direction changes. The line break alone is a narrow mark at the end.
        """
        first, last = self.piece.units_at(start), self.piece.units_at(end)
        found = []
        for line in self.lines:
            found += self._rects_in(line, max(first, line.first), min(last, line.last))
        if end > self.piece.end and start <= self.piece.end:
            found.append(self._rect_of_break())
        return found

    def first_rect(self, mark: TextMark) -> tuple[int, QRectF]:
        """The line where a mark begins, and its first stretch of text there. Before `place` only x is right."""
        number = self.line_of(mark.start)
        line = self.lines[number]
        first, last = self.piece.units_at(mark.start), self.piece.units_at(mark.end)
        rects = self._rects_in(line, first, min(last, line.last))
        return number, rects[0] if rects else self.caret(mark.start)

    def caret(self, position: int) -> QRectF:
        """A thin line before the code point `position`."""
        line = self.lines[self.line_of(position)]
        return QRectF(self._x(line, self.piece.units_at(position)) - 1, line.text_top, 2, line.line.height())

    def position_at(self, point: QPointF) -> int:
        """The code point whose cell is under the point, or nearest to it on its line."""
        line = self.line_at(point.y())
        return self.piece.position_at(self._units_at(line, point.x()))

    def line_at(self, y: float) -> Line:
        """The line at this height, or the nearest."""
        return next((line for line in self.lines if y < line.top + line.height), self.lines[-1])

    def bar_at(self, point: QPointF) -> Bar | None:
        """The bar or the name under the point."""
        return next((bar for bar in self.line_at(point.y()).bars if bar.box.contains(point)), None)

    # ----------------------------------------------------------------------------------------------------- inside

    def _place_marks(self, line: Line, marks: Sequence[tuple[TextMark, int, int]]) -> int:
        line.bars, line.found = [], []
        shown: list[tuple[TextMark, list[QRectF], str, float, float]] = []
        for mark, first, last in marks:
            if last < line.first or first > line.last or (first >= line.last and line is not self.lines[-1]):
                continue
            rects = self._rects_in(line, max(first, line.first), min(last, line.last))
            if mark.end > self.piece.end and line is self.lines[-1] and mark.start <= self.piece.end:
                rects.append(self._rect_of_break())
            if not rects:
                continue
            if mark.kind == "found":
                line.found += rects
                continue
            begins_here = mark.start >= self.piece.start and first >= line.first
            name = short_name(mark.name) if begins_here else ""
            left, right = min(one.left() for one in rects), max(one.right() for one in rects)
            shown.append((mark, rects, name, *self._room(left, right, name)))
        chosen = lanes([(left, right) for *_rest, left, right in shown], gap=3.0)
        bottom = line.text_top + line.line.height()
        for (mark, rects, name, left, right), lane in zip(shown, chosen, strict=True):
            top = bottom + lane * LANE
            stripes = tuple(QRectF(one.left(), top, one.width(), LANE - 2) for one in rects)
            box = QRectF(left, top, right - left, LANE)
            line.bars.append(Bar(mark, tuple(rects), stripes, box, name))
        return max([1, *(lane + 1 for lane in chosen)])  # one lane always: the first mark moves no line

    def _room(self, left: float, right: float, name: str) -> tuple[float, float]:
        if not name:
            return left, right
        needed = name_width(name) + _NAME_PAD
        if self.piece.is_rtl:
            return max(min(left, right - needed), min(left, self.left)), right
        most = self.left + self._width + self._overhang
        end = max(right, left + needed)
        return (left, end) if end <= most else (max(self.left, min(left, most - needed)), max(right, most))

    def _rects_in(self, line: Line, first: int, last: int) -> list[QRectF]:
        if first >= last:
            return []
        top, height = line.text_top, line.line.height()
        if not self._has_rtl:
            left, right = self._x(line, first), self._x(line, last)
            return [QRectF(left, top, right - left, height)]
        spans: list[list[float]] = []
        for left, right, units in self._cells(line):
            if first <= units < last:
                if spans and left - spans[-1][1] < 0.6:
                    spans[-1][1] = max(spans[-1][1], right)
                else:
                    spans.append([left, right])
        return [QRectF(left, top, right - left, height) for left, right in spans]

    def _x(self, line: Line, units: int) -> float:
        found: Any = line.line.cursorToX(units)  # (x, units); the stubs know it as object
        return float(found[0])

    def _rect_of_break(self) -> QRectF:
        line = self.lines[-1]
        natural = line.line.naturalTextRect()
        width = 0.3 * line.line.height()
        x = natural.left() - width if self.piece.is_rtl else natural.right()
        return QRectF(x, line.text_top, width, line.line.height())

    def _cells(self, line: Line) -> list[tuple[float, float, int]]:
        """(left, right, units) of each character of a line, from left to right.

        Qt's cursorToX answers for a cursor, which stands elsewhere where the direction changes; the glyphs do not.
        """
        if line.cells is None:
            line.cells = []
            edges = [self.piece.units_at(start) for start, _end in self.piece.character_units]
            edges = [one for one in edges if line.first <= one < line.last]
            glyphs = [
                (first, runs)
                for first, last in zip(edges, [*edges[1:], line.last], strict=True)
                if (runs := line.line.glyphRuns(first, last - first))
            ]
            # Characters of one ligature share their glyph: each gets an equal part of it.
            for (place, _glyph), together in groupby(glyphs, key=lambda one: _glyph_of(one[1][0])):
                shared = list(together)
                boxes = [run.boundingRect() for _first, runs in shared for run in runs]
                if len(shared) > 1:
                    left, width = place, sum(box.width() for box in boxes)
                else:
                    left = min(box.left() for box in boxes)
                    width = max(box.right() for box in boxes) - left
                order = reversed(shared) if shared[0][1][0].isRightToLeft() else shared
                for number, (first, _runs) in enumerate(order):
                    part = width / len(shared)
                    line.cells.append((left + number * part, left + (number + 1) * part, first))
            line.cells.sort()
        return line.cells

    def _units_at(self, line: Line, x: float) -> int:
        if not self._has_rtl:
            at: int = line.line.xToCursor(x, QTextLine.CursorPosition.CursorOnCharacter)
            return min(at, max(line.first, line.last - 1))
        cells = self._cells(line)
        if not cells:
            return line.first
        return min(cells, key=lambda cell: max(cell[0] - x, x - cell[1], 0.0))[2]


def _glyph_of(run: QGlyphRun) -> tuple[float, int]:
    """Where the first glyph of a run is, and which."""
    return run.positions()[0].x(), run.glyphIndexes()[0]


def _reads_both_ways(text: str) -> bool:
    return any(
        "\u0590" <= one <= "\u08ff"
        or "\ufb1d" <= one <= "\ufefc"
        or "\u200f" <= one <= "\u202e"
        or "\u2067" <= one <= "\u2069"
        or "\U00010800" <= one <= "\U0001efff"
        for one in text
    )


def name_font() -> QFont:
    """The face of the names in the bars."""
    return text_font(CAPTION)


@lru_cache(maxsize=512)
def name_width(name: str) -> float:
    """The room that it takes, in pixels."""
    return QFontMetricsF(name_font()).horizontalAdvance(name)


@lru_cache(maxsize=512)
def short_name(name: str) -> str:
    """The name, cut in its middle where it is very long."""
    return QFontMetricsF(name_font()).elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME_MOST)
