"""A project that the first version of the app made opens as what it was, and can do all that new ones can."""

from __future__ import annotations

import json
import struct
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils

from lepton_studio.project import schema
from lepton_studio.project.connection import NOT_RECORDED, connect
from lepton_studio.project.opening import DATABASE_NAME
from lepton_studio.project.project import Project
from lepton_studio.project.records import Prediction, PredictionFilter, Verdict
from tests.project.steps import add, new

_SCORES = struct.pack("<idid", 1, 0.25, 2, 0.75)


@pytest.fixture
def old(folder: Path) -> Path:
    """A project of version 1: two labels, of which one was renamed; two samples; a run with two predictions."""
    (folder / "runs").mkdir(parents=True)
    (folder / DATABASE_NAME).touch()
    migrations = sqlite_utils.Migrations("lepton_studio")
    migrations(name="version_1")(schema.version_1)
    with closing(connect(folder / DATABASE_NAME)) as db:
        db.recording = NOT_RECORDED
        migrations.apply(sqlite_utils.Database(db, execute_plugins=False))
        db.execute("PRAGMA journal_mode = WAL")
        meta = {"name": "Old", "task": "text_classification", "created": "2025-01-01", "undos": 0}
        db.executemany("INSERT INTO meta VALUES (?, ?)", list(meta.items()))
        db.executemany(
            "INSERT INTO label (name, color, key, description, position) VALUES (?, '#000000', '', '', ?)",
            [("refund", 0), ("card", 1)],
        )
        rename = "INSERT INTO entry (id, at, who, name, labels) VALUES (1, '2025-01-01', 'Ana', 'Rename', 1)"
        db.execute(rename)
        db.recording = 1
        db.execute("UPDATE label SET name = 'cards' WHERE id = 2")
        db.recording = NOT_RECORDED
        for sample in (1, 2):
            value = json.dumps({"labels": [sample]}, separators=(",", ":"))
            db.execute(
                """INSERT INTO sample (id, text_hash, length, split, value, labels, origin)
                   VALUES (?1, ?1, 3, 'test', ?2, ?3, 'import')""",
                (sample, value, f"[{sample}]"),
            )
            db.execute("INSERT INTO content VALUES (?, ?, '{}', 'old.csv', 1, NULL)", (sample, "abc"))
            db.execute("INSERT INTO annotation_label VALUES (?1, ?1)", (sample,))
            db.execute("INSERT INTO label_tally VALUES (?, 'test', 1)", (sample,))
        db.execute("INSERT INTO split_tally VALUES ('test', 2, 2, 0, 0, 0, 0)")
        db.execute(
            """INSERT INTO run (status, model, recipe, counts, position, undos, created)
               VALUES ('finished', 'built-in', '{}', '{}', 1, 0, '2025-01-01')"""
        )
        db.executemany(
            "INSERT INTO prediction VALUES (1, ?, 'test', ?, 2, 0.75, ?)", [(1, 1, _SCORES), (2, 2, _SCORES)]
        )
    return folder


def test_what_a_run_of_the_first_version_predicted_is_right_or_wrong_as_it_was(old: Path) -> None:
    with Project.open(old) as project:
        wrong, right = (one.prediction for one in project.predictions(1))
        scores = {1: 0.25, 2: 0.75}
        assert wrong == Prediction(1, "test", None, 0.75, (Verdict("wrong", 1, 2),), 0.0, scores)
        assert right == Prediction(2, "test", None, 0.75, (Verdict("right", 2, 2),), 1.0, scores)
        assert project.error_counts(1, "test") == {("wrong", 1, 2): 1, ("right", 2, 2): 1}
        assert list(project.prediction_ids(1, PredictionFilter(correct=False, gold=1, predicted=2))) == [1]
        project.delete_run(1)
        assert project.runs() == []


def test_what_was_done_in_the_first_version_can_be_undone_and_labels_take_options(old: Path) -> None:
    with Project.open(old) as project:
        assert [label.options for label in project.labels()] == [{}, {}]
        project.set_label_options(2, {"kind": "span", "tails": [1]})
        assert project.label(2).options == {"kind": "span", "tails": [1]}
        project.undo()
        assert (project.label(2).name, project.label(2).options) == ("cards", {})
        project.undo()
        assert project.label(2).name == "card"
        project.redo()
        project.redo()
        assert (project.label(2).name, project.label(2).options) == ("cards", {"kind": "span", "tails": [1]})
        add(project, [new("abcd", 1)])
        assert project.add_label("works for", options={"kind": "relation"}).labels
        assert project.labels()[-1].options == {"kind": "relation"}
