"""The window's side of a job: a thread that follows a child and hands on batches of events, and a warm spare."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Sequence

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from lepton_studio.runs.adopted import running_child
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.monitoring import PATIENCE, Child, JobMonitor, Patience, begin_job
from lepton_studio.runs.outcome import Outcome, not_started, outcome
from lepton_studio.runs.process import ChildProcess, CouldNotStart
from lepton_studio.runs.wire import Pause, Stop


class Runner(QThread):
    """Follows one job: `start()`, then events until `ended(Outcome)`, exactly once unless `leave` was called.

    The thread always ends by itself, at the latest after the last stage of a stop; it is never terminated. The methods
    are for the window's thread, where the signals arrive too.
    """

    events_arrived = Signal(list)
    """At most one list of events per 50 ms."""
    ended = Signal(object)
    """The Outcome."""
    stopping_stage_changed = Signal(str)
    """A StopStage; `following.stage_sentence` says it."""
    responding_changed = Signal(bool)
    """False after 10 s without a word, not even Alive."""

    def __init__(
        self,
        folder: RunFolder,
        *,
        resume: bool = False,
        child: ChildProcess | None = None,
        adopt: bool = False,
        command: Sequence[str] | None = None,
        patience: Patience = PATIENCE,
        parent: QObject | None = None,
    ) -> None:
        """`child`: a spare from the pool. `adopt`: follow the child still at work there instead of starting one."""
        super().__init__(parent)
        self._folder = folder
        self._resume = resume
        self._child = child
        self._adopt = adopt
        self._command = command
        self._patience = patience
        self._lock = threading.Lock()
        self._following: JobMonitor | None = None
        self._wish: Stop | Pause | None = None
        self._leave: bool | None = None

    @property
    def folder(self) -> RunFolder:
        """Where the job is."""
        return self._folder

    def stop(self, *, keep: bool) -> None:
        """Ask to stop; again with keep=False while the child does not answer: to the next stage at once."""
        with self._lock:
            self._wish = Stop(keep=keep)
            if self._following is not None:
                self._following.stop(keep=keep)

    def pause(self) -> None:
        """Ask to stop with a checkpoint, to be resumed later."""
        with self._lock:
            self._wish = self._wish or Pause()
            if self._following is not None:
                self._following.pause()

    def leave(self, *, detach: bool) -> None:
        """The window closes: the child goes on without it, or saves a checkpoint and ends. Then `wait()`, briefly."""
        with self._lock:
            self._leave = detach
            if self._following is not None:
                self._following.leave(detach=detach)

    def run(self) -> None:
        """The thread's work."""
        try:
            ending = self._follow()
        except (CouldNotStart, OSError, ValueError):
            ending = not_started(traceback.format_exc())
        except Exception:
            ending = outcome(None, 1, stderr_tail=traceback.format_exc())
        if ending is not None:
            self.ended.emit(ending)

    def _follow(self) -> Outcome | None:
        following = JobMonitor(
            self._find_child(),
            self._folder,
            on_events=self.events_arrived.emit,
            on_stage=self.stopping_stage_changed.emit,
            on_responding=self.responding_changed.emit,
            patience=self._patience,
        )
        with self._lock:
            self._following = following
            if isinstance(self._wish, Stop):  # asked before the child was there
                following.stop(keep=self._wish.keep)
            elif self._wish is not None:
                following.pause()
            if self._leave is not None:
                following.leave(detach=self._leave)
        return following.run()

    def _find_child(self) -> Child:
        if self._adopt:
            adopted = running_child(self._folder)
            if adopted is not None:
                return adopted
            raise CouldNotStart("the process is gone")
        return begin_job(self._folder, resume=self._resume, child=self._child, command=self._command)


class SparePool(QObject):
    """Keeps one child warm: started and its imports done before the click on Start.

    The window decides when (`warm`, some seconds after its first paint, and again after a run). A spare that dies is
    replaced, three times in a row at most.
    """

    _CHECK_MS = 2000
    _ATTEMPTS = 3

    def __init__(self, parent: QObject | None = None, *, command: Sequence[str] | None = None) -> None:
        super().__init__(parent)
        self._command = command
        self._spare: ChildProcess | None = None
        self._attempts = 0
        self._timer = QTimer(self, interval=self._CHECK_MS)
        self._timer.timeout.connect(self.check)

    @property
    def ready(self) -> bool:
        """A spare waits with its imports done."""
        return self._spare is not None and not self._spare.ended and self._spare.ready is not None

    def warm(self) -> None:
        """Start a spare if there is none."""
        self._attempts = 0
        self._timer.start()
        self.check()

    def check(self) -> None:
        """Replace a spare that has died; called every two seconds while the pool is warm."""
        if self._spare is not None and not self._spare.ended:
            if self._spare.ready is not None:
                self._attempts = 0
            return
        if self._attempts >= self._ATTEMPTS:
            self._timer.stop()
            return
        self._attempts += 1
        try:
            self._spare = ChildProcess.start(command=self._command, spare=True)
        except CouldNotStart:
            self._spare = None

    def take(self, *, online: bool = False) -> ChildProcess | None:
        """The spare, now the caller's, its imports done or not; None when none lives or it does not fit."""
        if online or self._spare is None or self._spare.ended:
            return None
        spare, self._spare = self._spare, None
        self._timer.stop()
        return spare

    def close(self) -> None:
        """End the spare; for the end of the app."""
        self._timer.stop()
        if self._spare is not None:
            self._spare.close()
            self._spare = None
