"""What is known of a run at work, folded event by event. No widgets, and the clock is given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.runs.events import (
    Alive,
    Checkpointed,
    Evaluated,
    Event,
    Failed,
    Noted,
    Ready,
    Staged,
    Stepped,
    Tried,
)
from lepton_studio.studio.scores_in_words import titled_score
from lepton_studio.studio.trials import trial_title
from lepton_studio.words import duration_left, split_name, stage_words

SLOW = 10.0
"""After so many seconds on one step that is said."""

Tone = Literal["", "warn"]


@dataclass
class RunWatch:
    """One run at work. Feed it with `take`; times are seconds of a monotonic clock.

    `silent_since`: when the child was last heard of, while it counts as not responding (`RunScheduler` knows).
    `waits_for`: a sentence on what it waits for before it begins, such as memory.
    """

    run: int
    started: float
    task: Task[Any]
    staged: Staged | None = None
    step: Stepped | None = None
    validation: Evaluated | None = None
    best: Evaluated | None = None
    log: list[str] = field(default_factory=list)
    trials: dict[str, Tried] = field(default_factory=dict)
    silent_since: float | None = None
    waits_for: str = ""
    stepped: float = 0.0

    def __post_init__(self) -> None:
        self.stepped = self.started

    def take(self, event: Event, *, now: float) -> None:
        """Note one event."""
        match event:
            case Stepped():
                if self.step is None or event.step != self.step.step:
                    self.stepped = now
                self.step = event
                if self.staged is not None and self.staged.stage != "training":
                    self.staged = Staged("training")  # an evaluation is over, the steps go on
            case Staged():
                if self.staged is None or self.staged.stage != event.stage:
                    self.log.append(stage_words(event.stage))
                self.staged, self.stepped = event, now
            case Evaluated(split="validation"):
                self.validation = event
                if event.best or self.best is None:
                    self.best = event
                self._log_scores(event)
            case Evaluated():
                self._log_scores(event)
            case Checkpointed():
                self.log.append(tr("Checkpoint at step {step}", step=event.step))
            case Tried():
                self._take_trial(event)
            case Noted():
                self.log.append(event.message)
            case Failed():
                self.log.append(event.message)
            case Ready():
                self.log.append(tr("Process {pid} on {device}", pid=event.pid, device=event.device))
            case Alive():
                pass

    def sentence(self, now: float) -> tuple[str, Tone]:
        """What goes on, and whether it is worrying."""
        if self.silent_since is not None:
            silent = int(now - self.silent_since)
            words = tr("Not responding for {count} s. Press Stop to end it; your labels are safe.", count=silent)
            return words, "warn"
        if self.waits_for:
            return self.waits_for, ""
        stage = None if self.staged is None else self.staged.stage
        if stage == "training" and self.step is not None:
            if now - self.stepped >= SLOW:
                waited = int(now - self.stepped)
                return tr("Still on step {step} after {count} s", step=f"{self.step.step:,}", count=waited), ""
            return tr("Tuning, epoch {epoch}", epoch=f"{self.step.epoch:.1f}"), ""
        if self.staged is not None and self.staged.total:
            amount = tr("{done} of {total}", done=f"{self.staged.done:,}", total=f"{self.staged.total:,}")
            if self.staged.seconds_left:
                amount = tr("{amount}, {left}", amount=amount, left=duration_left(self.staged.seconds_left))
            return tr("{what}: {detail}", what=stage_words(stage), detail=amount), ""
        return f"{stage_words(stage)}…", ""

    def share(self) -> float | None:
        """How much of the steps is done, 0..1; None while that is not known."""
        if self.step is None or not self.step.total_steps:
            return None
        return self.step.step / self.step.total_steps

    def _take_trial(self, event: Tried) -> None:
        """How it stands now; a word in the log when it goes no further."""
        before = self.trials.get(event.trial)
        self.trials[event.trial] = event
        if event.state in ("dropped", "failed") and (before is None or before.state != event.state):
            self.log.append(tr("{what}: {detail}", what=trial_title(event), detail=event.why))

    def _log_scores(self, event: Evaluated) -> None:
        score = titled_score(event.scores, self.task)
        if score:
            where = tr("Step {step}, {split}", step=f"{event.step:,}", split=split_name(event.split))
            self.log.append(tr("{what}: {detail}", what=where, detail=score))
