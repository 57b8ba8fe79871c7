"""Batches, schedule, probe, channel, measurement: what the loop stands on."""

from __future__ import annotations

import os
import random
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lepton_studio.child.channel import Channel
from lepton_studio.child.measure import fit_line, share_of_work
from lepton_studio.contract.task import Input
from lepton_studio.heads.probe import Labelled, fit
from lepton_studio.runs.checkpoints import checkpoint_file
from lepton_studio.runs.events import Failed, Finished, Noted, Staged, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.wire import decode
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.tasks.text_classification.learner import ChoiceLearner
from lepton_studio.training.batches import epoch_batches, inference_batches
from lepton_studio.training.checkpoints import Checkpoints, State
from lepton_studio.training.models import Base
from lepton_studio.training.schedule import Schedule
from tests.training.tiny import (
    LABELS,
    RECIPE,
    after_steps,
    detail,
    predictions,
    rows,
    tune_here,
    write_lines,
    write_run,
)


@given(st.lists(st.integers(1, 300), min_size=1, max_size=400), st.integers(1, 40), st.integers(0, 9))
def test_every_sample_is_seen_once_an_epoch(lengths: list[int], batch_size: int, epoch: int) -> None:
    batches = epoch_batches(lengths, batch_size=batch_size, seed=1, epoch=epoch)
    assert sorted(position for batch in batches for position in batch) == list(range(len(lengths)))
    assert all(1 <= len(batch) <= batch_size for batch in batches)
    assert batches == epoch_batches(lengths, batch_size=batch_size, seed=1, epoch=epoch)


def test_batches_have_little_padding_and_no_pattern_of_lengths() -> None:
    chance = random.Random(0)
    lengths = [min(200, int(chance.lognormvariate(2.6, 0.6)) + 3) for _ in range(10_000)]
    batches = epoch_batches(lengths, batch_size=16, seed=1, epoch=0)
    longest = [max(lengths[position] for position in batch) for batch in batches]
    padded = sum(length * len(batch) for length, batch in zip(longest, batches, strict=True))
    assert padded < 1.05 * sum(lengths)
    series = torch.tensor(longest, dtype=torch.float32)
    series = (series - series.mean()) / series.std()
    assert all(abs(float((series[lag:] * series[:-lag]).mean())) < 0.15 for lag in (1, 2, 3, 64)), "saw teeth"


@given(st.lists(st.integers(1, 300), max_size=200))
def test_batches_for_reading_stay_within_their_tokens(lengths: list[int]) -> None:
    batches = inference_batches(lengths, tokens=1000)
    assert sorted(position for batch in batches for position in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[p] for p in batch) <= 1000 for batch in batches)


def test_the_learning_rate_rises_then_falls_to_nothing() -> None:
    recipe = Recipe(epochs=2, batch_size=10, warmup=0.1, evaluations=2, learning_rate=5e-5)
    schedule = Schedule.of(recipe, samples=495, evaluates=True)
    rates = [schedule.learning_rate(step) for step in range(schedule.steps)]
    assert schedule.steps == 100
    assert max(rates) == pytest.approx(5e-5) and rates[9] == pytest.approx(5e-5)
    assert rates[:10] == sorted(rates[:10]) and rates[10:] == sorted(rates[10:], reverse=True)
    assert 0 < rates[-1] < 1e-6
    assert sorted(schedule.marks) == [0, 25, 50, 75, 100]
    assert not Schedule.of(Recipe(), samples=495, evaluates=False).marks


@pytest.mark.parametrize(("decay", "halfway", "end"), [("cosine", 0.5, 0.0), ("constant", 1, 1), ("linear", 0.5, 0.0)])
def test_the_learning_rate_falls_as_the_recipe_says(decay: str, halfway: float, end: float) -> None:
    recipe = Recipe(epochs=1, batch_size=1, warmup=0, decay=decay, learning_rate=0.1)
    schedule = Schedule.of(recipe, samples=201, evaluates=False)
    half, last = (schedule.learning_rate(step) / 0.1 for step in (101, 201))
    assert half == pytest.approx(halfway) and last == pytest.approx(end, abs=1e-9)


