"""Learned keys and values before those of a text, in each layer whose attention transformers lets others compute.

They are a part of each attention, not a cache as peft hands it to the model: behind that BERT counts the positions of a
text from the number of learned words on, and says something else of it. Here masks, positions and tokens stay what they
are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor, nn
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedConfig
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from lepton_studio.atomic import new_file
from lepton_studio.language import tr
from lepton_studio.methods.hooks import Hooks, Net, Unfit
from lepton_studio.methods.prefix import PrefixSettings
from lepton_studio.models.model_config import CONFIG, PREFIXED

PREFIX = "prefix"
"""What it is called in the attention of a layer."""
_WAY = "lepton_studio_prefix"
Seen = tuple[nn.Module, Tensor, Tensor]
"""An attention, with the keys and values of all tokens that it read: [heads, tokens, width of a head]."""
_SEEN: ContextVar[list[Seen] | None] = ContextVar("seen", default=None)
_RATE = 1e-2
_LENGTH = 10
"""So many words stand together when they are read: the model may have few positions."""


class Prefix(nn.Module):
    """Of one layer: keys and values, [heads, words, width of a head]. Each token of each text sees them."""

    def __init__(self, keys: Tensor, values: Tensor) -> None:
        super().__init__()
        self.keys = nn.Parameter(keys.detach().clone())
        self.values = nn.Parameter(values.detach().clone())

    def forward(self, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None]:
        """Those of texts [size, heads, length, width] and their mask [size, 1, length or 1, length] (True or 0: seen),
        with these before them.
        """
        size = key.shape[0]
        key = torch.cat([self.keys.to(key.dtype).expand(size, -1, -1, -1), key], 2)
        value = torch.cat([self.values.to(value.dtype).expand(size, -1, -1, -1), value], 2)
        if mask is not None:
            shape = (*mask.shape[:-1], self.keys.shape[1])
            seen = mask.new_ones(shape) if mask.dtype == torch.bool else mask.new_zeros(shape)
            mask = torch.cat([seen, mask], -1)
        return key, value, mask


def _attend(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor | None, **named: Any
) -> tuple[Tensor, None]:
    """As "sdpa" of transformers, behind the layer's prefix where it has one."""
    seen = _SEEN.get()
    if seen is not None:
        seen.append((module, key.transpose(0, 1).flatten(1, 2), value.transpose(0, 1).flatten(1, 2)))
    prefix: Prefix | None = getattr(module, PREFIX, None)
    if prefix is not None:
        key, value, attention_mask = prefix(key, value, attention_mask)
    return sdpa_attention_forward(module, query, key, value, attention_mask, **named)


AttentionInterface.register(_WAY, _attend)
AttentionMaskInterface.register(_WAY, sdpa_mask)


def open_attention(model: Any) -> None:
    """Let a model of transformers look at prefixes, in place. What computes its attention by itself never does."""
    # Not by `set_attn_implementation`: that reads the model's source, which a packaged program does not have.
    model.config._attn_implementation = _WAY


def prefixes(model: nn.Module) -> dict[str, Prefix]:
    """Those in a model, by their place in it."""
    return {name: one for name, one in model.named_modules() if isinstance(one, Prefix)}


@contextmanager
def watched() -> Iterator[list[Seen]]:
    """What each attention reads while the block runs, in the order of the layers."""
    found: list[Seen] = []
    token = _SEEN.set(found)
    try:
        yield found
    finally:
        _SEEN.reset(token)


def mark(model: nn.Module, folder: Path) -> None:
    """After the model was saved in a folder: name it so in config.json, where it has prefixes, that no library takes it
    for a model without them.
    """
    if not prefixes(model):
        return
    path = folder / CONFIG
    stored = json.loads(path.read_text("utf-8"))
    stored["model_type"] = PREFIXED + str(stored["model_type"]).removeprefix(PREFIXED)
    with new_file(path) as made:
        made.write_text(json.dumps(stored, indent=2) + "\n", "utf-8")


def marked_config(folder: Path) -> PreTrainedConfig | None:
    """The config of the model without prefixes in a folder that was marked; None for others. Raises KeyError, OSError
    and ValueError for one that is damaged.
    """
    stored = json.loads((folder / CONFIG).read_text("utf-8"))
    kind = str(stored.pop("model_type", ""))
    if not kind.startswith(PREFIXED):
        return None
    found: PreTrainedConfig = CONFIG_MAPPING[kind.removeprefix(PREFIXED)].from_dict(stored)
    return found


def put_back(model: Any, folder: Path) -> None:
    """The prefixes saved in a marked folder, into the model loaded without them. Raises ValueError where there are
    none.
    """
    kept: dict[str, Tensor] = {}
    for file in sorted(folder.glob("*.safetensors")):
        with safe_open(file, framework="pt") as weights:
            for name in weights.keys():  # noqa: SIM118 - no mapping
                if f".{PREFIX}." in name:
                    kept[name.removeprefix(f"{model.base_model_prefix}.")] = weights.get_tensor(name).float()
    places = {name.rpartition(f".{PREFIX}.")[0] for name in kept}
    if not places:
        raise ValueError(f"no prefix in {folder}")
    open_attention(model)
    for place in places:
        prefix = Prefix(*(kept[f"{place}.{PREFIX}.{part}"] for part in ("keys", "values")))
        setattr(model.get_submodule(place), PREFIX, prefix)


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
