"""A run that is stopped, starved or torn loses nothing but the steps since its last checkpoint."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import torch

from lepton_studio.child import work
from lepton_studio.contract.task import Input
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.checkpoints import all_checkpoints, newest_sound_checkpoint
from lepton_studio.runs.events import Checkpointed, Evaluated, Failed, Finished, Noted, Stepped, Stopped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.tasks import task_named
from lepton_studio.tasks.text_classification.learner import ChoiceLearner
from lepton_studio.training import checkpoints, host_memory
from lepton_studio.training.batches import epoch_batches
from lepton_studio.training.failures import is_out_of_memory
from lepton_studio.training.inference import outputs
from lepton_studio.training.learner import Batch, Example
from lepton_studio.training.schedule import Schedule
from tests.training.tiny import CPU, LABELS, RECIPE, after_steps, detail, predictions, rows, tune_here, write_run


@pytest.fixture(autouse=True)
def checkpoint_after_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEPTON_CHECKPOINT_SECONDS", "0")
    monkeypatch.setattr(checkpoints, "_SHARE", 1e9)  # however long writing takes


def weights(run: RunFolder) -> bytes:
    return (run.model / "0_Transformer/model.safetensors").read_bytes() + (
        run.model / "3_Dense/model.safetensors"
    ).read_bytes()


@pytest.mark.parametrize("sizes", [(60, 24, 24), (60, 0, 24)], ids=["best kept", "last kept"])
@pytest.mark.parametrize("steps", [1, 8, 13, 24])
def test_a_run_that_was_stopped_and_resumed_ends_in_the_very_same_model(
    tmp_path: Path, tiny_model: Path, steps: int, sizes: tuple[int, int, int]
) -> None:
    whole = write_run(tmp_path / "whole", model=tiny_model, sizes=sizes)
    assert isinstance(tune_here(whole).last, Finished)

    stopped = write_run(tmp_path / "stopped", model=tiny_model, sizes=sizes)
    first = tune_here(stopped, should_stop=after_steps(steps, "leave"))
    assert first.last == Stopped(step=steps, kept=False, seconds=first.last.seconds)  # type: ignore[union-attr]
    second = tune_here(stopped, resume=True)

    assert isinstance(second.last, Finished), detail(second.last)
    assert weights(stopped) == weights(whole)
    assert predictions(stopped) == predictions(whole)
    assert [event.step for event in second.of(Stepped)] == list(range(steps + 1, 25))
    assert not stopped.checkpoints.exists(), "a finished run keeps no checkpoints"


def test_a_torn_checkpoint_costs_only_the_steps_since_the_one_before(tmp_path: Path, tiny_model: Path) -> None:
    run = write_run(tmp_path / "run", model=tiny_model)
    tune_here(run, should_stop=after_steps(10, "leave"))
    newest, older = all_checkpoints(run)
    content = newest.path.read_bytes()
    newest.path.write_bytes(content[: len(content) // 2])

    told = tune_here(run, resume=True)

    assert isinstance(told.last, Finished)
    assert told.of(Stepped)[0].step == older.step + 1


def test_a_resumed_run_without_any_checkpoint_says_so_and_starts_again(tmp_path: Path, tiny_model: Path) -> None:
    run = write_run(tmp_path / "run", model=tiny_model)
    told = tune_here(run, resume=True)
    assert isinstance(told.last, Finished)
    assert any("from the beginning" in note.message for note in told.of(Noted))


def test_stopping_can_keep_the_best_model_so_far_with_its_report(tmp_path: Path, tiny_model: Path) -> None:
    run = write_run(tmp_path / "run", model=tiny_model)
    told = tune_here(run, should_stop=after_steps(5, "keep"))
    last = told.last
    assert isinstance(last, Stopped) and last.kept
    assert set(last.scores) == {"train", "validation", "test"}
    assert last.step == 0, "the only model that validation has seen is the linear probe"
    assert set(run.report()) == {"train", "validation", "test"} and len(predictions(run)) == 108
    assert not run.checkpoints.exists()


def test_stopping_can_throw_everything_away(tmp_path: Path, tiny_model: Path) -> None:
    run = write_run(tmp_path / "run", model=tiny_model)
    told = tune_here(run, should_stop=after_steps(5, "discard"))
    assert isinstance(told.last, Stopped) and not told.last.kept
    assert sorted(path.name for path in run.path.iterdir()) == ["data", "job.json", "models.json"]


def test_a_full_disk_ends_in_a_sentence_and_leaves_the_checkpoint_before(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path / "run", model=tiny_model)
    save = torch.save
    saved: list[None] = []

    def save_until_the_disk_is_full(content: object, file: Any) -> None:
        if len(saved) == 4:
            file.write(b"part of it")
            raise OSError(errno.ENOSPC, "No space left on device")
        saved.append(save(content, file))

    monkeypatch.setattr(torch, "save", save_until_the_disk_is_full)
    told = tune_here(run)
    assert isinstance(told.last, Failed) and told.last.kind == "no_space"
    assert "disk is full" in told.last.message
    found = newest_sound_checkpoint(run)
    assert found is not None and found.step == 4
    assert {path.suffix for path in run.checkpoints.iterdir()} == {".pt"}, "no part of a file is left"

    monkeypatch.undo()
    assert isinstance(tune_here(run, resume=True).last, Finished)


def test_a_full_disk_while_the_model_is_saved_leaves_no_half_model(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path / "run", model=tiny_model)

    class FullDisk(ChoiceLearner):
        def save(self, folder: Path) -> None:
            (folder / "model.safetensors").write_bytes(b"part of it")
            raise RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(work, "load_part", lambda name: FullDisk)
    told = tune_here(run)
    assert isinstance(told.last, Failed) and told.last.kind == "no_space"
    assert not run.model.exists() and not list(run.path.glob(".*"))
    assert newest_sound_checkpoint(run) is not None


def few_fit(at_most: int) -> type[ChoiceLearner]:
    """A learner on a machine with memory for so many samples."""

    class Starved(ChoiceLearner):
        def loss(self, logits: torch.Tensor, batch: Any) -> torch.Tensor:
            if self.model.training and batch.size > at_most:
                raise MemoryError
            return super().loss(logits, batch)

    return Starved


def test_a_batch_too_large_for_the_memory_is_split_to_the_same_end(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = RECIPE.with_settings({"dropout": 0, "class_weights": True})
    roomy = write_run(tmp_path / "roomy", model=tiny_model, recipe=recipe)
    expected = tune_here(roomy)
    monkeypatch.setattr(work, "load_part", lambda name: few_fit(3))
    starved = write_run(tmp_path / "starved", model=tiny_model, recipe=recipe)
    told = tune_here(starved)

    assert isinstance(told.last, Finished), detail(told.last)
    assert [note.message for note in told.of(Noted)] == [
        "Not enough memory for 8 samples at once. Continuing with 4 at a time; the result stays the same.",
        "Not enough memory for 4 samples at once. Continuing with 2 at a time; the result stays the same.",
    ]
    losses = [event.loss for event in told.of(Stepped)]
    assert losses == pytest.approx([event.loss for event in expected.of(Stepped)], rel=1e-3)


def test_memory_for_not_even_one_sample_ends_in_a_sentence(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "load_part", lambda name: few_fit(0))
    told = tune_here(write_run(tmp_path / "run", model=tiny_model))
    assert isinstance(told.last, Failed) and told.last.kind == "out_of_memory"
    assert "memory" in told.last.message
    assert "computed twice" in told.of(Noted)[-1].message, "it has tried everything"


@pytest.mark.parametrize("methods", ["full,fgm", "lora"])
def test_where_no_single_sample_fits_less_is_kept_and_the_result_is_the_same(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, methods: str
) -> None:
    task = task_named("text_classification")
    recipe = adjusted(RECIPE, {"batch_size": 1, "epochs": 1, "methods": methods}, task=task)
    sizes = (12, 0, 3)
    roomy = write_run(tmp_path / "roomy", model=tiny_model, recipe=recipe, sizes=sizes)
    expected = tune_here(roomy)

    class Starved(ChoiceLearner):
        """A learner whose layers keep too much."""

        def loss(self, logits: torch.Tensor, batch: Any) -> torch.Tensor:
            encoder: Any = self.model.get_submodule("encoder")
            if self.model.training and not encoder.is_activation_checkpointing:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")
            return super().loss(logits, batch)

    monkeypatch.setattr(work, "load_part", lambda name: Starved)
    starved = write_run(tmp_path / "starved", model=tiny_model, recipe=recipe, sizes=sizes)
    tune_here(starved, should_stop=after_steps(5, "leave"))
    told = tune_here(starved, resume=True)

    assert isinstance(told.last, Finished), detail(told.last)
    assert not any("Not enough memory" in note.message for note in told.of(Noted)), "a resumed run remembers"
    assert [event.loss for event in told.of(Stepped)] == [event.loss for event in expected.of(Stepped)[5:]]
    assert weights(starved) == weights(roomy)


def test_what_is_read_in_too_large_batches_is_read_in_smaller_ones_from_then_on() -> None:
    examples = [Example([1] * 8) for _ in range(32)]
    tried: list[int] = []

    def call(batch: Batch) -> list[int]:
        tried.append(batch.size)
        if batch.size > 5:
            raise MemoryError
        return [batch.size]

    def collate(some: Any) -> Batch:
        return Batch({}, None, float(len(some)), len(some))

    found = outputs(
        examples, call, model=torch.nn.Module(), collate=collate, machine=CPU, progress=lambda *_: None, tokens=128
    )
    assert sorted(place for places, _, _ in found for place in places) == list(range(32))
    assert tried == [16, 8, 4, 4, 4, 4, 4, 4, 4, 4]


def test_the_dearest_batch_comes_first() -> None:
    costs = [3, 9, 2, 40, 5, 6, 41, 8]
    first, *others = epoch_batches(costs, batch_size=2, seed=1, epoch=0)
    assert sorted(costs[one] for one in first) == [40, 41]
    assert sorted([*first, *(one for batch in others for one in batch)]) == list(range(8))
    assert epoch_batches([], batch_size=2, seed=1, epoch=0) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems lend no memory that they do not have")
def test_what_the_machine_does_not_have_is_refused_before_the_system_ends_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host_memory, "free_memory", lambda: 2**28)
    monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(free=0))
    with host_memory.bounded():
        CPU.take_only_free_memory()
        with pytest.raises(RuntimeError) as refused:
            torch.empty(2**29, dtype=torch.uint8)
        assert is_out_of_memory(refused.value)
    assert torch.empty(2**29, dtype=torch.uint8).shape, "it holds for the run only"


def exploding(after: int, count: int) -> type[ChoiceLearner]:
    """A learner whose loss is no number for `count` steps after `after`."""

    class Exploding(ChoiceLearner):
        steps = 0

        def loss(self, logits: torch.Tensor, batch: Any) -> torch.Tensor:
            loss = super().loss(logits, batch)
            if not self.model.training:
                return loss
            self.steps += 1
            return loss * float("nan") if after < self.steps <= after + count else loss

    return Exploding


def test_a_single_loss_that_is_no_number_is_left_out_and_said(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "load_part", lambda name: exploding(10, 1))
    told = tune_here(write_run(tmp_path / "run", model=tiny_model))
    assert isinstance(told.last, Finished)
    assert [event.step for event in told.of(Stepped) if event.loss is None] == [11]
    assert 11 not in [event.step for event in told.of(Checkpointed)], "none of a state that may be bad"
    assert any("step 11" in note.message for note in told.of(Noted))
    assert told.last.scores["test"]["accuracy"] > 0.5


@pytest.mark.parametrize("after", [10, 0], ids=["from a checkpoint", "from the start"])
def test_a_run_that_explodes_goes_back_and_on_with_half_the_learning_rate(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    learners = iter([exploding(after, 100), ChoiceLearner])
    monkeypatch.setattr(work, "load_part", lambda name: next(learners))
    told = tune_here(write_run(tmp_path / "run", model=tiny_model))
    assert isinstance(told.last, Finished), detail(told.last)
    steps = told.of(Stepped)
    assert [event.step for event in steps] == [*range(1, after + 6), *range(after + 1, 25)]
    schedule = Schedule.of(RECIPE, samples=60, evaluates=True)
    rates = [schedule.learning_rate(event.step - 1) for event in steps]
    shares = [event.learning_rate / rate for event, rate in zip(steps, rates, strict=True)]
    assert shares == [1.0] * (after + 5) + [0.5] * (24 - after)
    assert [one.message for one in told.of(Noted) if one.lasts] == [
        f"The loss stopped being a number at step {after + 5}. "
        + ("Going back to step 10, on" if after else "Starting again")
        + " with half the learning rate."
    ]


def test_a_run_that_explodes_keeps_the_best_model_it_had(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = write_run(tmp_path / "run", model=tiny_model)
    monkeypatch.setattr(work, "load_part", lambda name: exploding(4, 100))
    last = tune_here(run).last
    assert isinstance(last, Failed) and last.kind == "not_a_number"
    assert "was kept" in last.message
    assert ChoiceLearner.load(run.model) and set(run.report()) == {"train", "validation", "test"}


def test_the_checkpoints_on_disk_are_the_newest_two(tmp_path: Path, tiny_model: Path) -> None:
    run = write_run(tmp_path / "run", model=tiny_model)
    told = tune_here(run, should_stop=after_steps(7, "leave"))
    assert [one.step for one in all_checkpoints(run)] == [7, 6]
    assert told.of(Checkpointed)[-1].step == 7


def test_the_micro_batch_that_fitted_is_remembered(tiny_model: Path) -> None:
    from lepton_studio.training.checkpoints import State
    from lepton_studio.training.loop import accumulate
    from lepton_studio.training.models import Base

    base = Base(str(tiny_model))
    learner = few_fit(2).start(base, labels=LABELS, recipe=RECIPE)
    assert base.body is not None
    from lepton_studio.tasks.text_classification.annotation import Choice

    some = rows(7, seed=1)
    examples = learner.encode(
        [Input(row["text"]) for row in some], [Choice(tuple(row["value"]["labels"])) for row in some]
    )
    state = State(micro_batch=16)
    accumulate(examples, learner=learner, body=base.body, machine=CPU, state=state, send=lambda event: None)
    assert state.micro_batch == 2


def test_early_stopping_ends_the_run_and_keeps_the_best(tmp_path: Path, tiny_model: Path) -> None:
    recipe = RECIPE.with_settings({"epochs": 30, "patience": 2, "evaluations": 2, "learning_rate": 5e-3})
    told = tune_here(write_run(tmp_path / "run", model=tiny_model, recipe=recipe))
    evaluated = [event for event in told.of(Evaluated) if event.split == "validation"]
    assert isinstance(told.last, Finished)
    assert len(evaluated) < 61, "it went on to the end"
    assert [event.best for event in evaluated[-2:]] == [False, False]
    assert told.last.step == [event.step for event in evaluated if event.best][-1]
