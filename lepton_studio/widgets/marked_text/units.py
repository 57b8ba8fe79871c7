"""Stepping through a text by tokens or by characters: ranges of code points, found piece by piece when wanted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from lepton_studio.widgets.marked_text.pieces import Pieces

Range = tuple[int, int]


class Units:
    """The tokens (or the characters, `by_character`) of a cut text, in order. A unit never lies in two pieces."""

    def __init__(self, pieces: Pieces, *, by_character: bool = False) -> None:
        self._pieces = pieces
        self.by_character = by_character

    def at(self, position: int) -> Range | None:
        """The unit that holds `position`, else the nearest on its paragraph, else the next one; None where none is."""
        here = self._of(self._pieces.place_of(position))
        if not here:
            return self.after(position) or self.before(position)
        place = bisect_right(here, position, key=_start) - 1
        if place < 0:
            return here[0]
        if position < here[place][1] or place + 1 == len(here):
            return here[place]
        nearer_next = here[place + 1][0] - position < position - here[place][1]
        return here[place + 1] if nearer_next else here[place]

    def holding(self, position: int) -> Range | None:
        """The unit that holds `position`; None between units."""
        found = self.at(position)
        return found if found is not None and found[0] <= position < found[1] else None

    def after(self, position: int) -> Range | None:
        """The first unit that begins at `position` or later."""
        for place in range(self._pieces.place_of(position), len(self._pieces)):
            units = self._of(place)
            found = bisect_left(units, position, key=_start)
            if found < len(units):
                return units[found]
        return None

    def before(self, position: int) -> Range | None:
        """The last unit that ends at `position` or before."""
        for place in range(self._pieces.place_of(position), -1, -1):
            units = self._of(place)
            found = bisect_right(units, position, key=_end) - 1
            if found >= 0:
                return units[found]
        return None

    def _of(self, place: int) -> Sequence[Range]:
        piece = self._pieces[place]
        return piece.character_units if self.by_character else piece.token_units


def _start(unit: Range) -> int:
    return unit[0]


def _end(unit: Range) -> int:
    return unit[1]
