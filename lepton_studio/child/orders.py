"""What the window wants of the child: requests and commands on stdin, and the control file once the window is gone."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable

from lepton_studio.runs.events import Event
from lepton_studio.runs.folder import RunFolder, read_control
from lepton_studio.runs.requests import Cancel, Detach, Pause, Request, Run, Stop, StopMode, stop_mode
from lepton_studio.runs.wire import BadLine, decode

_FIRMNESS: dict[StopMode | None, int] = {None: 0, "leave": 1, "keep": 2, "discard": 3}


class Orders:
    """Reads commands in a thread of its own; all methods but `next` may be called from any thread and never block."""

    def __init__(
        self,
        descriptor: int = 0,
        *,
        on_dropped: Callable[[int], object] = lambda _id: None,
        on_bad_line: Callable[[BadLine], object] = lambda _error: None,
    ) -> None:
        """`on_dropped` gets the id of each request that was taken back before its turn; both in the reading thread."""
        self._descriptor = descriptor
        self._on_dropped = on_dropped
        self._on_bad_line = on_bad_line
        self._changed = threading.Condition()
        self._waiting: deque[Request] = deque()
        self._at_work: Request | None = None
        self._stop_mode: StopMode | None = None
        self._detached = False
        self._is_over = False
        """No more comes: the window has gone, or has taken back the run that was to end the process."""
        self._folder: RunFolder | None = None
        self.trains = False
        """The request at work trains: more memory is its, and more time to end. Who does the work says so."""
        self.abandoned_since: float | None = None
        """When (`time.monotonic`) the window went without a word; None while it is there, or let go of us."""
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def next(self) -> Request | None:
        """What to do next, waited for; None when nothing is left to do and no more comes. What was before is over.

        One thread calls it, the one that works.
        """
        with self._changed:
            self._at_work, self._stop_mode, self._folder, self.trains = None, None, None, False
            while not self._waiting and not self._is_over:
                self._changed.wait()
            if self._waiting:
                self._at_work = self._waiting.popleft()
            return self._at_work

    def watch(self, folder: RunFolder) -> None:
        """Obey the control file of this folder too; one that an earlier run left there is removed."""
        read_control(folder)
        self._folder = folder

    def poll(self) -> None:
        """Look into the control file; the alive thread calls it."""
        folder = self._folder
        how = read_control(folder) if folder is not None else None
        if how is not None:
            self._obey(Cancel(0, how))

    @property
    def at_work(self) -> Request | None:
        """What `next` gave last, until it is called again."""
        return self._at_work

    def stop_mode(self) -> StopMode | None:
        """How the request at work is to stop, if it is to."""
        return self._stop_mode

    def drop_waiting(self) -> None:
        """Nothing that waits is done any more."""
        with self._changed:
            dropped = [one.id for one in self._waiting]
            self._waiting.clear()
        for id in dropped:
            self._on_dropped(id)

    def _read(self) -> None:
        # Not sys.stdin: a thread that sits in its lock makes the interpreter abort at exit.
        unread = bytearray()
        while chunk := self._chunk():
            unread += chunk
            if b"\n" in chunk:
                *lines, rest = bytes(unread).split(b"\n")
                unread = bytearray(rest)
                for line in lines:
                    self._take(line)
        with self._changed:
            self._is_over = True
            if not self._detached:
                self.abandoned_since = time.monotonic()
                self._waiting.clear()
                self._firm("leave")
            self._changed.notify_all()

    def _chunk(self) -> bytes:
        try:
            return os.read(self._descriptor, 1 << 20)
        except OSError:
            return b""

    def _take(self, line: bytes) -> None:
        try:
            command = decode(line)
        except BadLine as error:
            print(f"not understood: {error}", file=sys.stderr, flush=True)
            self._on_bad_line(error)
            return
        if isinstance(command, Request):
            with self._changed:
                self._waiting.append(command)
                self._changed.notify_all()
        elif not isinstance(command, Event):
            self._obey(command)

    def _obey(self, command: Cancel | Detach | Stop | Pause) -> None:
        match command:
            case Detach():
                self._detached = True
            case Cancel():
                self._cancel(command)
            case Stop() | Pause():
                self._cancel(Cancel(0, stop_mode(command)))

    def _cancel(self, command: Cancel) -> None:
        with self._changed:
            dropped = [one for one in self._waiting if one.id == command.id]
            for one in dropped:
                self._waiting.remove(one)
            if any(isinstance(one, Run) and not one.stay for one in dropped):
                self._is_over = True
                self._changed.notify_all()
            if self._at_work is not None and command.id in (0, self._at_work.id):
                self._firm(command.how)
        for one in dropped:
            self._on_dropped(one.id)

    def _firm(self, how: StopMode) -> None:
        """The firmest wish holds: what is to be thrown away is not kept again."""
        if _FIRMNESS[how] > _FIRMNESS[self._stop_mode]:
            self._stop_mode = how
