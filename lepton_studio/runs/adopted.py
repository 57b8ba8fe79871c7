"""A child that outlived its window: followed through the files of its run folder instead of pipes."""

from __future__ import annotations

import contextlib
import os
import time

import psutil

from lepton_studio.files import holder
from lepton_studio.runs.folder import RunFolder, write_control
from lepton_studio.runs.process import read_tail
from lepton_studio.runs.wire import BadLine, Command, Event, Run, decode


def running_child(folder: RunFolder) -> AdoptedChild | None:
    """The child still at work in this folder, as the lock that it holds says; None when there is none."""
    pid = holder(folder.lock_file)
    return None if pid is None else AdoptedChild(folder, pid)


class AdoptedChild:
    """Follows process `pid` by the tail of events.jsonl; the first `take` gives all events from the beginning.

    One thread. Nobody can wait for another's child, so there is no exit code.
    """

    ready = True
    exit_code: int | None = None

    def __init__(self, folder: RunFolder, pid: int) -> None:
        self.pid = pid
        self._folder = folder
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

    def send(self, command: Command) -> bool:
        """Leave an order in the control file."""
        if isinstance(command, Run):
            return False
        with contextlib.suppress(OSError):
            write_control(self._folder, command)
            return True
        return False

    def close_stdin(self) -> None:
        """It has no stdin of ours: it goes on."""

    def detach(self) -> None:
        """It is detached already."""

    def terminate(self) -> None:
        """Ask the system to end it."""
        for process in self._processes()[:1]:
            with contextlib.suppress(psutil.Error):
                process.terminate()

    def kill(self) -> None:
        """End it and everything that it started."""
        for process in self._processes():
            with contextlib.suppress(psutil.Error):
                process.kill()

    def log_tail(self) -> str:
        """The last lines of log.txt."""
        return read_tail(self._folder.log_file)

    def _at_work(self) -> bool:
        return holder(self._folder.lock_file) == self.pid

    def _processes(self) -> list[psutil.Process]:
        if not self.pid or not self._at_work():
            return []
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self.pid)
            return [process, *process.children(recursive=True)]
        return []

    def _read(self) -> list[Event]:
        try:
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
                event = decode(line.decode("utf-8", "replace"))
                if not isinstance(event, Command):
                    found.append(event)
        return found
