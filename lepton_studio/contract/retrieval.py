"""The answered sample most like a new one: what was replied before, beside what a model suggests. Pure Python."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from lepton_studio.scripts import HAN_AND_KANA

_WORD = re.compile(rf"[{HAN_AND_KANA}]|[^\W_{HAN_AND_KANA}]+")
_SATURATION, _LENGTH_SHARE = 1.2, 0.75
"""k1 and b of BM25 at their usual values."""
_MOST_LOOKS = 20_000
"""Occurrences of words looked at, rare words first: some 10 ms, however many texts there are."""


class Answered:
    """Answers by the texts they were given to. Adding one is a look at each of its words; finding one looks at the
    texts that share its rare words.

    BM25: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework".
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._places: dict[str, int] = {}
        self._pairs: list[tuple[str, str | None]] = []
        self._lengths: list[int] = []
        self._where: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for text, answer in pairs:
            self.add(text, answer)

    def add(self, text: str, answer: str | None) -> None:
        """Keep an answer, in place of an earlier one to the same text; None: it has none any more."""
        place = self._places.setdefault(text, len(self._pairs))
        if place < len(self._pairs):
            self._pairs[place] = (text, answer)
            return
        counts = Counter(_words(text))
        for word, count in counts.items():
            self._where[word].append((place, count))
        self._pairs.append((text, answer))
        self._lengths.append(counts.total())

    def nearest(self, text: str, *, but: str | None = None) -> tuple[str, str] | None:
        """The text most like this one, with its answer; None where none shares a word.

        `but`: the answer that this text has itself, which is no news.
        """
        mean = sum(self._lengths) / max(1, len(self._lengths))
        scores: dict[int, float] = defaultdict(float)
        room = _MOST_LOOKS
        for places in sorted((self._where[word] for word in set(_words(text)) if word in self._where), key=len):
            if room <= 0:
                break
            room -= len(places)
            weight = math.log(1 + (len(self._pairs) - len(places) + 0.5) / (len(places) + 0.5))
            for place, count in places:
                length = 1 - _LENGTH_SHARE + _LENGTH_SHARE * self._lengths[place] / mean
                scores[place] += weight * count * (_SATURATION + 1) / (count + _SATURATION * length)
        found = [place for place in scores if self._pairs[place][1] is not None and self._pairs[place] != (text, but)]
        best = max(found, key=lambda place: (self._pairs[place][0] == text, scores[place], place), default=None)
        if best is None:
            return None
        similar, answer = self._pairs[best]
        return None if answer is None else (similar, answer)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
