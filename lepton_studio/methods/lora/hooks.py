"""Small added matrices in place of all weights."""

from __future__ import annotations

from typing import Any

from lepton_studio.methods.added import AddedWeights, all_but_fresh
from lepton_studio.methods.hooks import Net
from lepton_studio.methods.lora import LoraSettings


class LoraHooks(AddedWeights):
    """Adds matrices to all linear layers but the last."""

    settings: LoraSettings
    in_name = ".lora_"

    def config(self, net: Net, *, kind: Any) -> Any:
        from peft import LoraConfig

        return LoraConfig(
            task_type=kind,
            r=self.settings.lora_rank,
            lora_alpha=self.settings.lora_alpha or 2 * self.settings.lora_rank,
            lora_dropout=self.recipe.dropout,
            use_dora=self.settings.lora_kind == "dora",
            use_rslora=self.settings.lora_kind == "rslora",
            **all_but_fresh(net),
        )

    @property
    def own_rate(self) -> float:
        return self.settings.lora_learning_rate
