"""How sure a score is, and which labels are mixed up most. Plain functions on counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

_Z95 = 1.959964
_DRAWS = 1000

Matrix = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % confidence interval, both ends in 0..1."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MixUp:
    """`count` samples labelled `gold` were predicted as `predicted` (positions in the matrix)."""

    gold: int
    predicted: int
    count: int


def wilson(hits: int, n: int) -> Interval:
    """The score interval of a share (Wilson, 1927): sound for small n and for shares near 0 and 1."""
    if n == 0:
        return Interval(0.0, 1.0)
    share, z2 = hits / n, _Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def macro_f1_interval(matrix: Matrix) -> Interval:
    """A bootstrap of macro-F1: samples are drawn again from the matrix, the same ones each time.

    Bias-corrected percentiles (Efron, 1981): with few samples a class the draws lie below the score itself.

    Classes count as in the report: those that occur in the draw, as label or as prediction.
    """
    counts = np.array(matrix, dtype=np.int64)
    n = int(counts.sum())
    if n == 0:
        return Interval(0.0, 1.0)
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


def mix_ups(matrix: Matrix) -> tuple[MixUp, ...]:
    """The cells beside the diagonal that count anything, the largest first."""
    found = [
        MixUp(row, column, count)
        for row, line in enumerate(matrix)
        for column, count in enumerate(line)
        if count and row != column
    ]
    return tuple(sorted(found, key=lambda one: -one.count))
