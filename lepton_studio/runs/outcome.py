"""How a job ended, as a plain value that can say itself: one pure function from the last event and the exit code."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from lepton_studio.language import tr
from lepton_studio.runs.events import Failed, FailureKind, Finished, LastEvent, Stopped
from lepton_studio.runs.requests import Pause, Stop

OutcomeKind = Literal[
    "finished",
    "stopped",
    "thrown_away",
    "paused",
    "interrupted",
    "killed",
    "crashed",
    "lost",
    "not_started",
    "out_of_memory",
    "bad_data",
    "bad_recipe",
    "model_not_found",
    "no_space",
    "not_a_number",
    "bug",
]

Status = Literal["finished", "stopped", "interrupted", "failed"]

_MEMORY_WORDS = ("memoryerror", "out of memory", "cannot allocate memory", "defaultcpuallocator")
_SPACE_WORDS = ("no space left on device", "disk quota exceeded")
_WINDOWS_CRASH = 0xC0000000
"""Exit codes from here up are faults of a Windows process (access violation, stack overflow)."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended.

    `sentence` says what happened and `next_step` what to do now ("" where there is nothing to do), both in the
    person's language. `step` is the step of the kept model, or the last step seen. `resumable`: going on makes
    sense, from a sound checkpoint or, after an end that was not the run's own fault, from the beginning. `detail`
    (traceback, exit code, end of the log) is for a report to copy, never for the screen. `scores` maps split ->
    score name -> 0..1. `advice`: of the next step what mends the cause, "" where that is not known.
    """

    kind: OutcomeKind
    sentence: str
    next_step: str = ""
    resumable: bool = False
    step: int = 0
    detail: str = ""
    seconds: float = 0.0
    samples_per_second: float = 0.0
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    advice: str = ""

    @property
    def status(self) -> Status:
        """What the ledger of runs says; "interrupted" offers Resume."""
        if self.kind == "finished":
            return "finished"
        if self.kind in ("stopped", "thrown_away"):
            return "stopped"
        return "interrupted" if self.resumable else "failed"

    @property
    def text(self) -> str:
        """The sentence and the next step."""
        return f"{self.sentence} {self.next_step}".strip()

    @property
    def text_of_trial(self) -> str:
        """The same of what was only tried: there is nothing to resume, and no report to copy."""
        return f"{self.sentence} {self.advice or tr('Nothing was changed. Try again, or start the run without it.')}"


def outcome(
    last_event: LastEvent | None,
    exit_code: int | None,
    *,
    stderr_tail: str = "",
    we_killed: bool = False,
    asked: Stop | Pause | None = None,
    checkpoint: int | None = None,
    step: int = 0,
    started: bool = True,
) -> Outcome:
    """Say how a job ended.

    `exit_code` is negative for a signal and None where nobody waited for the process (it outlived its window).
    `we_killed`: we ended it because it did not answer `asked`, the last stop. `checkpoint` is the step of the newest
    sound checkpoint. `step` is the last one seen. `started`: the child said Ready. Pure: it reads nothing else.
    """
    match last_event:
        case Finished():
            return Outcome(
                "finished",
                tr("Finished."),
                step=last_event.step,
                seconds=last_event.seconds,
                samples_per_second=last_event.samples_per_second,
                scores=last_event.scores,
            )
        case Stopped(kept=True):
            return Outcome(
                "stopped",
                tr("Stopped at your request; the best model so far (step {step}) was kept.", step=last_event.step),
                step=last_event.step,
                seconds=last_event.seconds,
                samples_per_second=last_event.samples_per_second,
                scores=last_event.scores,
            )
        case Failed():
            return _failure(last_event, step=last_event.step or step, checkpoint=checkpoint)
        case _:
            pass
    if last_event is not None:
        step = max(step, last_event.step)
    detail = _exit_detail(exit_code, stderr_tail)
    if asked == Stop(keep=False):
        return Outcome("thrown_away", tr("Stopped at your request; nothing was kept."), step=step, detail=detail)
    resume = _resume(checkpoint)
    if last_event is not None:
        if isinstance(asked, Pause):
            return Outcome("paused", tr("Paused {where}.", where=_where(step)), resume, True, step, detail)
        if asked is not None and checkpoint is None:
            sentence = tr("Stopped at your request, before there was a model to keep.")
            return Outcome("thrown_away", sentence, step=step, detail=detail)
        return Outcome("interrupted", _interrupted(step), resume, True, step, detail)
    if we_killed:
        sentence = tr("The run did not respond to the request to stop and was ended {where}.", where=_where(step))
        return Outcome("interrupted", sentence, resume, True, step, detail)
    said = _said_on_the_way_out(stderr_tail) if exit_code is not None else None
    if said is not None:
        return _failure(Failed(said, "", detail), step=step, checkpoint=checkpoint)
    if exit_code is not None and not started:
        return not_started(detail)
    return _without_a_word(exit_code, step=step, checkpoint=checkpoint, detail=detail)


def not_started(detail: str) -> Outcome:
    """The outcome when the child's process could not be made, or ended before it said Ready."""
    said = _said_on_the_way_out(detail)
    if said is not None:
        return _failure(Failed(said, "", detail), step=0, checkpoint=None)
    advice = tr("Restart Lepton Studio. If that does not help, reinstall it.")
    return Outcome("not_started", tr("The training process could not start."), advice, detail=detail, advice=advice)


