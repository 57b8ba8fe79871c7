"""Which weights learn: those of the model itself. What stands on it is `lepton_studio.heads.cross_encoder`."""

from __future__ import annotations

from lepton_studio.methods.hooks import Hooks, Net


class CrossEncoderHooks(Hooks):
    """All but the word embeddings, as in full fine-tuning."""

    def wrap(self, net: Net) -> None:
        net.model.get_input_embeddings().requires_grad_(False)
