"""Vectors of texts, mixed by twos."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from lepton_studio.methods.hooks import Backward, Hooks, Step
from lepton_studio.methods.mixup import MixupSettings


class MixupHooks(Hooks):
    """Each text of a batch is mixed with another one of it: a share x of its vector and 1 - x of the other's, x drawn
    from a beta distribution for each batch; the loss is x times that by its own label and 1 - x times that by the
    other's.

    The head is one linear layer, so mixing what it says is mixing the vectors that it reads. What is drawn comes from
    torch's generator, whose state is in every checkpoint.
    """

    settings: MixupSettings

    def backward(self, step: Step, then: Backward) -> Tensor:
        share = _beta(self.settings.mixup_alpha)
        order = torch.randperm(step.batch.size)
        back = order.argsort()

        def loss(outputs: Tensor) -> Tensor:
            mixed = share * outputs + (1 - share) * outputs[order.to(outputs.device)]
            # Row i of the second is the mixture whose other part is text i: it meets text i's label and weight.
            own, others = step.loss(mixed), step.loss(mixed[back.to(outputs.device)])
            return share * own + (1 - share) * others

        return then(replace(step, loss=loss))


def _beta(alpha: float) -> float:
    """Drawn on the CPU, the larger of the two shares: which of two texts is the first one is chance anyway."""
    both = torch._standard_gamma(torch.full((2,), alpha, dtype=torch.float64))
    total = float(both.sum())
    share = float(both[0]) / total if total > 0 else 1.0
    return max(share, 1 - share)
