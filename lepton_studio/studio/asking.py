"""One request to a child, from here to its last event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from lepton_studio.errors import Cancelled, StudioError
from lepton_studio.language import tr
from lepton_studio.progress import ShouldStop, never
from lepton_studio.runs.events import Event, Failed, Finished, Stopped
from lepton_studio.runs.process import ChildProcess
from lepton_studio.runs.requests import Request

T = TypeVar("T")

_EVERY = 0.1
"""Seconds from one question whether it is still wanted to the next."""


class NotAnswered(StudioError):
    """The child could not do what it was asked; the text is a sentence for a person."""


def pieces(items: Iterable[T], *, size: int) -> Iterator[tuple[T, ...]]:
    """The items, so many at a time: what one request is to hold."""
    left = iter(items)
    while some := tuple(islice(left, size)):
        yield some


def ask(
    child: ChildProcess, request: Request, *, on_event: Callable[[Event], object], should_stop: ShouldStop = never
) -> None:
    """Ask a child that ends nothing with it, and block until it is done; `on_event` gets all that it says of it.

    Raises Cancelled once the child has stopped at `should_stop`, and NotAnswered.
    """
    if should_stop():
        raise Cancelled
    reply = child.ask(request)
    is_cancelled = False
    while not reply.ended:
        for event in reply.take(_EVERY):
            on_event(event)
        if not is_cancelled and should_stop():
            is_cancelled = reply.cancel()
    for event in reply.take(0):
        on_event(event)
    match reply.last:
        case Finished():
            return
        case Stopped():
            raise Cancelled
        case Failed(message=message):
            raise NotAnswered(message)
        case None:
            raise NotAnswered(tr("The process that does the work has ended unexpectedly. Try again."))
