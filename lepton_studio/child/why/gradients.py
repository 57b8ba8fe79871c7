"""Integrated gradients over the vectors of words: what each token adds to what a model says of a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

STEPS = (32, 128)
"""Points of the integral, and once more where the first ones leave a gap that shows."""
_GAP = 0.05
"""Such a gap: this share of what the words add."""
_TOKENS_AT_ONCE = 2048

Said = Callable[[Tensor], Tensor]
"""Vectors of words [n, length, width] to what is said of each text [n, outputs]; differentiable."""


@dataclass(frozen=True, slots=True)
class Added:
    """`by_token` [outputs, length]: what each token adds; `text` and `nothing` [outputs]: what is said of the text and
    of the baseline. Were the integral exact, the tokens would add up to the difference: `gap` is what they lack.
    """

    by_token: Tensor
    text: Tensor
    nothing: Tensor

    @property
    def gap(self) -> Tensor:
        """[outputs]"""
        return (self.text - self.nothing - self.by_token.sum(-1)).abs()


def integrated_gradients(
    said: Said,
    *,
    given: Tensor,
    baseline: Tensor,
    steps: int,
    at_once: int,
    check: Callable[[], object] = lambda: None,
) -> Added:
    """The integral of the gradient along the straight way from `baseline` to `given`, both [length, width], times their
    difference (Sundararajan, Taly and Yan 2017, https://arxiv.org/abs/1703.01365), summed over the width. By
    Gauss-Legendre quadrature with `steps` points, `at_once` of them in a batch; `check` is called before each batch.
    """
    with torch.no_grad():
        text, nothing = said(torch.stack([given, baseline]))
    points, weights = np.polynomial.legendre.leggauss(steps)
    alphas, shares = (
        torch.tensor(one, dtype=given.dtype, device=given.device)[:, None, None]
        for one in (points / 2 + 0.5, weights / 2)
    )
    total = torch.zeros(len(text), *given.shape, device=given.device)
    for first in range(0, steps, at_once):
        check()
        some = slice(first, first + at_once)
        along = (baseline + alphas[some] * (given - baseline)).requires_grad_()
        summed = said(along).sum(0)
        for output, one in enumerate(summed):
            (slope,) = torch.autograd.grad(one, along, retain_graph=output < len(summed) - 1)
            total[output] += (slope * shares[some]).sum(0)
    return Added((total * (given - baseline)).sum(-1), text, nothing)


def added_by_tokens(
    model: nn.Module,
    inputs: Mapping[str, Tensor],
    *,
    nothing: Tensor,
    read: Callable[[Any], Tensor],
    check: Callable[[], object],
) -> Added:
    """What each token of one text, whose `inputs` have one row, adds to what `read` makes of the model's outputs
    [n, outputs], from the ids `nothing` [length] on; with as many points as it takes. In evaluation mode; the model is
    left as it was.
    """
    ids = inputs["input_ids"][0]
    vectors, baseline = (vectors_of(model, one) for one in (ids, nothing))
    was_training = model.training
    model.eval()
    try:
        said = said_of_vectors(model, inputs, read=read)
        for steps in STEPS:
            at_once = max(1, _TOKENS_AT_ONCE // len(ids))
            found = integrated_gradients(
                said, given=vectors, baseline=baseline, steps=steps, at_once=at_once, check=check
            )
            if bool((found.gap <= _GAP * (found.text - found.nothing).abs()).all()):
                break
    finally:
        model.train(was_training)
    return found


def said_of_vectors(model: nn.Module, inputs: Mapping[str, Tensor], *, read: Callable[[Any], Tensor]) -> Said:
    """A model as a function of the vectors of the words of one text, whose `inputs` have one row. `read` makes of its
    outputs what is explained.
    """
    encoder: Any = model.encoder
    table = encoder.get_input_embeddings()

    def said(vectors: Tensor) -> Tensor:
        hook = table.register_forward_hook(lambda *_: vectors)
        try:
            return read(model(**{name: one.expand(len(vectors), -1) for name, one in inputs.items()}))
        finally:
            hook.remove()

    return said


def vectors_of(model: nn.Module, ids: Tensor) -> Tensor:
    """The vectors of words [length, width] of tokens [length]."""
    encoder: Any = model.encoder
    with torch.no_grad():
        found: Tensor = encoder.get_input_embeddings()(ids)
    return found
