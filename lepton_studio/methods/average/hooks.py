"""A moving average of what learns, beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from lepton_studio.methods.average import AverageSettings
from lepton_studio.methods.hooks import Hooks


class AverageHooks(Hooks):
    """After each step the average moves towards the weights by 1 / (steps that it looks back over); at the start by
    1 / (steps so far), so that where all began counts no more than any other step.
    """

    settings: AverageSettings
    _average: dict[str, Tensor] | None = None

    @torch.no_grad()
    def stepped(self, step: int, *, steps: int, weights: Mapping[str, nn.Parameter]) -> None:
        if self._average is None:
            self._average = {name: weight.detach().clone() for name, weight in weights.items()}
        share = max(1 / step, 1 / max(1.0, self.settings.averaged_share * steps))
        for name, weight in weights.items():
            average = self._average[name].to(weight.device)  # a checkpoint brings it back on the CPU
            self._average[name] = average.lerp_(weight, share)

    def kept(self, weights: Mapping[str, Tensor]) -> Mapping[str, Tensor] | None:
        return self._average

    def state(self) -> dict[str, Any]:
        return {} if self._average is None else {"average": dict(self._average)}

    def put_back(self, state: Mapping[str, Any]) -> None:
        self._average = dict(state["average"])
