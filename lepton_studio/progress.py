"""How long work says how far it is, and how it is told to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from lepton_studio.errors import Cancelled

T = TypeVar("T")

Progress = Callable[[int, int | None], None]
"""Called with (done, total), total None while unknown; on the thread that does the work. It may raise to end it."""

ShouldStop = Callable[[], bool]
"""Asked every now and then on the thread that does the work."""

_EVERY = 500


def silent(done: int, total: int | None) -> None:
    """A Progress that tells nobody."""


def never() -> bool:
    """The ShouldStop that never stops."""
    return False


def watched(items: Iterable[T], *, total: int | None, progress: Progress, should_stop: ShouldStop) -> Iterator[T]:
    """The items, with progress told and the stop asked for every 500 of them, and at the end. Raises Cancelled."""
    done = 0
    for done, item in enumerate(items, start=1):
        if done % _EVERY == 1:
            if should_stop():
                raise Cancelled
            progress(done - 1, total)
        yield item
    if should_stop():
        raise Cancelled
    progress(done, total)
