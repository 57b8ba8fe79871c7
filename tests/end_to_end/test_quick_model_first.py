"""Where tuning would take long, the command line makes the quick model, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.cli import main
from lepton_studio.commands import tuning
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.studio import checking


def test_tune_makes_the_quick_model_where_nobody_said_how_and_tuning_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checking, "_LONG", 0.0)
    monkeypatch.setattr(tuning, "_SAMPLES_WORTH_A_TRIAL", 16)
    with Project.create(tmp_path / "p.lepton", task="text_classification", labels=["bad", "good"]) as project:
        ids = [label.id for label in project.labels()]
        with project.change("Add") as change:
            for place in range(24):
                label = ids[place % 2]
                text = f"{('too slow', 'very nice')[place % 2]} {place}"
                change.add_samples([NewSample(text, None, {"labels": [label]}, (label,))])
    assert main(["tune", str(tmp_path / "p.lepton")]) == 0
    said = capsys.readouterr().err
    assert said.count("So the quick model is made. To tune instead, add --set methods=full.") == 1
    with Project.open(tmp_path / "p.lepton") as project:
        (run,) = project.runs()
        assert run.recipe["methods"] == ["quick"]
