"""Integrated gradients over the vectors of words: what each token adds to what a model says of a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lepton_studio.heads.pooled import PooledModel

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


def said_of_vectors(model: PooledModel, inputs: Mapping[str, Tensor], *, read: Callable[[Tensor], Tensor]) -> Said:
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


def vectors_of(model: PooledModel, ids: Tensor) -> Tensor:
    """The vectors of words [length, width] of tokens [length]."""
    encoder: Any = model.encoder
    with torch.no_grad():
        found: Tensor = encoder.get_input_embeddings()(ids)
    return found
