"""What frozen layers give of the training examples, computed once: for `training.frozen`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from lepton_studio.progress import Progress
from lepton_studio.runs.children.memory import free_memory
from lepton_studio.training.frozen import Known
from lepton_studio.training.inference import outputs
from lepton_studio.training.learner import Batch, Example, Learner
from lepton_studio.training.machine import Machine

_SHARE = 4
"""One in so many bytes of the free memory may be taken."""


def known_of(
    examples: Sequence[Example],
    *,
    layers: Sequence[nn.Module],
    learner: Learner[Any],
    machine: Machine,
    progress: Progress,
) -> Known | None:
    """The same examples give the same numbers. None where there are no such layers, where they are used in another way
    than one after another, and where it would take too much memory.
    """
    if not layers or not examples or any(one.patches or not len(one.tokens) for one in examples):
        return None
    tokens, filled = sum(len(one.tokens) for one in examples), 0
    places: dict[int, tuple[int, int, int]] = {}
    rows = words = torch.empty(0)
    seen = _Seen(layers)

    def call(batch: Batch) -> tuple[Tensor, Tensor]:
        with machine.mixed_precision():
            return seen.of(learner.forward, batch)

    with seen.watching():
        for batch, (first, last), _ in outputs(
            examples, call, model=learner.model, collate=learner.collate, machine=machine, progress=progress
        ):
            longest = max(len(examples[place].tokens) for place in batch)
            if first.shape != last.shape or first.shape[:2] != (len(batch), longest):
                return None
            if not filled:
                width = last.shape[-1]
                if tokens * width * last.element_size() * _SHARE > free_memory():
                    return None
                rows = torch.empty(tokens, width, dtype=last.dtype)
                words = torch.empty(len(examples), width, dtype=first.dtype)
            for row, place in enumerate(batch):
                length = len(examples[place].tokens)
                rows[filled : filled + length] = last[row, :length]
                words[place] = first[row, length // 2]
                places[id(examples[place])] = (place, filled, length)
                filled += length
    return Known(examples, places, rows, words, seen.parts)


class _Enough(Exception):
    """What is wanted of a pass is known."""


class _Seen:
    """What goes into the first and comes out of the last of layers that a pass goes through one after another.

    The first pass is let go on to its end, to see whether a layer is used twice, and whether anything below learns.
    """

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        self._layers = layers
        self._calls: list[int] = []
        self._first = self._last = torch.empty(0)
        self._goes_on = True
        self.parts = 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While the block runs."""
        hooks = [
            layer.register_forward_hook(partial(self._see, place), with_kwargs=True)
            for place, layer in enumerate(self._layers)
        ]
        try:
            yield
        finally:
            for one in hooks:
                one.remove()

    def of(self, forward: Any, batch: Batch) -> tuple[Tensor, Tensor]:
        """What goes in and what comes out; tensors of unlike shapes where the layers are used in another way."""
        self._calls = []
        try:
            with torch.inference_mode(not self._goes_on), torch.set_grad_enabled(self._goes_on):
                forward(batch)
        except _Enough:
            pass
        self._goes_on = False
        if self._calls != list(range(len(self._layers))) or self._last.requires_grad:
            return torch.empty(0), torch.empty(1)
        return self._first, self._last

    def _see(self, place: int, _layer: nn.Module, given: Any, named: Any, said: Any) -> None:
        self._calls.append(place)
        if place == 0:
            self._first = given[0] if given else named["hidden_states"]
        if place < len(self._layers) - 1:
            return
        self.parts = len(said) if isinstance(said, tuple) else 0
        self._last = said[0] if self.parts else said
        if self.parts and any(one is not None for one in said[1:]):
            self._calls.clear()
        if not self._goes_on:
            raise _Enough
