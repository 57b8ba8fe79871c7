"""A run is told to MLflow or Weights & Biases as plain values, and none is harmed where those are not there. No child
but the small one that writes.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.child import track_elsewhere, trackers
from lepton_studio.child.told import Told, told_of
from lepton_studio.child.track_elsewhere import main, store_of
from lepton_studio.cli import main as command
from lepton_studio.runs import trackers as places
from lepton_studio.runs.digests import data_digests
from lepton_studio.runs.events import Noted
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job
from lepton_studio.runs.trackers import NOT_INSTALLED, place_of, tracking_wanted, why_not_there
from lepton_studio.runs.wire import encode
from lepton_studio.settings import Settings
from tests.training.tiny import write_run
from tests.ui.tuned_project import run_events


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A folder in a project, with data, a job, the events of 240 steps and a report."""
    folder = write_run(tmp_path / "p.lepton" / "runs" / "run-7", model="built-in")
    folder.events_file.write_text("".join(f"{encode(event)}\n" for event in run_events(steps=240)), "utf-8")
    folder.report_file.write_text("{}")
    return folder


def test_a_run_is_settings_points_by_step_scores_and_short_tags(run: RunFolder) -> None:
    told = told_of(run)
    assert told.settings["model"] == "built-in" and told.settings["learning_rate"] == run.job().recipe.learning_rate
    assert all(isinstance(value, str | int | float) for value in told.settings.values())
    points = dict(told.steps())
    assert len(points) == 241 and set(points[240]) >= {"train_loss", "learning_rate", "validation_accuracy"}
    few = dict(told.steps(24))
    assert 20 <= len(few) <= 30 and {0, 120, 240} <= few.keys(), "no evaluation is left out"
    assert told.scores["validation_macro_f1"] == points[240]["validation_macro_f1"]
    tags = told.tags
    assert tags["data.train.jsonl"] == data_digests(run)["train.jsonl"] and tags["task"] == run.job().task
    assert tags["labels"].startswith("[") and set(tags) >= {f"versions.{one}" for one in run.job().versions}
    assert Told("p", 1, {}, {}, {}, {}).tags == {}


def test_where_a_library_is_not_there_the_run_ends_well_and_says_what_to_install(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    job = Job("tune", "text_classification", (), tracking={"mlflow": "here"})
    said: list[Noted] = []
    trackers.track_elsewhere(run, job, send=said.append)
    if why_not_there("mlflow"):
        assert [one.lasts for one in said] == [True]
        assert said[0].message.startswith(
            "This run was not written to MLflow: MLflow is not installed here. Install it "
        )
        assert said[0].message.endswith("-m pip install mlflow-skinny") and "not written to" in capsys.readouterr().err
    run.report_file.unlink()
    said.clear()
    trackers.track_elsewhere(run, job, send=said.append)
    assert not said, "a run without results is not written"
    monkeypatch.setattr(places, "find_spec", lambda _name: None)
    assert command(["tune", str(run.path), "--track", "wandb"]) == 1
    assert "Weights & Biases is not installed here." in capsys.readouterr().err
    assert command(["tune", str(run.path), "--track", "clearml"]) == 2


def test_a_writer_that_fails_is_a_sentence_with_its_last_words(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(run.path / "no python"))
    said: list[Noted] = []
    trackers.track_elsewhere(run, Job("tune", "x", (), tracking={"wandb": "online"}), send=said.append)
    assert said[0].message.startswith("This run could not be written to Weights & Biases (online)") and said[0].lasts


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("HTTPConnectionPool(host='h', port=9): Max retries exceeded", "The server does not answer."),
        ("UsageError: No API key configured. Use `wandb login` to log in.", "The server does not know who you are."),
        ("ValueError: odd", "ValueError: odd"),
    ],
)
def test_what_a_server_said_is_a_sentence_without_a_password(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch, last: str, told: str
) -> None:
    def ended(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, "", f"Traceback\n{last}\n")

    monkeypatch.setattr(subprocess, "run", ended)
    said: list[Noted] = []
    job = Job("tune", "x", (), tracking={"mlflow": "https://anna:secret@h.example/x"})
    trackers.track_elsewhere(run, job, send=said.append)
    assert said[0].message.startswith(f"This run could not be written to MLflow (https://h.example/x): {told}")


def test_a_folder_is_a_database_where_this_machine_can_write_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store_of("http://127.0.0.1:5000") == "http://127.0.0.1:5000"
    monkeypatch.setattr(track_elsewhere, "find_spec", lambda name: None if name == "alembic" else object())
    assert store_of(str(tmp_path / "a")).startswith("file:") and not (tmp_path / "a").exists()
    monkeypatch.setattr(track_elsewhere, "find_spec", lambda _name: object())
    assert store_of(str(tmp_path / "b")) == f"sqlite:///{(tmp_path / 'b' / 'mlflow.db').as_posix()}"
    (tmp_path / "c" / "0").mkdir(parents=True)
    (tmp_path / "c" / "0" / "meta.yaml").touch()
    assert store_of(str(tmp_path / "c")).startswith("file:"), "files that are there are gone on with"


def test_places_come_from_the_environment_and_are_off_without_a_word(run: RunFolder) -> None:
    assert tracking_wanted({}) == {}
    assert tracking_wanted({"LEPTON_MLFLOW": "here", "LEPTON_WANDB": ""}) == {"mlflow": "here"}
    job = Job("tune", "x", (), tracking={"mlflow": "here", "wandb": "offline"})
    assert place_of(job, "mlflow", folder=run) == str(run.path.parent.parent / "mlruns")
    assert place_of(job, "wandb", folder=run) == "offline"
    assert Job.from_json(job.to_json()) == job and Job.from_json({**job.to_json(), "new": 1}) == job


def test_offline_nothing_leaves_this_computer() -> None:
    chosen = Settings(mlflow="https://mlflow.example", wandb="online")
    assert chosen.tracking == ("https://mlflow.example", "online")
    assert replace(chosen, offline=True).tracking == ("", "offline")
    assert Settings(mlflow="/data/mlruns", offline=True).tracking == ("/data/mlruns", "")


def test_the_process_that_writes_says_what_is_missing(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    if why_not_there("wandb"):
        assert main([str(run.path), "wandb", "offline"]) == NOT_INSTALLED
    for name in ("mlflow", "wandb"):
        monkeypatch.setitem(sys.modules, name, None)
    assert main([str(run.path), "mlflow", "http://127.0.0.1:9"]) in (1, NOT_INSTALLED)
