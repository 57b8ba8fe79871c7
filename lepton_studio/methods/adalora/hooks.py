"""Added matrices whose ranks are shared out anew while they learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from lepton_studio.methods.adalora import AdaLoraSettings
from lepton_studio.methods.hooks import Backward, Net, Step
from lepton_studio.methods.lora.hooks import AddedWeights, all_but_fresh

_FIRST, _LAST = 0.1, 0.3
"""Shares of the steps before any rank is taken, and after the last one was."""
_TURNS = 50
"""So often at most the ranks are shared out."""
_ORTHOGONAL = 0.1
_MEMORY = ("ipt", "exp_avg_ipt", "exp_avg_unc")
"""How much each weight matters, as peft remembers it from step to step."""


class AdaLoraHooks(AddedWeights):
    """Adds three matrices to all linear layers but the last: B diag(E) A. Entries of E that matter least go to zero."""

    settings: AdaLoraSettings
    in_name = ".lora_"
    _is_planned = False

    def config(self, net: Net, *, kind: Any) -> Any:
        from peft import AdaLoraConfig

        final = self.settings.adalora_rank
        return AdaLoraConfig(
            task_type=kind,
            target_r=final,
            init_r=max(final, self.settings.adalora_first_rank),
            lora_alpha=2 * final,
            lora_dropout=self.recipe.dropout,
            total_step=2,  # what it is will be known with the first step
            **all_but_fresh(net),
        )

    @property
    def own_rate(self) -> float:
        return self.settings.adalora_learning_rate

    def backward(self, step: Step, then: Backward) -> Tensor:
        """A and B are to stay orthogonal: the mean norm of what each lacks is a part of the loss, once in each step."""
        loss = then(step)
        lacks = [
            torch.linalg.matrix_norm(product - torch.eye(len(product), device=product.device))
            for name, weight in self._model.named_parameters()
            if (product := _products(name, weight)) is not None
        ]
        if lacks:
            (_ORTHOGONAL * torch.stack(lacks).mean() * step.batch.weight / step.weight).backward()
        return loss

    def stepped(self, step: int, *, steps: int, weights: Mapping[str, nn.Parameter]) -> None:
        if not self._is_planned:
            self._plan(steps)
        for name, weight in self._model.named_parameters():
            if self.in_name in name and weight.grad is None:
                weight.grad = torch.zeros_like(weight)  # of a layer that this task's answers do not come through
        self._model.base_model.update_and_allocate(step)

    def state(self) -> dict[str, Any]:
        allocator = self._model.base_model.rankallocator
        memory = {name: dict(getattr(allocator, name)) for name in _MEMORY}
        return {**memory, "ranks": self._model.peft_config["default"].rank_pattern or {}}

    def put_back(self, state: Mapping[str, Any]) -> None:
        allocator = self._model.base_model.rankallocator
        device = next(self._model.parameters()).device
        for name in _MEMORY:
            setattr(allocator, name, {key: one.to(device) for key, one in state[name].items()})
        self._model.peft_config["default"].rank_pattern = state["ranks"] or None

    def _plan(self, steps: int) -> None:
        config = self._model.peft_config["default"]
        config.total_step = steps
        config.tinit, config.tfinal = int(_FIRST * steps), int(_LAST * steps)
        config.deltaT = max(1, steps // _TURNS)
        self._is_planned = True


def _products(name: str, weight: Tensor) -> Tensor | None:
    """What would be the identity of a matrix whose rows, or columns, are orthonormal."""
    if ".lora_A." in name:
        return weight @ weight.T
    return weight.T @ weight if ".lora_B." in name else None
