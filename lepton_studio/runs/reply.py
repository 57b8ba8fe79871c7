"""What a child says to one request: the request's own events, its end, and the way to take it back."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.runs.events import Event, Failed, Finished, LastEvent, Stopped
from lepton_studio.runs.requests import Request, Run, StopMode

if TYPE_CHECKING:
    from lepton_studio.runs.process import ChildProcess

_TAIL_BYTES = 8192


class Reply:
    """Made by `ChildProcess.ask`; any thread may call it, and none blocks long but in `take` and `wait`.

    It has all that a `JobMonitor` needs of a child. `terminate`, `kill` and `detach` are the process's, whatever else
    it was asked.
    """

    def __init__(self, child: ChildProcess, request: Request, *, log: Path | None = None) -> None:
        """`log`: where the process's log goes while it works on this; else it is kept in memory."""
        self.child = child
        self.request = request
        self.reached = False
        """The request was written; not where the child was gone already."""
        self._log = log
        self._log_start = log.stat().st_size if log is not None and log.exists() else 0
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._last: LastEvent | None = None
        self._done = threading.Event()

    @property
    def id(self) -> int:
        """The request's, which its events bear as `of`."""
        return self.request.id

    @property
    def ends_child(self) -> bool:
        """The process ends with it."""
        return isinstance(self.request, Run) and not self.request.stay

    @property
    def last(self) -> LastEvent | None:
        """The last event, once it was heard."""
        return self._last

    @property
    def ended(self) -> bool:
        """Nothing more comes: the last event was said, or the process is gone, which after a run that does not `stay`
        is waited for: it holds the run's folder until then."""
        if self.ends_child:
            return self.child.ended
        return self._done.is_set() or self.child.ended

    @property
    def exit_code(self) -> int | None:
        """The process's; None while it runs."""
        return self.child.exit_code

    def take(self, seconds: float) -> list[Event]:
        """All events since the last call, after `seconds` or as soon as it has ended. The first is Ready."""
        if self.ends_child:
            self.child.wait(seconds)
        else:
            self._done.wait(seconds)
        with self._lock:
            taken, self._events = self._events, []
        return taken

    def wait(self, seconds: float) -> LastEvent | None:
        """The last event, waited for so long; None where it did not come or the process ended without one."""
        self._done.wait(seconds)
        return self._last

    def cancel(self, how: StopMode = "discard") -> bool:
        """Ask the child to stop it, at work or waiting; False when the child no longer listens."""
        return self.child.cancel(self.id, how)

    def hear(self, event: Event) -> None:
        """The child's reader hands an event on."""
        with self._lock:
            self._events.append(event)
            if isinstance(event, Finished | Stopped | Failed):
                self._last = event
                self._done.set()

    def close(self) -> None:
        """The process is gone, and all that it said was heard."""
        self._done.set()

    def terminate(self) -> None:
        self.child.terminate()

    def kill(self) -> None:
        self.child.kill()

    def close_stdin(self) -> None:
        """The window goes: the request ends, and with one that ends it the child."""
        if self.ends_child:
            self.child.close_stdin()
        else:
            self.cancel("leave")

    def detach(self) -> None:
        self.child.detach()

    def pull(self, path: Path) -> None:
        """Bring back what the child wrote at its place."""
        self.child.place.pull(path)

    def log_tail(self) -> str:
        """The last lines of the log, of this request only where it has a file."""
        return self.child.log_tail() if self._log is None else read_tail(self._log, start=self._log_start)


def read_tail(path: Path, *, start: int = 0) -> str:
    """The last lines of a log, nothing of it before byte `start`."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(start, size - _TAIL_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
