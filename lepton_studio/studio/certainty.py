"""How sure a score is, and whether two runs differ by more than chance. Plain functions on counts; draws are seeded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from lepton_studio.contract.task import Confusion, Measure

LEVEL = 0.05
"""Below this p a difference is called one."""
_Z95 = 1.959964
_DRAWS = 1000
_ROOM = 4_000_000
"""Numbers drawn at a time, so that a bootstrap of many samples stays small in memory."""

Matrix = Sequence[Sequence[int]]
Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % confidence interval, both ends in 0..1."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How far apart its ends are."""
        return self.high - self.low


def wilson(hits: float, n: int) -> Interval:
    """The score interval of a share (Wilson, 1927): sound for small n and for shares near 0 and 1."""
    if n == 0:
        return Interval(0.0, 1.0)
    share, z2 = hits / n, _Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def newcombe(hits: int, n: int, *, other_hits: int, other_n: int) -> tuple[float, float]:
    """The ends, in -1..1, of the 95 % interval of `hits / n - other_hits / other_n` (Newcombe, 1998, method 10): the
    score intervals of both shares, put together. Sound for small samples and for shares near 0 and 1.
    """
    if not n or not other_n:
        return -1.0, 1.0
    one, other, here, there = hits / n, other_hits / other_n, wilson(hits, n), wilson(other_hits, other_n)
    below = math.hypot(one - here.low, there.high - other)
    above = math.hypot(here.high - one, other - there.low)
    return one - other - below, one - other + above


def paired_difference(better: int, worse: int, *, n: int) -> tuple[float, float]:
    """The ends, in -1..1, of the 95 % interval of the difference of two shares of the same `n`: `better` have it only
    in the second, `worse` only in the first (Bonett and Price, 2012: the adjusted Wald interval for pairs).
    """
    if not n:
        return -1.0, 1.0
    up, down = (better + 1) / (n + 2), (worse + 1) / (n + 2)
    half = _Z95 * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    return max(-1.0, up - down - half), min(1.0, up - down + half)


def holm(levels: Sequence[float]) -> list[float]:
    """These p, each held to all that were looked at (Holm, 1979): the k-th smallest of m times m - k + 1, none below
    the one before it. Were nothing the matter anywhere, one of them is below LEVEL in at most one of twenty times.
    """
    found, least = [1.0] * len(levels), 0.0
    for rank, place in enumerate(sorted(range(len(levels)), key=lambda place: levels[place])):
        least = max(least, min(1.0, levels[place] * (len(levels) - rank)))
        found[place] = least
    return found


def binomial_tail(hits: int, *, n: int, share: float) -> float:
    """How likely at most so many of `n` are hits, where each is one with the probability `share` (0 < share < 1)."""
    if hits >= n:
        return 1.0
    each, rest, total = math.log(share), math.log1p(-share), math.lgamma(n + 1)
    terms = (
        math.exp(total - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * each + (n - k) * rest)
        for k in range(hits + 1)
    )
    return min(1.0, math.fsum(terms))


def upper_bound(hits: int, *, n: int, level: float = LEVEL) -> float:
    """Of the share that so many of `n` are a sample of, exceeded with the probability `level` at most (Clopper and
    Pearson, 1934, one-sided).
    """
    if hits >= n:
        return 1.0
    low, high = hits / n, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if binomial_tail(hits, n=n, share=middle) > level else (low, middle)
    return high


def macro_f1_interval(matrix: Matrix) -> Interval:
    """A bootstrap of macro-F1: samples are drawn again from the matrix, the same ones each time.

    Bias-corrected percentiles (Efron, 1981): with few samples a class the draws lie below the score itself.

    Classes count as in the report: those that occur in the draw, as label or as prediction.
    """
    counts = np.array(matrix, dtype=np.int64)
    n = int(counts.sum())
    hit = int(np.diag(counts).sum())
    if hit in (0, n):  # every draw has the same score, which says nothing of how sure it is
        return wilson(hit, n)
    rows, columns = np.nonzero(counts)
    cells = counts[rows, columns]
    draws = np.random.default_rng(1).multinomial(n, cells / n, size=_DRAWS)
    size = len(counts)
    support, guessed, hits = (np.zeros((_DRAWS, size)) for _ in range(3))
    np.add.at(support.T, rows, draws.T)
    np.add.at(guessed.T, columns, draws.T)
    right = rows == columns
    hits[:, rows[right]] = draws[:, right]
    seen = support + guessed
    f1 = 2 * hits / np.maximum(seen, 1)
    macro = f1.sum(axis=1) / np.maximum((seen > 0).sum(axis=1), 1)
    return _bias_corrected(macro, score=_macro_f1(counts))


def _macro_f1(counts: np.ndarray[Any, np.dtype[np.int64]]) -> float:
    seen = counts.sum(axis=0) + counts.sum(axis=1)
    return float((2 * np.diag(counts)[seen > 0] / seen[seen > 0]).mean())


def _bias_corrected(draws: np.ndarray[Any, np.dtype[np.float64]], *, score: float) -> Interval:
    below = float(((draws < score).sum() + (draws == score).sum() / 2) / len(draws))
    shift = NormalDist().inv_cdf(min(max(below, 1 / len(draws)), 1 - 1 / len(draws)))
    ends = [NormalDist().cdf(2 * shift + z) for z in (-_Z95, _Z95)]
    low, high = np.quantile(draws, ends)
    return Interval(float(min(low, score)), float(max(high, score)))


