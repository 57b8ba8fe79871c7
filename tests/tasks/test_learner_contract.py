"""What every task's learner does, so that the loop trains it unseen."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from lepton_studio.contract.task import Input, Task
from lepton_studio.project.records import Labels
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.tasks import load_part
from lepton_studio.training.inference import runner
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import Base
from tests.tasks.conftest import TEXTS
from tests.tasks.tiny_encoder import write_tiny_encoder


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a transformer of one layer that knows a dozen words."""
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def learner(task: Task[Any], labels: Labels, tiny_model: Path) -> Any:
    torch.manual_seed(0)
    job_labels = [JobLabel(label.id, label.name, label.options) for label in labels]
    recipe = Recipe(dropout=0.0)
    return load_part(task.learner).start(Base(str(tiny_model)), labels=job_labels, recipe=recipe)


def decide(learner: Any, inputs: list[Input]) -> list[Any]:
    run = runner(learner=learner, machine=find_machine())
    decisions: list[Any] = learner.decide(inputs, learner.encode(inputs), run=run)
    return decisions


def test_a_few_steps_make_the_loss_fall(learner: Any, inputs: list[Input], values: list[Any]) -> None:
    examples = learner.encode(inputs, values)
    learner.prepare(examples)
    batch = learner.collate(examples)
    weights = [one for one in learner.model.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=5e-3)
    losses = []
    for _ in range(50):
        loss = learner.loss(learner.forward(batch), batch) / batch.weight
        losses.append(float(loss.detach()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < losses[0] / 2


def test_what_it_decides_is_a_value_of_the_task(
    learner: Any, task: Task[Any], labels: Labels, inputs: list[Input], values: list[Any]
) -> None:
    learner.prepare(learner.encode(inputs, values))
    learner.calibrate(inputs, values, run=runner(learner=learner, machine=find_machine()))
    decisions = decide(learner, inputs)
    assert len(decisions) == len(TEXTS)
    for decision in decisions:
        assert task.parse(task.dump(decision.value), labels) == decision.value
        assert 0.0 <= decision.score <= 1.0
        assert set(decision.scores) <= {label.id for label in labels}


def test_a_text_without_words_or_with_too_many_is_no_crash(learner: Any, inputs: list[Input]) -> None:
    odd = [replace(inputs[0], text=text) for text in ("", "good " * 500)]
    examples = learner.encode(odd)
    assert max((len(example.tokens) for example in examples), default=0) <= learner.max_length
    assert len(decide(learner, odd)) == 2


def test_a_saved_model_says_the_same_after_it_is_loaded(
    learner: Any, task: Task[Any], inputs: list[Input], values: list[Any], tmp_path: Path
) -> None:
    learner.prepare(learner.encode(inputs, values))
    folder = tmp_path / "model"
    folder.mkdir()
    before = decide(learner, inputs)
    learner.save(folder)
    after = decide(load_part(task.learner).load(folder), inputs)
    assert [one.value for one in after] == [one.value for one in before]
    assert [one.score for one in after] == pytest.approx([one.score for one in before], abs=1e-5)


def test_the_child_loads_every_learner_where_there_is_no_qt() -> None:
    script = (
        "import sys; sys.modules.update(PySide6=None, pyqtgraph=None)\n"
        "from lepton_studio.tasks import all_tasks, load_part\n"
        "assert [load_part(task.learner) for task in all_tasks().values()]"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
