"""Two readings of a batch, their losses, and how far they are from each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from lepton_studio.methods.hooks import Backward, Hooks, Step
from lepton_studio.methods.rdrop import RDropSettings


class RDropHooks(Hooks):
    """The loss is the mean of both losses and, weighted, the mean of both Kullback-Leibler divergences: of the labels'
    distribution for a choice, of each label's yes and no where there may be several.
    """

    settings: RDropSettings

    def backward(self, step: Step, then: Backward) -> Tensor:
        def outputs() -> tuple[Any, Any]:
            return step.outputs(), step.outputs()

        def loss(both: tuple[Any, Any]) -> Tensor:
            one, other = both
            apart = (self._divergence(one, other) + self._divergence(other, one)) / 2
            return (step.loss(one) + step.loss(other)) / 2 + self.settings.rdrop_weight * apart / step.weight

        return then(replace(step, outputs=outputs, loss=loss))

    def _divergence(self, one: Tensor, other: Tensor) -> Tensor:
        """Summed over the samples, and over the labels where each is a question of its own."""
        if self.task is not None and self.task.linear == "choices":
            yes, no = F.logsigmoid(one), F.logsigmoid(-one)
            return (yes.exp() * (yes - F.logsigmoid(other)) + no.exp() * (no - F.logsigmoid(-other))).sum()
        return F.kl_div(other.log_softmax(-1), one.log_softmax(-1), reduction="sum", log_target=True)