@pytest.mark.parametrize("optimizer", ["adamw", "adafactor", "sgd"])
def test_every_optimizer_learns_and_goes_on_where_it_was_left(tmp_path: Path, tiny_model: Path, optimizer: str) -> None:
    recipe = replace(RECIPE, optimizer=optimizer, learning_rate={"sgd": 0.05}.get(optimizer, 5e-3))
    whole, left = (write_run(tmp_path / name, model=tiny_model, recipe=recipe) for name in ("whole", "left"))
    told = tune_here(whole)
    assert isinstance(told.last, Finished), detail(told.last)
    losses = [one.loss for one in told.of(Stepped)]
    assert sum(losses[-8:]) < 0.9 * sum(losses[:8])
    tune_here(left, should_stop=after_steps(5, "leave"))
    assert isinstance(tune_here(left, resume=True).last, Finished)
    assert predictions(left) == predictions(whole)


def test_few_samples_are_seen_more_often_until_the_model_has_learned_from_them() -> None:
    recipe = Recipe(epochs=3, batch_size=8, fewest_steps=100)
    assert [recipe.passes(samples) for samples in (1, 48, 264, 272, 10_000)] == [18, 17, 4, 3, 3]
    schedule = Schedule.of(recipe, samples=48, evaluates=True)
    assert schedule.steps == 102 and len(schedule.marks) == 18
    assert Recipe(epochs=3).passes(1) == 3
    assert recipe.with_settings({"epochs": "2"}).passes(1) == 2, "who says how often means it"
    assert recipe.with_settings({"batch_size": 4}).passes(40) == 10


def test_the_probe_finds_the_classes_and_is_the_same_every_time() -> None:
    torch.manual_seed(0)
    centers = torch.nn.functional.normalize(torch.randn(5, 16), dim=1)
    targets = torch.arange(100) % 5
    features = torch.nn.functional.normalize(centers[targets] + 0.2 * torch.randn(100, 16), dim=1)
    fitted = [fit(Labelled(features, targets), class_weights=torch.ones(7)) for _ in range(2)]
    logits = features @ fitted[0].weight.T + fitted[0].bias
    assert float((logits.argmax(1) == targets).float().mean()) > 0.95
    assert torch.equal(fitted[0].weight, fitted[1].weight) and fitted[0].weight.shape == (7, 16)


def test_class_weights_make_a_rare_label_count_as_much_as_a_common_one(tiny_model: Path) -> None:
    recipe = RECIPE.with_settings({"class_weights": True})
    learner = ChoiceLearner.start(Base(str(tiny_model)), labels=LABELS, recipe=recipe)
    values = [Choice((11,))] * 9 + [Choice((12,))]
    examples = learner.encode([Input("card")] * 10, values)
    learner.prepare(examples)
    common, rare = learner.collate(examples[:9]).weight, learner.collate(examples[9:]).weight
    assert common == pytest.approx(rare) and common + rare == pytest.approx(10)


def test_padding_changes_nothing_that_the_model_says(tiny_model: Path) -> None:
    learner = ChoiceLearner.start(Base(str(tiny_model)), labels=LABELS, recipe=RECIPE)
    learner.model.eval()
    examples = learner.encode([Input(row["text"]) for row in rows(9, seed=4)])
    with torch.no_grad():
        together = learner.forward(learner.collate(examples))
        alone = torch.cat([learner.forward(learner.collate([example])) for example in examples])
    assert torch.allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"value": {"labels": [99]}}, "Label 99"),
        ({"value": None}, "Sample 1"),
        ({"text": 5}, "train.jsonl"),
        ({"id": "one"}, "train.jsonl"),
    ],
)
def test_data_that_cannot_be_learned_ends_in_a_sentence(
    tmp_path: Path, tiny_model: Path, change: dict[str, object], words: str
) -> None:
    run = write_run(tmp_path / "run", model=tiny_model)
    lines = rows(6, seed=1)
    write_lines(run, "train", [{**lines[0], **change}, *lines[1:]])
    last = tune_here(run).last
    assert isinstance(last, Failed) and last.kind == "bad_data"
    assert words in last.message


