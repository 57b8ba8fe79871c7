"""One mark in a text as a model reads it: what is read, and what is said of the mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.training.tokens import Tokens

TokenPlace = tuple[int, int] | None
"""First and last code point (exclusive) of a token of a row in the text; None for one that is not of the text."""


@dataclass(frozen=True, slots=True)
class MarkReading:
    """A row that holds the mark. `model` takes `inputs`, each [1, …], and has an `encoder`; `said` makes of its outputs
    for n such rows the log-odds of the mark, [n]. `places`: one for each token of the row; `padding`: what stands in
    place of a token that is hidden.
    """

    model: nn.Module
    inputs: Mapping[str, Tensor]
    said: Callable[[Any], Tensor]
    places: Sequence[TokenPlace]
    padding: int


class ReadsMarks(Protocol):
    """A learner of a task whose models mark texts (`Task.parts`)."""

    def reading(self, given: Input, part: Any, decided: Any) -> MarkReading | None:
        """How the only mark of the value `part` is read beside what was `decided` of the text; None where no row holds
        it whole.
        """


def log_odds_of(log_probability: Tensor) -> Tensor:
    """The logarithm of p / (1 - p) from that of p; finite where p is 1."""
    known = log_probability.clamp(max=-1e-7)
    return known - torch.log(-torch.expm1(known))


def places_in_row(tokens: Tokens, first: int, last: int, *, before: int, length: int) -> list[TokenPlace]:
    """Those of a row of `length` that has the tokens `first` to `last` (exclusive) behind `before` others."""
    shown: list[TokenPlace] = [
        (tokens.starts[token], tokens.ends[token]) if tokens.shows(token) else None for token in range(first, last)
    ]
    return [*[None] * before, *shown, *[None] * (length - before - len(shown))]
