"""Small added matrices in place of all weights, by peft. It is imported only when it is used: that takes seconds."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor, nn

from lepton_studio.methods.hooks import Hooks, Net
from lepton_studio.methods.lora import LoraSettings

ADAPTER = "adapter"
"""The folder inside a model's folder that holds the added matrices alone, and whatever else was trained."""
_ADDED = ".lora_"
_RAISED, _LARGEST_RATE = 10, 1e-3
"""What begins at zero takes larger steps."""
_README = """# What was trained of the model in the folder above

`adapter_model.safetensors` holds the matrices that LoRA added, for `PeftModel.from_pretrained(base_model, folder)` of
`peft`; `head.safetensors` all other weights that were trained, by their names in the model that learned. The folder
above needs neither: there the matrices are merged into the weights.
"""


class LoraHooks(Hooks):
    """Adds matrices to all linear layers but the last, in place; what begins with random weights learns whole.

    The learner never sees peft: at the end the matrices are merged and the layers are plain ones again.
    """

    settings: LoraSettings
    _model: Any

    def wrap(self, net: Net) -> None:
        from peft import LoraConfig, TaskType, get_peft_model

        kinds = {
            "encoder": TaskType.FEATURE_EXTRACTION,
            "encoder_decoder": TaskType.SEQ_2_SEQ_LM,
            "decoder": TaskType.CAUSAL_LM,
        }
        config = LoraConfig(
            task_type=kinds[net.family],
            r=self.settings.lora_rank,
            lora_alpha=self.settings.lora_alpha or 2 * self.settings.lora_rank,
            lora_dropout=self.recipe.dropout,
            target_modules="all-linear",
            exclude_modules=sorted({name.rpartition(".")[0] for name in net.fresh}) or None,
        )
        with warnings.catch_warnings():
            # WORKAROUND: peft 0.21 asks transformers 5.23 by a name that is on its way out (https://github.com/huggingface/peft).
            warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`", category=FutureWarning)
            # Of GPT-2, whose layers lie the other way round: peft sets that right by itself.
            warnings.filterwarnings("ignore", message="fan_in_fan_out is set", category=UserWarning)
            self._model = get_peft_model(net.model, config)
        self._model.peft_config["default"].base_model_name_or_path = net.name
        for name, weight in net.model.named_parameters():
            if name in net.fresh:
                weight.requires_grad_(True)

    def rate(self, name: str) -> float:
        if _ADDED not in name or not (usual := self.recipe.learning_rate):
            return 1.0
        most = max(usual, min(_RAISED * usual, _LARGEST_RATE))
        return (self.settings.lora_learning_rate or most) / usual

    def finish(self, model: nn.Module) -> None:
        from peft import get_peft_model_state_dict

        # By itself peft would ask the Hub for the base model's config, to see whether it has other words now.
        self._added = _copied(get_peft_model_state_dict(self._model, save_embedding_layers=False))
        self._others = _copied(
            {name: one for name, one in model.named_parameters() if one.requires_grad and _ADDED not in name}
        )
        self._model.merge_and_unload()

    def save(self, folder: Path) -> None:
        inside = folder / ADAPTER
        inside.mkdir()
        config = self._model.peft_config["default"]
        config.inference_mode = True
        config.save_pretrained(inside)
        save_file(self._added, inside / "adapter_model.safetensors", metadata={"format": "pt"})
        if self._others:
            save_file(self._others, inside / "head.safetensors")
        (inside / "README.md").write_text(_README, "utf-8")


def _copied(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: one.detach().to("cpu", copy=True).contiguous() for name, one in weights.items()}
