"""Which words speak for one mark in a text, for every task whose models mark texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lepton_studio.child.why.marks import MarkExplainer
from lepton_studio.contract.task import Input, Task
from lepton_studio.project.records import Labels
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.tasks import all_tasks, load_part
from lepton_studio.training.failures import BadData
from lepton_studio.training.inference import runner
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import Base
from tests.tasks.tiny_encoder import write_tiny_encoder

MARKING = [name for name, task in all_tasks().items() if task.parts is not None]


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def explainer(
    task: Task[Any], labels: Labels, inputs: list[Input], values: list[Any], tiny_model: Path
) -> MarkExplainer:
    """A model that has learnt the marks of six texts by heart."""
    torch.manual_seed(0)
    job_labels = [JobLabel(label.id, label.name, label.options) for label in labels]
    learner: Any = load_part(task.learner).start(Base(str(tiny_model)), labels=job_labels, recipe=Recipe(dropout=0.0))
    examples = learner.encode(inputs, values)
    learner.prepare(examples)
    batch = learner.collate(examples)
    optimizer = torch.optim.AdamW([one for one in learner.model.parameters() if one.requires_grad], lr=5e-3)
    for _ in range(120):
        optimizer.zero_grad()
        (learner.loss(learner.forward(batch), batch) / batch.weight).backward()
        optimizer.step()
    learner.calibrate(inputs, values, run=runner(learner=learner, machine=find_machine()))
    return MarkExplainer(learner, task, find_machine(), labels)


@pytest.mark.parametrize("task_id", MARKING)
def test_the_words_of_a_mark_add_up_and_hiding_those_that_count_takes_it_away(
    explainer: MarkExplainer, task: Task[Any], labels: Labels, inputs: list[Input], values: list[Any]
) -> None:
    assert task.parts is not None
    taken_away = marks = 0
    for given, value in zip(inputs, values, strict=True):
        parts = task.parts(value, given.text, labels)
        found = explainer.explain(given, [task.dump(part.value) for part in parts])
        assert [task.parse(one.mark, labels) for one in found] == [part.value for part in parts]
        for one, part in zip(found, parts, strict=True):
            assert part.words
            assert [given.text[start:end] for _, start, end in one.words] == given.text.split()
            assert sum(one.weights) == pytest.approx(one.said - one.nothing, abs=one.gap + 1e-3)
            marks += one.has
            assert not one.has or one.said > 0, "what the model marks is likelier than not"
            assert not one.change or (one.becomes_score < one.score / 2 if one.has else one.becomes_score > 0.5)
            taken_away += one.has and bool(one.change)
    assert marks >= 6
    assert taken_away or task.id == "question_answering"  # where an answer is, so small a model knows by heart


@pytest.mark.parametrize("task_id", MARKING)
def test_without_a_named_mark_those_are_explained_that_the_model_makes(
    explainer: MarkExplainer, task: Task[Any], labels: Labels, inputs: list[Input]
) -> None:
    assert task.parts is not None
    run = runner(learner=explainer.learner, machine=explainer.machine)
    (decision,) = explainer.learner.decide(inputs[:1], explainer.learner.encode(inputs[:1]), run=run)
    made = task.parts(decision.value, inputs[0].text, labels)
    found = explainer.explain(inputs[0])
    assert [task.parse(one.mark, labels) for one in found] == [part.value for part in made]
    assert all(one.has for one in found)


@pytest.mark.parametrize("task_id", ["spans"])
def test_a_mark_of_a_label_that_the_run_does_not_know_is_refused(explainer: MarkExplainer, inputs: list[Input]) -> None:
    with pytest.raises(BadData):
        explainer.explain(inputs[0], [{"spans": [[0, 4, 999]]}])


def test_the_strongest_words_come_first_in_what_is_hidden() -> None:
    """Of words that add 3, 1 and -2 the first is hidden first, and that is enough."""
    from lepton_studio.child.why.marks import _changed
    from lepton_studio.runs.events import Explained

    weights = np.array([1.0, -2.0, 3.0])
    tried = []

    def without(hidden: Any) -> Any:
        tried.extend(hidden)
        return np.array([2.0 - weights[list(one)].sum() for one in hidden])

    one = _changed(
        Explained(0, "gradients", ((0, 0, 1),) * 3, (1.0, -2.0, 3.0), said=2.0, score=0.88), weights, without
    )
    assert one.change == (2,) and one.tried == 1 and one.becomes_score == pytest.approx(1 / (1 + np.e))
    assert tried[0] == [2]
