"""Does the window's thread stand still? A thread that asks the event loop for an answer again and again, and says where
it was when none came.

    with watched_event_loop() as watch:
        ...                                  # what a person does
    watch.check()                            # AssertionError with the stack of each stall

A busy machine makes no stall: the time in which the window's thread, or any other that it may be waiting for, was ready
to run and did not get a processor is taken off (`schedstat` of Linux). Work of the test itself in the window's thread
is none either: a stall counts where a part of the window was at work.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QCoreApplication, QEvent, QObject

LONGEST = 0.05
"""Seconds that the window's thread may stand still."""
_BETWEEN = 0.005
_SAMPLED_AFTER = 0.02
_WINDOW = ("/lepton_studio/ui/", "/lepton_studio/widgets/", "/lepton_studio/app.py", "/editor.py")
_LOOPS = ("wait_until", "run_window", "main")
"""Functions that run the event loop: nothing of Python above them is Qt at work, at a layout or a paint."""
_ONCE = {
    "<frozen importlib._bootstrap>:_find_and_load": "the code of a part is loaded when it is first used",
    "main_window.py:open_page": "a page is built when it is first opened",
    "main_window.py:_take": "a project is opened",
    "main_window.py:leave_project": "a project is closed",
    "probe.py:_answer": "the test looks at the window",
}
"""Functions inside of which the window may stand still for longer, each with the reason."""


_DEEP = 14
"""Frames that are told of a stack."""

Stack = tuple[tuple[str, int, str], ...]
"""File, line and function, the innermost first."""


@dataclass(frozen=True)
class Stall:
    """How long, in seconds, what of it was not the machine's fault, and where the thread was, most often first."""

    wall: float
    seconds: float
    stacks: tuple[Stack, ...]

    def __str__(self) -> str:
        where = "\n".join(f"  {file}:{line} {function}" for file, line, function in self.stacks[0][:_DEEP])
        return f"{self.seconds * 1000:.0f} ms of {self.wall * 1000:.0f}:\n{where}"


class Watch(QObject):
    """The stalls so far. `lateness`: of every answer, in seconds, what of it was not the machine's fault."""

    def __init__(self) -> None:
        super().__init__()
        self.stalls: list[Stall] = []
        self.lateness: list[float] = []
        self._main = threading.get_ident()
        self._tid = threading.get_native_id()
        self._handled = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask_on, name="watch the event loop", daemon=True)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            self._handled.set()
            return True
        return super().event(event)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        while self._thread.is_alive():
            QCoreApplication.processEvents()
            self._thread.join(0.01)

    def check(self, *, longest: float = LONGEST) -> None:
        """Fail on every stall that was longer."""
        found = [one for one in self.stalls if one.seconds > longest]
        assert not found, f"the window's thread stood still {len(found)} times\n" + "\n".join(map(str, found))

    def _ask_on(self) -> None:
        while not self._over.is_set():
            self._ask_once()
            time.sleep(_BETWEEN)

    def _ask_once(self) -> None:
        self._handled.clear()
        samples: list[Stack | None] = []
        before, began = _threads(), time.monotonic()
        now = before
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))
        while not self._handled.wait(_SAMPLED_AFTER if not samples else _BETWEEN):
            if self._over.is_set():
                return
            samples.append(self._sample())
            now = now | _threads()  # some end before the answer comes
        wall = time.monotonic() - began
        worked, mine, others = _spent(before, now | _threads(), main=self._tid)
        seconds = max(worked, wall - mine - others)
        ours = [one for one in samples if one]
        if not samples or len(ours) * 2 >= len(samples):
            self.lateness.append(seconds)
        if len(ours) * 2 >= len(samples) and ours and seconds > LONGEST:
            self.stalls.append(Stall(wall, seconds, tuple(sorted(set(ours), key=ours.count, reverse=True))))

    def _sample(self) -> Stack | None:
        """Where the window's thread is; None where that is no part of the window, or may take longer."""
        frame = sys._current_frames().get(self._main)
        frames = list(_outwards(frame))
        files = [one.f_code.co_filename.replace("\\", "/") for one in frames]
        names = [f"{file.rpartition('/')[2]}:{one.f_code.co_name}" for file, one in zip(files, frames, strict=True)]
        if not frames or not _ONCE.keys().isdisjoint(names):
            return None
        if frames[0].f_code.co_name in _LOOPS or any(part in file for file in files for part in _WINDOW):
            return tuple((file, one.f_lineno, one.f_code.co_name) for file, one in zip(files, frames, strict=True))
        return None


@contextmanager
def watched_event_loop() -> Iterator[Watch]:
    """Watch the window's thread, which is this one, within the block."""
    watch = Watch()
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _threads() -> dict[int, tuple[float, float]]:
    """Of each thread the seconds that it ran, and those that it was ready to and had no processor; Linux only."""
    found: dict[int, tuple[float, float]] = {}
    for task in Path("/proc/self/task").glob("*/schedstat"):
        try:
            ran, waited, _turns = task.read_text().split()
            found[int(task.parent.name)] = (int(ran) / 1e9, int(waited) / 1e9)
        except (OSError, ValueError):
            continue  # it has just ended
    return found


def _spent(
    before: dict[int, tuple[float, float]], after: dict[int, tuple[float, float]], *, main: int
) -> tuple[float, float, float]:
    """What the main thread ran, what it waited for a processor, and what the others did together.

    Of this thread what it ran as well: Python lets one thread go on at a time, and it is there for the test alone.
    """
    spent = {
        task: (ran - before.get(task, (0.0, 0.0))[0], waited - before.get(task, (0.0, 0.0))[1])
        for task, (ran, waited) in after.items()
    }
    worked, mine = spent.pop(main, (0.0, 0.0))
    watching, _ = spent.get(threading.get_native_id(), (0.0, 0.0))
    return worked, mine, watching + sum(waited for _ran, waited in spent.values())
