"""From the vectors of tokens to that of their text, as the makers of a sentence encoder do it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from lepton_studio.models.model_config import read_config
from lepton_studio.models.sentence_modules import MODULES, Step, read_modules
from lepton_studio.runs.manifest import MANIFEST

UNIT = "Normalize"


class Unit(nn.Module):
    """Makes vectors of length one."""

    def forward(self, vectors: Tensor) -> Tensor:
        return F.normalize(vectors, dim=-1)


class Dense(nn.Module):
    """A linear layer and what follows it; `activation` is the name of that in torch.nn."""

    def __init__(self, weight: Tensor, bias: Tensor | None, *, activation: str) -> None:
        super().__init__()
        self.linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
        with torch.no_grad():
            self.linear.weight.copy_(weight)
            if bias is not None:
                self.linear.bias.copy_(bias)
        self.activation = activation
        self.then: nn.Module = getattr(nn, activation)()

    def forward(self, vectors: Tensor) -> Tensor:
        found: Tensor = self.then(self.linear(vectors))
        return found


class Pooling(nn.Module):
    """Token vectors [size, length, width] to [size, width of the text's vector], of unit length, in float32.

    `modes`, side by side, then `layers` in their order, which do not learn. Unit length is not left to the makers: what
    compares vectors, and the head, count on it.
    """

    def __init__(self, modes: Sequence[str] = ("mean",), layers: Sequence[Unit | Dense] = ()) -> None:
        super().__init__()
        self.modes = tuple(modes)
        self.layers = nn.ModuleList(layers).requires_grad_(False)

    def forward(self, vectors: Tensor, attention_mask: Tensor | None) -> Tensor:
        """`attention_mask` [size, length]: 1 where there is a token, rows filled up on the right; None: all are."""
        vectors = vectors.float()
        found = torch.cat([_POOLS[mode](vectors, attention_mask) for mode in self.modes], -1)
        for layer in self.layers:
            found = layer(found)
        return F.normalize(found, dim=-1)

    @property
    def dense(self) -> list[Dense]:
        """Its dense layers."""
        return [layer for layer in self.layers if isinstance(layer, Dense)]

    def width(self, of_token: int) -> int:
        """Numbers of a text's vector, where a token's has so many."""
        return self.dense[-1].linear.out_features if self.dense else of_token * len(self.modes)

    @property
    def name(self) -> str:
        """The same for what makes the same vectors; "mean" where that is all."""
        digest = hashlib.sha256()
        for name, weight in self.layers.state_dict().items():
            digest.update(name.encode() + weight.cpu().numpy().tobytes())
        activations = [layer.activation for layer in self.dense]
        layers = [*activations, digest.hexdigest()[:12]] if activations else []
        return "-".join([*self.modes, *layers]).lower()


def read_pooling(folder: Path, *, is_tuned: bool = False) -> tuple[Pooling, str]:
    """How the makers of the encoder in a folder pool, and the prompt that they put before each text.

    Where they do not say it is the mean, and the last token of a model that reads from left to right. Of a model that
    we tuned, without its head: `is_tuned` where that is known, else its manifest says so. Raises UnusableModel,
    OSError, ValueError.
    """
    root = folder if (folder / MODULES).is_file() else folder.parent
    modules = read_modules(root)
    if modules is None or modules.encoder.resolve() != folder.resolve():
        return Pooling(("lasttoken",) if read_config(folder).is_causal else ("mean",)), ""
    steps = modules.steps[:-1] if is_tuned or (root / MANIFEST).is_file() else modules.steps
    if steps and steps[-1].kind == UNIT:
        steps = steps[:-1]  # `Pooling` ends so anyway
    return Pooling(modules.pooling, [_layer(step) for step in steps]), modules.prompt


def _layer(step: Step) -> Unit | Dense:
    if step.kind == UNIT:
        return Unit()
    weights = load_file(step.folder / "model.safetensors")
    return Dense(weights["linear.weight"].float(), weights.get("linear.bias"), activation=step.activation)


def mean_vector(vectors: Tensor, attention_mask: Tensor | None) -> Tensor:
    """The mean over the tokens that are there, in float32: [size, width]. No mask: all are."""
    vectors = vectors.float()
    if attention_mask is None:
        return vectors.mean(1)
    weights = attention_mask.unsqueeze(-1).to(vectors.dtype)
    return (vectors * weights).sum(1) / weights.sum(1).clamp(min=1e-9)


def _sum_by_root(vectors: Tensor, mask: Tensor | None) -> Tensor:
    count = vectors.shape[1] if mask is None else mask.sum(1, keepdim=True).to(vectors.dtype).clamp(min=1e-9)
    return mean_vector(vectors, mask) * count**0.5


def _first(vectors: Tensor, _mask: Tensor | None) -> Tensor:
    return vectors[:, 0]


def _last(vectors: Tensor, mask: Tensor | None) -> Tensor:
    if mask is None:
        return vectors[:, -1]
    places = (mask.sum(1) - 1).clamp(min=0)
    return vectors.gather(1, places[:, None, None].expand(-1, 1, vectors.shape[2])).squeeze(1)


def _most(vectors: Tensor, mask: Tensor | None) -> Tensor:
    there = vectors if mask is None else vectors.masked_fill(mask.unsqueeze(-1) == 0, float("-inf"))
    return there.max(1).values


def _weighted(vectors: Tensor, mask: Tensor | None) -> Tensor:
    """The mean in which later tokens count for more: the n-th n times."""
    places = torch.arange(1, vectors.shape[1] + 1, device=vectors.device, dtype=vectors.dtype)[None]
    weights = places.expand(vectors.shape[0], -1) if mask is None else places * mask.to(vectors.dtype)
    return (vectors * weights.unsqueeze(-1)).sum(1) / weights.sum(1, keepdim=True)


_POOLS: Mapping[str, Callable[[Tensor, Tensor | None], Tensor]] = {
    "cls": _first,
    "max": _most,
    "mean": mean_vector,
    "mean_sqrt_len_tokens": _sum_by_root,
    "weightedmean": _weighted,
    "lasttoken": _last,
}