def test_one_label_only_is_nothing_to_learn(tmp_path: Path, tiny_model: Path) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, sizes=(0, 6, 6))
    last = tune_here(run).last
    assert isinstance(last, Failed) and "no labelled sample" in last.message
    write_lines(run, "train", [row for row in rows(30, seed=1, noise=0) if row["value"] == {"labels": [11]}])
    last = tune_here(run).last
    assert isinstance(last, Failed) and "the same label" in last.message


def test_without_validation_samples_the_last_model_is_kept_and_that_is_said(tmp_path: Path, tiny_model: Path) -> None:
    told = tune_here(write_run(tmp_path / "run", model=tiny_model, sizes=(30, 0, 0)))
    assert any("no validation samples" in note.message for note in told.of(Noted))


def test_texts_longer_than_the_model_reads_are_counted(tmp_path: Path, tiny_model: Path) -> None:
    told = tune_here(write_run(tmp_path / "run", model=tiny_model, recipe=RECIPE.with_settings({"max_length": 4})))
    assert any("108 of 108 texts are longer than 4 tokens" in note.message for note in told.of(Noted))


def stepped(step: int) -> Stepped:
    return Stepped(step, 1000, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0)


def test_a_thousand_quick_steps_are_a_few_events_and_the_last_is_one_of_them(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    channel = Channel(writer)
    channel.open(RunFolder(tmp_path))
    for step in range(1, 1001):
        channel.send(stepped(step))
        channel.send(Staged("training", step, 1000))
    channel.send(Noted("done"))
    channel.close()
    os.close(writer)
    with open(reader, encoding="utf-8") as pipe:
        events = [decode(line) for line in pipe]
    assert events == list(RunFolder(tmp_path).events())
    assert len(events) < 100 and events[-2:] == [stepped(1000), Noted("done")]


def test_a_window_that_is_gone_does_not_end_the_run(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    channel = Channel(writer)
    channel.open(RunFolder(tmp_path))
    channel.send(Noted("one"))
    channel.send(Noted("two"))
    channel.close()
    os.close(writer)
    assert [event for event in RunFolder(tmp_path).events()] == [Noted("one"), Noted("two")]


def test_time_left_grows_with_the_length_of_texts() -> None:
    assert fit_line([(100, 0.02), (200, 0.03), (300, 0.04)]) == pytest.approx((0.01, 0.0001))
    assert fit_line([(100, 0.05)]) == pytest.approx((0.0, 0.0005))


def test_a_checkpoint_that_cannot_be_read_does_not_stand_in_the_way_of_an_older_one(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    weights = {"weight": torch.ones(2)}
    optimizer = torch.optim.SGD([torch.nn.Parameter(weights["weight"])])
    kept = Checkpoints(folder)
    kept.save(State(micro_batch=4, step=7), weights=weights, best=None, optimizer=optimizer, methods={})
    for step, foreign in enumerate(({"version": 1}, [], {"version": 1, "state": {"step": "x"}, "weights": 3}), 8):
        torch.save(foreign, checkpoint_file(folder, step))
    with zipfile.ZipFile(checkpoint_file(folder, 20), "w") as packed:
        packed.writestr("archive/data.pkl", b"cbuiltins\neval\n(S'1'\ntR.")
        packed.writestr("archive/version", b"3\n")
    saved = kept.newest()
    assert saved is not None and saved.state.step == 7


def test_an_estimate_knows_what_the_machine_would_do_were_it_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor seconds of two seconds with two threads: what others took this run would have had."""
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    assert share_of_work(ours=4.0, everybody=4.0, passed=2.0) == 1.0
    assert share_of_work(ours=1.0, everybody=4.0, passed=2.0) == 0.25
    assert share_of_work(ours=2.0, everybody=3.0, passed=2.0) == pytest.approx(2 / 3)
    assert share_of_work(ours=4.0, everybody=16.0, passed=2.0) == 1.0, "others on processors that it could not use"
    assert share_of_work(ours=3.0, everybody=2.9, passed=2.0) == 1.0
