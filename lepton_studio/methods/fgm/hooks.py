"""Words moved against the model: each text's word vectors along the gradient of its loss, and the loss of that too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch
from torch import Tensor, nn

from lepton_studio.methods.fgm import FgmSettings
from lepton_studio.methods.hooks import Backward, Hooks, Net, Step


class FgmHooks(Hooks):
    """The gradient of a step is that of its loss and of the loss with the words moved, added up.

    What is moved are the vectors that the embedding of what is read gives, so it works with frozen embeddings too. The
    move of each text has `fgm_size` times the length of all its vectors together, whatever stands beside it in a batch.
    """

    settings: FgmSettings
    _stage: Literal["", "watching", "moving"] = ""

    def wrap(self, net: Net) -> None:
        self._seen: list[Tensor] = []
        self._moves: Iterator[Tensor] = iter(())
        self._hook = net.reader.get_input_embeddings().register_forward_hook(self._embedded)

    def backward(self, step: Step, then: Backward) -> Tensor:
        with self._in_stage("watching"):
            loss = then(step)
        self._moves = iter([_against(one, size=self.settings.fgm_size) for one in self._seen])
        self._seen = []
        with self._in_stage("moving"):
            then(step)
        return loss

    def finish(self, model: nn.Module) -> None:
        self._hook.remove()

    def _embedded(self, _module: nn.Module, _given: Any, vectors: Tensor) -> Tensor:
        """Called with what the embedding gave: [size, length, width]."""
        if self._stage == "watching":
            vectors = vectors if vectors.requires_grad else vectors.detach().requires_grad_()
            vectors.retain_grad()
            self._seen.append(vectors)
        elif self._stage == "moving":
            return vectors + next(self._moves)
        return vectors

    @contextmanager
    def _in_stage(self, stage: Literal["watching", "moving"]) -> Iterator[None]:
        self._stage = stage
        try:
            yield
        except BaseException:
            self._seen = []  # a step that did not fit into memory is tried again in parts
            raise
        finally:
            self._stage = ""


@torch.no_grad()
def _against(vectors: Tensor, *, size: float) -> Tensor:
    """Where each text's vectors go: [size, length, width]. Filled up places have no gradient and do not count."""
    slope: Tensor | None = vectors.grad
    if slope is None:
        return torch.zeros_like(vectors)
    counts = slope.abs().sum(-1, keepdim=True) > 0
    length = (vectors * counts).flatten(1).norm(dim=1)
    steepness = slope.flatten(1).norm(dim=1).clamp(min=1e-30)
    moved: Tensor = slope * (size * length / steepness)[:, None, None]
    return moved
