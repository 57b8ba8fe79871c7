"""Nothing of the base model learns but what begins at random."""

from __future__ import annotations

from lepton_studio.methods.hooks import Hooks, Net


class HeadHooks(Hooks):
    """Freezes all that the model was given by its makers."""

    def wrap(self, net: Net) -> None:
        for name, weight in net.model.named_parameters():
            weight.requires_grad_(name in net.fresh)
