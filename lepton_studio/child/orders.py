"""What the window wants of the child: commands on stdin, or in the control file once the window is gone."""

from __future__ import annotations

import os
import queue
import threading
import time

from lepton_studio.runs.folder import RunFolder, read_control
from lepton_studio.runs.wire import BadLine, Detach, Order, Pause, Run, decode
from lepton_studio.training.signals import StopMode


class Orders:
    """Reads commands in a thread of its own; `wish` may be asked from any thread and never blocks."""

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._jobs: queue.Queue[Run | None] = queue.Queue()
        self._wish: StopMode | None = None
        self._detached = False
        self._folder: RunFolder | None = None
        self.abandoned_since: float | None = None
        """When (`time.monotonic`) the window went without a word; None while it is there, or let go of us."""
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def first(self) -> Run | None:
        """Wait for the job; None when the window went before it had one."""
        return self._jobs.get()

    def watch(self, folder: RunFolder) -> None:
        """Obey the control file of this folder too; one that an earlier run left there is removed."""
        read_control(folder)
        self._folder = folder

    def poll(self) -> None:
        """Look into the control file; the alive thread calls it."""
        command = read_control(self._folder) if self._folder is not None else None
        if command is not None:
            self._obey(command)

    def wish(self) -> StopMode | None:
        """What to do now, if anything but to go on."""
        return self._wish

    def _read(self) -> None:
        # Not sys.stdin: a thread that sits in its lock makes the interpreter abort at exit.
        unread = b""
        while chunk := self._chunk():
            *lines, unread = (unread + chunk).split(b"\n")
            for line in lines:
                try:
                    command = decode(line.decode("utf-8", "replace"))
                except BadLine:
                    continue
                if isinstance(command, Run):
                    self._jobs.put(command)
                elif isinstance(command, Order):
                    self._obey(command)
        self._jobs.put(None)
        if not self._detached:
            self.abandoned_since = time.monotonic()
            self._wish = self._wish or "leave"

    def _chunk(self) -> bytes:
        try:
            return os.read(self._descriptor, 65536)
        except OSError:
            return b""

    def _obey(self, command: Order) -> None:
        if isinstance(command, Detach):
            self._detached = True
        elif isinstance(command, Pause):
            self._wish = self._wish or "leave"
        elif self._wish != "discard":
            self._wish = "keep" if command.keep else "discard"
