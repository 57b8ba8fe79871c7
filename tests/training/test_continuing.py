"""Going on from a tuned model: its head comes along by labels, and the report says what it was before."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from lepton_studio.contract.task import Input, Report
from lepton_studio.methods.balance import BalanceSettings
from lepton_studio.methods.balance.hooks import BalanceHooks
from lepton_studio.methods.hooks import Step, Train
from lepton_studio.methods.pseudo_labels import PseudoLabelsSettings
from lepton_studio.methods.pseudo_labels.hooks import PseudoLabelsHooks
from lepton_studio.methods.recipes import adjusted
from lepton_studio.methods.replay import ReplaySettings
from lepton_studio.methods.replay.hooks import ReplayHooks
from lepton_studio.runs.events import Evaluated, Finished, Noted, Stepped
from lepton_studio.runs.folder import RunFolder, read_json_lines
from lepton_studio.runs.job import JobLabel
from lepton_studio.tasks import task_named
from lepton_studio.tasks.text_classification.learner import ChoiceLearner
from lepton_studio.training.carrying import NOTHING, carried_head
from lepton_studio.training.learner import Example
from lepton_studio.training.signals import ShouldStop
from tests.training.tiny import (
    LABELS,
    RECIPE,
    Told,
    after_steps,
    detail,
    predictions,
    rows,
    tune_here,
    write_lines,
    write_run,
)

TASK = task_named("text_classification")


class Head(nn.Module):
    """A layer as learners have it."""

    def __init__(self, outputs: int, *, width: int = 3) -> None:
        super().__init__()
        self.head = nn.Linear(width, outputs)


def test_rows_of_a_head_come_along_by_label_and_new_ones_stay() -> None:
    old, new = Head(3), Head(4)
    before = new.head.weight.detach().clone()
    found = carried_head(old, dict(new.named_parameters()), rows=[2, None, 0, 1], old=3, by_rows=True)
    assert not found.is_whole
    found.put()
    for place, of in ((0, 2), (2, 0), (3, 1)):
        assert torch.equal(new.head.weight[place], old.head.weight[of])
        assert torch.equal(new.head.bias[place], old.head.bias[of])
    assert torch.equal(new.head.weight[1], before[1])
    again = carried_head(old, dict(Head(3).named_parameters()), rows=[1, 0, 2], old=3, by_rows=True)
    assert again.is_whole, "all labels are there, in another order"


def test_tags_of_spans_come_along_with_the_one_for_none() -> None:
    old, new = Head(1 + 2 * 2), Head(1 + 2 * 3)
    carried_head(old, dict(new.named_parameters()), rows=[None, 1, 0], old=2, by_rows=True).put()
    for place, of in ((0, 0), (3, 3), (4, 4), (5, 1), (6, 2)):
        assert torch.equal(new.head.weight[place], old.head.weight[of])


@pytest.mark.parametrize(
    ("outputs", "width", "rows_", "by_rows"),
    [(3, 4, [0, 1, 2], True), (4, 3, [0, 1, 2, None], False), (2, 3, [None, None], True), (8, 3, [0, 1, 2, 0], True)],
)
def test_a_head_that_means_something_else_does_not_come_along(
    outputs: int, width: int, rows_: list[int | None], by_rows: bool
) -> None:
    new = dict(Head(outputs, width=width).named_parameters())
    assert carried_head(Head(3), new, rows=rows_, old=3, by_rows=by_rows) == NOTHING


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> RunFolder:
    """A run that knows two of the three labels."""
    run = write_run(tmp_path_factory.mktemp("project") / "runs/run-1", model=tiny_model, labels=LABELS[:2])
    run.write_job(replace(run.job(), project="Post", run=1))
    for seed, (split, count) in enumerate((("train", 90), ("validation", 36), ("test", 60))):
        write_lines(run, split, [one for one in rows(count, seed=seed, noise=0) if one["value"]["labels"] != [13]])
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)
    return run


@pytest.mark.parametrize("method", ["full", "lora"])
def test_tuning_on_begins_where_the_run_ended_and_says_so(first: RunFolder, method: str) -> None:
    recipe = adjusted(replace(RECIPE, epochs=1), {"methods": method}, task=TASK)
    on = write_run(first.path.parent / f"on-with-{method}", model=first.model, labels=LABELS[:2], recipe=recipe)
    for split in ("train", "validation", "test"):
        on.data_file(split).write_bytes(first.data_file(split).read_bytes())
    on.data_file("old_test").write_bytes(first.data_file("test").read_bytes())
    told = tune_here(on)
    assert isinstance(told.last, Finished), detail(told.last)
    assert any("run 1 of “Post”. Its head is used." in one.message for one in told.of(Noted))
    begun, ended = told.of(Evaluated)[0], first.report()
    assert begun.step == 0 and begun.scores == ended["validation"]["headline"], "not a step has been made"
    report = Report.from_json(on.report()["test"])
    assert report.start is not None and report.start.before == ended["test"]["headline"]
    assert (report.start.run, report.start.project, report.start.n) == (1, "Post", report.n)
    assert report.start.after == report.headline
    assert report.old is not None and report.old.before == ended["test"]["headline"] and not report.old.left_out
    assert report.start.right - report.start.right_before == report.start.won - report.start.lost


def test_a_run_ends_well_though_the_one_before_is_gone_by_then(first: RunFolder, tmp_path: Path) -> None:
    shutil.copytree(first.path, tmp_path / "runs/run-1")
    gone = RunFolder(tmp_path / "runs/run-1")
    on = write_run(tmp_path / "runs/run-2", model=gone.model, labels=LABELS[:2], recipe=replace(RECIPE, epochs=1))
    for split in ("train", "test"):
        on.data_file(split).write_bytes(first.data_file(split).read_bytes())
    on.data_file("validation").unlink()

    def delete(told: Told) -> ShouldStop:
        def ask() -> None:
            if told.of(Stepped):
                shutil.rmtree(gone.path, ignore_errors=True)

        return ask

    told = tune_here(on, should_stop=delete)
    assert isinstance(told.last, Finished), detail(told.last)
    assert any("could not be measured" in one.message for one in told.of(Noted))
    assert set(on.report()) == {"train", "test"} and "start" not in on.report()["test"]
    assert ChoiceLearner.load(on.model)


def test_another_project_takes_over_the_labels_that_it_shares(first: RunFolder, tmp_path: Path) -> None:
    labels = (JobLabel(1, "refund"), JobLabel(2, "Transfer "), JobLabel(3, "card"))
    ids = {11: 3, 12: 2, 13: 1}
    on = write_run(tmp_path / "run-1", model=first.model, labels=labels)
    for seed, (split, count) in enumerate((("train", 60), ("validation", 24), ("test", 60)), 10):
        some = rows(count, seed=seed, noise=0)
        write_lines(on, split, [{**one, "value": {"labels": [ids[one["value"]["labels"][0]]]}} for one in some])
    told = tune_here(on)
    assert isinstance(told.last, Finished), detail(told.last)
    assert any("Its head is used for 2 labels; 1 new." in one.message for one in told.of(Noted))
    report = Report.from_json(on.report()["test"])
    assert report.start is not None
    # It cannot say the third one, and knows the others; the new head says all three before the first step.
    assert 0.4 < report.start.before["accuracy"] <= 2 / 3
    assert told.of(Evaluated)[0].scores["accuracy"] > 0.5
    assert report.headline["accuracy"] == report.start.after["accuracy"]
    assert ChoiceLearner.load(on.model)


def replayed(first: RunFolder, name: str, *, share: float, new: Sequence[dict[str, object]]) -> RunFolder:
    """A run that learns the third label from `new` alone, with this share of old samples beside."""
    recipe = adjusted(
        replace(RECIPE, epochs=12), {"methods": "full,replay", "replayed": share, "distillation": 0.5}, task=TASK
    )
    on = write_run(first.path.parent / name, model=first.model, recipe=recipe)
    write_lines(on, "train", new)
    on.data_file("validation").unlink()
    on.data_file("old").write_bytes(first.data_file("train").read_bytes())
    on.data_file("old_test").write_bytes(first.data_file("test").read_bytes())
    return on


def test_old_samples_keep_a_model_from_forgetting_while_it_learns_a_new_label(first: RunFolder) -> None:
    new = [one for one in rows(60, seed=5, noise=0) if one["value"]["labels"] == [13]]
    kept = []
    for share in (0.0, 2.0):
        on = replayed(first, f"share-{share:.0f}", share=share, new=new)
        told = tune_here(on)
        assert isinstance(told.last, Finished), detail(told.last)
        report = Report.from_json(on.report()["test"])
        assert report.old is not None and report.old.before == first.report()["test"]["headline"]
        kept.append(report.old.after["accuracy"])
        assert {one["split"] for one in predictions(on)} == {"train", "test"}
        assert on.report()["train"]["n"] == 20 + 60, "what it knew and what is new"
    assert kept[1] > kept[0] + 0.2, kept


def test_a_replayed_run_goes_on_to_the_same_end(first: RunFolder) -> None:
    new = [one for one in rows(60, seed=5, noise=0) if one["value"]["labels"] == [13]]
    whole, left = (replayed(first, name, share=1.0, new=new) for name in ("whole", "left"))
    tune_here(whole)
    tune_here(left, should_stop=after_steps(9, "leave"))
    rest = tune_here(left, resume=True)
    assert isinstance(rest.last, Finished), detail(rest.last)
    assert rest.of(Stepped)[0].step == 10 and predictions(left) == predictions(whole)


def test_replay_draws_others_in_each_epoch_and_holds_to_what_was_said() -> None:
    hooks = ReplayHooks(ReplaySettings(replayed=0.5, distillation=2.0), recipe=RECIPE, task=TASK)
    new, old = ([Example((1, 2), place, target=target) for place in range(10)] for target in (0, 1))
    said = torch.arange(20.0).reshape(10, 2)
    train = Train([], [], new, lambda *_: [], old, (), lambda _examples: said)
    first, again, next_ = (hooks.examples(train, epoch=epoch) for epoch in (0, 0, 1))
    assert first == again and first != next_ and len(first) == len(next_) == 15 and list(first[:10]) == new
    outputs = torch.zeros(3, 2, requires_grad=True)
    step = Step(None, lambda: outputs, lambda _said: torch.tensor(1.0), 3.0, [new[0], old[0], old[3]])
    off = said[[0, 3]].square().mean(-1).sum() / 3
    assert float(hooks.backward(step, lambda one: one.loss(one.outputs()).detach())) == pytest.approx(
        1 + 2 * float(off)
    )


@pytest.mark.parametrize(("balance", "wanted"), [(1.0, [20, 20, 20]), (0.5, [36, 14, 10]), (0.05, [48, 8, 4])])
def test_rare_labels_are_drawn_more_often(balance: float, wanted: list[int]) -> None:
    hooks = BalanceHooks(BalanceSettings(balance), recipe=RECIPE, task=TASK)
    counts = (50, 7, 3)
    some = [Example((1,), place, target=label) for label, count in enumerate(counts) for place in range(count)]
    train = Train([], [], some, lambda *_: [])
    first, next_ = (hooks.examples(train, epoch=epoch) for epoch in (0, 1))
    assert len(first) == len(some) and list(first) != list(next_)
    drawn = [[one for one in first if one.target == label] for label in range(3)]
    assert [len(one) for one in drawn] == pytest.approx(wanted, abs=1)
    assert len({id(one) for one in drawn[2]}) == 3, "none is left out while others come twice"


def test_a_model_learns_from_texts_whose_label_it_is_sure_of(tmp_path: Path, tiny_model: Path) -> None:
    """With 9 labelled texts; the unlabelled ones tell which words go together."""
    recipe = adjusted(
        replace(RECIPE, epochs=20, probe=False),
        {"methods": "full,pseudo_labels", "pseudo_labelled": 1, "pseudo_confidence": 0.7},
        task=TASK,
    )
    runs = [
        write_run(tmp_path / name, model=tiny_model, recipe=recipe, sizes=(12, 0, 60)) for name in ("whole", "left")
    ]
    for run in runs:
        some = [{**one, "value": None} for one in rows(200, seed=9, noise=0)]
        test_text = next(read_json_lines(run.data_file("test")))["text"]
        write_lines(run, "unlabelled", [*some, {"id": 0, "text": test_text}])
    told = tune_here(runs[0])
    assert isinstance(told.last, Finished), detail(told.last)
    tune_here(runs[1], should_stop=after_steps(31, "leave"))
    rest = tune_here(runs[1], resume=True)
    assert isinstance(rest.last, Finished), detail(rest.last)
    assert rest.of(Stepped)[0].step == 32 and predictions(runs[0]) == predictions(runs[1])
    assert told.of(Stepped)[-1].total_steps == 20 * 3, "12 texts and as many without a label"


def test_pseudo_labels_are_those_that_are_sure_and_hold_when_words_change() -> None:
    hooks = PseudoLabelsHooks(PseudoLabelsSettings(0.5, 0.8), recipe=RECIPE, task=TASK)
    gold = [Example((1,), place, target=7) for place in range(8)]
    unlabelled = [Input(f"text number {place} of many words here") for place in range(40)]
    asked: list[Sequence[Any]] = []

    def encode(inputs: Sequence[Input], values: Sequence[Any] | None) -> list[Example]:
        assert values is None
        return [
            Example((int(one.text.split("number")[-1].split()[0]) if "number" in one.text else 0,)) for one in inputs
        ]

    def outputs(examples: Sequence[Any]) -> torch.Tensor:
        asked.append(examples)
        is_changed = len(asked) % 2 == 0
        wanted = [[3.0, 0.0, 0.0] if place % 3 else [0.0, 0.4, 0.0] for place in range(len(examples))]
        if is_changed:
            wanted[1] = [0.0, 0.0, 1.0]
        return torch.tensor(wanted)

    train = Train([], [], gold, encode, (), unlabelled, outputs)
    first = hooks.examples(train, epoch=0)
    assert not asked and len(first) == 12 and all(one.target == 7 for one in first)
    second, again = hooks.examples(train, epoch=1), hooks.examples(train, epoch=1)
    assert len(asked) == 2 and len(second) == 12
    assert [one.target for one in second[8:]] == [0, 0, 0, 0] == [one.target for one in again[8:]]
    resumed = PseudoLabelsHooks(PseudoLabelsSettings(0.5, 0.8), recipe=RECIPE, task=TASK)
    resumed.put_back(hooks.state())
    assert [one.tokens for one in resumed.examples(train, epoch=1)] == [one.tokens for one in second]
    assert len(asked) == 2, "what the model said as the epoch began is not asked again in its middle"
