"""Weights on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from lepton_studio.methods.prefix.hooks import mark
from lepton_studio.runs.model_folder import LARGE_TABLE

_AT_ONCE = 1 << 22


def save_net(net: PreTrainedModel, folder: Path) -> None:
    """As `save_pretrained`. What half precision holds without a loss takes half the room.

    That is an encoder after `round_to_half`, or what came in half precision and did not learn. Others are left alone.
    Whoever loads the folder gets the type that its config.json names, float32, all the same.
    """
    words = _words(net)
    if words is None or not _is_half(words):
        net.save_pretrained(folder)
    else:
        weights: dict[str, Tensor] = net.state_dict()
        net.save_pretrained(
            folder, state_dict={name: one.half() if _is_half(one) else one for name, one in weights.items()}
        )
    mark(net, folder)


@torch.no_grad()
def round_to_half(net: nn.Module) -> None:
    """Give each weight of an encoder that is saved in half precision the number that is saved, in place.

    It is one with a large table of words, or one whose table came in half precision: the gain is large, and no score
    shows the difference. What is reported of the model afterwards is what the saved one says. Others stay as they are.
    """
    words = _words(net)
    if words is None or not (len(words) >= LARGE_TABLE or _is_half(words)):
        return
    for weight in net.parameters():
        half = weight.half()
        if weight.dtype == torch.float32 and bool(half.isfinite().all()):
            weight.copy_(half)


def _words(net: Any) -> Tensor | None:
    """The table of words, where the model has one."""
    found = net.get_input_embeddings() if isinstance(net, PreTrainedModel) else None
    weight: Tensor | None = getattr(found, "weight", None)
    return weight


def _is_half(weight: Tensor) -> bool:
    some: tuple[Tensor, ...] = weight.detach().reshape(-1).split(_AT_ONCE)  # type: ignore[no-untyped-call]
    return weight.dtype == torch.float32 and all(torch.equal(one, one.half().float()) for one in some)
