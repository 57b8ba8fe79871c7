"""Learning from pairs of texts: in the real loop, from an estimate to a saved model that says the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import torch

from lepton_studio.child.measure import measure
from lepton_studio.child.work import Work
from lepton_studio.contract.task import Input
from lepton_studio.methods.contrastive import ContrastiveSettings
from lepton_studio.methods.contrastive.hooks import ContrastiveHooks
from lepton_studio.methods.hooks import Pair, Train
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Estimated, Finished, Stepped
from lepton_studio.runs.folder import read_json_lines
from lepton_studio.runs.job import JobLabel
from lepton_studio.tasks import load_part, task_named
from lepton_studio.training.inference import runner
from lepton_studio.training.learner import Example
from lepton_studio.training.models import Base, load_encoder
from lepton_studio.training.pairs import on_pairs
from tests.training.tiny import CPU, RECIPE, after_steps, detail, predictions, tune_here, write_run

TASK = task_named("text_classification")
FEW = adjusted(RECIPE, {"methods": "contrastive", "learning_rate": 3e-3, "pairs_a_text": 4, "epochs": 6}, task=TASK)


def train_of(*targets: int) -> Train:
    """Examples with these targets."""
    examples = [Example((1, 2), place, target=target) for place, target in enumerate(targets)]
    return Train([Input("")] * len(targets), list(targets), examples, lambda *_: [])


def test_each_text_is_paired_with_others_of_its_label_anew_in_each_epoch() -> None:
    hooks = ContrastiveHooks(ContrastiveSettings(2), recipe=FEW, task=TASK)
    train = train_of(*[0] * 5, *[1] * 3, 2)
    first, again, next_ = (hooks.examples(train, epoch=epoch) for epoch in (0, 0, 1))
    assert first == again and first != next_ and len(first) == len(next_) == 9 * 2
    assert all(isinstance(one, Pair) and one.one.target == one.other.target for one in first)
    assert Counter(one.one.sample for one in first) == dict.fromkeys(range(9), 2)
    assert {one.one.sample for one in first if one.one is one.other} == {8}, "only the one that is alone in its label"
    others = Counter(
        (one.one.sample, one.other.sample) for epoch in range(200) for one in hooks.examples(train, epoch=epoch)
    )
    assert len(others) == 5 * 4 + 3 * 2 + 1 and min(others.values()) > 60, "each of the others as often"


@pytest.mark.parametrize(("texts", "pairs"), [(100, 400), (200, 400), (300, 300), (1_000, 1_000), (1_200, 1_000)])
def test_of_many_texts_each_has_fewer_pairs_and_of_very_many_some_are_drawn(texts: int, pairs: int) -> None:
    hooks = ContrastiveHooks(ContrastiveSettings(4), recipe=FEW, task=TASK)
    found = hooks.examples(train_of(*[place % 2 for place in range(texts)]), epoch=0)
    assert len(found) == pairs and len({one.one.sample for one in found}) == min(texts, 1_000)


def test_all_texts_of_a_batch_are_compared_and_each_is_read_once(tiny_model: Path) -> None:
    base = Base(str(tiny_model), task=TASK)
    labels: Any = (JobLabel(0, "a"), JobLabel(1, "b"))
    learner = load_part(TASK.learner).start(base, labels=labels, recipe=FEW)
    inputs = [Input(text) for text in ("my card is lost", "where is my refund", "the card does not work")]
    texts = learner.encode(inputs, [TASK.parse({"labels": [label]}, labels) for label in (0, 1, 0)])
    taught = on_pairs(learner)
    pairs: list[Any] = [Pair(texts[0], texts[2]), Pair(texts[2], texts[0]), Pair(texts[1], texts[1])]
    batch = taught.collate(pairs)
    assert batch.size == 3 and len(batch.inputs["input_ids"]) == 3
    learner.model.eval()
    cosines = taught.forward(batch).detach()
    vectors = learner.features(learner.collate([texts[0], texts[2], texts[1]])).detach().float()
    torch.testing.assert_close(cosines, vectors @ vectors.T)
    near, far = (1 - cosines[0, 1]) ** 2, (cosines[0, 2] ** 2 + cosines[1, 2] ** 2) / 2
    torch.testing.assert_close(taught.loss(cosines, batch), 3 * (near + far) / 2)


def test_a_model_learns_from_pairs_and_its_run_goes_on_to_the_same_end(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lepton_studio.child.baseline._AT_LEAST", 600.0)  # whatever else this computer does
    whole, left = (
        write_run(tmp_path / name, model=tiny_model, recipe=FEW, sizes=(30, 0, 24)) for name in ("whole", "left")
    )
    told = tune_here(whole)
    assert isinstance(told.last, Finished), detail(told.last)
    losses = [one.loss for one in told.of(Stepped)]
    assert sum(losses[-30:]) < 0.7 * sum(losses[:30])
    beside = whole.report()["test"]
    assert beside["baseline"] and beside["quick"], "the quick model of the untaught one stands beside it"

    tune_here(left, should_stop=after_steps(40, "leave"))
    rest = tune_here(left, resume=True)
    assert isinstance(rest.last, Finished) and rest.of(Stepped)[0].step == 41
    assert predictions(left) == predictions(whole)

    learner = load_part(TASK.learner).load(whole.model)
    said = [one for one in predictions(whole) if one["split"] == "test"]
    inputs = [Input(str(row["text"])) for row in read_json_lines(whole.data_file("test"))]
    found = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    assert [one["value"] for one in said] == [TASK.dump(one.value) for one in found]


def test_what_it_takes_is_estimated_by_steps_on_pairs(tmp_path: Path, tiny_model: Path) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, kind="measure", recipe=FEW)
    told: list[object] = []
    measure(Work(run, run.job(), CPU, load_encoder=load_encoder, send=told.append, should_stop=lambda: None))
    (estimated,) = [one for one in told if isinstance(one, Estimated)]
    assert estimated.steps == 6 * 60 * 4 // 8 and estimated.seconds > 0
