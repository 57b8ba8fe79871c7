"""Learning from several projects with one encoder: what the loop needs for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from torch import Tensor, nn

from lepton_studio.methods.hooks import Guest
from lepton_studio.methods.multitask.hooks import GUESTS
from lepton_studio.training.learner import Batch, Learner

_OWN = -1


def with_guests(learner: Learner[Any], others: Sequence[Learner[Any]]) -> Learner[Any]:
    """The same model, taught by examples of its own project and by `Guest`s of the others, a batch of one project each;
    `others` are learners on the same encoder. What they have beside that is a part of the learner's model until the
    method takes it out. For training only.
    """
    setattr(learner.model, GUESTS, nn.ModuleList(one.model for one in others))
    return cast("Learner[Any]", _WithGuests(learner, others))


def kinds_of(examples: Sequence[Any]) -> list[int]:
    """Of each example the project, for `epoch_batches`; nothing where there is but one."""
    found = [one.project if isinstance(one, Guest) else _OWN for one in examples]
    return found if any(one != _OWN for one in found) else []


@dataclass(frozen=True, slots=True)
class _Batch(Batch):
    """Of another project."""

    project: int = 0


class _WithGuests:
    """Everything but this is the learner's own."""

    is_draft = False

    def __init__(self, learner: Learner[Any], others: Sequence[Learner[Any]]) -> None:
        self._learner = learner
        self._others = others
        self.model = learner.model
        self.encode = learner.encode
        self.answers = learner.answers
        self.decide = learner.decide
        self.features = learner.features

    def collate(self, examples: Sequence[Any]) -> Batch:
        first = examples[0]
        if not isinstance(first, Guest):
            return self._learner.collate(examples)
        made = self._others[first.project].collate([one.example for one in examples])
        return _Batch(made.inputs, made.targets, made.weight, made.size, made.beside, first.project)

    def forward(self, batch: Batch) -> Any:
        return self._of(batch).forward(batch)

    def loss(self, outputs: Any, batch: Batch) -> Tensor:
        return self._of(batch).loss(outputs, batch)

    def _of(self, batch: Batch) -> Learner[Any]:
        return self._others[batch.project] if isinstance(batch, _Batch) else self._learner
