"""How many texts have a word or a short phrase, and how strongly it goes with some of the texts.

The strength is the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, "Fightin'
Words", https://doi.org/10.1093/pan/mpn018), as a z score. Each text counts once, however often it says the word: the
odds are those of a text having it. The prior is what all texts together say, with the weight of the smaller side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lepton_studio.studio.label_words.units import ADDRESS, CHARACTER, MAIL, MARKUP, NUMBER, Ints, Units, cut

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

_LEAST, _FEW_TEXTS = 3, 100
"""A term stands in at least so many texts; in one less where there are fewer texts than this."""
_WORDS, _CHARACTERS = 3, 4
"""Of the longest phrases that are counted; those that are always longer are shown whole."""
_LONGEST = 40
"""Words of what is shown whole."""
_ANY = (NUMBER, ADDRESS, MAIL, MARKUP)
"""Kinds of which a text having any is counted too."""
_CANDIDATES = 400
_SAME = 0.8
"""Share of texts in common from which on two terms with a word in common say the same."""
_NEARLY, _MORE = 0.9, 0.1
"""Shares: of the texts with a word, those that have it in one phrase; how much more often a phrase must have the label.
"""
_TORN = 0.5
"""Share of the texts with a character that have it in the same two."""
_PLACES = 200
"""Places that are looked at for how a term is written."""


@dataclass(frozen=True, slots=True)
class Term:
    """`size` units from the place `first` on; size 0: any of that kind. `number`: which of `Terms`. `z`: how strongly
    it goes with the texts asked about; `hits` of the `n` texts that have it are among them. `places`: where it stands.
    """

    number: int
    kind: int
    size: int
    first: int
    places: Ints = field(compare=False)
    z: float = 0.0
    hits: int = 0
    n: int = 0


@dataclass(frozen=True)
class _Level:
    """Terms of one size. `ids` [units]: which one begins there, -1 for none; `first`: where each stands first; `docs`:
    the texts of each, those of term t from `offsets[t]` to `offsets[t + 1]`.
    """

    size: int
    ids: Ints
    first: Ints
    docs: Ints
    offsets: Ints

    @property
    def n(self) -> Ints:
        """How many texts have each."""
        return np.diff(self.offsets)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """`keys`: what tells it apart from others; `texts`: those that have it, ascending."""

    term: Term
    keys: set[int]
    texts: Ints


@dataclass(frozen=True)
class Terms:
    """The terms of `units`, a level for each size; numbered level after level."""

    units: Units
    levels: tuple[_Level, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(len(one.n) for one in self.levels)

    def texts_of(self, term: int) -> Ints:
        """The texts that have it, ascending."""
        for level in self.levels:
            if term < len(level.n):
                return level.docs[level.offsets[term] : level.offsets[term + 1]]
            term -= len(level.n)
        raise IndexError(term)

    def is_alike(self, term: int, other: int) -> bool:
        """Whether nearly the same texts have them."""
        return _are_alike(self.texts_of(term), self.texts_of(other))

    def scores(self, among: Flags) -> tuple[Floats, Ints, Ints]:
        """(z, hits, n) of each term: how strongly it goes with the texts `among` [texts], how many of those have it,
        and how many of all.
        """
        n = np.concatenate([one.n for one in self.levels])
        hits = np.concatenate([_hits(one, among) for one in self.levels])
        inside = int(among.sum())
        return log_odds(hits, n, inside=inside, total=len(among)), hits, n

    def strongest(self, among: Flags, *, most: int) -> list[Term]:
        """The terms that go with the texts `among` most. Of those that say the same it is the longest, and none that
        only goes with them because of another one with a word in common ("my", where "sent from my phone" does).
        """
        z, hits, n = self.scores(among)
        sizes = np.concatenate([np.full(len(one.n), one.size) for one in self.levels])
        able = np.flatnonzero((z > 0) & (hits > 1))
        ordered = able[np.lexsort((-sizes[able], -z[able]))][:_CANDIDATES]
        chosen: list[_Chosen] = []
        for number in ordered.tolist():
            if len(chosen) >= most:
                break
            texts, size = self.texts_of(number), int(sizes[number])
            if self._is_torn(number, size):
                continue
            keys = self._keys(number, size)
            twin: int | None = None
            for at, other in enumerate(chosen):
                if not keys & other.keys:
                    continue
                if _are_alike(texts, other.texts):
                    twin = at
                    break
                if _is_explained(texts, other.texts, among=among):
                    twin = -1
                    break
            if twin is not None and (twin < 0 or not _takes_over(size, texts, chosen[twin])):
                continue
            term = self._term(number, size, z=float(z[number]), hits=int(hits[number]), n=int(n[number]))
            made = _Chosen(term, self._keys_at(term.first, term.size, term.kind), texts)
            if twin is None:
                chosen.append(made)
            else:
                chosen[twin] = made
        return sorted((one.term for one in chosen), key=lambda one: -one.z)

    def shown(self, term: Term) -> str:
        """As it is written most often; "" for any of a kind."""
        if term.size == 0:
            return ""
        if term.size == 1 and term.kind in (ADDRESS, MARKUP):
            return self.units.names[int(self.units.key[term.first])]
        written = Counter(self.units.written(place, term.size) for place in term.places[:_PLACES].tolist())
        return max(written, key=lambda one: (written[one], one))

    def _is_torn(self, number: int, size: int) -> bool:
        """Whether a character stands mostly in one and the same word of two."""
        level, at = self._level_of(number)
        first = int(level.first[at])
        if size != 1 or self.units.kind[first] != CHARACTER:
            return False
        pairs = next(one for one in self.levels if one.size == 2)
        has = (self.units.key[pairs.first] == self.units.key[first]) | (
            self.units.key[pairs.first + 1] == self.units.key[first]
        )
        return int(pairs.n[has].max(initial=0)) >= _TORN * int(level.n[at])

    def _level_of(self, number: int) -> tuple[_Level, int]:
        for level in self.levels:
            if number < len(level.n):
                return level, number
            number -= len(level.n)
        raise IndexError(number)

    def _term(self, number: int, size: int, *, z: float, hits: int, n: int) -> Term:
        level, at = self._level_of(number)
        places = np.flatnonzero(level.ids == at)
        kind = int(self.units.kind[places[0]])
        made = Term(number, kind, size, int(places[0]), places, z, hits, n)
        return self._whole(made) if size else made

    def _whole(self, term: Term) -> Term:
        """With the words before and behind that are the same wherever it stands: what is copied is seen whole."""
        keys, joined, count = self.units.key, self.units.joined, len(self.units.key)
        places, size = term.places, term.size
        while size < _LONGEST and bool(joined[places].all()) and len(np.unique(keys[places - 1])) == 1:
            places, size = places - 1, size + 1
        while (
            size < _LONGEST
            and int(places[-1]) + size < count
            and bool(joined[places + size].all())
            and len(np.unique(keys[places + size])) == 1
        ):
            size += 1
        return replace(term, places=places, first=int(places[0]), size=size)

    def _keys(self, number: int, size: int) -> set[int]:
        level, at = self._level_of(number)
        first = int(level.first[at])
        return self._keys_at(first, size, int(self.units.kind[first]))

    def _keys_at(self, first: int, size: int, kind: int) -> set[int]:
        """What tells terms apart that can say the same; kinds are below zero."""
        keys = set(self.units.key[first : first + size].tolist())
        return keys | {-1 - kind} if kind in _ANY else keys


def log_odds(hits: Ints, n: Ints, *, inside: int, total: int) -> Floats:
    """z of the log-odds ratio of a text having a term, for `hits` of `inside` texts beside the rest of `n` of `total`;
    0 where a term tells nothing apart.
    """
    outside = total - inside
    found = np.zeros(len(n))
    if not inside or not outside:
        return found
    some = (n > 0) & (n < total)
    share = n[some] / total
    prior = min(inside, outside) * share, min(inside, outside) * (1 - share)
    here = hits[some] + prior[0], inside - hits[some] + prior[1]
    there = n[some] - hits[some] + prior[0], outside - (n[some] - hits[some]) + prior[1]
    value = np.log(here[0] / here[1]) - np.log(there[0] / there[1])
    found[some] = value / np.sqrt(1 / here[0] + 1 / here[1] + 1 / there[0] + 1 / there[1])
    return found


def _hits(level: _Level, among: Flags) -> Ints:
    """How many of the texts `among` have each term."""
    counted = np.append(0, np.cumsum(among[level.docs], dtype=np.int64))
    found: Ints = np.diff(counted[level.offsets])
    return found


def count_terms(texts: Sequence[Sequence[str]], *, check: Callable[[], object] = lambda: None) -> Terms:
    """The terms of texts of one or more parts: words and up to three in a row, or one to four characters where a script
    writes no spaces. `check` as in `cut`.
    """
    units = cut(texts, check=check)
    return Terms(units, tuple(_levels(units, check)))


def _levels(units: Units, check: Callable[[], object]) -> Iterator[_Level]:
    least = _LEAST if units.n >= _FEW_TEXTS else _LEAST - 1
    text = units.text[units.string] if len(units.string) else np.empty(0, np.int64)

    def kept(size: int, ids: Ints) -> _Level:
        check()
        places = np.flatnonzero(ids >= 0)
        pairs = np.unique(ids[places] * max(1, units.n) + text[places])
        term, docs = pairs // max(1, units.n), pairs % max(1, units.n)
        n = np.bincount(term, minlength=1)
        keep = n >= least
        numbers = np.where(keep, np.cumsum(keep) - 1, -1)
        compact = ids.copy()
        compact[places] = numbers[ids[places]]
        first = np.zeros(int(keep.sum()), np.int64)
        there = np.flatnonzero(compact >= 0)[::-1]
        first[compact[there]] = there
        return _Level(size, compact, first, docs[keep[term]], np.concatenate([[0], np.cumsum(n[keep])]))

    kinds = np.where(np.isin(units.kind, _ANY), units.kind, -1)
    yield kept(0, kinds)
    level = kept(1, units.key)
    yield level
    is_character = units.kind == CHARACTER
    for size in range(2, _CHARACTERS + 1):
        ids = np.full(len(level.ids), -1, np.int64)
        if len(ids) > 1:
            may = (level.ids[:-1] >= 0) & (level.ids[1:] >= 0) & units.joined[1:]
            if size > _WORDS:
                may &= is_character[:-1] & is_character[1:]
            able = np.flatnonzero(may)
            _, ids[able] = np.unique(level.ids[able] * (len(level.n) + 1) + level.ids[able + 1], return_inverse=True)
        level = kept(size, ids)
        yield level


def _are_alike(texts: Ints, others: Ints) -> bool:
    common = len(np.intersect1d(texts, others, assume_unique=True))
    return common >= _SAME * (len(texts) + len(others) - common)


def _takes_over(size: int, texts: Ints, other: _Chosen) -> bool:
    """Whether a longer phrase stands for one that is chosen: nearly all texts with that have it."""
    return size > other.term.size > 0 and len(texts) >= _NEARLY * len(other.texts)


def _is_explained(texts: Ints, others: Ints, *, among: Flags) -> bool:
    """Whether texts with a term are `among` those asked about only as far as those with another one are: the rest is no
    more often than texts without the other one, or there is none, and the term says hardly more than the other.
    """
    rest = np.setdiff1d(texts, others, assume_unique=True)
    if not len(rest):
        return bool(among[texts].mean() < among[others].mean() + _MORE)
    without = (int(among.sum()) - int(among[others].sum())) / max(1, len(among) - len(others))
    return bool(among[rest].mean() <= without)
