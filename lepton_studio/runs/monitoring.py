"""Following one job from its start to its outcome, with a stop that gets firmer; by the window or headless."""

from __future__ import annotations

import contextlib
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from lepton_studio.files import remove_tree
from lepton_studio.language import tr
from lepton_studio.runs.adopted import AdoptedChild
from lepton_studio.runs.checkpoints import newest_sound_checkpoint
from lepton_studio.runs.events import (
    Alive,
    Checkpointed,
    Evaluated,
    Event,
    Failed,
    Finished,
    LastEvent,
    Noted,
    Ready,
    Stepped,
    Stopped,
)
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.outcome import Outcome, not_started, outcome
from lepton_studio.runs.process import ChildProcess, CouldNotStart
from lepton_studio.runs.reply import Reply
from lepton_studio.runs.requests import Pause, Stop, StopMode, stop_mode
from lepton_studio.runs.wire import encode

StopStage = Literal["asked", "terminating", "killing"]

BATCH_SECONDS = 0.05
"""Events are handed on as one list per so long: a signal each would make the window lag."""


def stage_sentence(stage: StopStage) -> str:
    """What the Stop button says in this stage."""
    if stage == "asked":
        return tr("Stopping…")
    return tr("Ending the process…") if stage == "terminating" else tr("Forcing it to stop…")


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds each step of a stop may take before the next, and how long silence is fine.

    `keep` counts from the last sign of progress, since evaluating and saving the best model takes its time.
    """

    keep: float = 60.0
    throw_away: float = 5.0
    terminate: float = 5.0
    kill: float = 10.0
    after_last_event: float = 20.0
    silence: float = 10.0


PATIENCE = Patience()


class Child(Protocol):
    """What `JobMonitor` needs of a child: a Reply by pipes, AdoptedChild by files."""

    @property
    def ended(self) -> bool: ...
    @property
    def exit_code(self) -> int | None: ...
    def take(self, seconds: float) -> list[Event]: ...
    def cancel(self, how: StopMode) -> bool: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def close_stdin(self) -> None: ...
    def detach(self) -> None: ...
    def pull(self, path: Path) -> None: ...
    def log_tail(self) -> str: ...


def _ignore(*_: object) -> None:
    return None


def _never() -> Stop | None:
    return None


class JobMonitor:
    """One job on its way. `run` blocks the thread that calls it; `stop` and `leave` may come from any other.

    The callbacks are called in the thread of `run`.
    """

    def __init__(
        self,
        child: Child,
        folder: RunFolder,
        *,
        on_events: Callable[[list[Event]], object] = _ignore,
        should_stop: Callable[[], Stop | None] = _never,
        on_stage: Callable[[StopStage], object] = _ignore,
        on_responding: Callable[[bool], object] = _ignore,
        patience: Patience = PATIENCE,
    ) -> None:
        self._child = child
        self._folder = folder
        self._on_events = on_events
        self._should_stop = should_stop
        self._on_stage = on_stage
        self._on_responding = on_responding
        self._patience = patience
        self._lock = threading.Lock()
        self._wish: Stop | Pause | None = None
        self._insisted = False
        self._left = False
        self._asked: Stop | Pause | None = None
        self._stage: StopStage | None = None
        self._stage_since = 0.0
        self._last: LastEvent | None = None
        self._last_since = 0.0
        self._step = 0
        self._started = isinstance(child, AdoptedChild)
        self._heard = time.monotonic()
        self._progress = self._heard
        self._responding = True

    def stop(self, *, keep: bool) -> None:
        """Ask the child to stop; asking to throw away again while it does not answer goes to the next stage at once."""
        with self._lock:
            self._insisted = self._wish == Stop(keep=False) == Stop(keep=keep)
            if self._wish is None or not keep:
                self._wish = Stop(keep=keep)

    def pause(self) -> None:
        """Ask the child to stop with a checkpoint; nothing while it stops already."""
        with self._lock:
            self._wish = self._wish or Pause()

    def leave(self, *, detach: bool) -> None:
        """The window closes: `run` returns None soon; the child goes on (`detach`), or saves a checkpoint and ends."""
        if detach:
            self._child.detach()
        else:
            self._child.close_stdin()
        self._left = True

    def run(self) -> Outcome | None:
        """Follow until the end; None after `leave`. An error of a callback closes the child's stdin and goes on up."""
        try:
            while not self._child.ended and not self._left and not self._past_hope():
                self._hand_on(self._child.take(BATCH_SECONDS))
                self._press()
                self._listen()
            if self._left:
                return None
            self._hand_on(self._child.take(0))
        except BaseException:
            self._child.close_stdin()
            raise
        return self._conclude()

    def _hand_on(self, events: list[Event]) -> None:
        if not events:
            return
        self._heard = time.monotonic()
        for event in events:
            self._note(event)
        self._on_events(events)

    def _note(self, event: Event) -> None:
        if not isinstance(event, Alive):
            self._progress = self._heard
        if isinstance(event, Finished | Stopped | Failed):
            self._last = event
            self._last_since = self._heard
        elif not isinstance(event, Alive):
            self._last = None  # it was an earlier attempt's, read again from events.jsonl
        if isinstance(event, Ready):
            self._started = True
        if isinstance(event, Stepped | Evaluated | Checkpointed | Alive):
            self._step = max(self._step, event.step)

    def _press(self) -> None:
        """Bring the stop one stage further where it is time."""
        asked_for = self._should_stop()
        if asked_for is not None and asked_for != self._wish:
            self.stop(keep=asked_for.keep)
        with self._lock:
            wish, insisted, self._insisted = self._wish, self._insisted, False
        now = time.monotonic()
        if wish is not None and wish != self._asked:
            self._asked = wish
            self._child.cancel(stop_mode(wish))
            self._enter("asked")
        elif self._stage == "asked" and self._last is None:
            keeps = wish != Stop(keep=False)
            since = max(self._stage_since, self._progress) if keeps else self._stage_since
            grace = self._patience.keep if keeps else self._patience.throw_away
            if insisted or now - since > grace:
                self._enter("terminating")
                self._child.terminate()
        elif self._stage == "terminating" and (insisted or now - self._stage_since > self._patience.terminate):
            self._enter("killing")
            self._child.kill()
        elif self._last is not None and now - self._last_since > self._patience.after_last_event:
            self._child.kill()  # its work is done and it does not go: a driver that hangs at the end

    def _enter(self, stage: StopStage) -> None:
        self._stage = stage
        self._stage_since = time.monotonic()
        self._on_stage(stage)

    def _listen(self) -> None:
        responding = not self._started or time.monotonic() - self._heard < self._patience.silence
        if responding != self._responding:
            self._responding = responding
            self._on_responding(responding)

    def _past_hope(self) -> bool:
        """Killed, and yet there: a process stuck in a driver. Nobody waits for it any longer."""
        return self._stage == "killing" and time.monotonic() - self._stage_since > self._patience.kill

    def _conclude(self) -> Outcome:
        with contextlib.suppress(OSError):
            self._child.pull(self._folder.path)
        done = isinstance(self._last, Finished) or (isinstance(self._last, Stopped) and self._last.kept)
        checkpoint = None if done else newest_sound_checkpoint(self._folder)
        ending = outcome(
            self._last,
            self._child.exit_code,
            stderr_tail=self._child.log_tail(),
            we_killed=self._stage in ("terminating", "killing"),
            asked=self._asked,
            checkpoint=checkpoint.step if checkpoint is not None else None,
            step=self._step,
            started=self._started,
        )
        if ending.kind == "thrown_away":
            for part in (self._folder.checkpoints, self._folder.model):
                remove_tree(part, inside=self._folder.path)
        return ending


