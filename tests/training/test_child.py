"""The child as the window knows it: a process that reads commands, tells events, and says once how it ended."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lepton_studio.runs.checkpoints import newest_sound_checkpoint
from lepton_studio.runs.events import (
    Checkpointed,
    Estimated,
    Evaluated,
    Event,
    Failed,
    Finished,
    LastEvent,
    Ready,
    Staged,
    Stepped,
    Stopped,
)
from lepton_studio.runs.folder import RunFolder, read_json, write_control
from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe
from lepton_studio.runs.process import ChildProcess
from lepton_studio.runs.reply import Reply
from lepton_studio.runs.requests import StopMode
from tests.training.tiny import RECIPE, predictions, write_lines, write_run, write_tiny_model

SECONDS = 120.0
LONG = RECIPE.with_settings({"epochs": 100})
ENVIRONMENT = {"LEPTON_CHECKPOINT_SECONDS": "0.2", "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}

Wait = Callable[[Event], bool]


class Child:
    """A real child, and all that it told."""

    def __init__(self) -> None:
        self.process = ChildProcess.start(environment=ENVIRONMENT)
        self.said: ChildProcess | Reply = self.process
        self.events: list[Event] = []

    def give(self, run: RunFolder, *, resume: bool = False) -> Child:
        self.said = self.process.hand_over(run, resume=resume)
        assert self.said.reached
        self.events = []
        return self

    def wait_for(self, wanted: Wait) -> Event:
        """The first event from now on that is wanted."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            new = self.said.take(0.02)
            self.events += new
            for event in new:
                if wanted(event):
                    return event
            assert new or not self.process.ended, f"it ended: {self.events[-3:]} {self.said.log_tail()}"
        raise AssertionError(f"it never came; the last were {self.events[-3:]}")

    def wait_for_step(self, step: int) -> Event:
        return self.wait_for(lambda event: isinstance(event, Stepped) and event.step >= step)

    def end(self) -> LastEvent:
        """Wait until it is gone; its last event."""
        end = time.monotonic() + SECONDS
        while not self.process.ended and time.monotonic() < end:
            self.events += self.said.take(0.05)
        self.events += self.said.take(0)
        assert self.process.ended
        last = [event for event in self.events if isinstance(event, LastEvent)]
        assert len(last) == 1 and self.events[-1] is last[0], "exactly one last event, and it is the last"
        return last[0]


@pytest.fixture
def children() -> Iterator[list[Child]]:
    """The children of a test; those still alive are ended."""
    started: list[Child] = []
    yield started
    for child in started:
        child.process.close(wait=30)


@pytest.fixture
def child(children: list[Child]) -> Child:
    children.append(Child())
    return children[0]


def test_the_built_in_model_learns_the_sample_project_and_tells_how_it_goes(
    tmp_path: Path, child: Child, checkout: Path
) -> None:
    run = sample_run(tmp_path / "run", checkout)
    child.wait_for(lambda event: isinstance(event, Ready))
    last = child.give(run).end()

    assert isinstance(last, Finished), last
    assert child.process.exit_code == 0
    assert last.scores["test"]["accuracy"] >= 0.75
    assert [one.name[:6] for one in run.tensorboard.iterdir()] == ["events"]
    stages = list(dict.fromkeys(event.stage for event in child.events if isinstance(event, Staged)))
    assert stages == ["loading", "embedding", "probing", "training", "evaluating", "saving"]
    scored = [(event.step, event.split) for event in child.events if isinstance(event, Evaluated)]
    assert scored[0] == (0, "validation"), "the linear probe comes first"
    assert [split for _, split in scored].count("test") == 1 and scored[-1][1] == "test", "looked at once, at the end"
    assert [type(event) for event in run.events()] == [type(event) for event in child.events[1:]]
    last_step = [event for event in run.events() if isinstance(event, Stepped)][-1]
    assert last_step.step == last_step.total_steps
    assert read_json(run.process_file)["pid"] == child.process.pid
    counts = {split: len(run.data_file(split).read_bytes().splitlines()) for split in ("train", "validation", "test")}
    assert {s: [line["split"] for line in predictions(run)].count(s) for s in counts} == counts


def sample_run(folder: Path, checkout: Path) -> RunFolder:
    """The labelled part of the sample project: a third for validation, the marked ones for the test."""
    import json

    from lepton_studio.runs.job import JobLabel

    lines = (checkout / "resources" / "samples" / "customer_service.jsonl").read_text("utf-8").splitlines()
    labelled = [row for row in map(json.loads, lines) if row.get("label")]
    names = sorted({row["label"] for row in labelled})
    labels = [JobLabel(position + 1, name) for position, name in enumerate(names)]
    run = write_run(folder, model=BUILT_IN_MODEL, sizes=(0, 0, 0), labels=labels, recipe=Recipe(epochs=4))
    parts: dict[str, list[dict[str, object]]] = {"train": [], "validation": [], "test": []}
    for position, row in enumerate(labelled):
        split = row.get("split") or ("validation" if position % 3 == 0 else "train")
        value = {"labels": [names.index(row["label"]) + 1]}
        parts[split].append({"id": position, "text": row["text"], "value": value})
    for split, rows in parts.items():
        write_lines(run, split, rows)
    return run


def test_a_child_whose_window_goes_before_it_had_a_job_ends_quietly(child: Child) -> None:
    child.wait_for(lambda event: isinstance(event, Ready))
    child.process.close_stdin()
    while not child.process.ended:
        assert not child.process.take(0.1)
    assert child.process.exit_code == 0


