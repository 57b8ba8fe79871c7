"""A child that outlived its window: followed through the files of its run folder instead of pipes."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from lepton_studio.runs.events import Event
from lepton_studio.runs.folder import RunFolder, write_control
from lepton_studio.runs.places import THIS_MACHINE, Place, Signal
from lepton_studio.runs.reply import read_tail
from lepton_studio.runs.requests import Command, StopMode
from lepton_studio.runs.wire import BadLine, decode


def running_child(folder: RunFolder, *, place: Place = THIS_MACHINE) -> AdoptedChild | None:
    """The child still at work in this folder; None when there is none."""
    pid = place.find(folder)
    return None if pid is None else AdoptedChild(folder, pid, place=place)


class AdoptedChild:
    """Follows process `pid` by the tail of events.jsonl; the first `take` gives all events from the beginning.

    `pid` 0: a process that cannot be told, and so gets no signal. One thread. Nobody can wait for another's child, so
    there is no exit code.
    """

    exit_code: int | None = None

    def __init__(self, folder: RunFolder, pid: int, *, place: Place = THIS_MACHINE) -> None:
        self.pid = pid
        self._folder = folder
        self._place = place
        self._position = 0
        self._torn = b""
        self._began = False
        self._gone = False
        self.ended = False

    def take(self, seconds: float) -> list[Event]:
        """All events since the last call, after `seconds`."""
        if self._gone:
            self.ended = True
            return []
        if self._began:
            time.sleep(seconds)
        self._began = True
        self._gone = not self._at_work()
        return self._read()

    def cancel(self, how: StopMode) -> bool:
        """Leave the wish in the control file."""
        with contextlib.suppress(OSError):
            write_control(self._folder, how)
            self._place.push(self._folder.control_file)
            return True
        return False

    def close_stdin(self) -> None:
        """It has no stdin of ours: it goes on."""

    def detach(self) -> None:
        """It is detached already."""

    def terminate(self) -> None:
        """Ask the system to end it."""
        self.signal("terminate")

    def kill(self) -> None:
        """End it and everything that it started."""
        self.signal("kill")

    def signal(self, how: Signal) -> None:
        """Do this to it, where it can be told and is at work still."""
        if self.pid and self._at_work():
            self._place.signal(self.pid, how)

    def memory(self) -> int:
        """The bytes that it takes here; 0 where it cannot be told."""
        return self._place.memory(self.pid) if self.pid else 0

    def pull(self, path: Path) -> None:
        """Bring back what the child wrote at its place."""
        self._place.pull(path)

    def log_tail(self) -> str:
        """The last lines of log.txt."""
        return read_tail(self._folder.log_file)

    def _at_work(self) -> bool:
        return self._place.find(self._folder) == self.pid

    def _read(self) -> list[Event]:
        try:
            self._place.pull(self._folder.events_file)
            with self._folder.events_file.open("rb") as file:
                if file.seek(0, os.SEEK_END) < self._position:  # a resumed run began it anew
                    self._position = 0
                file.seek(self._position)
                new = file.read()
        except OSError:
            return []
        self._position += len(new)
        *lines, self._torn = (self._torn + new).split(b"\n")
        found: list[Event] = []
        for line in lines:
            with contextlib.suppress(BadLine):
                event = decode(line)
                if not isinstance(event, Command):
                    found.append(event)
        return found
