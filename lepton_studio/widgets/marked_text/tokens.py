"""Where the units of a text lie that a person marks: tokens, and characters as people count them. Code points only."""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import Literal

from lepton_studio.scripts import UNSPACED
from lepton_studio.widgets.marked_text.clusters import clusters

# Scripts written without spaces (Chinese, Japanese, Thai, Lao, Myanmar, Khmer): each character is a token.
_ALONE = re.compile(f"[{UNSPACED}]")
_JOINERS = frozenset("'’.,-‐·&_@")  # noqa: RUF001
"""Signs that hold a word together where no space is beside them: don't, U.N., 1,000.5, well-known, AT&T."""

_INITIALS = re.compile(r"[^\W\d_](\.[^\W\d_])+")
"""U.N, whose last dot belongs to it."""

_APOSTROPHES = "'’"

Sort = Literal["space", "alone", "word", "sign"]


def tokens(text: str) -> list[tuple[int, int]]:
    """(start, end) of the tokens: words, numbers, each character of a script without spaces, each sign by itself."""
    edges = clusters(text)
    found: list[tuple[int, int, Sort]] = []
    for start, end in itertools.pairwise(edges):
        sort = _sort(text[start])
        if sort == "space":
            continue
        if found and found[-1][1] == start and _belongs(text, found[-1], start, sort):
            found[-1] = (found[-1][0], end, found[-1][2])
        else:
            found.append((start, end, sort))
    return _joined(text, found)


def token_around(text: str, position: int) -> tuple[int, int]:
    """The token that holds the code point `position`, else the one before it, else the first; (0, 0) for none."""
    found = tokens(text)
    place = bisect_right(found, position, key=lambda one: one[0]) - 1
    return found[max(0, place)] if found else (0, 0)


@lru_cache(maxsize=8192)
def _sort(character: str) -> Sort:
    if _ALONE.match(character):
        return "alone"
    category = unicodedata.category(character)
    if category[0] in "LNM" or character == "_":
        return "word"
    return "space" if category[0] in "ZC" and category != "Co" else "sign"


def _belongs(text: str, last: tuple[int, int, Sort], start: int, sort: Sort) -> bool:
    if sort == "word":
        return last[2] == "word"
    return sort == "sign" and last[2] == "sign" and text[last[0]] == text[start]


def _joined(text: str, found: list[tuple[int, int, Sort]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    place = 0
    while place < len(found):
        start, end, sort = found[place]
        place += 1
        while sort == "word" and place < len(found):
            sign_start, sign_end, _ = found[place]
            if sign_start != end or sign_end - sign_start != 1 or text[sign_start] not in _JOINERS:
                break
            after = found[place + 1] if place + 1 < len(found) else None
            if after is not None and after[0] == sign_end and after[2] == "word":
                if text[sign_start] in _APOSTROPHES and text[sign_end : after[1]] in ("s", "S"):
                    joined.append((start, end))  # the 's of a name is a token of its own
                    start = sign_start
                end, place = after[1], place + 2
            elif text[sign_start] == "." and _INITIALS.fullmatch(text, start, end):
                end, place = sign_end, place + 1
            else:
                break
        joined.append((start, end))
    return joined
