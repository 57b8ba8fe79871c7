"""Weights on the disk."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from transformers import PreTrainedModel

_ROWS_AT_ONCE = 1 << 14


def save_net(net: PreTrainedModel, folder: Path) -> None:
    """As `save_pretrained`. A table of words that half precision holds without a loss takes half the room.

    That is one which came in half precision and was frozen: of a multilingual encoder four fifths of all weights.
    Whoever loads the folder gets the type that its config.json names, float32, all the same.
    """
    weights: dict[str, Tensor] = net.state_dict()
    words: Tensor = net.get_input_embeddings().weight  # type: ignore[assignment]
    name = next((name for name, weight in net.named_parameters() if weight is words), "")
    if name and _is_half(words.detach()):
        net.save_pretrained(folder, state_dict=weights | {name: words.detach().half()})
    else:
        net.save_pretrained(folder)


def _is_half(words: Tensor) -> bool:
    some: tuple[Tensor, ...] = words.split(_ROWS_AT_ONCE)  # type: ignore[no-untyped-call]
    return words.dtype == torch.float32 and all(torch.equal(one, one.half().float()) for one in some)
