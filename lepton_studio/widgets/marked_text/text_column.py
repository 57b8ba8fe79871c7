"""A whole text as a column of pieces below each other, of which only those in view are laid out.

The height of a piece is guessed from its length until it has been laid out. Positions in pixels from the top of the
text; the widget subtracts how far it is scrolled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF

from lepton_studio.widgets.marked_text.arcs import ArcEnds
from lepton_studio.widgets.marked_text.laid_piece import LANE, Bar, LaidPiece
from lepton_studio.widgets.marked_text.marks import TextArc, TextMark
from lepton_studio.widgets.marked_text.pieces import cut

_KEPT = 120
"""Laid out pieces that are kept; more are thrown away when out of view."""


class TextColumn:
    """The text, its marks and arcs, and where they are. GUI thread only."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.pieces = cut("")
        self.width = 600.0
        self.left = 0.0
        self.overhang = 0.0
        self.marks: tuple[TextMark, ...] = ()
        self.found: Sequence[tuple[int, int]] = ()
        self.ends = ArcEnds((), {}, self.pieces)
        self._touching: list[list[TextMark]] = [[]]
        self._laid: dict[int, LaidPiece] = {}
        self._placed: set[int] = set()
        self._heights: list[float] = []
        self._tops: list[float] = []
        self._stale = True
        self._guess()

    # ---------------------------------------------------------------------------------------------- what it shows

    def set_font(self, font: QFont) -> None:
        """Another face or size."""
        self.font = font
        self._start_again()

    def set_text(self, text: str) -> None:
        """Another text, without marks."""
        self.pieces = cut(text)
        self.marks, self.found = (), ()
        self.ends = ArcEnds((), {}, self.pieces)
        self._touching = [[] for _ in self.pieces]
        self._start_again()

    def set_width(self, width: float, *, left: float, overhang: float) -> None:
        """The width of the lines; `left` of them the gutter of the arcs, right of them room for names."""
        if (width, left, overhang) != (self.width, self.left, self.overhang):
            self.width, self.left, self.overhang = width, left, overhang
            self._start_again()

    def set_marks(self, marks: Iterable[TextMark]) -> None:
        """Other marks; only pieces whose marks changed are placed again."""
        self.marks = self._replace(self.marks, tuple(marks))

    def set_found(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Other ranges with a tinted ground: in order, none over another."""
        if ranges or self.found:
            self.found = ranges
            self._placed.clear()

    def set_arcs(self, arcs: Sequence[TextArc]) -> None:
        """Other arcs between the marks, set before."""
        self.ends = ArcEnds(tuple(arcs), {mark.id: mark for mark in self.marks}, self.pieces)
        self._placed.clear()

    # ------------------------------------------------------------------------------------------------- where it is

    @property
    def height(self) -> float:
        """Of all pieces, some of them guessed."""
        self._settle_tops()
        return self._tops[-1]

    def top_of(self, place: int) -> float:
        """Where a piece begins."""
        self._settle_tops()
        return self._tops[place]

    def place_at(self, y: float) -> int:
        """The piece at this height."""
        self._settle_tops()
        return min(max(0, bisect_right(self._tops, y) - 1), len(self.pieces) - 1)

    def lay_out(self, top: float, bottom: float) -> float:
        """Lay out what lies between; return by how much `top` must move so that what was seen there stays in place."""
        moved = 0.0
        first = place = self.place_at(top)
        y = self.top_of(first)
        while place < len(self.pieces) and y < bottom + moved:
            guessed = place not in self._laid
            before = self._heights[place]
            self.laid(place)
            if place == first and guessed and y < top:
                moved += self._heights[place] - before  # it came into view from above: its end stays where it was
            y += self._heights[place]
            place += 1
        if len(self._laid) > _KEPT:
            for one in [one for one in self._laid if not first <= one < place]:
                del self._laid[one]
                self._placed.discard(one)
        return moved

    def in_view(self, top: float, bottom: float) -> Iterator[tuple[int, float, LaidPiece]]:
        """(place, y, piece) of those that lie between, laid out."""
        for place in range(self.place_at(top), len(self.pieces)):
            y = self.top_of(place)
            if y > bottom:
                break
            yield place, y, self.laid(place)

    def laid(self, place: int) -> LaidPiece:
        """A piece, laid out and with its marks in place."""
        laid = self._laid.get(place)
        if laid is None:
            laid = LaidPiece(
                self.pieces[place], font=self.font, width=self.width, left=self.left, overhang=self.overhang
            )
            self._laid[place] = laid
        if place not in self._placed:
            self._placed.add(place)
            laid.place([*self._touching[place], *self._found_in(place)], above=self.ends.rooms(place, laid))
            height = self._height_of(place, laid.height)
            if height != self._heights[place]:
                self._heights[place] = height
                self._stale = True
        return laid

    def is_laid(self, place: int) -> bool:
        """Whether the piece has its true height."""
        return place in self._placed

    def rects(self, start: int, end: int) -> list[QRectF]:
        """Where these code points stand, in every piece they lie in."""
        found = []
        for place in range(self.pieces.place_of(start), self.pieces.place_of(max(start, end - 1)) + 1):
            laid = self.laid(place)
            y = self.top_of(place)
            found += [rect.translated(0, y) for rect in laid.rects(start, end)]
        return found

    def caret(self, position: int) -> QRectF:
        """A thin line before this code point."""
        place = self.pieces.place_of(position)
        rect = self.laid(place).caret(position)
        return rect.translated(0, self.top_of(place))

    def position_at(self, point: QPointF) -> int:
        """The code point under, or nearest to, a point."""
        place = self.place_at(point.y())
        laid = self.laid(place)
        return laid.position_at(point - QPointF(0, self.top_of(place)))

    def bar_at(self, point: QPointF) -> Bar | None:
        """The bar under a point."""
        place = self.place_at(point.y())
        laid = self.laid(place)
        return laid.bar_at(point - QPointF(0, self.top_of(place)))

    def line_around(self, position: int) -> tuple[float, float]:
        """Top and bottom of the line that holds this code point, with its bars."""
        place = self.pieces.place_of(position)
        laid = self.laid(place)
        line = laid.lines[laid.line_of(position)]
        top = self.top_of(place) + line.top
        return top, top + line.height

    # ----------------------------------------------------------------------------------------------------- inside

    def _replace(self, old: tuple[TextMark, ...], new: tuple[TextMark, ...]) -> tuple[TextMark, ...]:
        """Take marks out of their pieces and put others in. Told apart by identity: thousands stay as they are."""
        before, after = set(map(id, old)), set(map(id, new))
        changed: set[int] = set()
        for mark in old:
            if id(mark) not in after:
                for place in self._places(mark):
                    self._touching[place].remove(mark)
                    changed.add(place)
        for mark in new:
            if id(mark) not in before:
                for place in self._places(mark):
                    self._touching[place].append(mark)
                    changed.add(place)
        for place in changed:
            if len(self._touching[place]) > 1:
                self._touching[place].sort(key=_order)
        self._placed -= changed
        return new

    def _found_in(self, place: int) -> list[TextMark]:
        piece = self.pieces[place]
        first = bisect_right(self.found, piece.start, key=lambda one: one[1])
        last = bisect_left(self.found, piece.after, key=lambda one: one[0])
        return [TextMark(*one, "", kind="found") for one in self.found[first:last]]

    def _places(self, mark: TextMark) -> tuple[int] | range:
        first = self.pieces.place_of(mark.start)
        if mark.end <= self.pieces[first].after:
            return (first,)
        return range(first, self.pieces.place_of(max(mark.start, mark.end - 1)) + 1)

    def _start_again(self) -> None:
        self._laid.clear()
        self._placed.clear()
        self._guess()

    def _guess(self) -> None:
        metrics = QFontMetricsF(self.font)
        a_line = max(1.0, self.width / metrics.averageCharWidth())
        pitch = metrics.height() + LANE + 8
        self._heights = [
            self._height_of(place, pitch * (1 + (piece.end - piece.start) // a_line))
            for place, piece in enumerate(self.pieces)
        ]
        self._stale = True

    def _height_of(self, place: int, lines: float) -> float:
        piece = self.pieces[place]
        if piece.start == piece.end:
            return 0.8 * self.font.pixelSize()
        return lines + (0.3 * self.font.pixelSize() if piece.after > piece.end else 0.0)

    def _settle_tops(self) -> None:
        if self._stale:
            self._tops = [0.0, *accumulate(self._heights)]
            self._stale = False


def _order(mark: TextMark) -> tuple[int, int, int]:
    return mark.start, -mark.end, mark.id
