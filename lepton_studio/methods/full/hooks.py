"""Which of a model's own weights learn."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from lepton_studio.methods.full import FullSettings
from lepton_studio.methods.hooks import Hooks, Net


class FullHooks(Hooks):
    """Freezes the word embeddings always (where the last layer shares them, that too), and so many layers of what
    reads, from the bottom; of an encoder all embeddings with them.
    """

    settings: FullSettings

    def wrap(self, net: Net) -> None:
        model, layers = net.model, self.settings.frozen_layers
        model.get_input_embeddings().requires_grad_(False)
        if layers:
            if net.family == "encoder":
                for name, part in model.named_children():
                    if "embed" in name:
                        part.requires_grad_(False)
            for layer in layers_of(net.reader)[:layers]:
                layer.requires_grad_(False)


def layers_of(model: nn.Module) -> Sequence[nn.Module]:
    """The stack of transformer layers: the longest list of modules."""
    stacks = [list(part) for part in model.modules() if isinstance(part, nn.ModuleList)]
    return max(stacks, key=len, default=[])
