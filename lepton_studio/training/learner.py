"""What a task brings to the loop: the Learner, and the values that pass between the two."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.training.models import Encoder

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Example:
    """One text as the model reads it. `target` is what the loss compares with, None where there is no gold."""

    tokens: array[int]
    truncated: bool = False
    target: Any = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples made one length; `padded`: they were not of one before. `weight` is what the sum of their losses is
    divided by: their number, or the sum of their class weights.
    """

    inputs: Mapping[str, Tensor]
    targets: Tensor | None
    weight: float
    size: int
    padded: bool

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        if device.type == "cpu":
            return self
        inputs = {name: tensor.to(device, non_blocking=True) for name, tensor in self.inputs.items()}
        targets = self.targets if self.targets is None else self.targets.to(device, non_blocking=True)
        return replace(self, inputs=inputs, targets=targets)


@dataclass(frozen=True, slots=True)
class Decision(Generic[V]):
    """What the model says of one text: the value, how sure it is of it (0..1), and the probability of each label id."""

    value: V
    score: float
    scores: Mapping[int, float]


Embed = Callable[[Sequence[Example]], Tensor]
"""The features of examples in their order, as the frozen model gives them: float32 on the CPU, [n, width]."""


class Learner(Protocol[V]):
    """One task's part in the child; the loop owns everything else.

    Made by `start` (a new head on an encoder) or `load` (a folder that `save` wrote). One thread.
    """

    model: nn.Module
    """Called with a Batch; gives the logits that `loss` and `decode` take. Frozen parameters need no gradient."""

    max_length: int
    """Tokens read of a text, special ones included."""

    @classmethod
    def start(cls, encoder: Encoder, *, labels: Sequence[JobLabel], recipe: Recipe) -> Learner[V]:
        """A new head on the encoder, with random weights from torch's current seed."""

    @classmethod
    def load(cls, folder: Path) -> Learner[V]:
        """The learner that was saved there, ready to predict. Raises ModelNotFound."""

    def encode(self, texts: Sequence[str], values: Sequence[V] | None = None) -> list[Example]:
        """Texts as tokens, with targets where values are given."""

    def prepare(self, train: Sequence[Example]) -> None:
        """See the training samples once before anything else (class weights). Also called before a resumed run."""

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """Fit the head on the frozen model's features, where the task can (linear probe, then fine-tune)."""

    def features(self, batch: Batch) -> Tensor:
        """What `embed` gathers: [size, width]."""

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Pad examples to the longest of them; on the CPU."""

    def loss(self, logits: Tensor, batch: Batch) -> Tensor:
        """The weighted *sum* of the losses of a batch, a scalar: the loop divides by `weight`."""

    def decode(self, logits: Tensor) -> list[Decision[V]]:
        """What the logits of a batch say, one decision an example."""

    def save(self, folder: Path) -> None:
        """Write the model so that well-known public libraries load it; `folder` exists and is empty."""
