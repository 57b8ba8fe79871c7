"""What spans are made of: the words of a text, the characters of scripts without spaces, the signs. And what is seen of
each, as taggers of names have looked at words since conditional random fields: itself, how it is written, how it begins
and ends, and its neighbours.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lepton_studio.scripts import UNSPACED

COLUMNS = 1 << 18
"""What is seen is told by a hash of it: a text is looked at once, whatever comes after it."""
_UNIT = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+|\S")
_LETTERS = 4
_NONE = "\0"

Columns = NDArray[np.int32]
"""[units, k]: what is seen of each unit."""


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a text: where each starts and ends (exclusive), in code points; what is seen of it."""

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    columns: Columns
    words: tuple[str, ...]
    """Each as it is compared: small letters, one form of each character."""

    def __len__(self) -> int:
        return len(self.starts)

    def within(self, start: int, end: int) -> tuple[int, int] | None:
        """The first and last unit that share a character with `start` to `end` (exclusive); None where none does."""
        first = int(np.searchsorted(self.ends, start, side="right"))
        last = int(np.searchsorted(self.starts, end, side="left")) - 1
        return (first, last) if first <= last else None


def units_of(text: str) -> Units:
    """The units of a text."""
    found = [(match.start(), match.end()) for match in _UNIT.finditer(text)]
    written = [text[start:end] for start, end in found]
    words = [unicodedata.normalize("NFKC", word).casefold() for word in written]
    places = np.array(found, np.int32).reshape(len(found), 2)
    is_joined = [False, *(one[1] == other[0] for one, other in itertools.pairwise(found))]
    columns = _seen(words, [_shape(word) for word in written], is_joined)
    return Units(places[:, 0], places[:, 1], columns, tuple(words))


def _seen(words: Sequence[str], shapes: Sequence[str], is_joined: Sequence[bool]) -> Columns:
    count = len(words)
    rows = []
    padded = [_NONE, _NONE, *words, _NONE, _NONE]
    shaped = [_NONE, *shapes, _NONE]
    for at in range(count):
        word, shape = words[at], shapes[at]
        before2, before, _, behind, behind2 = padded[at : at + 5]
        seen = [
            f"0{word}", f"-1{before}", f"-2{before2}", f"+1{behind}", f"+2{behind2}",
            f"-1 0{before} {word}", f"0 +1{word} {behind}", f"-1 +1{before} {behind}",
            f"-2 -1{before2} {before}", f"+1 +2{behind} {behind2}",
            f"s{shape}", f"s-1{shaped[at]}", f"s+1{shaped[at + 2]}", f"s-1 0{shaped[at]} {shape}",
            f"s0 +1{shape} {shaped[at + 2]}", f"j{is_joined[at]}",
        ]  # fmt: skip
        for length in range(1, _LETTERS + 1):
            seen += [f"p{word[:length]}", f"q{word[-length:]}"]
        rows.append([crc32(one.encode("utf-8", "surrogatepass")) % COLUMNS for one in seen])
    return np.array(rows, np.int32).reshape(count, 24)


def _shape(word: str) -> str:
    """ "Xx" of "Berlin", "0" of "2024", the kind of a character of another script or of a sign."""
    found = ""
    for character in word[:8]:
        kind = "X" if character.isupper() else "x" if character.islower() else unicodedata.category(character)
        if not found.endswith(kind):
            found += kind
    return found
