"""Old samples beside the new ones of an epoch, and what the model said of them as it began."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from lepton_studio.methods.hooks import Backward, Hooks, Step, Train
from lepton_studio.methods.replay import ReplaySettings


class ReplayHooks(Hooks):
    """Draws other old samples in each epoch. The distance is the mean square of what the logits are off."""

    settings: ReplaySettings

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._said: Tensor | None = None
        """[old samples, labels]."""
        self._places: dict[int, int] = {}
        """By the identity of an old example its row there."""

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        old = train.old
        count = min(len(old), round(self.settings.replayed * len(train.examples)))
        if not count:
            return train.examples
        if self.settings.distillation and self._said is None and train.outputs is not None:
            self._said = train.outputs(old)
        self._places = {id(one): place for place, one in enumerate(old)}
        chance = random.Random(f"{self.recipe.seed} replay {epoch}")
        return [*train.examples, *(old[place] for place in sorted(chance.sample(range(len(old)), count)))]

    def backward(self, step: Step, then: Backward) -> Tensor:
        found = [(row, self._places[id(one)]) for row, one in enumerate(step.examples) if id(one) in self._places]
        if self._said is None or not found:
            return then(step)
        rows, places = ([pair[side] for pair in found] for side in (0, 1))
        before = self._said[torch.tensor(places)]

        def loss(outputs: Tensor) -> Tensor:
            off = (outputs[rows].float() - before.to(outputs.device)).square().mean(-1).sum()
            return step.loss(outputs) + self.settings.distillation * off / step.weight

        return then(replace(step, loss=loss))

    def state(self) -> dict[str, Any]:
        return {} if self._said is None else {"said": self._said}

    def put_back(self, state: Mapping[str, Any]) -> None:
        self._said = state["said"]
