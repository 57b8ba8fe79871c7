"""Who writes to a project: one connection at a time, in the order in which they asked."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Ticket:
    """A place in the row of those who write."""

    __slots__ = ()


class Gate:
    """Shared by a project and its clones. Whoever writes much lets others in between by asking anew for each batch.

    A thread whose ticket is in turn may write several times; nobody waits for a busy database, which would serve in no
    order. All methods may be called from any thread, and only those that say so wait.
    """

    def __init__(self) -> None:
        self._row: deque[Ticket] = deque()
        self._moved = threading.Condition()
        self._mine = threading.local()

    @property
    def is_free(self) -> bool:
        """Whether nobody writes, or waits to."""
        return not self._row

    def ask(self) -> Ticket:
        """A place at the end of the row; to be given to `turn` or `leave` in any case."""
        ticket = Ticket()
        with self._moved:
            self._row.append(ticket)
        return ticket

    def ask_if_free(self) -> Ticket | None:
        """A place that is in turn already; None where somebody else writes, or waits to."""
        with self._moved:
            if self._row:
                return None
            ticket = Ticket()
            self._row.append(ticket)
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give a place up, in turn or not; a second time does nothing."""
        with self._moved:
            if ticket in self._row:
                self._row.remove(ticket)
                self._moved.notify_all()

    def wake(self) -> None:
        """Those who wait in `wait` are to look again whether they still want to."""
        with self._moved:
            self._moved.notify_all()

    def wait(self, ticket: Ticket, *, unless: Callable[[], bool] = bool) -> bool:
        """Wait for the ticket's turn. False as soon as `unless` holds; it is asked again at each `wake`."""
        with self._moved:
            self._moved.wait_for(lambda: self._is_in_turn(ticket) or unless())
            return self._is_in_turn(ticket)

    @contextmanager
    def turn(self, ticket: Ticket | None = None) -> Iterator[None]:
        """Write inside: waits for this place, or one at the end of the row. Inside a turn of the same thread: at once.

        The ticket is given back afterwards.
        """
        if getattr(self._mine, "ticket", None) is not None:
            yield
            return
        ticket = ticket or self.ask()
        try:
            self.wait(ticket)
            self._mine.ticket = ticket
            yield
        finally:
            self._mine.ticket = None
            self.leave(ticket)

    def _is_in_turn(self, ticket: Ticket) -> bool:
        return bool(self._row) and self._row[0] is ticket
