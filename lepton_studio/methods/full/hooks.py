"""Which of a model's own weights learn, how fast, and from when on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from lepton_studio.methods.full import FullSettings
from lepton_studio.methods.hooks import Backward, Hooks, Net, Step


class FullHooks(Hooks):
    """Freezes the word embeddings always (where the last layer shares them, that too), and so many layers of what
    reads, from the bottom; of an encoder all embeddings with them.

    A layer's depth is 0 at the top; what stands below the layers is as deep as one more, all else is at the top.
    """

    settings: FullSettings
    _done = 0.0
    """How much of the steps are done."""

    def wrap(self, net: Net) -> None:
        model, frozen = net.model, self.settings.frozen_layers
        model.get_input_embeddings().requires_grad_(False)
        layers = layers_of(net.reader)
        if frozen:
            if net.family == "encoder":
                for name, part in model.named_children():
                    if "embed" in name:
                        part.requires_grad_(False)
            for layer in layers[:frozen]:
                layer.requires_grad_(False)
        of_layers = {id(weight): depth for depth, layer in enumerate(reversed(layers)) for weight in layer.parameters()}
        self._depths = {
            name: of_layers.get(id(weight), len(layers) if "embed" in name else 0)
            for name, weight in model.named_parameters()
        }
        self._deepest = max(self._depths.values(), default=0)
        self._weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}

    def rate(self, name: str) -> float:
        return float(self.settings.layer_decay ** self._depths.get(name, 0))

    def backward(self, step: Step, then: Backward) -> Tensor:
        loss = then(step)
        if self._done < self.settings.unfreezing:
            awake = self._done / self.settings.unfreezing * (self._deepest + 1)
            for name, weight in self._weights.items():
                if self._depths[name] > awake:
                    weight.grad = None  # the optimiser passes over it
        return loss

    def stepped(self, step: int, *, steps: int, weights: Mapping[str, nn.Parameter]) -> None:
        self._done = step / steps

    def state(self) -> dict[str, Any]:
        return {"done": self._done} if self.settings.unfreezing else {}

    def put_back(self, state: Mapping[str, Any]) -> None:
        self._done = float(state["done"])


def layers_of(model: nn.Module) -> Sequence[nn.Module]:
    """The stack of transformer layers: the longest list of modules."""
    stacks = [list(part) for part in model.modules() if isinstance(part, nn.ModuleList)]
    return max(stacks, key=len, default=[])
