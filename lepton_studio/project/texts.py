"""The texts of samples: they come and go by ranges of ids only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lepton_studio.project.connection import Connection
from lepton_studio.project.tallies import Range
from lepton_studio.project.word_index import index_notes

_COLUMNS = "id, text, fields, source, row, raw, origin"


def add_texts(db: Connection, rows: Iterable[tuple[int, str, str, int, str | None, int]]) -> None:
    """Store (id, text, fields, row, raw, origin); the last two as raw_rows.py makes them."""
    db.executemany(
        "INSERT INTO content (id, text, fields, source, row, raw, origin) VALUES (?, ?, ?, '', ?, ?, ?)", rows
    )


def set_texts_aside(db: Connection, ranges: Sequence[Range]) -> None:
    """The texts leave the project, as their samples do, and wait until they come back."""
    if not ranges:
        return
    db.executemany(
        f"INSERT OR REPLACE INTO content_undone ({_COLUMNS}) SELECT {_COLUMNS} FROM content WHERE id BETWEEN ? AND ?",
        ranges,
    )
    db.executemany("DELETE FROM content WHERE id BETWEEN ? AND ?", ranges)


def bring_back_texts(db: Connection, ranges: Sequence[Range]) -> None:
    """The samples of these ids are there again."""
    db.executemany(
        f"INSERT INTO content ({_COLUMNS}) SELECT {_COLUMNS} FROM content_undone WHERE id BETWEEN ? AND ?", ranges
    )
    db.executemany("DELETE FROM content_undone WHERE id BETWEEN ? AND ?", ranges)
    index_notes(db, ranges)
