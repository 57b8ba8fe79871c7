"""What a newer version of the app would make of a project: another schema version, one table and one column more."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from lepton_studio.project.opening import SCHEMA_VERSION
from lepton_studio.project.places import DATABASE_NAME


def make_newer(folder: Path) -> None:
    """Of the closed project in `folder`."""
    alter(
        folder,
        "CREATE TABLE mood (sample INTEGER PRIMARY KEY, mood TEXT NOT NULL)",
        "ALTER TABLE label ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm'",
        f"PRAGMA user_version = {SCHEMA_VERSION + 1}",
    )


def alter(folder: Path, *statements: str) -> None:
    """Change the tables of the closed project in `folder`."""
    with closing(sqlite3.connect(folder / DATABASE_NAME)) as db:
        db.create_function("recording_entry", 0, lambda: 0)
        for statement in statements:
            db.execute(statement)
        db.commit()


def all_files(folder: Path) -> Mapping[Path, tuple[bytes | None, int]]:
    """Every file and folder with its bytes and when it was changed."""
    return {
        one: (one.read_bytes() if one.is_file() else None, one.stat().st_mtime_ns)
        for one in (folder, *folder.rglob("*"))
    }
