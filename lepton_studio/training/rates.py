"""Which learning rate to use, by a range test: Smith 2017, https://arxiv.org/abs/1506.01186."""

from __future__ import annotations

from collections.abc import Sequence

STEPS = 60
_LOW, _HIGH = 1e-6, 1e-1
_KEPT = 0.7
"""Of the smoothed loss, at each step."""
_BROKEN = 4.0
"""A loss so many times the smallest: training has broken down."""
_BELOW = 2.0
"""So many times below where the loss was smallest it is safe. On 200 questions of TREC the loss of others was smallest
at 2e-4 and had doubled at 1e-3; the recipe's 1e-4 was found by many runs.
"""


def rate_of(step: int) -> float:
    """The learning rate of a step of the test: from step to step it grows by the same factor."""
    return float(_LOW * (_HIGH / _LOW) ** (step / (STEPS - 1)))


class Smooth:
    """A moving average of losses that does not lean towards where it began."""

    def __init__(self) -> None:
        self._sum = self._weight = 0.0

    def add(self, loss: float) -> float:
        """The average with one more."""
        self._sum = _KEPT * self._sum + (1 - _KEPT) * loss
        self._weight = _KEPT * self._weight + (1 - _KEPT)
        return self._sum / self._weight


def has_broken_down(losses: Sequence[float]) -> bool:
    """Whether going on tells nothing more. Smoothed losses."""
    return losses[-1] > _BROKEN * min(losses)


def rate_to_use(rates: Sequence[float], losses: Sequence[float]) -> float:
    """Half of the rate at which the smoothed loss was smallest, to one figure; 0 where that tells nothing: the loss
    was smallest at the very beginning, or there is none.
    """
    if not losses or (best := min(range(len(losses)), key=losses.__getitem__)) == 0:
        return 0.0
    return float(f"{rates[best] / _BELOW:.0e}")
