"""The command line on a project of a newer version: what reads works, what writes is refused, nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lepton_studio.cli import main
from lepton_studio.commands.usage import VERBS
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


ARGUMENTS = {
    "automate": ["--dry-run"], "compare": ["1", "2"], "copy": ["{beside}/Copy.lepton"], "explain": ["--sample", "1"],
    "export": ["annotations", "{beside}/labels.csv"], "history": ["1"], "import": ["{beside}/more.csv"],
    "merge": ["{beside}/Other.lepton"], "predict": ["--input", "{beside}/more.csv"], "similar": ["1"],
    "suggest": ["--instant"], "fairness": ["--field", "age"], "robustness": [],
}  # fmt: skip
WRITING = {"automate", "import", "merge", "tune"}
ELSEWHERE = {"new", "models", "map"}
"""Of no project, or, the map, what two children are asked for."""


def test_every_verb_reads_a_newer_project_or_is_known_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_project(tmp_path, texts=0)
    make_newer(folder)
    (tmp_path / "more.csv").write_text("text\nOne more message\n", encoding="utf-8")
    before = all_files(folder)
    for name in (one.name for one in VERBS.values() if one.of_project and one.name not in ELSEWHERE):
        code = main([name, str(folder), *(one.format(beside=tmp_path) for one in ARGUMENTS.get(name, []))])
        said = capsys.readouterr().err
        assert code != 2, said
        assert ("made by a newer version of this app" in said) == (name in WRITING), (name, said)
    assert main(["suggest", str(folder)]) == 1 and "made by a newer version of this app" in capsys.readouterr().err
    assert before == all_files(folder)


def test_vectors_of_a_newer_project_are_kept_beside_its_copy(newer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = all_files(newer)
    assert main(["similar", str(newer), "1", "--limit", "3", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["similar"]) == 3
    assert before == all_files(newer)
