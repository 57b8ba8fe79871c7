"""Batches of other projects among those of this one."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from lepton_studio.methods.hooks import Backward, Guest, Hooks, Step, Train, plain_backward
from lepton_studio.methods.multitask import MultitaskSettings

GUESTS = "guests"
"""The part of the learner's model where the models of the others are while it is trained."""


class MultitaskHooks(Hooks):
    """Draws other batches in each epoch, each of one project and whole. What other methods do to the gradient is not
    done to them. The loss shown for one is that of the own batch before: losses of several tasks make no curve.
    """

    settings: MultitaskSettings

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._own: float | None = None
        """The mean loss of the last own batch, or of the last part of it."""

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        others = [one for one in train.others if one]
        if not others:
            return train.examples
        size, chance = self.recipe.batch_size, random.Random(f"{self.recipe.seed} others {epoch}")
        batches = max(1, round(self.settings.other_batches * math.ceil(len(train.examples) / size)))
        drawn = Counter(chance.choices(range(len(others)), [math.sqrt(len(one)) for one in others], k=batches))
        found = list(train.examples)
        for place, one in enumerate(others):
            times, rest = divmod(drawn[place] * size, len(one))
            found += [*one] * times + chance.sample(list(one), rest)
        return found

    def backward(self, step: Step, then: Backward) -> Tensor:
        share = step.batch.weight / step.weight
        if not (step.examples and isinstance(step.examples[0], Guest)):
            loss = then(step)
            if math.isfinite(mean := float(loss) / share):
                self._own = mean
            return loss
        loss = plain_backward(step)
        return loss if self._own is None else loss.new_tensor(self._own * share)

    def state(self) -> dict[str, Any]:
        return {} if self._own is None else {"own": self._own}

    def put_back(self, state: Mapping[str, Any]) -> None:
        self._own = float(state["own"])

    def finish(self, model: nn.Module) -> None:
        if hasattr(model, GUESTS):
            delattr(model, GUESTS)
