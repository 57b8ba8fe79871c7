"""Work in threads of its own: a plain function that says how far it is, can be cancelled, and hands back its answer."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from lepton_studio.errors import Cancelled
from lepton_studio.project.gate import Ticket
from lepton_studio.project.project import Project
from lepton_studio.stopping import ended_by
from lepton_studio.ui.shared.painting import wait_painting

_PATIENCE = 10.0
"""Seconds that work which only reads has to end, once it was asked to."""
SHOWN_AFTER = 0.3
"""Seconds; work that is done sooner is not shown."""
_EVERY = 0.05
"""Seconds between two reports of progress to the window."""


@dataclass
class Work:
    """One piece of work as the window shows it. `total` is None while unknown. `quiet` work is not shown at all.

    `is_awaited`: a person asked for it, so that closing the window is to ask first.
    """

    title: str
    writes: bool
    quiet: bool
    can_cancel: bool
    is_awaited: bool = True
    done: int = 0
    total: int | None = None
    waits_for: str = ""
    """A sentence: what it waits for before it goes on, such as memory; "" once it goes on."""
    started: float = field(default_factory=time.monotonic)
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    @property
    def seconds_left(self) -> float | None:
        """A guess from the pace so far; None in the first second and while the total is unknown."""
        spent = time.monotonic() - self.started
        if not self.total or not self.done or spent < 1:
            return None
        return spent / self.done * max(0, self.total - self.done)


class WorkContext:
    """What the work function gets. Used in its own thread only."""

    def __init__(self, work: Work, report: Callable[[Work], None], project: Project) -> None:
        self._work = work
        self._report = report
        self._last = 0.0
        self.project = project
        """A connection of this thread's own to the open project."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Say how far the work is. Raises Cancelled when the person asked to stop."""
        _end_where_asked(self._work)
        self.show(done, total)

    def show(self, done: int, total: int | None = None) -> None:
        """Say how far the work is; never raises."""
        self._work.done, self._work.total, self._work.waits_for = done, total, ""
        now = time.monotonic()
        if now - self._last >= _EVERY:
            self._last = now
            self._report(self._work)

    def wait_for(self, sentence: str) -> None:
        """Say what the work waits for."""
        self._work.waits_for = sentence
        self._report(self._work)

    def should_stop(self) -> bool:
        """Whether the person asked to stop."""
        return self._work.stop.is_set()


def _end_where_asked(work: Work) -> None:
    if work.stop.is_set() and work.can_cancel:
        raise Cancelled


def window_may_be_gone() -> contextlib.AbstractContextManager[None]:
    """Around a signal from a thread: work may outlive the window, and then nobody is left to hear of it.

    `RuntimeError` is what PySide raises for a QObject that was deleted.
    """
    return contextlib.suppress(RuntimeError)


class Background(QObject):
    """All work that goes on beside the window. Signals arrive in the window's thread."""

    started = Signal(object)
    progressed = Signal(object)
    ended = Signal(object)
    _finished = Signal(object, object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._works: list[Work] = []
        self._finished.connect(self._hand_over, Qt.ConnectionType.QueuedConnection)

    @property
    def writer(self) -> Work | None:
        """The work that writes much to the project, if any: writes of the window wait for it."""
        return next((work for work in self._works if work.writes), None)

    @property
    def is_idle(self) -> bool:
        """Whether nothing goes on."""
        return not self._works

    def shown(self) -> tuple[Work, ...]:
        """The work that the person can see: what is not quiet and has gone on for a moment."""
        now = time.monotonic()
        return tuple(work for work in self._works if not work.quiet and now - work.started > SHOWN_AFTER)

    def run(
        self,
        work: Work,
        *,
        project: Project,
        function: Callable[[WorkContext], Any],
        done: Callable[[Any], object],
        failed: Callable[[Exception], object],
        through: Project | None = None,
        ticket: Ticket | None = None,
    ) -> None:
        """Start `function` in a thread with a clone of `project`; `done` or `failed` comes in the window's thread.

        `through` is used in place of the clone, and not closed. `ticket`: all of it is one turn of the project's gate.
        """
        self._works.append(work)

        def body() -> None:
            answer, error = None, None
            clone = through
            try:
                turn = contextlib.nullcontext() if ticket is None else project.gate.turn(ticket)
                clone = clone or project.clone()
                with turn, ended_by(lambda: _end_where_asked(work)):
                    answer = function(WorkContext(work, self._report, clone))
            except Exception as raised:
                error = raised
            finally:
                if ticket is not None:
                    project.gate.leave(ticket)
                if clone is not None and through is None:
                    clone.close()
            with window_may_be_gone():
                self._finished.emit(work, answer, error, (done, failed))

        work.thread = threading.Thread(target=body, name=work.title, daemon=True)
        self.started.emit(work)
        work.thread.start()

    def cancel(self, work: Work) -> None:
        """Ask one piece of work to stop."""
        work.stop.set()

    def close(self) -> None:
        """Ask all work to stop and wait for its threads, while the window is painted; their answers are dropped.

        What writes is waited for as long as it takes: it would be lost, and the person thinks that it is done.
        """
        works, self._works = self._works, []
        for work in works:
            work.stop.set()
        for work in works:
            if work.thread is not None:
                wait_painting(work.thread, seconds=None if work.writes else _PATIENCE)

    def _report(self, work: Work) -> None:
        with window_may_be_gone():
            self.progressed.emit(work)

    def _hand_over(self, work: Work, answer: object, error: Exception | None, calls: Any) -> None:
        if work not in self._works:
            return
        self._works.remove(work)
        if work.thread is not None:
            work.thread.join()
        done, failed = calls
        self.ended.emit(work)
        if error is None:
            done(answer)
        else:
            failed(error)
