"""The window's side of a job: a thread that gets a child, follows it and hands on batches of events."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QThread, Signal

from lepton_studio.errors import Cancelled
from lepton_studio.runs.adopted import running_child
from lepton_studio.runs.checkpoints import newest_sound_checkpoint
from lepton_studio.runs.children.owner import Children, Loan
from lepton_studio.runs.children.slots import Need
from lepton_studio.runs.events import Stopped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.monitoring import PATIENCE, Child, JobMonitor, Patience, begin_job
from lepton_studio.runs.outcome import Outcome, not_started, outcome
from lepton_studio.runs.process import CouldNotStart
from lepton_studio.runs.requests import Pause, Stop


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
    waits = Signal(str)
    """A sentence: what it waits for before a child can begin."""

    def __init__(
        self,
        folder: RunFolder,
        *,
        resume: bool = False,
        children: Children | None = None,
        need: Need | None = None,
        warm: bool = False,
        adopt: bool = False,
        command: Sequence[str] | None = None,
        patience: Patience = PATIENCE,
        parent: QObject | None = None,
    ) -> None:
        """`children` and `need`: the child is borrowed there, and waited for; `warm`: it waits there for more when the
        job is done. `adopt`: follow the child still at work
        in the folder instead of starting one. `command`: start that program, for this job alone."""
        super().__init__(parent)
        self._folder = folder
        self._resume = resume
        self._children = children
        self._need = need
        self._warm = warm
        self._loan: Loan | None = None
        self._over: Callable[[], None] | None = None
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
        """The window closes: the child goes on without it, or saves a checkpoint and ends. Then `retire`."""
        with self._lock:
            self._leave = detach
            if self._following is not None:
                self._following.leave(detach=detach)
            if self._loan is not None:
                self._loan.let_go()

    def retire(self) -> None:
        """Nobody follows it any more: the thread, which ends by itself, is kept until then."""
        _RETIRED.add(self)
        self.finished.connect(self._forget)
        if self.isFinished():
            self._forget()

    def run(self) -> None:
        """The thread's work."""
        try:
            ending = self._follow()
        except Cancelled:
            ending = self._never_begun()
        except (CouldNotStart, OSError, ValueError):
            ending = not_started(traceback.format_exc())
        except Exception:
            ending = outcome(None, 1, stderr_tail=traceback.format_exc())
        finally:
            self._return()
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
                if self._loan is not None:
                    self._loan.let_go()
        return following.run()

    def _find_child(self) -> Child:
        if self._adopt:
            adopted = running_child(self._folder)
            if adopted is None:
                raise CouldNotStart("the process is gone")
            if self._children is not None and self._need is not None:
                self._over = self._children.adopt(adopted, self._need)
            return adopted
        child = None
        if self._children is not None and self._need is not None:
            loan = self._children.borrow(self._need, should_stop=self._is_unwanted, on_wait=self.waits.emit)
            with self._lock:
                self._loan = loan
            child = loan.child
        return begin_job(self._folder, resume=self._resume, child=child, stay=self._warm, command=self._command)

    def _is_unwanted(self) -> bool:
        """Whether it need not begin any more."""
        return self._wish is not None or self._leave is not None

    def _never_begun(self) -> Outcome | None:
        """The outcome of a job that was stopped while it waited for a child; None where the window went."""
        if self._wish is None:
            return None
        checkpoint = newest_sound_checkpoint(self._folder)
        step = 0 if checkpoint is None else checkpoint.step
        last = Stopped(step=step, kept=False, seconds=0.0)
        return outcome(last, None, asked=self._wish, checkpoint=None if checkpoint is None else step)

    def _return(self) -> None:
        """The owner may have the child back; one that goes on without the window it has forgotten already."""
        if self._over is not None:
            self._over()
        if self._loan is not None:
            self._loan.give_back(warm=self._warm)

    def _forget(self) -> None:
        _RETIRED.discard(self)


_RETIRED: set[Runner] = set()
"""Threads that end by themselves: Qt ends the program where one of them is destroyed before."""


def wait_for_retired(*, milliseconds: int) -> None:
    """At the end of the program: let the threads that are about to end do so."""
    for one in tuple(_RETIRED):
        one.wait(milliseconds)
