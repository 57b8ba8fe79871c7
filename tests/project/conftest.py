"""A project in a temporary folder, and short words for what people do with it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils

from lepton_studio.project import schema
from lepton_studio.project.connection import NOT_RECORDED, connect
from lepton_studio.project.places import DATABASE_NAME
from lepton_studio.project.project import Project

_SCORES = struct.pack("<idid", 1, 0.25, 2, 0.75)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the project of a test lies."""
    return tmp_path / "Complaints.lepton"


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    """An open project with the labels refund, card and other, and no samples."""
    made = Project.create(folder, task="text_classification", labels=["refund", "card", "other"])
    yield made
    made.close()


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
