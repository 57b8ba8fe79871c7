"""The linear probe: multinomial logistic regression on frozen features, by full-batch L-BFGS.

Fitting the head before fine-tuning keeps the features from being distorted by a random one: Kumar et al. 2022,
"Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution", https://arxiv.org/abs/2202.10054.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

STRENGTHS = (1.0, 10.0, 100.0)
"""Candidates for C, the inverse of the L2 penalty as scikit-learn counts it, strongest penalty first."""
_FIXED = 10.0
"""C where there is too little to choose by."""
_MOST_SAMPLES = 50_000
_MOST_ITERATIONS = 100
_HELD_OUT = 5
"""Without validation data, one sample in so many is held out to choose C, where each class has that many."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Features [n, width] with class indices [n]."""

    features: Tensor
    targets: Tensor

    def rows(self, which: Tensor) -> Labelled:
        """Those rows."""
        return Labelled(self.features[which], self.targets[which])


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted linear layer: weight [classes, width], bias [classes]."""

    weight: Tensor
    bias: Tensor


def fit(
    train: Labelled, *, class_weights: Tensor, validation: Labelled | None, check: Callable[[], None] = lambda: None
) -> Linear:
    """Fit with the C that does best on `validation`, or on a held-out fifth of `train` (and then again on all).

    `class_weights`: [classes]. `check` is called at every iteration and may raise. Same arguments, same layer.
    """
    if len(train.targets) > _MOST_SAMPLES:
        train = train.rows(
            torch.randperm(len(train.targets), generator=torch.Generator().manual_seed(0))[:_MOST_SAMPLES]
        )
    inner, held_out = (train, validation) if validation is not None else _hold_out(train)
    if held_out is None:
        return _fit(train, strength=_FIXED, class_weights=class_weights, start=None, check=check)
    start: Linear | None = None
    fitted = []
    for strength in STRENGTHS:
        start = _fit(inner, strength=strength, class_weights=class_weights, start=start, check=check)
        fitted.append((_score(start, held_out), strength, start))
    _, strength, best = max(fitted, key=lambda one: one[0])
    if inner is train:
        return best
    return _fit(train, strength=strength, class_weights=class_weights, start=best, check=check)


def _hold_out(train: Labelled) -> tuple[Labelled, Labelled | None]:
    counts = torch.bincount(train.targets)
    if int(counts[counts > 0].min()) < _HELD_OUT:
        return train, None
    # Ranks inside each class: every fifth sample of a class is held out.
    order = torch.argsort(train.targets, stable=True)
    starts = torch.cumsum(counts, 0) - counts
    ranks = torch.empty_like(order)
    ranks[order] = torch.arange(len(order)) - starts[train.targets[order]]
    out = ranks % _HELD_OUT == 0
    return train.rows(~out), train.rows(out)


def _fit(
    train: Labelled, *, strength: float, class_weights: Tensor, start: Linear | None, check: Callable[[], None]
) -> Linear:
    classes, width = len(class_weights), train.features.shape[1]
    weight = (torch.zeros(classes, width) if start is None else start.weight.clone()).requires_grad_()
    bias = (torch.zeros(classes) if start is None else start.bias.clone()).requires_grad_()
    total = float(class_weights[train.targets].sum())
    solver = torch.optim.LBFGS(
        [weight, bias],
        max_iter=_MOST_ITERATIONS,
        history_size=10,
        tolerance_grad=1e-6,
        tolerance_change=1e-7,
        line_search_fn="strong_wolfe",
    )

    def objective() -> Tensor:
        check()
        solver.zero_grad()
        logits = F.linear(train.features, weight, bias)
        losses = F.cross_entropy(logits, train.targets, weight=class_weights, reduction="sum")
        loss = (losses + weight.square().sum() / (2 * strength)) / total
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    solver.step(objective)  # type: ignore[no-untyped-call]
    return Linear(weight.detach(), bias.detach())


@torch.no_grad()
def _score(linear: Linear, held_out: Labelled) -> tuple[float, float]:
    """Accuracy first, then the smaller loss."""
    logits = F.linear(held_out.features, linear.weight, linear.bias)
    accuracy = (logits.argmax(1) == held_out.targets).float().mean()
    return float(accuracy), -float(F.cross_entropy(logits, held_out.targets))
