"""The loss of each label times (1 - its probability) to the power of gamma."""

from __future__ import annotations

from dataclasses import replace

import torch.nn.functional as F
from torch import Tensor

from lepton_studio.methods.focal import FocalSettings
from lepton_studio.methods.hooks import Backward, Hooks, Step

_SURE = 1e-7
"""What is as right as this counts as right: a power below 1 has no slope at 0."""


class FocalHooks(Hooks):
    """Cross-entropy for a choice, binary cross-entropy of each label where there may be several."""

    settings: FocalSettings

    def backward(self, step: Step, then: Backward) -> Tensor:
        targets = step.batch.targets

        def loss(outputs: Tensor) -> Tensor:
            if targets.ndim == 1:
                each = F.cross_entropy(outputs, targets, reduction="none")
            else:
                each = F.binary_cross_entropy_with_logits(outputs, targets, reduction="none")
            missing = (1 - (-each).exp()).clamp(min=_SURE)
            return (missing**self.settings.focal_gamma * each).sum() / step.weight

        return then(replace(step, loss=loss))