def mean_interval(values: Sequence[float]) -> Interval:
    """Of a mean of values in 0..1, one a sample: samples are drawn again (Efron, 1979), percentiles of the means."""
    if not values:
        return Interval(0.0, 1.0)
    return _percentiles(_means(np.array(values, dtype=np.float64)), n=len(values))


def f1_interval(counts: Sequence[tuple[int, int, int]]) -> Interval:
    """Of micro-F1: whole samples are drawn again, each with its (hits, gold, predicted)."""
    if not counts:
        return Interval(0.0, 1.0)
    hits, gold, guessed = np.array(counts, dtype=np.float64).T
    n = len(counts)
    found = np.empty(_DRAWS)
    chance = np.random.default_rng(1)
    for start in range(0, _DRAWS, size := max(1, _ROOM // n)):
        rows = chance.integers(0, n, (min(size, _DRAWS - start), n))
        whole = gold[rows].sum(axis=1) + guessed[rows].sum(axis=1)
        found[start : start + len(rows)] = np.where(whole > 0, 2 * hits[rows].sum(axis=1) / np.maximum(whole, 1), 1.0)
    return _percentiles(found, n=n)


def _percentiles(draws: Numbers, *, n: int) -> Interval:
    if draws.min() == draws.max():  # the samples are all alike, which says nothing of how sure it is
        return wilson(float(draws[0]) * n, n)
    low, high = np.quantile(draws, (0.025, 0.975))
    return Interval(float(low), float(high))


def score_interval(
    measure: Measure, value: float, *, confusion: Confusion | None, right: int, n: int
) -> Interval | None:
    """Of a measure's value, where one can be had: of macro-F1 from the confusions, of a share of `right` among `n`."""
    if confusion is not None and measure.id == "macro_f1":
        return macro_f1_interval(confusion.matrix)
    if n and measure.is_share and abs(value - right / n) < 1e-9:
        return wilson(right, n)
    return None


def mcnemar(better: int, worse: int) -> float:
    """The exact two-sided p of McNemar's test (McNemar, 1947; for classifiers Dietterich, 1998).

    Of the samples on which only one of two runs is right, `better` are right in the second one and `worse` in the
    first. Were the runs equally good, each of them would have fallen to either side like a coin: a binomial test.
    """
    n, least = better + worse, min(better, worse)
    if n == 0:
        return 1.0
    tail = term = 1
    for k in range(least):
        term = term * (n - k) // (k + 1)
        tail += term
    return float(min(1.0, 2 * tail / 2**n))


def probability_better(better: int, worse: int) -> float:
    """How likely the second of two runs is the better one, by the samples on which only one of them is right: those
    that fall to the second have an unknown share, every one as likely at first; this is the probability that it is
    above a half (the Bayesian sign test without a region of equals: Benavoli et al. 2017,
    https://jmlr.org/papers/v18/16-305.html).
    """
    n = better + worse + 1
    term = tail = 1
    for k in range(better):
        term = term * (n - k) // (k + 1)
        tail += term
    return float(tail / 2**n)


def fisher(hits: int, n: int, *, other_hits: int, other_n: int) -> float:
    """The two-sided p of Fisher's exact test (1922): whether so many of `n` and of `other_n` are shares of one kind.

    All tables with the same sums that are no likelier than this one count.
    """
    total, all_hits = n + other_n, hits + other_hits

    def chosen(of: int, some: int) -> float:
        return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)

    def likely(some: int) -> float:
        return chosen(n, some) + chosen(other_n, all_hits - some) - chosen(total, all_hits)

    here = likely(hits)
    every = map(likely, range(max(0, all_hits - other_n), min(n, all_hits) + 1))
    return min(1.0, math.fsum(math.exp(one) for one in every if one <= here + 1e-9))


def probability_above(differences: Sequence[float]) -> float:
    """The share of draws of `paired_bootstrap` whose mean is above zero; a draw that is on it counts half."""
    values = np.array(differences, dtype=np.float64)
    if not values.size:
        return 0.5
    draws = _means(values)
    return float(((draws > 0).sum() + (draws == 0).sum() / 2) / len(draws))


def paired_bootstrap(differences: Sequence[float]) -> float:
    """The two-sided p of a mean difference, one difference a sample: paired bootstrap (Koehn, 2004).

    Twice the share of draws whose mean falls on the other side of zero, or on it.
    """
    values = np.array(differences, dtype=np.float64)
    if not values.size or not values.any():
        return 1.0
    draws = _means(values)
    other = (draws <= 0).mean() if values.mean() > 0 else (draws >= 0).mean()
    return float(min(1.0, max(2 * other, 1 / _DRAWS)))


def _means(values: Numbers) -> Numbers:
    """The means of samples drawn again, with replacement."""
    n = len(values)
    found = np.empty(_DRAWS)
    chance = np.random.default_rng(1)
    for start in range(0, _DRAWS, size := max(1, _ROOM // n)):
        rows = chance.integers(0, n, (min(size, _DRAWS - start), n))
        found[start : start + len(rows)] = values[rows].mean(axis=1)
    return found
