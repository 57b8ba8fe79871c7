"""A text as pieces that are laid out one by one, and the way between its code points and Qt's UTF-16 units.

A piece is a paragraph, or a part of a long one. Every code point of the text belongs to exactly one piece; the line
break at the end of a paragraph belongs to its last piece, but is not given to Qt. Nothing is read back from Qt.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lepton_studio.widgets.marked_text.clusters import clusters
from lepton_studio.widgets.marked_text.tokens import tokens

_LONGEST = 2000
"""Code points of a piece at most: laid out in about a millisecond."""
_BREAK = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029](?:(?<=\r)\n)?")  # begins with a set: thrice as fast as a choice
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_HIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
# Control characters are shown as their pictures: one UTF-16 unit for one, so that the offsets stay.
_SHOWN = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421} | dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
del _SHOWN[0x09]


@dataclass(frozen=True)
class Piece:
    """Code points `start` to `end` of the text are shown; those up to `after` are the line break.

    What else there is to know of a piece is found out when it comes into view.
    """

    text: str = field(repr=False)
    start: int
    end: int
    after: int

    @cached_property
    def shown(self) -> str:
        """What Qt gets of it."""
        shown = self.text[self.start : self.end]
        return shown.translate(_SHOWN) if _HIDDEN.search(shown) else shown

    @cached_property
    def astral(self) -> tuple[int, ...]:
        """Which code points of `shown`, from 0, take two UTF-16 units."""
        return () if self.shown.isascii() else tuple(found.start() for found in _ASTRAL.finditer(self.shown))

    def units_at(self, position: int) -> int:
        """The UTF-16 unit in `shown` where the code point `position` of the text begins; clamped to the piece."""
        inside = min(max(position, self.start), self.end) - self.start
        return inside + bisect_left(self.astral, inside)

    def position_at(self, units: int) -> int:
        """The code point of the text that holds this UTF-16 unit of `shown`."""
        if not self.astral:
            return self.start + units
        return self.start + bisect_right(range(self.end - self.start + 1), units, key=self._units_inside) - 1

    def _units_inside(self, inside: int) -> int:
        return inside + bisect_left(self.astral, inside)

    @cached_property
    def is_rtl(self) -> bool:
        """Whether its first strong character is read from the right (rules P2 and P3 of Unicode's annex 9)."""
        for character in self.shown:
            match unicodedata.bidirectional(character):
                case "L":
                    return False
                case "R" | "AL":
                    return True
        return False

    @cached_property
    def token_units(self) -> Sequence[tuple[int, int]]:
        """Its tokens, in code points of the text."""
        return [(self.start + start, self.start + end) for start, end in tokens(self.shown)]

    @cached_property
    def character_units(self) -> Sequence[tuple[int, int]]:
        """Its characters as people count them, the line break as one, in code points of the text."""
        edges = [self.start + edge for edge in clusters(self.shown)]
        found = list(itertools.pairwise(edges))
        return [*found, (self.end, self.after)] if self.after > self.end else found


class Pieces(tuple[Piece, ...]):
    """The pieces of a text in order, at least one."""

    starts: list[int]

    def __new__(cls, pieces: Iterable[Piece]) -> Pieces:
        made = super().__new__(cls, pieces)
        made.starts = [one.start for one in made]
        return made

    def place_of(self, position: int) -> int:
        """The place of the piece that holds the code point `position`."""
        return max(0, bisect_right(self.starts, position) - 1)


def cut(text: str) -> Pieces:
    """The pieces of a text."""
    return Pieces(Piece(text, *one) for one in _ranges(text))


def _ranges(text: str) -> Iterator[tuple[int, int, int]]:
    start = 0
    for found in _BREAK.finditer(text):
        yield from _split(text, start, found.start(), found.end())
        start = found.end()
    yield from _split(text, start, len(text), len(text))


def _split(text: str, start: int, end: int, after: int) -> Iterator[tuple[int, int, int]]:
    while end - start > _LONGEST:
        middle, most = start + _LONGEST // 2, start + _LONGEST
        at = max(text.rfind(". ", middle, most) + 2, text.rfind("。", middle, most) + 1)
        if at <= middle:
            at = text.rfind(" ", middle, most) + 1
        if at <= middle:
            at = start + clusters(text[start:most])[-2]
        yield start, at, at
        start = at
    yield start, end, after
