"""Words moved against the model: along the gradient of a text's loss. What adversarial methods share is here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import torch
from torch import Tensor, nn

from lepton_studio.methods.fgm import FgmSettings
from lepton_studio.methods.hooks import Backward, Hooks, Net, Step


class MovedWords(Hooks):
    """Sees and moves what the embedding of what is read gives, so it works with frozen embeddings too."""

    _stage: Literal["", "watching", "moving"] = ""

    def wrap(self, net: Net) -> None:
        self._seen: list[Tensor] = []
        self._moves: Iterator[Tensor] = iter(())
        self._hook = net.reader.get_input_embeddings().register_forward_hook(self._embedded)

    def finish(self, model: nn.Module) -> None:
        self._hook.remove()

    @contextmanager
    def watching(self) -> Iterator[list[Tensor]]:
        """While the block runs, the list is filled with the vectors as the embedding gives them, [size, length, width]
        each; they keep their gradients.
        """
        with self._in("watching"):
            yield self._seen

    @contextmanager
    def moving(self, moves: Sequence[Tensor]) -> Iterator[None]:
        """While the block runs, each of these is added to the vectors whose place in the list it has."""
        self._moves = iter(moves)
        with self._in("moving"):
            yield

    def slopes(self, step: Step, moves: Sequence[Tensor]) -> list[Tensor]:
        """The gradients of the loss by these moves, those of the parameters untouched."""
        leaves = [one.detach().requires_grad_() for one in moves]
        with self.moving(leaves):
            loss = step.loss(step.outputs())
        found = torch.autograd.grad(loss, leaves, allow_unused=True)
        return [torch.zeros_like(leaf) if one is None else one for leaf, one in zip(leaves, found, strict=True)]

    def _embedded(self, _module: nn.Module, _given: Any, vectors: Tensor) -> Tensor:
        if self._stage == "watching":
            vectors = vectors if vectors.requires_grad else vectors.detach().requires_grad_()
            vectors.retain_grad()
            self._seen.append(vectors)
        elif self._stage == "moving":
            return vectors + next(self._moves)
        return vectors

    @contextmanager
    def _in(self, stage: Literal["watching", "moving"]) -> Iterator[None]:
        self._stage, self._seen = stage, []  # a step that did not fit into memory is tried again in parts
        try:
            yield
        finally:
            self._stage = ""


class FgmHooks(MovedWords):
    """The gradient of a step is that of its loss and of the loss with the words moved, added up.

    The move of each text has `fgm_size` times the length of all its vectors together, whatever stands beside it in a
    batch.
    """

    settings: FgmSettings

    def backward(self, step: Step, then: Backward) -> Tensor:
        with self.watching() as seen:
            loss = then(step)
        slopes = [slope_of(one) for one in seen]
        sizes = [self.settings.fgm_size * lengths(one, slope) for one, slope in zip(seen, slopes, strict=True)]
        with self.moving([against(slope, far=far) for slope, far in zip(slopes, sizes, strict=True)]):
            then(step)
        return loss


def slope_of(vectors: Tensor) -> Tensor:
    """The gradient that vectors have kept: [size, length, width]; zero where nothing came of them."""
    return torch.zeros_like(vectors) if vectors.grad is None else vectors.grad


@torch.no_grad()
def lengths(vectors: Tensor, slope: Tensor) -> Tensor:
    """How long all vectors of each text are together: [size]. Filled up places have no slope and do not count, so that
    it is the same whatever stands beside the text in a batch.
    """
    counts = slope.abs().sum(-1, keepdim=True) > 0
    found: Tensor = (vectors * counts).flatten(1).norm(dim=1)
    return found


@torch.no_grad()
def against(slope: Tensor, *, far: Tensor) -> Tensor:
    """Along the slope, so `far` for each text, [size]: [size, length, width]."""
    steepness = slope.flatten(1).norm(dim=1).clamp(min=1e-30)
    moved: Tensor = slope * (far / steepness)[:, None, None]
    return moved


@torch.no_grad()
def within(moves: Tensor, *, far: Tensor) -> Tensor:
    """The moves, none longer than `far`, [size]."""
    length = moves.flatten(1).norm(dim=1).clamp(min=1e-30)
    shortened: Tensor = moves * (far / length).clamp(max=1)[:, None, None]
    return shortened
