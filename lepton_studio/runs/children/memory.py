"""How much memory children take, may take, and are likely to want."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from lepton_studio.hub.places import local_folder
from lepton_studio.models.built_in import built_in
from lepton_studio.runs.model_folder import encoder_in

GB = 1_000_000_000

_CHILDREN = 3
"""One for each slot."""
_READY = GB // 2
"""A child with its imports done and the built-in encoder loaded takes 0.5 GB (measured)."""
_TIMES = {"predict": 2, "tune": 6}
"""Of the size of the weights on disk: reading them needs both copies for a moment; training adds a gradient and two
moments to each weight."""
_AT_WORK = 90
"""Bytes that training keeps of each token, layer and number in it until the backward pass (measured: 80 and 60 with the
built-in encoders and batches of their longest texts)."""
_LONGEST = 512
"""Tokens: hardly a batch is longer throughout, whatever the model could read."""
_LEFT_FREE = GB * 3 // 10
_LAYERS, _WIDTH = ("num_hidden_layers", "num_layers", "n_layer"), ("hidden_size", "d_model", "n_embd")
_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many children there may be at once, warm ones that wait included, and how many bytes they may take."""

    children: int
    memory: int


def limits_for(total: int) -> Limits:
    """The limits on a machine with so many bytes of memory: all of it but a quarter, and but 2 GB at least, which are
    for the window, the system and what else the person has open. A machine so small that this leaves nothing still
    gets one child: work that is alone is always let in."""
    return Limits(_CHILDREN, max(0, total - max(2 * GB, total // 4)))


def machine_memory() -> int:
    """The bytes of memory that this process may count on: the machine's, or what its container is given."""
    total: int = psutil.virtual_memory().total
    for path in _CGROUPS:
        with contextlib.suppress(OSError, ValueError):  # "max" means no limit
            total = min(total, int(Path(path).read_text("ascii")))
    return total


def free_memory() -> int:
    """The bytes that children may still take from the machine without its beginning to swap."""
    return max(0, int(psutil.virtual_memory().available) - _LEFT_FREE)


def memory_of(pid: int) -> int:
    """The resident bytes of a process and of all that it started; 0 for one that is gone."""
    found = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                found += one.memory_info().rss
    return found


def forecast(kind: Literal["predict", "tune"], model: str, *, batch_size: int = 0, max_length: int = 0) -> int:
    """What a child may come to take with this model: a built-in one, or the weights in a folder or of the Hub. A guess.

    `batch_size` and `max_length` (0: as long as the model reads) are those of the batches that are trained on.
    """
    known, folder, weights = built_in(model), local_folder(model), 0
    layers, width, longest = 0, 0, _LONGEST
    if known is not None:
        weights, layers, width = known.size, known.layers, known.width
        longest = min(known.max_length, _LONGEST)
    elif folder is not None:
        with contextlib.suppress(OSError):
            weights = sum(one.stat().st_size for one in folder.rglob("*") if one.suffix in (".safetensors", ".bin"))
        layers, width = _shape_in(encoder_in(folder))
    tokens = batch_size * min(max_length or longest, longest)
    return _READY + _TIMES[kind] * max(weights, GB // 10) + _AT_WORK * tokens * layers * width


def _shape_in(folder: Path) -> tuple[int, int]:
    """(layers, width) as the model's config.json says, by the names that most architectures use; zeros where not."""
    stored: object = None
    with contextlib.suppress(OSError, ValueError, RecursionError):
        stored = json.loads((folder / "config.json").read_text("utf-8"))
    return _first_of(_LAYERS, stored), _first_of(_WIDTH, stored)


def _first_of(names: Sequence[str], stored: object) -> int:
    found = [stored.get(one) for one in names] if isinstance(stored, dict) else []
    return next((one for one in found if isinstance(one, int)), 0)
