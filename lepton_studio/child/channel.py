"""The child's way out: every event goes to events.jsonl first and then to the window, at a pace the window can take."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO

from lepton_studio.runs.events import (
    Alive,
    Checkpointed,
    Evaluated,
    Event,
    Failed,
    Finished,
    LastEvent,
    Staged,
    Stepped,
    Stopped,
)
from lepton_studio.runs.folder import RunFolder, write_lines
from lepton_studio.runs.wire import decode, encode

_PACE = 0.1
"""Seconds between two `Stepped` (and between two `Staged` of the same stage)."""
_ALIVE = 2.0


class Channel:
    """Sends events from any thread. The last `Stepped` before any other event is never left out.

    A window that is gone (broken pipe) and a full disk do not raise here: the run goes on, and lines for the file
    wait until there is room. The full disk is met, and said, where a checkpoint or the model is written.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor
        self._of = 0
        self._file: BinaryIO | None = None
        self._unwritten = b""
        self._lock = threading.Lock()
        self._withheld: Stepped | None = None
        self._sent_step = 0.0
        self._sent_stage: tuple[str, float] = ("", 0.0)
        self.step = 0
        self._ended = threading.Event()

    def begin(self, request: int) -> None:
        """Events from now on are of this request."""
        with self._lock:
            self._of = request
            self.step = 0
            self._sent_step, self._sent_stage = 0.0, ("", 0.0)

    def open(self, folder: RunFolder) -> None:
        """Append events to this folder's events.jsonl too, until `finish`."""
        self._file = folder.events_file.open("ab", buffering=0)

    def finish(self, last: LastEvent, *, release: Callable[[], None] = lambda: None) -> None:
        """Say the last event: in the folder's file first, then, when `release` has let go of the folder, to the window.

        Whoever hears it finds the folder free.
        """
        with self._lock:
            self._flush_step(time.monotonic())
            last = replace(last, of=self._of)
            self._write_down(last)
            self._close_file()
            release()
            self._tell(last)
            self._of = 0

    def say_alive(self, poll: Callable[[], None]) -> None:
        """Start the thread that sends `Alive` every 2 s and calls `poll` four times a second, until `close`."""
        threading.Thread(target=self._live, args=(poll,), name="alive", daemon=True).start()

    def send(self, event: Event) -> None:
        """Write it down and send it; a `Stepped` or `Staged` that comes too soon after the last may be left out.

        It is of the request at work unless it says of which.
        """
        now = time.monotonic()
        with self._lock:
            if event.of and event.of != self._of:
                self._tell(event)
                return
            event = replace(event, of=self._of)
            if isinstance(event, Stepped):
                self.step = event.step
                self._withheld = event
                if now - self._sent_step >= _PACE:
                    self._flush_step(now)
                return
            if isinstance(event, Staged) and not self._is_due(event, now):
                return
            if not isinstance(event, Alive | Staged):
                self._flush_step(now)
            self._write(event)

    def close(self) -> None:
        """Stop the thread; nothing is sent afterwards."""
        self._ended.set()
        with self._lock:
            self._flush_step(time.monotonic())
            self._descriptor = None
            self._close_file()

    def _live(self, poll: Callable[[], None]) -> None:
        beats = 0
        while not self._ended.wait(_ALIVE / 8):
            poll()
            beats += 1
            if beats % 8 == 0 and self._of:
                self.send(Alive(self.step))

    def _is_due(self, event: Staged, now: float) -> bool:
        stage, at = self._sent_stage
        if event.stage == stage and now - at < _PACE and (not event.total or event.done < event.total):
            return False
        self._sent_stage = (event.stage, now)
        return True

    def _flush_step(self, now: float) -> None:
        if self._withheld is not None:
            self._write(self._withheld)
            self._withheld = None
            self._sent_step = now

    def _write(self, event: Event) -> None:
        self._write_down(event)
        self._tell(event)

    def _write_down(self, event: Event) -> None:
        if self._file is not None:
            self._append(_line(event))

    def _tell(self, event: Event) -> None:
        if self._descriptor is not None:
            try:
                _write_all(self._descriptor, _line(event))
            except OSError:  # the window is gone
                self._descriptor = None

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file, self._unwritten = None, b""

    def _append(self, line: bytes) -> None:
        assert self._file is not None
        self._unwritten += line
        with contextlib.suppress(OSError):  # a full disk: the rest of the lines waits
            while self._unwritten:
                self._unwritten = self._unwritten[self._file.write(self._unwritten) :]


def _line(event: Event) -> bytes:
    return encode(event).encode() + b"\n"


def _write_all(descriptor: int, line: bytes) -> None:
    while line:
        line = line[os.write(descriptor, line) :]


def forget_after(folder: RunFolder, *, step: int) -> None:
    """Take out of events.jsonl what a resumed run will say again: steps and scores after `step`, and its last event."""
    if not folder.events_file.exists():
        return

    def kept() -> list[bytes]:
        lines = []
        for line in folder.events_file.read_bytes().splitlines():
            with contextlib.suppress(ValueError):
                event = decode(line)
                is_later = isinstance(event, Stepped | Evaluated | Checkpointed) and event.step > step
                if not is_later and not isinstance(event, Finished | Stopped | Failed):
                    lines.append(line + b"\n")
        return lines

    write_lines(folder.events_file, kept())
