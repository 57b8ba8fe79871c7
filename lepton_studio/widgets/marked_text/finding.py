"""Every place of a text that is equal to some words: exactly, whatever the case, or by a regular expression. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Manner = Literal["exact", "folded", "pattern"]

_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to find. exact and folded find whole words: "US" is not found in "USA", but "北京" is in "北京人"."""

    words: str
    manner: Manner = "exact"

    def problem(self) -> str:
        """Why it finds nothing, in the words of the regular expressions' parser; "" where it can be looked for."""
        if self.manner == "pattern":
            try:
                re.compile(self.words)
            except re.error as broken:
                return str(broken)
        return ""

    def places(self, text: str) -> list[tuple[int, int]]:
        """(start, end) of every place in code points, none of them empty, none over another; [] where `problem`."""
        if not self.words.strip() or self.problem():
            return []
        if self.manner == "pattern":
            return [found.span() for found in re.finditer(self.words, text) if found.end() > found.start()]
        if self.manner == "exact":
            return [one for one in _occurrences(text, self.words) if _is_whole(text, *one)]
        folded, origin = _folded(text)
        places = ((origin[start], origin[end]) for start, end in _occurrences(folded, self.words.casefold()))
        return [(start, end) for start, end in places if start < end and _is_whole(text, start, end)]

    def search(self) -> str:
        """Words that every text found holds, for a full-text search; "" where that cannot be said."""
        plain = self.manner != "pattern" and all(one.isalnum() or one == " " for one in self.words)
        return self.words.strip() if plain else ""


def _occurrences(text: str, words: str) -> Iterator[tuple[int, int]]:
    start = text.find(words)
    while start >= 0:
        yield start, start + len(words)
        start = text.find(words, start + len(words))


def _folded(text: str) -> tuple[str, range | list[int]]:
    """The text case-folded, and for each place in it, and its end, the place in `text` it comes from."""
    folded = text.casefold()
    if len(folded) == len(text):  # folding never makes shorter: one for one
        return folded, range(len(text) + 1)
    parts, origin = [], []
    for place, character in enumerate(text):
        part = character.casefold()
        parts.append(part)
        origin += [place] * len(part)
    return "".join(parts), [*origin, len(text)]


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (_goes_on(text, start) or _goes_on(text, end))


def _goes_on(text: str, place: int) -> bool:
    """Whether a word runs over this place."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if _WITHOUT_SPACES.match(before) or _WITHOUT_SPACES.match(after):
        return False
    return (before.isalnum() or before == "_") and (after.isalnum() or after == "_")
