"""Every way a job can end, as a table: what the person reads, and whether Resume is offered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from lepton_studio.runs.events import Failed, Finished, LastEvent, Stopped
from lepton_studio.runs.outcome import Outcome, outcome
from lepton_studio.runs.requests import Pause, Stop

SCORES = {"test": {"accuracy": 0.9, "macro_f1": 0.88}}


@dataclass(frozen=True)
class Case:
    name: str
    last: LastEvent | None
    code: int | None
    kind: str
    status: str
    says: str
    more: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case("finished", Finished(40, 12.0, 80.0, SCORES), 0, "finished", "finished", "Finished."),
    Case("finished, then the driver crashed", Finished(40, 12.0), -11, "finished", "finished", "Finished."),
    Case("finished, then it hung", Finished(40, 12.0), -9, "finished", "finished", "Finished.", {"we_killed": True}),
    Case(
        "finished in the moment of the stop",
        Finished(40, 12.0),
        0,
        "finished",
        "finished",
        "Finished.",
        {"asked": Stop(keep=False)},
    ),
    Case(
        "stopped, best kept",
        Stopped(20, True, 6.0, 80.0, SCORES),
        0,
        "stopped",
        "stopped",
        "so far (step 20) was kept",
        {"asked": Stop(keep=True)},
    ),
    Case(
        "stopped, thrown away",
        Stopped(20, False, 6.0),
        0,
        "thrown_away",
        "stopped",
        "nothing was kept",
        {"asked": Stop(keep=False), "checkpoint": 10},
    ),
    Case(
        "paused",
        Stopped(20, False, 6.0),
        0,
        "paused",
        "interrupted",
        "Paused at step 20.",
        {"asked": Pause(), "checkpoint": 20},
    ),
    Case(
        "finished in the moment of the pause",
        Finished(40, 12.0),
        0,
        "finished",
        "finished",
        "Finished.",
        {"asked": Pause()},
    ),
    Case(
        "thrown away by force",
        None,
        -9,
        "thrown_away",
        "stopped",
        "nothing was kept",
        {"asked": Stop(keep=False), "we_killed": True},
    ),
    Case(
        "stopped before there was a model",
        Stopped(0, False, 1.0),
        0,
        "thrown_away",
        "stopped",
        "before there was a model",
        {"asked": Stop(keep=True)},
    ),
    Case(
        "the window closed",
        Stopped(20, False, 6.0),
        0,
        "interrupted",
        "interrupted",
        "Interrupted at step 20 and paused.",
        {"checkpoint": 20},
    ),
    Case("the window closed at once", Stopped(0, False, 0.1), 0, "interrupted", "interrupted", "before its first step"),
    Case(
        "window and child both gone",
        None,
        None,
        "interrupted",
        "interrupted",
        "Interrupted at step 25 and paused.",
        {"checkpoint": 20, "step": 25},
    ),
    Case(
        "did not answer the stop",
        None,
        -9,
        "interrupted",
        "interrupted",
        "did not respond",
        {"asked": Stop(keep=True), "we_killed": True, "checkpoint": 20, "step": 25},
    ),
    Case(
        "killed by the system",
        None,
        -9,
        "killed",
        "interrupted",
        "memory ran out",
        {"checkpoint": 20, "step": 25},
    ),
    Case("killed before a checkpoint", None, -9, "killed", "interrupted", "memory ran out", {"step": 2}),
    Case("killed while it loaded", None, -9, "not_started", "failed", "could not start", {"started": False}),
    Case("ended from outside", None, -15, "killed", "interrupted", "from outside", {"step": 2}),
    Case("segmentation fault", None, -11, "crashed", "interrupted", "crashed at step 9", {"step": 9, "checkpoint": 5}),
    Case("access violation", None, 0xC0000005, "crashed", "interrupted", "crashed at step 9", {"step": 9}),
    Case("exit 0 without a word", None, 0, "lost", "interrupted", "for an unknown reason", {"step": 3}),
    Case("exit 1 without a word", None, 1, "lost", "interrupted", "for an unknown reason", {"step": 3}),
    Case(
        "out of memory on the way out",
        None,
        1,
        "out_of_memory",
        "interrupted",
        "Memory ran out at step 3",
        {"step": 3, "checkpoint": 2, "stderr_tail": "Traceback\n  f()\ntorch.OutOfMemoryError: CUDA out of memory."},
    ),
    Case(
        "disk full on the way out",
        None,
        1,
        "no_space",
        "interrupted",
        "disk is full",
        {"stderr_tail": "OSError: [Errno 28] No space left on device"},
    ),
    Case(
        "imports failed",
        None,
        1,
        "not_started",
        "failed",
        "could not start",
        {"started": False, "stderr_tail": "ImportError: libtorch.so"},
    ),
    Case(
        "out of memory",
        Failed("out_of_memory", "", "Traceback", 7),
        1,
        "out_of_memory",
        "interrupted",
        "Memory ran out at step 7",
        {"checkpoint": 5},
    ),
    Case("bad data", Failed("bad_data", "Text 4 is empty."), 1, "bad_data", "failed", "Text 4 is empty."),
    Case("bad recipe", Failed("bad_recipe", "LoRA needs layers."), 1, "bad_recipe", "failed", "LoRA needs layers."),
    Case("bad data, no word", Failed("bad_data", ""), 1, "bad_data", "failed", "samples could not be used"),
    Case("no model", Failed("model_not_found", ""), 1, "model_not_found", "failed", "base model was not found"),
    Case("disk full", Failed("no_space", "", "", 9), 1, "no_space", "interrupted", "disk is full", {"checkpoint": 5}),
    Case(
        "not a number",
        Failed("not_a_number", "", "", 9),
        1,
        "not_a_number",
        "interrupted",
        "no longer a number at step 9",
        {"checkpoint": 5},
    ),
    Case("a bug", Failed("bug", "KeyError: 3", "Traceback (most recent"), 1, "bug", "failed", "internal error before"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_end_says_what_happened_and_what_to_do_now(case: Case) -> None:
    found = outcome(case.last, case.code, **case.more)
    assert (found.kind, found.status) == (case.kind, case.status)
    assert case.says in found.sentence
    if found.status in ("interrupted", "failed"):
        assert found.next_step
    assert "Traceback" not in found.text and "Error" not in found.text
    assert "{" not in found.text and "  " not in found.text
    assert ("Resume" in found.text) == (found.status == "interrupted")
    tried = found.text_of_trial  # of a preview or a range test there is nothing to resume, keep or copy
    assert case.says in tried and not any(one in tried for one in ("Resume", "labels are safe", "copy the report"))
    assert tried.endswith(".") and len(tried) > len(found.sentence) + 10


def test_the_scores_of_a_finished_run_are_part_of_its_outcome() -> None:
    found = outcome(Finished(40, 12.0, 80.0, SCORES), 0)
    assert (found.step, found.seconds, found.samples_per_second, found.scores) == (40, 12.0, 80.0, SCORES)


def test_the_report_to_copy_holds_what_the_screen_does_not() -> None:
    found = outcome(Failed("bug", "KeyError: 3", "Traceback (most recent call last)"), 1)
    assert "Traceback" in found.detail and "KeyError" in found.detail
    assert "exit code -11" in outcome(None, -11, stderr_tail="Fatal Python error").detail
    assert isinstance(found, Outcome)
