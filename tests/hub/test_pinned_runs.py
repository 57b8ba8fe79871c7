"""A run that begins from a model of the Hub says for good which commit of it that was."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.models.built_in import public_name
from lepton_studio.runs.model_folder import why_unusable
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.studio.tuning import TuningNotPossible, prepare_run
from tests.training.tiny import write_tiny_model

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_a_model_of_the_hub_must_be_here_and_its_run_is_pinned_to_what_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with create_sample_project(tmp_path / "Sample.lepton") as project:
        with pytest.raises(TuningNotPossible, match="ada/tiny is not on this computer"):
            prepare_run(project, model="ada/tiny")
        assert not project.runs()
        repo = tmp_path / "models--ada--tiny"
        write_tiny_model(repo / "snapshots" / COMMIT)
        (repo / "refs").mkdir()
        (repo / "refs" / "main").write_text(COMMIT, "utf-8")
        run, folder = prepare_run(project, model="ada/tiny")
    assert run.model == folder.job().model == f"ada/tiny@{COMMIT}"
    assert public_name(run.model) == "ada/tiny" and why_unusable(run.model) == ""
    assert "is not on this computer" in why_unusable(f"ada/tiny@{'0' * 40}")
    (repo / "snapshots" / COMMIT / "config.json").write_text("[", "utf-8")
    assert why_unusable("ada/tiny").startswith("Cannot read the config.json in ada/tiny.")