@pytest.mark.parametrize("how", ["discard", "keep", "leave"])
def test_a_run_that_is_taken_back_before_its_turn_ends_the_child(
    tmp_path: Path, tiny_model: Path, child: Child, how: StopMode
) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, recipe=LONG)
    child.give(run)
    assert isinstance(child.said, Reply) and child.said.cancel(how)  # it is still importing
    last = child.end()
    assert isinstance(last, Stopped) and not last.kept and last.step == 0
    assert child.process.exit_code == 0 and not run.checkpoints.exists()


def test_when_the_window_goes_the_run_is_saved_and_can_be_resumed(
    tmp_path: Path, tiny_model: Path, children: list[Child]
) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, recipe=LONG)
    children += [Child(), Child()]
    first, second = children
    first.give(run).wait_for_step(20)
    first.process.close_stdin()
    left = first.end()
    assert isinstance(left, Stopped) and not left.kept and left.step >= 20
    assert first.process.exit_code == 0
    checkpoint = newest_sound_checkpoint(run)
    assert checkpoint is not None and checkpoint.step == left.step

    second.give(run, resume=True).wait_for_step(left.step + 1)
    assert isinstance(second.said, Reply) and second.said.cancel("keep")
    kept = second.end()
    assert isinstance(kept, Stopped) and kept.kept and second.process.exit_code == 0
    steps = [event.step for event in run.events() if isinstance(event, Stepped)]
    assert steps == sorted(set(steps)), "no point stands twice on the curve"
    assert len([event for event in run.events() if isinstance(event, LastEvent)]) == 1


def test_a_run_does_not_go_on_with_a_base_model_that_has_changed_meanwhile(
    tmp_path: Path, children: list[Child]
) -> None:
    base = write_tiny_model(tmp_path / "elsewhere" / "base")
    run = write_run(tmp_path / "runs" / "run", model=base, recipe=LONG)
    assert read_json(run.job_file)["model"].startswith("sha256:")
    children += [Child(), Child(), Child()]
    first, second, third = children
    first.give(run).wait_for(lambda event: isinstance(event, Checkpointed))
    first.process.close_stdin()
    first.end()
    config = (base / "config.json").read_text("utf-8")
    (base / "config.json").write_text(config.replace("gelu", "relu"), "utf-8")
    refused = second.give(run, resume=True).end()
    assert isinstance(refused, Failed) and "has changed" in refused.message and str(base) in refused.message
    assert newest_sound_checkpoint(run) is not None, "nothing of it is lost"
    (base / "config.json").write_text(config, "utf-8")
    third.give(run, resume=True).wait_for(lambda event: isinstance(event, Stepped) and event.step > 1)


def test_a_detached_run_goes_on_without_its_window_and_obeys_the_control_file(
    tmp_path: Path, tiny_model: Path, child: Child
) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, recipe=LONG)
    child.give(run).wait_for_step(5)
    child.process.detach()
    seen = max(event.step for event in run.events() if isinstance(event, Stepped))
    wait_until(lambda: any(isinstance(e, Stepped) and e.step > seen + 50 for e in run.events()))
    write_control(run, "discard")
    wait_until(lambda: child.process.ended)
    assert [event for event in run.events()][-1] == child.end()
    assert not run.checkpoints.exists() and not run.control_file.exists()


@pytest.mark.parametrize("moment", ["after a checkpoint", "late"])
def test_a_killed_run_resumes_to_the_very_model_it_would_have_become(
    tmp_path: Path, tiny_model: Path, children: list[Child], whole_run: RunFolder, moment: str
) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, recipe=LONG, sizes=(60, 0, 24))
    children += [Child(), Child()]
    victim, heir = children
    victim.give(run)
    match moment:
        case "after a checkpoint":
            victim.wait_for(lambda event: isinstance(event, Checkpointed))
        case "late":
            victim.wait_for_step(500)
    os.kill(victim.process.pid, signal.SIGKILL)
    wait_until(lambda: victim.process.ended)

    last = heir.give(run, resume=True).end()
    assert isinstance(last, Finished), last
    weights = "0_Transformer/model.safetensors"
    assert (run.model / weights).read_bytes() == (whole_run.model / weights).read_bytes()
    assert predictions(run) == predictions(whole_run)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> RunFolder:
    """The same run, never killed."""
    run = write_run(tmp_path_factory.mktemp("whole") / "run", model=tiny_model, recipe=LONG, sizes=(60, 0, 24))
    child = Child()
    assert isinstance(child.give(run).end(), Finished)
    return run


def test_a_measurement_says_how_long_a_run_would_take_and_leaves_nothing(
    tmp_path: Path, tiny_model: Path, child: Child
) -> None:
    recipe = RECIPE.with_settings({"max_length": 9})
    run = write_run(tmp_path / "run", model=tiny_model, kind="measure", recipe=recipe)
    last = child.give(run).end()
    assert isinstance(last, Finished), last
    (estimated,) = [event for event in child.events if isinstance(event, Estimated)]
    assert estimated.steps == 24 and estimated.max_length == 9
    assert 0 < estimated.truncated < estimated.texts == 108
    assert 0 < estimated.seconds_alone <= estimated.seconds
    assert 0 < estimated.seconds < 60 and estimated.memory_mb > 100 and estimated.samples_per_second > 0
    assert sorted(path.name for path in run.path.iterdir()) == [
        "data",
        "events.jsonl",
        "job.json",
        "log.txt",
        "models.json",
        "process.json",
        "run.lock",
    ]


def test_a_model_that_is_not_there_ends_in_a_sentence(tmp_path: Path, child: Child) -> None:
    run = write_run(tmp_path / "run", model="nobody/no-such-model")
    last = child.give(run).end()
    assert isinstance(last, Failed) and last.kind == "model_not_found"
    assert "nobody/no-such-model" in last.message and "Traceback" not in last.message
    assert "Traceback" in last.detail
    assert child.process.exit_code == 1


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.02)
