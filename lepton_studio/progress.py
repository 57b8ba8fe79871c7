"""How long work says how far it is, and how it is told to stop."""

from __future__ import annotations

import time
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


class Pace:
    """How much longer something takes, by what came since it began here: what was there before does not count."""

    def __init__(self) -> None:
        self._began: tuple[float, int] | None = None

    def seconds_left(self, done: int, total: int) -> float | None:
        """None in the first second, and where nothing comes."""
        now = time.monotonic()
        began, at = self._began = self._began or (now, done)
        passed, came = now - began, done - at
        return passed / came * (total - done) if passed > 1 and came > 0 else None


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
