"""What long work in the child says while it goes on, and what it asks: whether to go on."""

from __future__ import annotations

from collections.abc import Callable

from lepton_studio.runs.events import Event
from lepton_studio.runs.requests import StopMode

Send = Callable[[Event], None]
"""Says an event; from any thread."""

ShouldStop = Callable[[], StopMode | None]


class Interrupted(Exception):
    """Raised out of long work that a wish ends at once."""

    def __init__(self, wish: StopMode) -> None:
        super().__init__(wish)
        self.wish: StopMode = wish


def stop_now(should_stop: ShouldStop) -> None:
    """Raise Interrupted where there is nothing to keep or no time to: on "discard" and "leave"."""
    wish = should_stop()
    if wish in ("discard", "leave"):
        raise Interrupted(wish)


def stop_at_any(should_stop: ShouldStop) -> None:
    """Raise Interrupted on any wish: for work of which no part is worth keeping."""
    wish = should_stop()
    if wish is not None:
        raise Interrupted(wish)
