"""How sure a tuned model says it is, put right on the validation samples: its logits are divided by one number.

Guo et al. 2017, "On Calibration of Modern Neural Networks", https://arxiv.org/abs/1706.04599. The head's weights are
divided by it, so that every file that is made of the model says the same; which label comes first stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy  # its parts are loaded where they are first used
from numpy.typing import NDArray

_BOUNDS = (math.log(0.2), math.log(10.0))
_USUAL = 0.7
"""The standard deviation that the logarithm of a temperature is taken to have before anything is seen: few samples, or
many without an error, say little of how sure a model may be."""
_LEAST = 1e-30

Numbers = NDArray[np.float64]


def temperature_of_choice(probabilities: Any, targets: Any) -> float:
    """Of a softmax: `probabilities` [n, labels] as the model gives them, `targets` [n] the places of the labels."""
    logits = np.log(np.maximum(np.asarray(probabilities, dtype=np.float64), _LEAST))
    rows, places = np.arange(len(logits)), np.asarray(targets)

    def loss(temperature: float) -> float:
        cooled = logits / temperature
        top = cooled.max(1, keepdims=True)
        return float((np.log(np.exp(cooled - top).sum(1)) + top[:, 0] - cooled[rows, places]).sum())

    return _best(loss)


def temperature_of_choices(probabilities: Any, there: Any) -> float:
    """Of a sigmoid for each label: `probabilities` [n, labels], `there` [n, labels] whether the text has it.

    A text counts once however many labels there are: those of one text are not independent.
    """
    given = np.asarray(probabilities, dtype=np.float64)
    logits = np.log(np.maximum(given, _LEAST)) - np.log(np.maximum(1 - given, 1e-16))
    signed = np.where(np.asarray(there, dtype=bool), logits, -logits)

    def loss(temperature: float) -> float:
        return float(np.logaddexp(0.0, -signed / temperature).mean(1).sum())

    return _best(loss)


def cooled(probabilities: Any, temperature: float) -> Numbers:
    """What a sigmoid gives for the logits of these `probabilities` after the division."""
    given = np.asarray(probabilities, dtype=np.float64)
    logits = np.log(np.maximum(given, _LEAST)) - np.log(np.maximum(1 - given, 1e-16))
    found: Numbers = np.exp(-np.logaddexp(0.0, -logits / temperature))
    return found


def _best(loss: Callable[[float], float]) -> float:
    def penalised(logarithm: float) -> float:
        return loss(math.exp(logarithm)) + logarithm**2 / (2 * _USUAL**2)

    return float(math.exp(scipy.optimize.minimize_scalar(penalised, bounds=_BOUNDS, method="bounded").x))
