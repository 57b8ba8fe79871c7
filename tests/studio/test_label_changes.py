"""What a change of the label set touches is known before, and what is retired is suggested no more."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lepton_studio.cli import main
from lepton_studio.instant_files import BEST, SAID
from lepton_studio.project.errors import BadLabel
from lepton_studio.project.label_options import is_retired, split_into
from lepton_studio.project.project import Project
from lepton_studio.project.reviews import ReviewAnswer
from lepton_studio.quick import instant
from lepton_studio.runs.job import Recipe
from lepton_studio.studio.converting import NotConvertible, save_converted_copy
from lepton_studio.studio.instant.model import InstantModel
from lepton_studio.studio.label_changes import impact_of, impact_sentences, nested_names, split
from lepton_studio.studio.tuning import prepare_run
from lepton_studio.tasks import task_named
from tests.project.steps import add, choice, new


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project.create(tmp_path / "Set.lepton", task="text_classification", labels=("card", "card/lost", "bank"))
    add(made, [new(f"text {n}", 1 + n % 2, split="train" if n < 12 else "validation") for n in range(16)])
    return made


def test_the_impact_counts_samples_splits_both_labels_and_models(project: Project, tmp_path: Path) -> None:
    with project:
        prepare_run(project, recipe=Recipe())
        found = impact_of(project, 1, into=2)
        assert (found.samples, found.both, found.models) == (8, 0, 1)
        assert found.by_split == {"train": 6, "validation": 2, "test": 0, None: 0}
        assert impact_sentences(found)[0] == "8 samples change (training 6, validation 2)."
    with Project.create(tmp_path / "Several.lepton", task="multi_label", labels=("a", "b")) as several:
        add(several, [new("x", 1, 2), new("y", 1)])
        assert impact_of(several, 1, into=2).both == 1


def test_a_label_takes_those_below_it_along_and_never_stands_below_itself(project: Project) -> None:
    with project:
        labels = project.labels()
        assert nested_names(labels, 1, parent="bank") == {1: "bank/card", 2: "bank/card/lost"}
        assert nested_names(labels, 2, parent="") == {2: "lost"}
        with pytest.raises(BadLabel):
            nested_names(labels, 1, parent="card/lost")


def test_a_split_names_two_labels_and_is_one_step(project: Project) -> None:
    with project:
        for wrong in (["one"], ["card", "other"], [" ", "one"]):
            with pytest.raises(BadLabel):
                split(project, 1, wrong)
        split(project, 1, ["bank", " card stolen "])
        assert split_into(project.label(1)) == (3, 4) and is_retired(project.label(1))
        project.undo()
        assert len(project.labels()) == 3 and not is_retired(project.label(1))


def test_a_retired_label_is_not_suggested_and_new_ones_are_told_by_name() -> None:
    said = np.zeros(1, SAID)
    said["sample"], said["labels"] = 5, -1
    said["labels"][0, :3], said["scores"][0, :3] = (0, 2, 1), (0.7, 0.2, 0.1)
    assert len(said["labels"][0]) == BEST
    model = InstantModel(task_named("text_classification"), said, (1, 2, 3), 10)
    first = model.suggestion(5)
    assert first is not None and first.labels == (1,)
    without = InstantModel(task_named("text_classification"), said, (1, 2, 3), 10, retired=frozenset({1}))
    second = without.suggestion(5)
    assert second is not None and second.labels == (3,)
    assert model.scores_among(5, (2, 3)) == pytest.approx({3: 2 / 3, 2: 1 / 3})
    assert model.sorted_among([4, 5], (2, 3)) == [5]
    decided = instant.Decided(np.array([0]), np.array([0]), "choice", 3)
    logits, names = np.array([[9.0, -3.0, -3.0]], np.float32), np.array([[0.1, 0.1, 0.9]], np.float32)
    found = instant.said(
        logits, names, setting=instant.Setting(1, 1.0, 1.0), kind="choice", unseen=decided.counts() == 0
    )
    assert found.sum() == pytest.approx(1) and found[0, 0] > 0.9 and found[0, 2] > 10 * found[0, 1]


def test_a_copy_with_several_labels_keeps_all_that_was_decided(project: Project, tmp_path: Path) -> None:
    with project:
        project.set_guidelines("# How")
        project.review([ReviewAnswer(1, choice(2), (2,))], kind="suspect")
        prepare_run(project, recipe=Recipe())
        before = [(one.text, one.value, one.split) for one in project.samples()]
        copied = save_converted_copy(project, tmp_path / "Several.lepton", task="multi_label")
        assert project.task_id == "text_classification" and len(project.runs()) == 1
        with pytest.raises(NotConvertible):
            save_converted_copy(project, tmp_path / "No.lepton", task="spans")
    with Project.open(copied.folder) as copy:
        assert copy.task_id == "multi_label" and copy.runs() == [] and copy.guidelines() == "# How"
        assert [(one.text, one.value, one.split) for one in copy.samples()] == before
        task, labels = task_named("multi_label"), copy.labels()
        assert task.words(task.parse(copy.sample(1).value, labels), labels) == "card/lost"
        copy.annotate(1, choice(1, 2), labels=(1, 2))
        copy.undo()
        copy.undo()
        assert copy.sample(1).value == choice(1), "the history is that of the project"


def test_labels_are_changed_from_the_command_line(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(project.folder)
    project.close()

    def run(*arguments: str) -> dict[str, object]:
        assert main(["labels", folder, *arguments, "--json"]) == 0
        found: dict[str, object] = json.loads(capsys.readouterr().out)
        return found

    tried = run("--merge", "card", "card/lost", "--dry-run")
    assert tried["changed"] is False and tried["impact"] == {
        "samples": 8, "by_split": {"train": 6, "validation": 2, "test": 0, "": 0}, "both": 0, "models": 0,
    }  # fmt: skip
    run("--nest", "card", "bank")
    run("--retire", "bank")
    run("--rename", "bank/card", "bank/cards")
    after = run("--merge", "bank/card/lost", "bank/cards")["labels"]
    assert after == [
        {"name": "bank/cards", "samples": 16, "description": "", "retired": False},
        {"name": "bank", "samples": 0, "description": "", "retired": True},
    ]
    run("--offer", "bank")
    assert main(["labels", folder, "--retire", "nothing"]) == 1
    assert "There is no label “nothing”." in capsys.readouterr().err
    assert main(["copy", folder, folder + "2", "--task", "multi_label"]) == 0