def _without_a_word(exit_code: int | None, *, step: int, checkpoint: int | None, detail: str) -> Outcome:
    """The process is gone and its last event never came."""
    resume = _resume(checkpoint)
    where = _where(step)
    if exit_code is None:
        return Outcome("interrupted", _interrupted(step), resume, True, step, detail)
    if exit_code == -9:
        sentence = tr("The system ended the run {where}, most likely because memory ran out.", where=where)
        advice = tr("Close other programs or choose a smaller batch size.")
        return Outcome("killed", sentence, f"{advice} {resume}", True, step, detail, advice=advice)
    if exit_code in (-signal.SIGTERM, -signal.SIGINT, -1):
        sentence = tr("The run was ended from outside Lepton Studio {where}.", where=where)
        return Outcome("killed", sentence, resume, True, step, detail)
    if exit_code < 0 or exit_code >= _WINDOWS_CRASH:
        sentence = tr("The run crashed {where}.", where=where)
        return Outcome("crashed", sentence, _or_report(resume), True, step, detail)
    sentence = tr("The run ended {where} for an unknown reason.", where=where)
    return Outcome("lost", sentence, _or_report(resume), True, step, detail)


def _failure(failed: Failed, *, step: int, checkpoint: int | None) -> Outcome:
    """The child said what went wrong; its own sentence is shown where it knows more than the kind does."""
    where = _where(step)
    resumable = checkpoint is not None or failed.kind == "no_space"
    resume = _resume(checkpoint) if resumable else tr("Your labels are safe.")
    match failed.kind:
        case "out_of_memory":
            sentence = tr("Memory ran out {where}.", where=where)
            advice = tr("Close other programs, or choose a smaller batch size or maximum length for the next run.")
        case "no_space":
            sentence = tr("The disk is full, so the run ended {where}.", where=where)
            advice = tr("Free some space.")
        case "not_a_number":
            sentence = failed.message or tr("The loss was no longer a number {where}, so the run ended.", where=where)
            advice = tr("A learning rate that is ten times lower often helps.")
        case "bad_data":
            sentence = failed.message or tr("The samples could not be used for training.")
            advice = tr("Correct the labels and texts on the Data page.")
        case "bad_recipe":
            sentence = failed.message or tr("This model cannot be tuned with these settings.")
            advice = tr("Change the settings or the base model on the Tune page.")
        case "model_not_found":
            sentence = failed.message or tr("The base model was not found or could not be read.")
            advice = tr("Check its folder or name; models from the Hub need a network connection.")
        case _:
            sentence = tr("Lepton Studio ran into an internal error {where}.", where=where)
            advice = tr("If it happens again, copy the report and send it to us.")
    detail = "\n".join(part for part in (failed.message, failed.detail) if part)
    mends = "" if failed.kind == "bug" else advice
    return Outcome(failed.kind, sentence, f"{advice} {resume}", resumable, step, detail, advice=mends)


def _resume(checkpoint: int | None) -> str:
    if checkpoint is None:
        return tr("Your labels are safe. Resume starts the run again on the same samples.")
    return tr("Your labels are safe. Resume continues from step {step}.", step=checkpoint)


def _or_report(resume: str) -> str:
    return f"{resume} {tr('If it happens again, copy the report and send it to us.')}"


def _where(step: int) -> str:
    return tr("at step {step}", step=step) if step else tr("before its first step")


def _interrupted(step: int) -> str:
    return tr("Interrupted {where} and paused.", where=_where(step))


def _said_on_the_way_out(stderr_tail: str) -> FailureKind | None:
    """What the last lines of a traceback or of a library say of the cause; None for nothing known."""
    ending = "\n".join([line.lower() for line in stderr_tail.splitlines() if line.strip()][-5:])
    if any(words in ending for words in _MEMORY_WORDS):
        return "out_of_memory"
    return "no_space" if any(words in ending for words in _SPACE_WORDS) else None


def _exit_detail(exit_code: int | None, stderr_tail: str) -> str:
    code = "" if exit_code is None else f"exit code {exit_code}"
    return "\n".join(part for part in (code, stderr_tail.strip()) if part)
