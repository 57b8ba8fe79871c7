"""Every task leaves its model in a folder of one kind, reads those of the first version, and no other's."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from lepton_studio.contract.task import Input, Task
from lepton_studio.project.records import Labels
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.manifest import MANIFEST, VERSION, read_manifest
from lepton_studio.tasks import load_part
from lepton_studio.training.failures import ModelNotFound
from lepton_studio.training.inference import runner
from lepton_studio.training.models import Base
from tests.tasks.tiny_encoder import write_tiny_encoder
from tests.training.tiny import CPU

OF_THE_FIRST_VERSION = (
    "dialogue", "multi_label", "question_answering", "ratings", "relations", "spans", "text_classification",
    "text_to_text",
)  # fmt: skip
IN_ONE_FILE = {"ratings": "ratings.json", "question_answering": "answers.json"}
"""What a task knew beside the weights was in this file before there was a manifest."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def learner(task: Task[Any], labels: Labels, inputs: list[Input], values: list[Any], tiny: Path) -> Any:
    """A learner that knows what it chooses on its data."""
    torch.manual_seed(0)
    job_labels = [JobLabel(label.id, label.name, label.options) for label in labels]
    learner = load_part(task.learner).start(Base(str(tiny)), labels=job_labels, recipe=Recipe(dropout=0.0))
    learner.prepare(learner.encode(inputs, values))
    learner.calibrate(inputs, values, run=runner(learner=learner, machine=CPU))
    return learner


@pytest.fixture
def folder(learner: Any, tmp_path: Path) -> Path:
    (made := tmp_path / "model").mkdir()
    learner.save(made)
    return made


def decided(learner: Any, inputs: list[Input]) -> list[Any]:
    decisions = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    return [(one.value, pytest.approx(one.score, abs=1e-5)) for one in decisions]


def as_first_version(folder: Path, *, task: str) -> None:
    """What earlier versions wrote: of the manifest only what the task knows, under the names of that time."""
    stored = json.loads((folder / MANIFEST).read_text("utf-8"))
    for name in ("version", "task", "needs", "made_with"):
        del stored[name]
    (folder / MANIFEST).unlink()
    if task in ("spans", "relations"):
        (folder / MANIFEST).write_text(json.dumps(stored))
    elif task in IN_ONE_FILE:
        del stored["labels"]
        if task == "ratings":
            del stored["max_length"]
        (folder / IN_ONE_FILE[task]).write_text(json.dumps(stored))


def test_a_folder_says_what_it_is_and_what_loads_it(folder: Path, task: Task[Any], labels: Labels) -> None:
    manifest = read_manifest(folder, task=task.id)
    assert (manifest.version, manifest.task) == (VERSION, task.id)
    if task.label_kinds:
        assert [(one.id, one.name, one.options) for one in manifest.labels] == [
            (one.id, one.name, one.options) for one in labels
        ]
    assert manifest.made_with["torch"] == importlib.metadata.version("torch")
    readme = (folder / "README.md").read_text("utf-8")
    assert f"`pip install {' '.join(manifest.needs)}`" in readme
    assert f"torch {manifest.made_with['torch']}" in readme and "# " not in readme.split("```")[0][2:]
    for name in manifest.needs:
        assert importlib.metadata.version(name)


@pytest.mark.parametrize("task_id", OF_THE_FIRST_VERSION)
def test_a_folder_of_the_first_version_is_read(
    folder: Path, learner: Any, task: Task[Any], inputs: list[Input]
) -> None:
    as_first_version(folder, task=task.id)
    assert decided(load_part(task.learner).load(folder), inputs) == decided(learner, inputs)


def test_a_folder_that_is_none_of_this_task_is_refused_in_a_sentence(
    folder: Path, task: Task[Any], tmp_path: Path
) -> None:
    changes: dict[str, tuple[dict[str, object], str]] = {
        "other": ({"task": "weather"}, "another task"),
        "newer": ({"version": VERSION + 1}, "newer version"),
    }
    for name, (change, words) in changes.items():
        shutil.copytree(folder, tmp_path / name)
        path = tmp_path / name / MANIFEST
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
        with pytest.raises(ModelNotFound, match=words):
            load_part(task.learner).load(tmp_path / name)
    for torn in ("", "[]", "null", '{"labels": 3}', '{"labels": [{}]}'):
        (folder / MANIFEST).write_text(torn)
        with pytest.raises(ModelNotFound, match="no model tuned by Lepton Studio"):
            load_part(task.learner).load(folder)
