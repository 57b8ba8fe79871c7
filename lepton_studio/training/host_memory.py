"""Memory of the machine itself: a run takes only what is free, so that it is told in time instead of ended."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from lepton_studio.runs.children.memory import free_memory

if sys.platform == "linux":
    import resource


@contextmanager
def bounded() -> Iterator[None]:
    """What the block asks of `take_only_free` ends with it."""
    try:
        yield
    finally:
        if sys.platform == "linux":
            _, most = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def take_only_free() -> None:
    """From now on this process gets no more memory than is free now: an allocation beyond that fails, as on a GPU.

    Linux alone lends memory that it does not have, and ends the process that comes to use it; there free swap counts
    too. Takes 0.2 ms.
    """
    if sys.platform == "linux":
        taken = psutil.Process().memory_info().data
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        limit = taken + free_memory() + psutil.swap_memory().free
        resource.setrlimit(resource.RLIMIT_DATA, (limit if most < 0 else min(limit, most), most))
