"""Whether one contestant is better than another by more than chance, from the samples that both were judged on.

A sample's quality is 0 to 1: for a label right or wrong, else how good the answer is. Models of folds share most of
what they learnt from, so that the folds say less than as many independent trials would: the variance of a mean
difference is that of the corrected resampled t-test (Nadeau and Bengio 2003, "Inference for the Generalization Error",
section 3.2, doi.org/10.1023/A:1024068626366), with the variance of a fold taken from its samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Qualities = NDArray[np.float64]
"""[n]: of each sample; NaN where it was not judged."""
_THOUGHT = 1.0
"""The square of each of the two differences that are thought to be there besides: a handful of samples of which none
differs does not say that none ever will."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Of the second contestant to the first: `mean` over `n` samples (-1 to 1) with its standard error."""

    mean: float
    error: float
    n: int

    @property
    def behind(self) -> float:
        """One-sided p of the second being no worse than the first: small where it is worse beyond chance."""
        from scipy.special import stdtr  # it loads scipy's solvers, which a child does without until it needs them

        if self.n < 2:
            return 1.0
        return float(stdtr(self.n - 1, self.mean / self.error))


def difference(first: Qualities, second: Qualities, *, of: NDArray[np.int64], folds: int) -> Difference:
    """On the samples that both were judged on. `of`: the fold of each sample, of so many `folds`."""
    both = ~np.isnan(first) & ~np.isnan(second)
    n = int(both.sum())
    if n == 0:
        return Difference(0.0, math.inf, 0)
    values = second[both] - first[both]
    judged = len(np.unique(of[both]))
    mean = float(values.mean())
    variance = (float(((values - mean) ** 2).sum()) + 2 * _THOUGHT) / (n + 1)
    a_fold = variance / (n / judged)
    shared = 1 / (folds - 1) if folds > 1 else 0.0  # samples that were held out from the first share nothing
    return Difference(mean, math.sqrt(a_fold * (1 / judged + shared)), n)


@dataclass(frozen=True, slots=True)
class Score:
    """The mean quality of `n` samples with a 95 % interval, and the standard deviation of the means of the folds (0 for
    a single one).
    """

    mean: float
    low: float
    high: float
    spread: float
    n: int


def score(qualities: Qualities, *, of: NDArray[np.int64], folds: int) -> Score:
    """Of one contestant on what it was judged on; the interval has the correction of `difference`."""
    judged = ~np.isnan(qualities)
    n = int(judged.sum())
    if n == 0:
        return Score(0.0, 0.0, 1.0, 0.0, 0)
    found = difference(np.zeros_like(qualities), qualities, of=of, folds=folds)
    means = [float(qualities[judged & (of == fold)].mean()) for fold in np.unique(of[judged])]
    spread = float(np.std(means, ddof=1)) if len(means) > 1 else 0.0
    half = 1.96 * found.error
    return Score(found.mean, max(0.0, found.mean - half), min(1.0, found.mean + half), spread, n)
