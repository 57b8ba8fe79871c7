"""Two models that answer together: the probabilities of both, averaged with a weight chosen on samples that neither had
seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lepton_studio.racing.telling import Qualities

Probabilities = NDArray[np.float32]
"""[n, outputs]; a row of NaN where a sample was not judged."""
_WEIGHTS = tuple(step / 10 for step in range(1, 10))
_LEAST = 1e-6


def summed(one: Probabilities, other: Probabilities, *, weight: float) -> Probabilities:
    """`weight` of the first, the rest of the second."""
    return np.asarray(weight * one + (1 - weight) * other, dtype=np.float32)


def chosen_weight(one: Probabilities, other: Probabilities, targets: NDArray[np.int64]) -> float:
    """Of the first, so that what is right is likeliest; of equals the one nearest to a half."""
    at = np.arange(len(targets))

    def likely(weight: float) -> float:
        return float(np.log(np.maximum(summed(one, other, weight=weight)[at, targets], _LEAST)).sum())

    return max(sorted(_WEIGHTS, key=lambda weight: abs(weight - 0.5)), key=likely)


def sum_held_out(
    one: Probabilities, other: Probabilities, targets: NDArray[np.int64], *, of: NDArray[np.int64]
) -> tuple[Qualities, float]:
    """What the sum of both would have said: right or wrong [n] (NaN where one of them was not judged), each fold with
    the weight that is best on the others; and the weight that is best on all.
    """
    both = ~(np.isnan(one).any(1) | np.isnan(other).any(1))
    found = np.full(len(targets), np.nan)
    for fold in np.unique(of[both]):
        left, rest = both & (of == fold), both & (of != fold)
        weight = chosen_weight(one[rest], other[rest], targets[rest]) if rest.any() else 0.5
        found[left] = summed(one[left], other[left], weight=weight).argmax(1) == targets[left]
    return found, chosen_weight(one[both], other[both], targets[both])
