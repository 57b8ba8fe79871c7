"""What became of a sample is told, and brought back, without a window."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lepton_studio.cli import main
from lepton_studio.project.project import Project
from tests.project.steps import add, choice, new


def test_a_state_of_a_sample_is_listed_and_brought_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Project.create(tmp_path / "P.lepton", task="text_classification", labels=("refund", "card")) as project:
        add(project, [new("first", 1)])
        project.annotate(1, choice(2), labels=(2,))
        folder = str(project.folder)
    assert main(["history", folder, "1", "--json"]) == 0
    states = json.loads(capsys.readouterr().out)["states"]
    assert [one["value"] for one in states] == [choice(1), choice(2)]
    assert [one["origin"] for one in states] == ["import", "manual"]
    assert main(["history", folder, "1", "--bring-back", str(states[0]["change"])]) == 0
    assert "Restore an earlier state of sample 1" in capsys.readouterr().out
    with Project.open(Path(folder)) as project:
        assert project.sample(1).value == choice(1)
    assert main(["history", folder, "1", "--bring-back", "99"]) == 1
    assert "was not touched by change 99" in capsys.readouterr().err
    assert main(["history", folder, "7"]) == 1
