"""Tokens to text and text to tokens: with places in code points, so that marks can be told by either."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lepton_studio.scripts import HAN_AND_KANA

Place = tuple[int, int]
"""Code points from, to (exclusive)."""

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[^\w\s]|_", re.UNICODE)
_CJK = re.compile(f"[{HAN_AND_KANA}\u3000-\u303f\u3100-\u31ef\uff00-\uffef]")
"""With their signs and wide forms: between two of these stands no space."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A text made of tokens, and where each stands in it."""

    text: str
    places: tuple[Place, ...]


def join(tokens: Sequence[str], *, spaces: Sequence[bool] | None = None) -> Joined:
    """The tokens with a space between two of them, but between Chinese or Japanese characters, and where `spaces[i]`
    says that none follows token i."""
    pieces: list[str] = []
    places: list[Place] = []
    at = 0
    for place, token in enumerate(tokens):
        if place:
            gap = spaces[place - 1] if spaces is not None else _spaced(tokens[place - 1], token)
            pieces.append(" " if gap else "")
            at += gap
        pieces.append(token)
        places.append((at, at + len(token)))
        at += len(token)
    return Joined("".join(pieces), tuple(places))


def align(tokens: Sequence[str], text: str) -> Joined | None:
    """Where the tokens stand in the text, one behind the other; None where one is not there."""
    places: list[Place] = []
    at = 0
    for token in tokens:
        start = text.find(token, at)
        if start < 0:
            return None
        at = start + len(token)
        places.append((start, at))
    return Joined(text, tuple(places))


def cut(text: str, edges: Iterable[int] = ()) -> list[Place]:
    """The tokens of a text: words, each Chinese or Japanese character, each sign, and what is none of these up to the
    next white space; cut also at `edges`."""
    stops = sorted({edge for edge in edges if 0 < edge < len(text)})
    found: list[Place] = []
    for rough in re.finditer(r"\S+", text):
        start = rough.start()
        for fine in _fine(text, rough.start(), rough.end()):
            if fine[0] > start:
                found.append((start, fine[0]))
            found.append(fine)
            start = fine[1]
        if start < rough.end():
            found.append((start, rough.end()))
    return [piece for place in found for piece in _cut_at(place, stops)]


def _fine(text: str, start: int, end: int) -> Iterable[Place]:
    for match in _TOKEN.finditer(text, start, end):
        word = match[0]
        if not _CJK.search(word):
            yield match.span()
            continue
        at = match.start()
        for piece in re.finditer(f"{_CJK.pattern}|[^{_CJK.pattern[1:]}+", word):
            yield at + piece.start(), at + piece.end()


def _cut_at(place: Place, stops: Sequence[int]) -> list[Place]:
    inner = [stop for stop in stops if place[0] < stop < place[1]] if stops else []
    edges = [place[0], *inner, place[1]]
    return list(pairwise(edges))


def _spaced(before: str, token: str) -> bool:
    return not (_CJK.match(before[-1:]) and _CJK.match(token[:1]))
