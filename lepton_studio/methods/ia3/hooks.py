"""Vectors that scale, in place of all weights."""

from __future__ import annotations

from typing import Any

from lepton_studio.language import tr
from lepton_studio.methods.hooks import Net, Unfit
from lepton_studio.methods.ia3 import Ia3Settings
from lepton_studio.methods.lora.hooks import AddedWeights


class Ia3Hooks(AddedWeights):
    """Scales keys, values and what goes into the last feed-forward layer, where peft knows their names."""

    settings: Ia3Settings
    in_name = ".ia3_"

    def config(self, net: Net, *, kind: Any) -> Any:
        from peft import IA3Config
        from peft.utils import TRANSFORMERS_MODELS_TO_IA3_FEEDFORWARD_MODULES_MAPPING as FORWARD
        from peft.utils import TRANSFORMERS_MODELS_TO_IA3_TARGET_MODULES_MAPPING as TARGETS

        known = _ALIKE.get(net.model.config.model_type, net.model.config.model_type)
        if known not in TARGETS or net.fresh:
            raise Unfit(
                tr("IA3 does not know the layers of this kind of model ({kind}). Choose LoRA instead.", kind=known)
            )
        return IA3Config(task_type=kind, target_modules=TARGETS[known], feedforward_modules=FORWARD[known])

    @property
    def own_rate(self) -> float:
        return self.settings.ia3_learning_rate


_ALIKE = {"xlm-roberta": "roberta", "electra": "bert", "camembert": "roberta", "mbart": "bart", "qwen2.5": "qwen2"}
"""Kinds of model whose layers have the names of another kind."""
