"""Whether a run comes out again as it did is told with what is not as it was then. No child: see
`test_runs_with_the_child` for a run that is run again.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lepton_studio.cli import main
from lepton_studio.project.project import Project
from lepton_studio.runs.digests import changed_data, keep_data_digests, keep_digests
from lepton_studio.runs.folder import RunFolder
from lepton_studio.studio.reproducing import compared, reproduced_facts, reproduced_words
from lepton_studio.studio.tuning import prepare_run, run_folder
from tests.project.steps import add, choice, new

TASK = "text_classification"


def ended(folder: Path, *, weights: bytes, accuracy: float) -> RunFolder:
    """What a run leaves, as far as it is looked at."""
    run = RunFolder(folder)
    run.model.mkdir(parents=True)
    (run.model / "model.safetensors").write_bytes(weights)
    (run.model / "README.md").write_text(str(accuracy))
    run.report_file.write_text(json.dumps({"test": {"headline": {"accuracy": accuracy}}}))
    keep_digests(run)
    return run


def test_equal_and_unequal_scores_and_weights_are_told_apart(tmp_path: Path) -> None:
    first = ended(tmp_path / "1", weights=b"weights", accuracy=0.9)
    same = ended(tmp_path / "2", weights=b"weights", accuracy=0.9)
    found = compared(first, same, run=3, seconds=1.0, notes=["A note."])
    assert found.is_equal and reproduced_facts(found)["equal"] is True
    assert reproduced_words(found, task=TASK) == "Run 3 again: all scores and all weights are equal.\nA note."

    other = compared(first, ended(tmp_path / "3", weights=b"others", accuracy=0.9), run=3, seconds=1.0, notes=[])
    said = reproduced_words(other, task=TASK)
    assert not other.is_equal and "test: accuracy 90.0%, as then" in said and "differ: 1 of 1" in said

    worse = compared(first, ended(tmp_path / "4", weights=b"weights", accuracy=0.8), run=3, seconds=1.0, notes=[])
    said = reproduced_words(worse, task=TASK)
    assert not worse.is_equal and "test: accuracy 90.0% then, accuracy 80.0% now" in said
    assert "The weights are equal." in said

    (first.model / "model.safetensors").write_bytes(b"others")  # what it left counts, not what became of it
    assert compared(first, same, run=3, seconds=1.0, notes=[]).is_equal


def test_data_that_changed_in_the_folder_are_named(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    for name in ("train", "test", "unlabelled"):
        run.data_file(name).parent.mkdir(exist_ok=True)
        run.data_file(name).write_text(name)
    assert changed_data(run) == [], "of an older version"
    keep_data_digests(run)
    run.data_file("unlabelled").unlink()
    assert changed_data(run) == []
    run.data_file("test").write_text("others")
    run.data_file("train").unlink()
    assert changed_data(run) == ["test.jsonl", "train.jsonl"]


def test_a_run_freezes_the_digests_of_its_data_and_is_not_run_again_before_it_has_finished(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.create(tmp_path / "p.lepton", task=TASK, labels=("refund", "card")) as project:
        assert main(["reproduce", str(project.folder)]) == 1
        add(project, [new(f"text {n}", 1 + n % 2) for n in range(40)])
        project.annotate(1, choice(2), labels=(2,))
        run, folder = prepare_run(project)
        assert set(json.loads(folder.data_digests_file.read_text())) >= {"train.jsonl"}
        assert run_folder(project, run) == folder and changed_data(folder) == []
        assert main(["reproduce", str(project.folder), "--run", "1"]) == 1
        project.update_run(run.id, status="finished")
        assert main(["reproduce", str(project.folder), "--run", "1"]) == 1
    said = capsys.readouterr().err
    assert "has no runs yet" in said and "Run 1 did not finish" in said
    assert "no longer has its job, data, scores and model" in said
