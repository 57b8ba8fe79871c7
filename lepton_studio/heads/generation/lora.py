"""Small added matrices in place of all weights, by peft. It is imported only when it is used: that takes seconds."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel

ADAPTER = "adapter"
"""The folder inside a model's folder that holds the added matrices alone."""


def with_lora(net: PreTrainedModel, *, rank: int, dropout: float, name: str) -> Any:
    """The model, frozen, with matrices added to all linear layers but the last. `name` is how others find the model."""
    from peft import LoraConfig, TaskType, get_peft_model

    added = LoraConfig(
        task_type=TaskType.CAUSAL_LM, r=rank, lora_alpha=2 * rank, lora_dropout=dropout, target_modules="all-linear"
    )
    with warnings.catch_warnings():
        # WORKAROUND: peft 0.21 asks transformers 5.23 by a name that is on its way out (https://github.com/huggingface/peft).
        warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`", category=FutureWarning)
        wrapped = get_peft_model(net, added)
    wrapped.peft_config["default"].base_model_name_or_path = name
    return wrapped


def is_lora(net: Any) -> bool:
    """Whether `with_lora` made it."""
    return hasattr(net, "merge_adapter")


def save_lora(net: Any, folder: Path) -> None:
    """Write the added matrices to `folder`/adapter, and the model with them worked in to `folder`."""
    net.save_pretrained(folder / ADAPTER)
    inner = net.get_base_model()
    net.merge_adapter()
    try:
        whole = {
            name.replace(".base_layer.", "."): weight
            for name, weight in inner.state_dict().items()
            if ".lora_" not in name
        }
        inner.save_pretrained(folder, state_dict=whole)
    finally:
        net.unmerge_adapter()
