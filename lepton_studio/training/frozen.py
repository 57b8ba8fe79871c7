"""The lowest layers where they learn nothing: what they give of a training text need not be computed in each epoch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any

import torch
from torch import Tensor, nn

from lepton_studio.methods.full.hooks import layers_of
from lepton_studio.training.dropout import set_dropout


def frozen_layers(model: nn.Module) -> list[nn.Module]:
    """The lowest layers of which no weight learns."""
    return list(takewhile(lambda layer: not _learns(layer), layers_of(model)))


def leave_out_dropout(model: nn.Module) -> None:
    """In the frozen layers and what is below them: they say of a text what they say when it is read."""
    layers = frozen_layers(model)
    below = [part for name, part in model.named_children() if "embed" in name and not _learns(part)]
    for part in [*below, *layers] if layers else ():
        set_dropout(part, 0.0)


def _learns(part: nn.Module) -> bool:
    return any(weight.requires_grad for weight in part.parameters())


@dataclass(frozen=True, slots=True)
class Known:
    """What frozen layers gave of examples.

    `places`: by the id of an example its place, its first row and how many it has; `held` keeps the examples alive, so
    that no id comes to stand for another. `rows`: what the last layer gave, [tokens of all, width]. `words`: what came
    to the first one for the token in the middle of each example, [examples, width]. `parts`: how many things a layer
    gives, of which all but the first are None; 0 where that is no tuple.
    """

    held: Sequence[Any]
    places: dict[int, tuple[int, int, int]]
    rows: Tensor
    words: Tensor
    parts: int


class Recall:
    """From `begin` to `end` the layers take what is known for a batch of examples `in_view`; any other batch, and one
    whose words were moved, goes through them.

    The same numbers as without, but for the order of sums in a batch of another length.
    """

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        self.layers = layers
        self._known: Known | None = None
        self._now: list[int] | None = None
        self._answer: Tensor | None = None

    def begin(self, known: Known) -> None:
        """From now on."""
        self._known = known
        for place, layer in enumerate(self.layers):
            layer.forward = partial(self._forward, place, layer.forward)

    def end(self) -> None:
        """Let the layers answer for themselves again; nothing where they do."""
        for layer in self.layers:
            vars(layer).pop("forward", None)
        self._known = None

    @contextmanager
    def in_view(self, examples: Sequence[Any]) -> Iterator[None]:
        """While the block runs, a batch of these goes through the model."""
        self._now = [id(one) for one in examples]
        try:
            yield
        finally:
            self._now = self._answer = None

    def _forward(self, place: int, usual: Any, *given: Any, **named: Any) -> Any:
        hidden: Tensor = given[0] if given else named["hidden_states"]
        if place == 0:
            self._answer = self._recalled(hidden)
        if self._answer is None:
            return usual(*given, **named)
        assert self._known is not None
        answer = self._answer if place == len(self.layers) - 1 else hidden
        return (answer, *[None] * (self._known.parts - 1)) if self._known.parts else answer

    def _recalled(self, hidden: Tensor) -> Tensor | None:
        """What is known of the examples in view, where these words are theirs: [size, length, width]."""
        known, ids = self._known, self._now
        if known is None or ids is None or hidden.requires_grad or hidden.shape[0] != len(ids):
            return None
        if not all(one in known.places for one in ids):
            return None
        places = [known.places[one] for one in ids]
        words = hidden[range(len(ids)), [length // 2 for _, _, length in places]]
        if not torch.equal(words.to(known.words), known.words[[place for place, _, _ in places]]):
            return None
        found = known.rows.new_zeros(hidden.shape)
        for row, (_, start, length) in enumerate(places):
            found[row, :length] = known.rows[start : start + length]
        return found.to(hidden.device)
