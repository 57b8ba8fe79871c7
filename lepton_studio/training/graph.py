"""The part of a tuned model that takes named tensors and gives one: it can be traced and served without its learner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

BATCH, LENGTH = "batch", "length"


@dataclass(frozen=True, slots=True)
class Port:
    """A tensor that goes in.

    `axes` name what each axis counts; each may have any length, and those of one name have the same. Its numbers are
    whole, from 0 to less than `below`; a name there says that they are places on that axis. `filled`: it is a mask of
    rows that are filled up on that side. `is_flag`: bool instead of int64.
    """

    name: str
    axes: tuple[str, ...]
    below: int | str
    filled: Literal["", "left", "right"] = ""
    is_flag: bool = False

    def draw(self, sizes: Mapping[str, int], *, by: torch.Generator) -> Tensor:
        """One of these sizes, as a model may get it."""
        shape = [sizes[axis] for axis in self.axes]
        if self.filled:
            mask = torch.ones(shape, dtype=torch.int64)
            empty = shape[1] // 3
            mask[0, : empty if self.filled == "left" else 0] = 0
            mask[0, shape[1] - empty if self.filled == "right" else shape[1] :] = 0
            return mask
        below = sizes[self.below] if isinstance(self.below, str) else self.below
        drawn = torch.randint(0, below, shape, generator=by)
        return drawn.bool() if self.is_flag else drawn


@dataclass(frozen=True, slots=True)
class Graph:
    """`module` takes tensors by the names of `inputs` and gives `output`, whose axes are `output_axes` (a number for
    one that is always as long). `longest`: most that any axis but "batch" may count. `says`: what the numbers mean, in
    English for developers.
    """

    module: nn.Module
    inputs: tuple[Port, ...]
    output: str
    output_axes: tuple[str | int, ...]
    longest: int
    says: str

    def sizes(self, *, batch: int, others: int) -> dict[str, int]:
        """A length for each named axis, each another one so that none passes for another, from `others` on."""
        names = [name for name in dict.fromkeys(axis for port in self.inputs for axis in port.axes) if name != BATCH]
        return {BATCH: batch, **{name: min(self.longest, others + 2 * place) for place, name in enumerate(names)}}

    def draw(self, sizes: Mapping[str, int]) -> dict[str, Tensor]:
        """Inputs of these sizes; always the same for the same sizes."""
        by = torch.Generator().manual_seed(0)
        return {port.name: port.draw(sizes, by=by) for port in self.inputs}


def token_ports(
    *, words: int, types: int = 0, filled: Literal["left", "right"] = "right", axes: tuple[str, str] = (BATCH, LENGTH)
) -> tuple[Port, ...]:
    """Tokens and their mask, and with `types` their kinds: what every model of transformers reads."""
    ports = (Port("input_ids", axes, words), Port("attention_mask", axes, 2, filled=filled))
    return (*ports, Port("token_type_ids", axes, types)) if types else ports
