"""How much better the model gets by the next few labels: a forecast from its learning curve, for no more than that.

A power law fitted to a learning curve over-estimates how many labels a distant goal takes, by far; the next 50 to 200
can be told. The curve is POW4, a - b (n + d)^-c (Kolachina et al. 2012; Viering and Loog 2021, arXiv 2103.10948), in
place of the best one an average of all that fit, each by its likelihood. The band has two parts: how far the curve may
be measured wrongly (a bootstrap of the samples that it was measured on), and luck: some labels teach more than others.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

HORIZONS = (50, 100, 200)
"""Labels ahead."""
FEWEST = 60
"""Decisions from which on anything is told."""
BAND = 0.8
"""So many of such forecasts are to come true."""
_LITTLE = 0.005
_LUCK, _LEAST_LUCK = 0.6, 0.01
"""The standard deviation of what labels bring: so much of it, and at least so much of a share. Chosen in replays, see
docs/decisions/0047-how-much-more-and-when-to-stop.md.
"""
_Z = NormalDist().inv_cdf((1 + BAND) / 2)
_LEAST_NOISE = 1e-5
"""The variance of a point of the curve at least, of shares."""
_DRAWS = 200
_EXPONENTS = np.linspace(0.1, 1.6, 16)
_SHIFTS = (0.0, 0.1, 0.3, 1.0, 3.0)
"""Of the number of decisions there are."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Forecast:
    """With so many labels `more` the share that the model is right on grows by `gain`, from `low` to `high` in four of
    five cases. `at_best`: the same upper end of what so many labels bring on average, were there no luck.
    """

    more: int
    gain: float
    low: float
    high: float
    at_best: float


def forecasts(sizes: NDArray[np.int64], right: NDArray[np.bool_], *, decisions: int) -> tuple[Forecast, ...]:
    """From `right` [k, m], of m samples, whether a model of so many of the `sizes` [k] decisions is right; () where it
    is too early to tell. None reaches beyond twice the decisions there are.
    """
    if decisions < FEWEST or len(sizes) < 4:
        return ()
    m = right.shape[1]
    chance = np.random.default_rng(0)
    weights = np.vstack([np.ones(m), chance.multinomial(m, np.full(m, 1 / m), _DRAWS)])
    curves = weights @ right.T / m
    found = []
    for more in HORIZONS:
        if more <= decisions:
            gains = _gains(sizes.astype(np.float64), curves, now=decisions, more=more)
            gain, measured = float(gains[0]), float(gains[1:].std())
            either = _Z * float(np.hypot(measured, np.hypot(_LUCK * gain, _LEAST_LUCK)))
            found.append(Forecast(more, gain, gain - either, gain + either, gain + _Z * measured))
    return tuple(found)


def share_now(sizes: NDArray[np.int64], right: NDArray[np.bool_], *, decisions: int) -> float:
    """On which share a model of all decisions is right, of which the largest of `sizes` [k] are a part."""
    curve = right.mean(1)[None]
    more = max(0, decisions - int(sizes[-1]))
    return float(curve[0, -1] + _gains(sizes.astype(np.float64), curve, now=int(sizes[-1]), more=more)[0])


def brings_little(found: tuple[Forecast, ...]) -> bool:
    """Whether the next 100 labels are likely to bring less than half a point."""
    return any(one.more == 100 and one.at_best < _LITTLE for one in found)


def _gains(sizes: Numbers, curves: Numbers, *, now: int, more: int) -> Numbers:
    """[draws]: what each curve [draws, k] gains from `now` on."""
    noise = np.maximum(np.mean(np.var(np.diff(curves, axis=1), axis=0)), _LEAST_NOISE)
    gains, weights = [], []
    for shift in _SHIFTS:
        for exponent in _EXPONENTS:
            base = (sizes + shift * now) ** -exponent
            ends = (now + shift * now) ** -exponent - (now + more + shift * now) ** -exponent
            moved = base - base.mean()
            slope = -(curves - curves.mean(1, keepdims=True)) @ moved / (moved @ moved)
            slope = np.maximum(slope, 0)  # more labels make no model worse
            fitted = curves.mean(1, keepdims=True) - slope[:, None] * moved
            gains.append(slope * ends)
            weights.append(-((curves - fitted) ** 2).sum(1) / (2 * noise))
    likely = np.exp(np.array(weights) - np.max(weights, axis=0))
    return np.asarray((np.array(gains) * likely).sum(0) / likely.sum(0))
