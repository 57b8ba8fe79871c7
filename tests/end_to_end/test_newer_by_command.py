"""The command line on a project of a newer version: what reads works, what writes is refused, nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lepton_studio.cli import main
from tests.newer import all_files, alter, make_newer
from tests.ui.driving import make_project


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A project of a newer version, with a file to import beside it."""
    folder = make_project(tmp_path)
    (tmp_path / "more.csv").write_text("text\nOne more message\n", encoding="utf-8")
    make_newer(folder)
    return folder


def test_reading_works_and_writing_is_refused_in_a_sentence(newer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = all_files(newer)
    labels = newer.parent / "labels.csv"
    for verb in (
        ["status", str(newer), "--json"],
        ["labels", str(newer)],
        ["guidelines", str(newer)],
        ["history", str(newer), "1"],
        ["check", str(newer)],
        ["export", str(newer), "annotations", str(labels)],
    ):
        assert main(verb) == 0, verb
        assert json.loads(capsys.readouterr().out)["samples"] == 12 if "--json" in verb else capsys.readouterr().out
    assert labels.exists()
    for verb in (
        ["import", str(newer), str(newer.parent / "more.csv")],
        ["tune", str(newer)],
        ["suggest", str(newer)],
    ):
        assert main(verb) == 1, verb
        assert "made by a newer version of this app" in capsys.readouterr().err
    assert before == all_files(newer)


def test_what_cannot_be_read_is_a_sentence(newer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alter(newer, "ALTER TABLE decision RENAME COLUMN origin TO came_from")
    assert main(["labels", str(newer)]) == 0
    assert main(["status", str(newer)]) == 1
    assert "this version cannot read that part of it" in capsys.readouterr().err
