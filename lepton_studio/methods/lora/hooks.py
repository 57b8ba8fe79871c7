"""Small added matrices in place of all weights, by peft, imported only when used. What adapters share is here."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor, nn

from lepton_studio.contract.task import Family
from lepton_studio.methods.hooks import Hooks, Net
from lepton_studio.methods.lora import LoraSettings
from lepton_studio.runs.job import Recipe

ADAPTER = "adapter"
"""The folder inside a model's folder that holds the added weights alone, and whatever else was trained."""
_RAISED, _LARGEST_RATE = 10, 1e-3
"""What begins without effect takes larger steps."""
_README = """# What was trained of the model in the folder above

`adapter_model.safetensors` holds the weights that were added, for `PeftModel.from_pretrained(base_model, folder)` of
`peft`; `head.safetensors` all other weights that were trained, by their names in the model that learned. The folder
above needs neither: there the added weights are merged into the others.
"""


class AddedWeights(Hooks):
    """Adds weights to layers, in place; what begins with random weights learns whole.

    The learner never sees peft: at the end what was added is merged and the layers are plain ones again. Who inherits
    says `in_name`, what the names of added weights have in them, and gives a `config`.
    """

    in_name: str
    _model: Any

    def config(self, net: Net, *, kind: Any) -> Any:
        """A PeftConfig for this model; `kind` is its TaskType. Raises Unfit."""
        raise NotImplementedError

    @property
    def own_rate(self) -> float:
        """The learning rate of what is added; 0 for ten times that of the recipe, up to 0.001."""
        return 0.0

    def wrap(self, net: Net) -> None:
        from peft import get_peft_model

        config = self.config(net, kind=_task_type(net.family))
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
        return raised(self.recipe, own=self.own_rate) if self.in_name in name else 1.0

    def finish(self, model: nn.Module) -> None:
        from peft import get_peft_model_state_dict

        # By itself peft would ask the Hub for the base model's config, to see whether it has other words now.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*invalid shape")  # AdaLoRA may take all rank from a layer
            self._added = _copied(get_peft_model_state_dict(self._model, save_embedding_layers=False))
        self._others = _copied(
            {name: one for name, one in model.named_parameters() if one.requires_grad and self.in_name not in name}
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


def raised(recipe: Recipe, *, own: float) -> float:
    """What the learning rate of added weights is multiplied with: they have their `own`, or where it is 0 ten times the
    recipe's, up to 0.001.
    """
    usual = recipe.learning_rate
    return (own or max(usual, min(_RAISED * usual, _LARGEST_RATE))) / usual if usual else 1.0


def all_but_fresh(net: Net) -> dict[str, Any]:
    """What a config says of where to add: all linear layers but the last, and none that begins at random."""
    fresh = sorted({name.rpartition(".")[0] for name in net.fresh})
    return {"target_modules": "all-linear", "exclude_modules": fresh or None}


def _task_type(family: Family) -> Any:
    from peft import TaskType

    kinds = {
        "encoder": TaskType.FEATURE_EXTRACTION,
        "encoder_decoder": TaskType.SEQ_2_SEQ_LM,
        "decoder": TaskType.CAUSAL_LM,
    }
    return kinds[family]


def _copied(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: one.detach().to("cpu", copy=True).contiguous() for name, one in weights.items()}
