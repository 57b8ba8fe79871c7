"""Narrow layers beside the feed-forward layers; at the end a part of them, which are then so much wider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from lepton_studio.language import tr
from lepton_studio.methods.bottleneck import BottleneckSettings
from lepton_studio.methods.hooks import Hooks, Net, Unfit
from lepton_studio.methods.lora.hooks import raised

_WIDTHS = ("intermediate_size", "ffn_dim", "encoder_ffn_dim", "decoder_ffn_dim", "d_ff", "hidden_dim")
"""What configs call the width of a feed-forward layer."""
_ADDED = "beside"
"""Has the weights that are added, in a layer that is made wider."""


class BottleneckHooks(Hooks):
    """A feed-forward layer is W2 f(W1 x); with an adapter of the same f beside it, W2 f(W1 x) + U f(D x). That is a
    feed-forward layer with D below W1 and U beside W2: what is saved is a plain model whose config.json names the
    larger width. U begins at 0, D as torch begins a layer.
    """

    settings: BottleneckSettings

    def wrap(self, net: Net) -> None:
        self._configs = list(_configs(net.model.config))
        net.model.requires_grad_(False)
        self._places = list(
            _feed_forward(net, widths={width for one in self._configs for width in _named(one).values()})
        )
        openings = sum(opens for *_, opens in self._places)
        closings = len(self._places) - openings
        if not closings or openings not in (closings, 2 * closings):
            raise Unfit(
                tr(
                    "Bottleneck adapters do not know the layers of this kind of model ({kind}). Choose LoRA instead.",
                    kind=net.model.config.model_type,
                )
            )
        for parent, name, opens in self._places:
            wider = Opening if opens else Closing
            setattr(parent, name, wider(getattr(parent, name), self.settings.bottleneck_width))
        for name, weight in net.model.named_parameters():
            if name in net.fresh:
                weight.requires_grad_(True)

    def rate(self, name: str) -> float:
        return raised(self.recipe, own=self.settings.bottleneck_learning_rate) if f".{_ADDED}." in name else 1.0

    def finish(self, model: nn.Module) -> None:
        for parent, name, _ in self._places:
            setattr(parent, name, getattr(parent, name).merged())
        for config in self._configs:
            for name, width in _named(config).items():
                setattr(config, name, width + self.settings.bottleneck_width)


class Opening(nn.Module):
    """The first layer of a feed-forward layer, with more outputs behind its own."""

    def __init__(self, layer: nn.Linear, width: int) -> None:
        super().__init__()
        self.layer = layer
        self.beside = nn.Linear(layer.in_features, width, bias=layer.bias is not None)

    def forward(self, given: Tensor) -> Tensor:
        return torch.cat([self.layer(given), self.beside(given)], -1)

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """A plain layer that says the same."""
        found = _empty(
            self.layer, inputs=self.layer.in_features, outputs=self.layer.out_features + len(self.beside.weight)
        )
        found.weight.copy_(torch.cat([self.layer.weight, self.beside.weight]))
        if found.bias is not None:
            found.bias.copy_(torch.cat([self.layer.bias, self.beside.bias]))
        return found


class Closing(nn.Module):
    """The last layer of a feed-forward layer, with more inputs behind its own."""

    def __init__(self, layer: nn.Linear, width: int) -> None:
        super().__init__()
        self.layer = layer
        self.beside = nn.Linear(width, layer.out_features, bias=False)
        nn.init.zeros_(self.beside.weight)

    @property
    def weight(self) -> Tensor:
        """T5 asks for its type."""
        return self.layer.weight

    def forward(self, given: Tensor) -> Tensor:
        own = self.layer.in_features
        found: Tensor = self.layer(given[..., :own]) + self.beside(given[..., own:])
        return found

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """A plain layer that says the same."""
        width = self.beside.in_features
        found = _empty(self.layer, inputs=self.layer.in_features + width, outputs=self.layer.out_features)
        found.weight.copy_(torch.cat([self.layer.weight, self.beside.weight], 1))
        if found.bias is not None:
            found.bias.copy_(self.layer.bias)
        return found


def _empty(like: nn.Linear, *, inputs: int, outputs: int) -> nn.Linear:
    weight = like.weight
    return nn.Linear(inputs, outputs, bias=like.bias is not None, device=weight.device, dtype=weight.dtype)


def _configs(config: Any) -> Iterator[Any]:
    """A config and those in it of encoder and decoder."""
    yield config
    for one in ("encoder", "decoder"):
        if hasattr(inner := getattr(config, one, None), "model_type"):
            yield from _configs(inner)


def _named(config: Any) -> dict[str, int]:
    """The widths of feed-forward layers in a config, by what it calls them."""
    return {name: width for name in _WIDTHS if isinstance(width := getattr(config, name, None), int)}


def _feed_forward(net: Net, *, widths: set[int]) -> Iterator[tuple[nn.Module, str, bool]]:
    """(parent, name in it, whether it opens) of each layer from or to one of these widths."""
    last = net.model.get_output_embeddings()
    for path, parent in list(net.model.named_modules()):
        for name, layer in parent.named_children():
            if type(layer) is not nn.Linear or layer is last or "att" in f"{path}.{name}".lower():
                continue
            opens, closes = layer.out_features in widths, layer.in_features in widths
            if opens != closes:
                yield parent, name, opens
