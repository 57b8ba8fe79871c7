"""Logistic regression and ridge regression on rows as they are, and what they say as probabilities."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["choice", "choices", "number"]
"""What is fitted: one of several classes, a yes or no for each, or a number."""

Floats = NDArray[np.float32]

NEVER = -20.0
"""The logit of a class of which there is no sample."""


def go_on() -> None:
    """Nothing: who checks with this is never asked to stop."""


def probabilities(logits: Floats, kind: Kind) -> Floats:
    """What the logits say: they sum to 1 for a choice, each is a yes or no for choices; a number stays what it is."""
    match kind:
        case "choice":
            raised = np.exp(logits - logits.max(1, keepdims=True))
            return np.asarray(raised / raised.sum(1, keepdims=True), dtype=np.float32)
        case "choices":
            return np.asarray(1 / (1 + np.exp(-logits.clip(-80, 80))), dtype=np.float32)
        case "number":
            return logits


def multiplied(logits: Floats, scale: float) -> Floats:
    """Logits times a scale; those of classes without a sample stay as they are."""
    return np.where(np.abs(logits) == -NEVER, logits, logits * np.float32(scale))


def regress(
    rows: Any,
    targets: NDArray[Any],
    *,
    kind: Kind,
    outputs: int,
    strength: float,
    steps: int,
    start: tuple[Floats, Floats] | None = None,
    counts: Floats | None = None,
    check: Callable[[], None] = go_on,
) -> tuple[Floats, Floats]:
    """weight [outputs, dimensions] and bias [outputs] on rows as they are; `start`: those to begin from; `counts`: how
    much each row does, for choices each of its labels.
    """
    # Not at the top: whoever only predicts need not wait half a second for it.
    from sklearn.linear_model import LogisticRegression, Ridge

    check()
    weight = np.zeros((outputs, rows.shape[1]), dtype=np.float32)
    bias = np.zeros(outputs, dtype=np.float32)
    if kind == "number":
        ridge = Ridge(alpha=1 / strength).fit(rows, targets)
        weight[0], bias[0] = ridge.coef_, ridge.intercept_
        return weight, bias
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it was stopped: the last steps are worth less than their time
        solver = LogisticRegression(C=strength, max_iter=steps, tol=1e-3, warm_start=start is not None)
        if kind == "choices":
            for place in range(outputs):
                check()
                column = targets[:, place]
                if column.min() == column.max():
                    bias[place] = -NEVER if column[0] else NEVER
                else:
                    if start is not None:
                        solver.coef_, solver.intercept_ = start[0][[place]], start[1][[place]]
                    solver.fit(rows, column, sample_weight=None if counts is None else counts[:, place])
                    weight[place], bias[place] = solver.coef_[0], solver.intercept_[0]
            return weight, bias
        there = np.unique(targets)
        bias[:] = NEVER
        bias[there] = 0.0
        if len(there) > 1:
            if start is not None:
                solver.coef_, solver.intercept_ = _begun(start, there)
            solver.fit(rows, targets, sample_weight=counts)
            coefficients, intercepts = solver.coef_, solver.intercept_
            if len(there) == 2:
                coefficients = np.concatenate([-coefficients, coefficients]) / 2
                intercepts = np.concatenate([-intercepts, intercepts]) / 2
            weight[there], bias[there] = coefficients, intercepts
        return weight, bias


def _begun(start: tuple[Floats, Floats], there: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The start of the classes that have a sample, as the solver wants it: of two, the one against the other."""
    weight, bias = start[0][there], np.where(start[1][there] > NEVER / 2, start[1][there], 0)
    if len(there) == 2:
        return weight[[1]] - weight[[0]], bias[[1]] - bias[[0]]
    return weight, bias
