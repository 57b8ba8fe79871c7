"""Keys and values of each layer that learn, in place of all weights."""

from __future__ import annotations

import torch

from lepton_studio.language import tr
from lepton_studio.methods.hooks import Hooks, Net, Unfit
from lepton_studio.methods.prefix import PrefixSettings
from lepton_studio.methods.prefix.attention import PREFIX, Prefix, open_attention, prefixes, watched

_RATE = 1e-2
_LENGTH = 10
"""So many words stand together when they are read: the model may have few positions."""


class PrefixHooks(Hooks):
    """They begin as keys and values of words drawn by chance, as the model reads them: Li and Liang found that steadier
    than numbers by chance. They stay in the model that is saved. One that has a prefix goes on with it.
    """

    settings: PrefixSettings
    reads_otherwise = True

    def wrap(self, net: Net) -> None:
        model = net.model
        model.requires_grad_(False)
        if found := prefixes(model):
            for one in found.values():
                one.requires_grad_(True)
            return
        unfit = Unfit(
            tr(
                "Prefix tuning cannot reach into the attention of this kind of model ({kind}). Choose LoRA instead.",
                kind=model.config.model_type,
            )
        )
        open_attention(model)
        count, was_training = self.settings.prefix_words, model.training
        length = min(count, _LENGTH)
        words = torch.randint(0, model.get_input_embeddings().num_embeddings, (-(-count // length), length))
        with watched() as seen, torch.no_grad():
            model.eval()(input_ids=words)
        model.train(was_training)
        if not seen or any(getattr(module, "is_causal", False) for module, _, _ in seen):
            raise unfit
        for module, keys, values in seen:
            setattr(module, PREFIX, Prefix(keys[:, :count], values[:, :count]))

    def rate(self, name: str) -> float:
        if f".{PREFIX}." not in name or not self.recipe.learning_rate:
            return 1.0
        return (self.settings.prefix_learning_rate or _RATE) / self.recipe.learning_rate
