"""Does the window's thread stand still? A thread that asks the event loop for an answer again and again, and says where
it was when none came.

    with watched_event_loop() as watch:
        ...                                  # what a person does
    watch.check()                            # AssertionError with the stacks of each stall

How a stall is measured, so that a busy machine makes none: from the question to its answer, less the time in which the
window's thread, or any other that it may be waiting for, was ready to run and had no processor (`schedstat` of Linux),
and in which the machine itself was not run (steal). What is left is what that thread computed, and what it waited for:
a lock, another thread, a child, a file, a sleep. It is never less than what it computed; of that up to a quarter is
taken off where other programs had the processor in between, as they leave their own things in its caches (the same page
was built in 32 ms on a machine of its own, and in 85 ms among three test runs). And it is told in milliseconds of one
machine: beside each stall the same piece of work is done, and where that takes longer than it does there, so may the
stall (two runs of one commit on machines of one kind took 26 and 63 minutes).

Where the time went is told by samples of its stack. In those of Qt alone, at a layout or a paint, only what was
computed counts: Qt waits for the display there, and that is another program. Those in which no part of the window was
at work are the test's own, and their share is taken off; a share inside of a function in `ALLOWED` has the limit that
stands there.

What the test does to the window without letting the event loop run in between is one stall: see `come_round`.
"""

from __future__ import annotations

import linecache
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject

LONGEST = 0.05
"""Seconds that the window's thread may stand still."""
SURE = 4
"""Only what takes so many times as long fails a test: no fault of the machine may. How near to the limits the window
is, the figures of `tests/benchmarks` say."""
ALLOWED: dict[str, tuple[float, str]] = {
    "main_window.py:__init__": (0.1, "the window is built before anything is seen: 15 to 20 ms of a processor"),
    "QFileDialog": (0.15, "Qt's file dialog opens and closes: 30 to 50 ms of a processor"),
    "main_window.py:_take": (0.2, "a project is opened and its first page built: 40 to 70 ms of a processor"),
    "chart_style.py:plot_view": (0.1, "a chart is made when it is first shown: 5 to 20 ms of a processor"),
    "main_window.py:open_page": (0.15, "a page is built when it is first opened: 20 to 50 ms of a processor"),
}
"""File and function, or a dialog of Qt that a line of the window opens; the seconds that the window may stand still
inside of it, and why it does."""

_BETWEEN = 0.005
_SAMPLED_AFTER = 0.02
_WINDOW = ("/lepton_studio/ui/", "/lepton_studio/widgets/", "/lepton_studio/app.py", "/editor.py")
_DIALOG = "QFileDialog"
_LOOKING = "probe.py:_answer"
"""The test looks at the window."""
_LOOPS = ("wait_until", "come_round", "run_window", "main")
"""Functions that run the event loop: nothing of Python above them is Qt at work, at a layout or a paint."""
_COLD = 1 / 3
"""How much longer a computation takes among others that want the same processor all the time."""
_WORK = 0.003
"""Seconds of a processor for `_work` on the machine whose milliseconds these are."""
_DEEP = 14
"""Frames that are told of a stack."""
_STACKS = 3
"""Stacks that are told of a stall."""
_HERTZ = 100
"""Of the kernel's count of steal."""


class StoodStill(AssertionError):
    """The window's thread did, and the text says where."""


Stack = tuple[tuple[str, int | None, str], ...]
"""File, line (Python has none between two) and function, the innermost first."""