def begin_job(
    folder: RunFolder,
    *,
    resume: bool = False,
    child: ChildProcess | None = None,
    stay: bool = False,
    command: Sequence[str] | None = None,
) -> Reply:
    """Give the folder's job to `child` where that one is alive, else to a fresh one.

    `stay`: the child waits for more afterwards. A `child` that is gone is closed. Raises CouldNotStart, and OSError or
    ValueError for a folder without a readable job.
    """
    folder.job()  # one that cannot be read is nobody's work
    folder.control_file.unlink(missing_ok=True)
    if resume:
        _mark_resumption(folder)
    if child is not None:
        if not child.ended:
            reply = child.hand_over(folder, resume=resume, stay=stay)
            if reply.reached:
                return reply
        child.close()
    return ChildProcess.start(command=command).hand_over(folder, resume=resume, stay=stay)


def run_job(
    folder: RunFolder,
    *,
    resume: bool = False,
    on_events: Callable[[list[Event]], object] = _ignore,
    should_stop: Callable[[], Stop | None] = _never,
    on_stage: Callable[[StopStage], object] = _ignore,
    child: ChildProcess | None = None,
    stay: bool = False,
    command: Sequence[str] | None = None,
    patience: Patience = PATIENCE,
) -> Outcome:
    """Do the job of a folder in a child and block until its outcome, without Qt. `stay`: as in `begin_job`.

    `should_stop` is asked about twenty times a second. All callbacks are called in this thread.
    """
    try:
        at_work = begin_job(folder, resume=resume, child=child, stay=stay, command=command)
    except (CouldNotStart, OSError, ValueError):
        return not_started(traceback.format_exc())

    return follow(at_work, folder, on_events=on_events, should_stop=should_stop, on_stage=on_stage, patience=patience)


def follow(
    child: Child,
    folder: RunFolder,
    *,
    on_events: Callable[[list[Event]], object] = _ignore,
    should_stop: Callable[[], Stop | None] = _never,
    on_stage: Callable[[StopStage], object] = _ignore,
    patience: Patience = PATIENCE,
) -> Outcome:
    """As `run_job`, for a child that is at work already."""
    following = JobMonitor(
        child, folder, on_events=on_events, should_stop=should_stop, on_stage=on_stage, patience=patience
    )
    ending = following.run()
    assert ending is not None, "nobody left"
    return ending


def _mark_resumption(folder: RunFolder) -> None:
    """Go on after what an earlier attempt may have torn, so that its last event is no longer the last."""
    with contextlib.suppress(OSError), folder.events_file.open("ab") as file:
        file.write(b"\n" + encode(Noted(tr("Resumed."))).encode() + b"\n")
