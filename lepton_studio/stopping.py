"""Whether the work of this thread is still wanted: asked deep inside, said by who began it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_check: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)


@contextmanager
def ended_by(check: Callable[[], None]) -> Iterator[None]:
    """Within it, `go_on` calls `check`, which raises where a person has asked for the end. Holds for this thread."""
    before = _check.set(check)
    try:
        yield
    finally:
        _check.reset(before)


def go_on() -> None:
    """Raise what ends the work where it is no longer wanted. To be called several times a second by what takes long."""
    check = _check.get()
    if check is not None:
        check()
