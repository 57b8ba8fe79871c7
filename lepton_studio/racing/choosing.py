"""Who goes on to the next folds, and who is taken in the end.

Successive halving (Jamieson and Talwalkar 2016, arxiv.org/abs/1502.07943) over folds, with what is worse beyond chance
out at once (Maron and Moore 1994, "Hoeffding Races"): what takes seconds is judged on all folds, what takes minutes on
one first, the better half on two, and what is left on all.

A few dozen labels cannot tell methods apart: the difference of two of them has a standard error of ten points. So what
is known of the methods from other sets stands beside what the folds say, and counts the less the more labels there are:
the mean of the posterior of two normal distributions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lepton_studio.racing.telling import Qualities, difference

RUNGS = (1, 2)
"""On so many folds the costly ones are judged before all."""
BEHIND = 0.05
"""Below this one-sided p a contestant is behind beyond chance."""
_CLEAR = 0.005
"""Below this p of all others a contestant needs no more folds."""
_EQUAL = 0.005
"""Who is expected to be no further behind than this is as good: the cheapest of them is taken."""
_FEW = 64
"""Labelled samples of a label, up to which they are few."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """`id` is unlike the others'. `cost`: seconds of a fit beside those of the others, in any unit. `few` and `many`:
    what is expected of it beside the first contestant, in points of a hundred, and its standard deviation, from other
    sets with few and with many labels.
    """

    id: str
    cost: float
    few: tuple[float, float] = (0.0, 5.0)
    many: tuple[float, float] = (0.0, 3.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of the contestants: the qualities of each, [n], by id; the fold `of` each sample, of so many; and
    how many samples a label has on average.
    """

    contestants: Sequence[Contestant]
    qualities: Mapping[str, Qualities]
    of: NDArray[np.int64]
    folds: int
    a_label: float

    def expected(self, one: Contestant) -> float:
        """How far it is ahead of the first contestant, 0..1, by the folds and by what is known from other sets."""
        first = self.contestants[0]
        if one.id == first.id:
            return 0.0
        told = difference(self.qualities[first.id], self.qualities[one.id], of=self.of, folds=self.folds)
        mean, deviation = (value / 100 for value in (one.few if self.a_label <= _FEW else one.many))
        if math.isinf(told.error):
            return mean
        known, seen = 1 / deviation**2, 1 / told.error**2
        return (mean * known + told.mean * seen) / (known + seen)

    def behind(self, one: Contestant, *, best: Contestant) -> float:
        """One-sided p of `one` being no worse than `best`."""
        return difference(self.qualities[best.id], self.qualities[one.id], of=self.of, folds=self.folds).behind

    def best(self, some: Sequence[Contestant]) -> Contestant:
        """Who is expected to be ahead; of equals the cheapest."""
        most = max(self.expected(one) for one in some)
        return min((one for one in some if self.expected(one) >= most - _EQUAL), key=lambda one: one.cost)


def beaten(judged: Judged, running: Sequence[Contestant]) -> dict[str, str]:
    """id -> the id of who is ahead of it beyond chance, for those that need not go on."""
    best = judged.best(running)
    return {
        one.id: best.id
        for one in running
        if one.id != best.id and judged.behind(one, best=best) < BEHIND / len(running)
    }


def halved(judged: Judged, costly: Sequence[Contestant]) -> tuple[Contestant, ...]:
    """The half of the costly ones, or one more, of which most is expected."""
    order = sorted(costly, key=lambda one: (-judged.expected(one), one.cost))
    return tuple(order[: math.ceil(len(order) / 2)])


def is_clear(judged: Judged, running: Sequence[Contestant]) -> bool:
    """Whether one is so far ahead of all that are still in that further folds would say nothing new."""
    best = judged.best(running)
    return all(judged.behind(one, best=best) < _CLEAR for one in running if one.id != best.id)


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is taken, who is next to it, how far it is ahead of that one (0..1) on how many samples, and whether that is
    beyond chance. `second` is "" where there was nobody else.
    """

    taken: str
    second: str = ""
    ahead: float = 0.0
    n: int = 0
    is_clear: bool = True


def choose(judged: Judged, running: Sequence[Contestant]) -> Choice:
    """The end of a race, among those that no one was ahead of beyond chance."""
    taken = judged.best(running)
    others = [one for one in running if one.id != taken.id]
    if not others:
        return Choice(taken.id)
    second = max(others, key=lambda one: judged.expected(one))
    found = difference(judged.qualities[second.id], judged.qualities[taken.id], of=judged.of, folds=judged.folds)
    clear = all(judged.behind(one, best=taken) < BEHIND for one in others)
    return Choice(taken.id, second.id, found.mean, found.n, clear)
