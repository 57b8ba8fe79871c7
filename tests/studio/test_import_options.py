"""What the command line asks, and the options that answer it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lepton_studio.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """(exit code, all that was said)."""
    code = main([str(one) for one in arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run(capsys, "new", tmp_path / "p.lepton", "--task", "multi_label")[0] == 0
    return tmp_path / "p.lepton"


def status(capsys: pytest.CaptureFixture[str], project: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(capsys, "status", project, "--json")[1])
    return found


def test_more_labels_than_a_third_are_refused_until_it_is_said_what_they_are(
    tmp_path: Path, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "keywords.csv"
    lines = [f"the text number {n},{'ab'[n % 2]}|word{n}x|more{n % 7}" for n in range(60)]
    path.write_text("\n".join(("text,label", *lines)), "utf-8")
    code, said = run(capsys, "import", project, path)
    assert code == 1 and "60 different labels for 60 samples" in said and "--separator" in said and "--yes" in said
    assert status(capsys, project)["samples"] == 0
    code, said = run(capsys, "import", project, path, "--separator", "|")
    assert code == 1 and "69 different labels" in said, "always asked"
    assert run(capsys, "import", project, path, "--separator", "|", "--yes")[0] == 0
    assert status(capsys, project)["labels"]["a"] == 30
    assert run(capsys, "import", project, path, "--label", "none")[0] == 0
    assert (status(capsys, project)["samples"], status(capsys, project)["labelled"]) == (120, 60)
    code, said = run(capsys, "import", project, path, "--label", "nonsense")
    assert code == 1 and "has no column nonsense" in said


def test_what_a_word_in_the_column_of_splits_means_can_be_said(
    tmp_path: Path, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "splits.csv"
    lines = [f"the text number {n},a,{'holdout' if n == 7 else ('train', 'test')[n % 2]}" for n in range(20)]
    path.write_text("\n".join(("text,label,split", *lines)), "utf-8")
    code, said = run(capsys, "import", project, path, "--split-word", "holdout=nowhere")
    assert code == 2 and "Unknown split nowhere" in said
    code, said = run(capsys, "import", project, path, "--split-word", "holdout=test")
    assert code == 0 and "not a split" not in said
    assert status(capsys, project)["splits"] == {"train": 10, "validation": 0, "test": 10, "unassigned": 0}


def test_a_group_of_label_studio_is_named(tmp_path: Path, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results = [
        {"id": name, "from_name": name, "to_name": "text", "type": "choices", "value": {"choices": [value]}}
        for name, value in (("topic", "bill"), ("mood", "angry"))
    ]
    task = {"id": 1, "data": {"text": "Where is it?"}, "annotations": [{"id": 1, "result": results}], "predictions": []}
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task]), "utf-8")
    code, said = run(capsys, "import", project, path)
    assert code == 1 and "topic, mood" in said and "--group" in said
    code, said = run(capsys, "import", project, path, "--group", "tone")
    assert code == 1 and "no label group tone. Its label groups: topic, mood" in said
    assert run(capsys, "import", project, path, "--group", "mood")[0] == 0
    assert status(capsys, project)["labels"] == {"angry": 1}
