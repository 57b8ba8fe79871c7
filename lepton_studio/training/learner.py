"""What a task brings to the loop: the Learner, and the values that pass between the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import Tensor, nn

from lepton_studio.contract.task import Input
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.training.graph import Graph
from lepton_studio.training.models import Base

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Example:
    """One row of a batch: a text as the model reads it, or a window of a long one, or one of the pairs in it.

    `sample` is the place of its input among those encoded together. `truncated`: not read to its end. `target` is what
    the loss compares with, None where there is no gold; `is_target_cut`: it is not learnt to its end. `info` is what
    the learner needs to read the output (offsets of a window, which question), or what is read beside the tokens, or in
    place of them (a picture): `patches` of about a token's cost.
    """

    tokens: Sequence[int]
    sample: int = 0
    truncated: bool = False
    target: Any = None
    info: Any = None
    patches: int = 0
    is_target_cut: bool = False

    @property
    def cost(self) -> int:
        """What it takes to read it, in tokens: batches are made of examples of about one cost."""
        return len(self.tokens) + self.patches


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples made one length. `inputs` are what the model takes, by name; `beside` is what only loss and answers
    need. `weight` is what the sum of their losses is divided by: their number, the sum of their class weights, or the
    number of tokens that count.
    """

    inputs: Mapping[str, Tensor]
    targets: Tensor | None
    weight: float
    size: int
    beside: Mapping[str, Tensor] = field(default_factory=dict)

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        if device.type == "cpu":
            return self
        inputs, beside = (
            {name: tensor.to(device, non_blocking=True) for name, tensor in some.items()}
            for some in (self.inputs, self.beside)
        )
        targets = self.targets if self.targets is None else self.targets.to(device, non_blocking=True)
        return replace(self, inputs=inputs, beside=beside, targets=targets)


@dataclass(frozen=True, slots=True)
class Decision(Generic[V]):
    """What the model says of one text: the value, how sure it is of it (0..1), and the probability of each label id
    where that means something.
    """

    value: V
    score: float
    scores: Mapping[int, float]


Embed = Callable[[Sequence[Example]], Tensor]
"""The features of examples in their order, as the frozen model gives them: float32 on the CPU, [n, width]."""

Run = Callable[[Sequence[Example]], list[Any]]
"""What `Learner.answers` says of each example, in their order. The loop makes the batches and watches memory."""


class Learner(Protocol[V]):
    """One task's part in the child; the loop owns everything else.

    Made by `start` (a new head on a base model) or `load` (a folder that `save` wrote); where the task has `drafts`, by
    `untuned(base)` too, which is told what to do by its `instruction`. One thread.
    """

    model: nn.Module
    """Named tensors in, tensors out: it knows no Batch and can be traced. Frozen parameters need no gradient."""

    max_length: int
    """Tokens read at once, special ones included."""

    is_draft: bool
    """Answers may be quick and rough now: for scores on the way, and of training samples. Set before each `decide`."""

    @classmethod
    def start(cls, base: Base, *, labels: Sequence[JobLabel], recipe: Recipe) -> Learner[V]:
        """A new head on the base model, random weights from torch's current seed. Raises ModelNotFound, BadData."""

    @classmethod
    def load(cls, folder: Path) -> Learner[V]:
        """The learner that was saved there, ready to predict. Raises ModelNotFound."""

    def encode(self, inputs: Sequence[Input], values: Sequence[V] | None = None) -> list[Example]:
        """Inputs as examples, with targets where values are given; an input may give several examples, or none.

        What a value holds that is given rather than found (questions, marked spans) goes into the examples with it.
        """

    def prepare(self, train: Sequence[Example]) -> None:
        """See the training examples once before anything else (class weights). Also called before a resumed run.

        Raises BadData where there is nothing to learn from them.
        """

    def fit_head(self, train: Sequence[Example], *, embed: Embed) -> None:
        """Fit the head on the frozen model's features, where the task can (linear probe, then fine-tune)."""

    def features(self, batch: Batch) -> Tensor:
        """What `embed` gathers: [size, width]."""

    def collate(self, examples: Sequence[Example]) -> Batch:
        """Pad examples to the longest of them; on the CPU."""

    def forward(self, batch: Batch) -> Any:
        """What the model says of a batch: what `loss` and `answers` take."""

    def loss(self, outputs: Any, batch: Batch) -> Tensor:
        """The weighted *sum* of the losses of a batch, a scalar: the loop divides by `weight`."""

    def answers(self, outputs: Any, batch: Batch) -> list[Any]:
        """What the model says of each example, as plain values or tensors on the CPU: what `decide` gets from `run`.

        In evaluation mode without gradients; a generating learner runs its generation here, on the batch's device.
        """

    def decide(self, inputs: Sequence[Input], examples: Sequence[Example], *, run: Run) -> list[Decision[V]]:
        """One decision an input. `examples` are those of `encode` on the same inputs; `run` may be called again, also
        on further examples (pairs of the spans just found).
        """

    def calibrate(self, inputs: Sequence[Input], values: Sequence[V], *, run: Run) -> None:
        """Set what is chosen on validation once the weights are (thresholds). Called once, before writing."""

    def graphs(self) -> Mapping[str, Graph]:
        """The parts of the model that are served without the learner, by name."""

    def save(self, folder: Path) -> None:
        """Write the model so that well-known public libraries load it; `folder` exists and is empty."""


def by_input(answers: Sequence[Any], *, inputs: Sequence[Input], examples: Sequence[Example]) -> list[list[Any]]:
    """(example, answer) pairs of each input, in order: for a learner whose inputs give several examples."""
    found: list[list[Any]] = [[] for _ in inputs]
    for example, answer in zip(examples, answers, strict=True):
        found[example.sample].append((example, answer))
    return found
