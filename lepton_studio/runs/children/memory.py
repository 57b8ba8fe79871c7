"""How much memory children take, may take, and are likely to want."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from lepton_studio.models.built_in import built_in

GB = 1_000_000_000

_CHILDREN = 3
"""One for each slot."""
_READY = GB // 2
"""A child with its imports done and the built-in encoder loaded takes 0.5 GB (measured)."""
_TIMES = {"predict": 2, "tune": 6}
"""Of the size of the weights on disk: reading them needs both copies for a moment; training adds a gradient and two
moments to each weight, and the activations of a batch."""
_LEFT_FREE = GB * 3 // 10
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


def forecast(kind: Literal["predict", "tune"], model: str) -> int:
    """What a child may come to take with this model: a built-in one, or the weights in a folder. A guess."""
    known, weights = built_in(model), 0
    if known is not None:
        weights = known.size
    elif (folder := Path(model)).is_dir():
        with contextlib.suppress(OSError):
            weights = sum(one.stat().st_size for one in folder.rglob("*") if one.suffix in (".safetensors", ".bin"))
    return _READY + _TIMES[kind] * max(weights, GB // 10)
