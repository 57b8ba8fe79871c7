"""The writes of a window that cannot be made at once, as something else is being written: made in order, beside it.

What waits is shown as if it were done, is on the disk some milliseconds after it was asked for (project/waiting.py),
and is written to the project as soon as its turn comes. The person is told only where it could not be.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from lepton_studio.project.changes import Changes
from lepton_studio.project.errors import ProjectError
from lepton_studio.project.gate import Ticket
from lepton_studio.project.project import Project
from lepton_studio.project.records import Sample
from lepton_studio.project.sample_writes import SampleWrite
from lepton_studio.project.waiting import append_waiting, forget_waiting, waiting_file
from lepton_studio.ui.shared.painting import wait_painting

Write = Callable[[Project], Changes | None]
Done = Callable[[Changes | None], object]


@dataclass(eq=False, slots=True)
class Waiting:
    """One write, its number and its place in the row. `done` and `failed` are called in the window's thread."""

    write: Write
    number: int
    ticket: Ticket
    done: Done
    failed: Callable[[Exception], object]

    @property
    def of_sample(self) -> SampleWrite | None:
        """The write, where it is one on a sample: these are shown as done, and wait on the disk."""
        return self.write if isinstance(self.write, SampleWrite) else None


class Writing(QObject):
    """Owned by the session; all methods belong to the window's thread. None of them waits but `close`."""

    kept = Signal()
    """All that was written, and what waits, is on the disk."""
    not_kept = Signal(object)
    """Exception: it could not be put on the disk; what waits still waits in memory."""
    _made = Signal(object, object)

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._gate = project.gate
        self._file = waiting_file(project.folder)
        self._more = threading.Condition()
        """Of what the two threads share."""
        self._row: list[Waiting] = []
        """What the thread has not begun to make."""
        self._new: list[tuple[int, SampleWrite | None]] = []
        """What waits and is not on the disk yet."""
        self._unsynced = False
        """Something was written that is not on the disk yet."""
        self._over = False
        self._number = 0
        self._has_file = False
        self._shown: list[Waiting] = []
        """What waits or is being made, in order: until its answer has come."""
        self._made.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._make_all, name="writes in order", daemon=True)
        self._thread.start()

    @property
    def waits(self) -> bool:
        """Whether something has not been written to the project yet."""
        return bool(self._shown)

    def add(self, write: Write, *, done: Done, failed: Callable[[Exception], object]) -> None:
        """Make this write as soon as all that was asked for before is written."""
        self._number = max(self._number, self._project.last_waiting()) + 1
        waiting = Waiting(write, self._number, self._gate.ask(), done, failed)
        self._shown.append(waiting)
        with self._more:
            self._row.append(waiting)
            if waiting.of_sample is not None:
                self._new.append((waiting.number, waiting.of_sample))
            self._more.notify()
        self._gate.wake()

    def sync(self) -> None:
        """Have what the window's own connection wrote on the disk, and say so."""
        with self._more:
            self._unsynced = True
            self._more.notify()
        self._gate.wake()

    def shown(self, sample: Sample) -> Sample:
        """The sample as it is once all that waits is written; the very same where nothing of it waits."""
        for waiting in self._shown:
            if waiting.of_sample is not None and waiting.of_sample.sample == sample.id:
                sample = waiting.of_sample.on(sample)
        return sample

    def take_back(self) -> SampleWrite | None:
        """Take back what was asked for last; None where that is no write on a sample, or is being made already."""
        with self._more:
            last = self._row[-1] if self._row else None
            if last is None or last is not self._shown[-1] or last.of_sample is None:
                return None
            self._row.pop()
            self._new.append((last.number, None))
        self._shown.pop()
        self._gate.leave(last.ticket)
        return last.of_sample

    def close(self) -> None:
        """Wait until all is made, while the window is painted; nothing more is taken."""
        with self._more:
            self._over = True
            self._more.notify()
        wait_painting(self._thread)

    # ------------------------------------------------------------------------------------- in a thread of its own

    def _make_all(self) -> None:
        while True:
            with self._more:
                self._more.wait_for(lambda: self._row or self._must_keep() or self._over)
                if not (self._row or self._must_keep()):
                    return
            self._make_row()

    def _make_row(self) -> None:
        """Put on the disk what is asked for, and make it in its turn, until nothing waits."""
        project: Project | None = None
        try:
            while True:
                self._put_on_disk()
                with self._more:
                    first = self._row[0] if self._row else None
                if first is None:
                    return self._forget()
                if not self._gate.wait(first.ticket, unless=self._must_keep):
                    continue
                with self._more:
                    if not self._row or self._row[0] is not first:  # it was taken back
                        continue
                    del self._row[0]
                project = self._make(first, project)
        finally:
            if project is not None:
                project.close()

    def _forget(self) -> None:
        """Nothing waits: what lies on the disk is written to the project, as its numbers say."""
        if self._has_file:
            with suppress(OSError):
                forget_waiting(self._file)
                self._has_file = False

    def _put_on_disk(self) -> None:
        with self._more:
            new, self._new = self._new, []
            unsynced, self._unsynced = self._unsynced, False
        try:
            if new:
                self._has_file = True
                append_waiting(self._file, new)
            if unsynced:
                self._project.sync()
        except (OSError, ProjectError) as error:
            self.not_kept.emit(error)
        else:
            if new or unsynced:
                self.kept.emit()

    def _must_keep(self) -> bool:
        return bool(self._new) or self._unsynced

    def _make(self, waiting: Waiting, project: Project | None) -> Project | None:
        """Write it through a connection of this thread, which is returned for the next one."""
        answer: Changes | Exception | None
        try:
            with self._gate.turn(waiting.ticket):
                project = project or self._project.clone()
                answer = project.write_waiting(waiting.number, waiting.write)
        except Exception as error:
            answer = error
        finally:
            self._gate.leave(waiting.ticket)
        self._made.emit(waiting, answer)
        return project

    # ---------------------------------------------------------------------------------------- in the window's again

    def _take(self, waiting: Waiting, answer: Any) -> None:
        self._shown.remove(waiting)
        if isinstance(answer, Exception):
            waiting.failed(answer)
        else:
            waiting.done(answer)