@dataclass(frozen=True)
class Stall:
    """In seconds: how long it was, what of it the window did, what of that was computed, and how long that may be.

    `allowed`: the function of `ALLOWED` in which it was. `stacks`: where the thread was, most often first.
    """

    wall: float
    seconds: float
    computed: float
    longest: float
    allowed: str
    stacks: tuple[tuple[Stack, int], ...]

    def __str__(self) -> str:
        said = f"{self.seconds * 1000:.0f} ms ({self.computed * 1000:.0f} computed) of {self.wall * 1000:.0f}"
        limit = f", {SURE} x {self.longest * 1000:.0f} allowed{' in ' + self.allowed if self.allowed else ''}"
        where = [
            f"  {count} samples\n"
            + "\n".join(f"    {file}:{line} {function}" for file, line, function in stack[:_DEEP])
            for stack, count in self.stacks[:_STACKS]
        ]
        return "\n".join([said + limit, *where])


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

    def too_long(self) -> list[Stall]:
        """The stalls that were longer than they may be on any machine, the longest first."""
        return sorted((one for one in self.stalls if one.seconds > SURE * one.longest), key=lambda one: -one.seconds)

    def check(self) -> None:
        """Fail where there is one of them."""
        found = self.too_long()
        if found:
            raise StoodStill(f"the window's thread stood still {len(found)} times\n" + "\n".join(map(str, found)))

    def _ask_on(self) -> None:
        while not self._over.is_set():
            self._ask_once()
            time.sleep(_BETWEEN)

    def _ask_once(self) -> None:
        self._handled.clear()
        samples: list[Stack] = []
        before, stolen, began = _threads(), _stolen(), time.monotonic()
        now = before
        QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))
        while not self._handled.wait(_SAMPLED_AFTER if not samples else _BETWEEN):
            if self._over.is_set():
                return
            samples.append(self._sample())
            now = now | _threads()  # some end before the answer comes
        wall = time.monotonic() - began
        computed, mine, others = _spent(before, now | _threads(), main=self._tid)
        stolen = _stolen() - stolen
        computed /= 1 + _COLD * mine / wall
        seconds = max(computed, wall - mine - others) - stolen
        self.lateness.append(seconds)
        if seconds > LONGEST:
            slower = _slower()
            seconds -= computed * (1 - 1 / slower)
            computed /= slower
        if seconds > LONGEST:
            self._take(samples, wall=wall, seconds=seconds, computed=computed)

    def _take(self, samples: list[Stack], *, wall: float, seconds: float, computed: float) -> None:
        """One stall for the window's own share, and one for that of each allowed function."""
        shares: dict[str, Counter[Stack]] = {}
        for sample in samples:
            if _is_of_window(sample):
                shares.setdefault(_allowed_in(sample), Counter())[sample] += 1
        for allowed, stacks in shares.items():
            of_qt = sum(count for stack, count in stacks.items() if _is_of_qt(stack)) / len(samples)
            of_ours = stacks.total() / len(samples) - of_qt
            longest = ALLOWED[allowed][0] if allowed else LONGEST
            share = seconds * of_ours + computed * of_qt
            if share > LONGEST:
                where = tuple(stacks.most_common())
                self.stalls.append(Stall(wall, share, computed * (of_ours + of_qt), longest, allowed, where))

    def _sample(self) -> Stack:
        """Where the window's thread is."""
        found = []
        frame = sys._current_frames().get(self._main)
        while frame is not None:
            found.append((frame.f_code.co_filename.replace("\\", "/"), frame.f_lineno, frame.f_code.co_name))
            frame = frame.f_back
        return tuple(found)


@contextmanager
def watched_event_loop() -> Iterator[Watch]:
    """Watch the window's thread, which is this one, within the block."""
    watch = Watch()
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()


def come_round() -> None:
    """Let the event loop take all that is there, as between two keys of a person."""
    QCoreApplication.processEvents()


def _names(stack: Stack) -> set[str]:
    return {f"{file.rpartition('/')[2]}:{function}" for file, _line, function in stack}


def _is_of_window(stack: Stack) -> bool:
    if not stack or _LOOKING in _names(stack):
        return False
    return _is_of_qt(stack) or any(part in file for file, _line, _function in stack for part in _WINDOW)


def _is_of_qt(stack: Stack) -> bool:
    return stack[0][2] in _LOOPS


def _is_in_dialog(stack: Stack) -> bool:
    """Whether the line of the window that is being run is one that opens Qt's file dialog."""
    file, line = next(((file, line) for file, line, _ in stack if any(part in file for part in _WINDOW)), ("", None))
    return line is not None and f"{_DIALOG}." in linecache.getline(file, line)


def _allowed_in(stack: Stack) -> str:
    """The function of `ALLOWED` that it is in, "" for none."""
    if _is_in_dialog(stack):
        return _DIALOG
    return min(_names(stack) & ALLOWED.keys(), default="")


def _slower() -> float:
    """How many times longer than on the machine of `_WORK` a computation takes just now, at least 1."""
    taken = []
    for _ in range(3):
        began = time.thread_time()
        _work()
        taken.append(time.thread_time() - began)
    return max(1.0, min(taken) / _WORK)


def _work() -> None:
    """Some of what a window does in Python: objects made, named, found and put in order."""
    found = {f"{number * 7919 % 4001}:{number}": number for number in range(4000)}
    sorted((name[::-1], number) for name, number in found.items())


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


def _stolen() -> float:
    """Seconds so far in which the machine, a virtual one, had no processor of the real one; Linux only."""
    try:
        return int(Path("/proc/stat").read_text().split(maxsplit=9)[8]) / _HERTZ
    except (OSError, ValueError, IndexError):
        return 0.0


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
