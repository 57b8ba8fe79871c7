"""Every place of a text that is equal to some words: exactly, whatever the case, or by a regular expression. No Qt."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from lepton_studio.regular_expressions import BadExpression, TooSlow, compiled, too_slow
from lepton_studio.scripts import is_unspaced
from lepton_studio.search_form import search_form

Form = Callable[[str], str]
"""Gives the form in which texts are compared, each character by itself."""

Manner = Literal["exact", "folded", "pattern"]

AT_ONCE = 0.03
BESIDE = 2.0
"""Seconds that a regular expression may take on a text: while the window waits, and beside it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to find. exact and folded find whole words: "US" is not found in "USA", but "北京" is in "北京人"."""

    words: str
    manner: Manner = "exact"

    def problem(self) -> str:
        """Why it finds nothing, in a sentence; "" where it can be looked for."""
        if self.manner == "pattern":
            try:
                compiled(self.words)
            except (TooSlow, BadExpression) as broken:
                return str(broken)
        return ""

    def places(self, text: str, *, seconds: float = AT_ONCE) -> list[tuple[int, int]]:
        """(start, end) of every place in code points, in order, none of them empty, none over another; [] where there
        is a `problem`. Raises TooSlow for a regular expression that takes longer.
        """
        if not self.words.strip() or self.problem():
            return []
        if self.manner == "pattern":
            try:
                found = compiled(self.words).finditer(text, timeout=seconds)
                return [span for one in found if (span := one.span())[0] < span[1]]
            except TimeoutError as error:
                raise too_slow() from error
        if self.manner == "exact":
            return [one for one in _occurrences(text, self.words) if _is_whole(text, *one)]
        return [one for one in _folded_occurrences(text, [self.words]) if _is_whole(text, *one)]

    def search(self) -> str:
        """Words that every text found holds, for a full-text search; "" where that cannot be said."""
        plain = self.manner != "pattern" and all(one.isalnum() or one == " " for one in self.words)
        return self.words.strip() if plain else ""


def searched(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Every place that holds one of the words, as a search of samples finds them (`search_form`), in words too.

    In order, none over another: places that meet are one.
    """
    found: list[tuple[int, int]] = []
    for start, end in sorted(_folded_occurrences(text, words, form=search_form)):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _occurrences(text: str, words: str) -> Iterator[tuple[int, int]]:
    start = text.find(words)
    while start >= 0:
        yield start, start + len(words)
        start = text.find(words, start + len(words))


def _folded_occurrences(text: str, words: Iterable[str], *, form: Form = str.casefold) -> Iterator[tuple[int, int]]:
    wanted = [shaped for one in words if (shaped := form(one))]
    if not wanted:
        return
    folded, origin = _folded(text, form)
    for one in wanted:
        for start, end in _occurrences(folded, one):
            if origin(start) < origin(end):
                yield origin(start), origin(end)


def _folded(text: str, form: Form) -> tuple[str, Callable[[int], int]]:
    """The form of the text, and for a place in it, or its end, the place in `text` it comes from."""
    folded = form(text)
    other = "".join(one for one in set(text) if len(form(one)) != 1)
    if not other:  # one for one
        return folded, int
    places = [found.start() for found in re.finditer(f"[{re.escape(other)}]", text)]
    lengths = [len(form(text[place])) for place in places]
    added = [0, *accumulate(length - 1 for length in lengths)]
    starts = [place + before for place, before in zip(places, added, strict=False)]

    def origin(place: int) -> int:
        known = bisect(starts, place)  # how many characters of another length begin at it or before
        if not known:
            return place
        inside = place < starts[known - 1] + lengths[known - 1]
        return places[known - 1] if inside else place - added[known]

    return folded, origin


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (_goes_on(text, start) or _goes_on(text, end))


def _goes_on(text: str, place: int) -> bool:
    """Whether a word runs over this place."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if is_unspaced(before) or is_unspaced(after):
        return False
    return (before.isalnum() or before == "_") and (after.isalnum() or after == "_")
