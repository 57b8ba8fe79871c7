"""The texts of samples and their full-text index, kept in step here: texts come and go by ranges of ids only."""

from __future__ import annotations

from collections.abc import Iterable

from lepton_studio.project.connection import Connection

_COLUMNS = "id, text, fields, source, row, raw"


def add_texts(db: Connection, rows: Iterable[tuple[int, str, str, str, int, str | None]]) -> None:
    """Store (id, text, fields, source, row, raw); `index_texts` comes after the last."""
    db.executemany(f"INSERT INTO content ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)


def index_texts(db: Connection, first: int, last: int) -> None:
    """Make the texts of these ids findable."""
    db.execute(
        "INSERT INTO content_fts (rowid, text) SELECT id, text FROM content WHERE id BETWEEN ? AND ?", (first, last)
    )


def set_texts_aside(db: Connection, first: int, last: int) -> None:
    """Undo of an import: the texts leave the project and wait for a redo."""
    leaving = db.value("SELECT count(*) FROM content WHERE id BETWEEN ? AND ?", (first, last))
    staying = db.value("SELECT count(*) FROM content") - leaving
    # Taking one text out of the index costs about as much as putting one in.
    rebuild = staying < leaving
    if not rebuild:
        db.execute(
            """INSERT INTO content_fts (content_fts, rowid, text)
               SELECT 'delete', id, text FROM content WHERE id BETWEEN ? AND ?""",
            (first, last),
        )
    db.execute(
        f"INSERT INTO content_undone ({_COLUMNS}) SELECT {_COLUMNS} FROM content WHERE id BETWEEN ? AND ?",
        (first, last),
    )
    db.execute("DELETE FROM content WHERE id BETWEEN ? AND ?", (first, last))
    if rebuild:
        db.execute("INSERT INTO content_fts (content_fts) VALUES ('rebuild')")


def bring_back_texts(db: Connection, first: int, last: int) -> None:
    """Redo of an import."""
    db.execute(
        f"INSERT INTO content ({_COLUMNS}) SELECT {_COLUMNS} FROM content_undone WHERE id BETWEEN ? AND ?",
        (first, last),
    )
    db.execute("DELETE FROM content_undone WHERE id BETWEEN ? AND ?", (first, last))
    index_texts(db, first, last)
