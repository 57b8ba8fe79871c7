"""Measures of agreement as the field defines them, each with its source, and their bootstrap intervals.

Each is a function of sums over units (texts): `Summed` holds what a unit adds, so that a resample is one product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_RESAMPLES = 1000
_AT_ONCE = 4_000_000
"""Weights of units that are drawn in one go: 32 MB."""


@dataclass(frozen=True, slots=True)
class Summed:
    """`rows` (units x columns) are added up over the units; `of` (..., columns) -> (...) is the measure of the sums.

    It is NaN where it has no value, as when all answers are the same.
    """

    rows: Array
    of: Callable[[Array], Array]

    @property
    def value(self) -> float:
        """The measure on all units."""
        return float(self.of(self.rows.sum(axis=0)))


def intervals(measures: Sequence[Summed], *, seed: int = 0) -> list[tuple[float, float]]:
    """The 95 % interval of each measure on the same units: the percentile bootstrap over units (Efron and Tibshirani
    1993, chapter 13), by the same resamples for all. NaN where most resamples have no value.
    """
    none = (float("nan"), float("nan"))
    units, chance = len(measures[0].rows) if measures else 0, np.random.default_rng(seed)
    if units < 2:
        return [none] * len(measures)
    values: list[list[Array]] = [[] for _ in measures]
    step = max(1, _AT_ONCE // units)
    for first in range(0, _RESAMPLES, step):
        count = min(step, _RESAMPLES - first)
        drawn = chance.integers(0, units, (count, units)) + np.arange(count)[:, None] * units
        weights = np.bincount(drawn.ravel(), minlength=count * units).reshape(count, units).astype(np.float64)
        for measure, found in zip(measures, values, strict=True):
            found.append(measure.of(weights @ measure.rows))
    return [_middle(np.concatenate(found), none) for found in values]


def _middle(found: Array, none: tuple[float, float]) -> tuple[float, float]:
    found = found[np.isfinite(found)]
    if len(found) < _RESAMPLES // 2:
        return none
    low, high = np.percentile(found, (2.5, 97.5))
    return float(low), float(high)


def cohen(first: Sequence[int], second: Sequence[int]) -> Summed:
    """Cohen's kappa of two people who each gave all units one of some categories, 0, 1, ...

    kappa = (p_o - p_e) / (1 - p_e), with p_e from each one's own shares: Cohen 1960, "A coefficient of agreement for
    nominal scales", Educational and Psychological Measurement 20(1).
    """
    one, other = np.asarray(first), np.asarray(second)
    size = int(max(one.max(), other.max())) + 1
    each = np.eye(size)
    rows = np.column_stack([one == other, each[one], each[other]]).astype(np.float64)

    def of(sums: Array) -> Array:
        n = sums[..., 1 : 1 + size].sum(axis=-1)
        observed = sums[..., 0] / n
        expected = (sums[..., 1 : 1 + size] * sums[..., 1 + size :]).sum(axis=-1) / n**2
        return _ratio(observed - expected, 1 - expected)

    return Summed(rows, of)


def fleiss(counts: Array) -> Summed:
    """Fleiss' kappa of units x categories: how many people gave it. All units have the same number of people.

    Fleiss 1971, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76(5).
    """
    people = counts[0].sum()
    same = (counts * (counts - 1)).sum(axis=1) / (people * (people - 1))
    rows = np.column_stack([np.ones(len(counts)), same, counts])

    def of(sums: Array) -> Array:
        observed = sums[..., 1] / sums[..., 0]
        expected = ((sums[..., 2:] / (sums[..., :1] * people)) ** 2).sum(axis=-1)
        return _ratio(observed - expected, 1 - expected)

    return Summed(rows, of)


def alpha(
    counts: Array,
    *,
    distances: Array | None = None,
    lengths: Array | None = None,
    groups: NDArray[np.int64] | None = None,
) -> Summed:
    """Krippendorff's alpha of units x values: how many people gave it; a unit may have any number of people.

    alpha = 1 - D_o / D_e over the pairable answers: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability",
    repository.upenn.edu/asc_papers/43. `distances` (values x values, 0 on the diagonal) between values; None: nominal,
    1 between any two. `lengths` weighs units, and `groups` (0, 1, ...) says which are drawn together for the interval:
    the stretches of one text.
    """
    each = np.ones(len(counts)) if lengths is None else lengths
    people = counts.sum(axis=1)
    kept = people > 1
    counts, people, each = counts[kept], people[kept], each[kept]

    def pairs(counted: Array) -> Array:
        if distances is None:
            return np.asarray(counted.sum(axis=-1) ** 2 - (counted**2).sum(axis=-1))
        return np.asarray(((counted @ distances) * counted).sum(axis=-1))

    rows = np.column_stack([pairs(counts) / (people - 1), counts]) * each[:, None]
    if groups is not None:
        whole = np.zeros((int(groups.max(initial=-1)) + 1, rows.shape[1]))
        np.add.at(whole, groups[kept], rows)
        rows = whole

    def of(sums: Array) -> Array:
        counted = sums[..., 1:]
        n = counted.sum(axis=-1)
        return 1 - _ratio(sums[..., 0] / n, pairs(counted) / (n * (n - 1)))

    return Summed(rows, of)


def alpha_of_numbers(given: Array) -> Summed:
    """Krippendorff's alpha of units x people with the squared difference as distance (interval data); NaN: no answer.

    As `alpha`; the sum over pairs is 2 (m sum x^2 - (sum x)^2).
    """
    there = np.isfinite(given)
    kept = there.sum(axis=1) > 1
    numbers, people = np.where(there, given, 0.0)[kept], there.sum(axis=1)[kept]
    numbers = numbers - (numbers.sum() / max(1, people.sum())) * there[kept]  # nothing is lost of large numbers

    def pairs(n: Array, total: Array, squares: Array) -> Array:
        return 2 * (n * squares - total**2)

    total, squares = numbers.sum(axis=1), (numbers**2).sum(axis=1)
    rows = np.column_stack([pairs(people, total, squares) / np.maximum(1, people - 1), people, total, squares])

    def of(sums: Array) -> Array:
        n = sums[..., 1]
        return 1 - _ratio(sums[..., 0] / n, pairs(n, sums[..., 2], sums[..., 3]) / (n * (n - 1)))

    return Summed(rows, of)


def masi_distances(sets: Sequence[frozenset[int]]) -> Array:
    """The distance 1 - J M between any two sets: J is Jaccard's coefficient, M 1 where they are equal, 2/3 where one is
    part of the other, 1/3 where they overlap, 0 else. Two empty sets are equal.

    Passonneau 2006, "Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation", LREC.
    """
    found = np.zeros((len(sets), len(sets)))
    for row, one in enumerate(sets):
        for column, other in enumerate(sets[:row]):
            both = len(one & other)
            part = 2 / 3 if one <= other or other <= one else 1 / 3
            found[row, column] = found[column, row] = 1 - both / len(one | other) * part
    return found


def share(parts: Array, wholes: Array) -> Summed:
    """The sum of the parts, of the sum of the wholes: an F1 pooled over units, or a mean.

    With parts 2 |A and B| and wholes |A| + |B| it is the F1 of one person's marks by the other's, the same both ways:
    the measure for marks in texts, where nobody can count what was rightly left unmarked (Hripcsak and Rothschild 2005,
    "Agreement, the F-measure, and reliability in information retrieval", JAMIA 12(3)).
    """
    return Summed(np.column_stack([parts, wholes]), lambda sums: _ratio(sums[..., 0], sums[..., 1]))


def _ratio(above: Array, below: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(below == 0, np.nan, above / below))
