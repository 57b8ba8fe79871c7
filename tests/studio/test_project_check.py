"""A check that a person can run finds what is damaged; damaged weights are refused, not used."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lepton_studio.contract.task import Input
from lepton_studio.project.project import Project
from lepton_studio.runs.digests import keep_digests
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.outcome import Outcome
from lepton_studio.studio.collecting import collect_run
from lepton_studio.studio.exporting import ExportError, export_model
from lepton_studio.studio.needs import need_of_suggestions
from lepton_studio.studio.predicting import PredictionFailed, predict_inputs
from lepton_studio.studio.project_check import check_project
from tests.ui.tuned_project import tuned_project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a run whose model was collected, closed."""
    with tuned_project(tmp_path / "Complaints.lepton", each=10) as project:
        run = project.runs()[0]
        model = project.run_folder(run.id) / "model"
        (model / "head").mkdir(parents=True)
        (model / "model.safetensors").write_bytes(b"0123456789" * 1000)
        (model / "head" / "config.json").write_text("{}")
        collect_run(project, run.id, Outcome("finished", "Finished."))
        with project.change("Remove") as change:
            change.remove_samples([1, 2])
        project.undo()
        project.redo()
        return project.folder


def _weights(project: Path) -> None:
    file = project / "runs" / "run-1" / "model" / "model.safetensors"
    stored = bytearray(file.read_bytes())
    stored[5000] ^= 1
    file.write_bytes(stored)
    os.utime(file, (1_000_000_000, 1_000_000_000))  # damage leaves no trace in the times


def _sql(*statements: str) -> Callable[[Path], None]:
    def damage(project: Path) -> None:
        with closing(sqlite3.connect(project / "project.db")) as db:
            for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {trigger}")
            for statement in statements:
                db.execute(statement)
            db.commit()

    return damage


def test_a_sound_project_is_said_to_be_sound(folder: Path) -> None:
    for read_only in (False, True):
        with Project.open(folder, read_only=read_only) as project:
            check = check_project(project)
        assert check.is_sound, check.findings
        assert (check.samples, check.runs, check.models) == (58, 1, 1)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_weights, "The model of run 1 is damaged (model.safetensors)."),
        (
            _sql("UPDATE sample SET value = '{torn' WHERE id IN (5, 9)"),
            "2 samples are damaged (numbers 5, 9).",
        ),
        (
            _sql("UPDATE sample SET value = '{\"labels\":[77]}' WHERE id = 5"),
            "1 sample is damaged (number 5).",
        ),
        (_sql("DELETE FROM content WHERE id = 5"), "The project file is inconsistent: samples without a text."),
        (
            _sql("INSERT INTO sample_search (sample_search) VALUES ('delete-all')"),
            "Search may miss samples: its index does not match the texts.",
        ),
        (_sql("UPDATE report SET report = '[]'"), "Cannot read the report or the predictions of run 1."),
        (
            _sql("UPDATE split_tally SET samples = samples + 1"),
            "The project file is inconsistent: wrong counts.",
        ),
        (_sql("DROP TABLE run"), "Cannot read the list of runs."),
    ],
)
def test_each_kind_of_damage_is_named(folder: Path, damage: Callable[[Path], None], said: str) -> None:
    damage(folder)
    with Project.open(folder) as project:
        assert said in check_project(project).findings


def test_a_flipped_byte_in_a_model_is_refused_where_it_would_be_used(folder: Path, tmp_path: Path) -> None:
    _weights(folder)
    with Project.open(folder, read_only=True) as project:
        with pytest.raises(PredictionFailed, match="The model of run 1 is damaged "):
            next(predict_inputs(project, None, [(1, Input("a text"))], need=need_of_suggestions))
        with pytest.raises(ExportError, match="The model is damaged"):
            export_model(project.run_folder(1), tmp_path / "out")


def test_digests_are_kept_anew_after_a_resumed_run_and_not_over_damage(folder: Path) -> None:
    run = RunFolder(folder / "runs" / "run-1")
    before = run.digests_file.read_text()
    _weights(folder)
    keep_digests(run)
    assert run.digests_file.read_text() == before
    (run.model / "model.safetensors").write_bytes(b"another")
    later = run.digests_file.stat().st_mtime + 5
    os.utime(run.model / "model.safetensors", (later, later))
    keep_digests(run)
    assert run.digests_file.read_text() != before
