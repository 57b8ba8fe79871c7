"""The texts of samples and what is searched of them, kept in step here: texts come and go by ranges of ids only.

The index holds a sample's text, its fields and its note, in their search_form; a trigger follows changes of notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lepton_studio.project.connection import Connection
from lepton_studio.project.tallies import Range

_COLUMNS = "id, text, fields, source, row, raw"


def add_texts(db: Connection, rows: Iterable[tuple[int, str, str, str, int, str | None]]) -> None:
    """Store (id, text, fields, source, row, raw); `index_texts` comes after the last."""
    db.executemany(f"INSERT INTO content ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)


def index_texts(db: Connection, ranges: Sequence[Range]) -> None:
    """Make the texts of these ids, whose samples are there, findable."""
    db.executemany(
        """INSERT INTO search_body SELECT c.id, searchable(c.text, c.fields, s.note)
           FROM content c JOIN sample s ON s.id = c.id WHERE c.id BETWEEN ? AND ?""",
        ranges,
    )
    db.executemany(
        "INSERT INTO sample_search (rowid, body) SELECT id, body FROM search_body WHERE id BETWEEN ? AND ?", ranges
    )


def set_texts_aside(db: Connection, ranges: Sequence[Range]) -> None:
    """The texts leave the project, as their samples do, and wait until they come back."""
    if not ranges:
        return
    leaving = sum(last - first + 1 for first, last in ranges)
    # Taking one text out of the index costs about as much as putting one in.
    rebuild = db.value("SELECT count(*) FROM search_body") < 2 * leaving
    if not rebuild:
        db.executemany(
            """INSERT INTO sample_search (sample_search, rowid, body)
               SELECT 'delete', id, body FROM search_body WHERE id BETWEEN ? AND ?""",
            ranges,
        )
    db.executemany("DELETE FROM search_body WHERE id BETWEEN ? AND ?", ranges)
    if rebuild:
        db.execute("INSERT INTO sample_search (sample_search) VALUES ('rebuild')")
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
    index_texts(db, ranges)
