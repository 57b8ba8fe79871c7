"""The index of words, which follows the texts: small additions at once, large ones behind them, a batch at a time.

It says which samples may hold some trigrams; whether one does, its text tells (see queries.py). All texts up to an id
are in it, those of samples that left too, so that nothing is to be done where samples leave or come back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from lepton_studio.project.connection import Connection
from lepton_studio.project.tallies import Range

TRIGRAM = 3
"""Code points: what the index holds; a shorter word is looked for in the texts."""
_TEXTS_AT_ONCE = 2000
_CHARACTERS_AT_ONCE = 400_000
"""A batch takes some 0.2 s; a decision that is made meanwhile is shown at once, and waits for its end."""
_REST = 0.25
"""Of the time that a batch took, until the next: others have the disk and the processor."""
_MOST_TRIGRAMS = 64
"""Of a long word: more hardly narrow what may hold it."""

_UP_TO = "(SELECT value FROM meta WHERE key = 'indexed')"


def is_whole(db: Connection) -> bool:
    """Whether every sample of the project is in the index."""
    return bool(db.value(f"SELECT ifnull((SELECT max(id) FROM sample), 0) <= {_UP_TO}"))


def to_index(db: Connection) -> int:
    """About how many texts are not in the index yet."""
    return int(db.value(f"SELECT max(0, ifnull((SELECT max(id) FROM sample), 0) - {_UP_TO})"))


def index_batch(db: Connection) -> bool:
    """Put the next texts into the index, inside a transaction; False where all are in it."""
    last = characters = 0
    rows = db.execute(
        f"""SELECT id, length FROM sample WHERE id > {_UP_TO}
            UNION ALL SELECT id, length(text) FROM content_undone WHERE id > {_UP_TO} ORDER BY 1 LIMIT ?""",
        (_TEXTS_AT_ONCE,),
    )
    for id, length in rows.fetchall():
        last, characters = id, characters + length
        if characters > _CHARACTERS_AT_ONCE:
            break
    if not last:
        return False
    db.execute(
        f"""INSERT INTO sample_search (rowid, body)
            SELECT c.id, searchable(c.text, c.fields, s.note) FROM content c JOIN sample s ON s.id = c.id
            WHERE c.id > {_UP_TO} AND c.id <= ?1
            UNION ALL SELECT id, searchable(text, fields, '') FROM content_undone
            WHERE id > {_UP_TO} AND id <= ?1 ORDER BY 1""",
        (last,),
    )
    db.execute("UPDATE meta SET value = ? WHERE key = 'indexed'", (last,))
    return True


def index_texts(db: Connection, *, should_stop: Callable[[], bool]) -> None:
    """All that is missing, a transaction for each batch: a process that dies between two loses nothing."""
    db.execute("PRAGMA synchronous = NORMAL")  # a power cut takes back the index and how far it goes alike
    more = True
    while more and not should_stop():
        began = time.monotonic()
        with db.transaction():
            more = index_batch(db)
        time.sleep(_REST * (time.monotonic() - began))


def index_if_few(db: Connection, added: Range) -> None:
    """Samples were added: where they are few, and all others are in the index, they come into it at once."""
    first, last = added
    if last - first < _TEXTS_AT_ONCE and to_index(db) <= last - first + 1:
        index_batch(db)


def index_notes(db: Connection, ranges: Sequence[Range]) -> None:
    """Samples came back, with their notes: those who left had none when the index passed by."""
    db.executemany(
        f"""INSERT INTO sample_search (rowid, body) SELECT id, searchable('', '{{}}', note) FROM sample
            WHERE id BETWEEN ? AND ? AND id <= {_UP_TO} AND note <> ''""",
        ranges,
    )


def may_hold(words: Sequence[str]) -> str:
    """The query for the samples that may hold all these words, in their search form and of TRIGRAM letters or more."""
    pieces = dict.fromkeys(piece for word in words for piece in _trigrams(word))
    return " AND ".join('"{}"'.format(piece.replace('"', '""')) for piece in pieces)


def _trigrams(word: str) -> list[str]:
    every = (word[start : start + TRIGRAM] for start in range(len(word) - TRIGRAM + 1))
    return list(dict.fromkeys(every))[:_MOST_TRIGRAMS]


def finds_its_texts(db: Connection, *, looked_at: int = 1000) -> bool:
    """Whether the index names each of so many samples, spread over the project, for the trigrams of its own text."""
    step = 1 + int(db.value("SELECT ifnull(max(id), 0) FROM sample")) // looked_at
    rows = db.execute(
        f"""SELECT c.id, searchable(c.text, c.fields, s.note) FROM content c JOIN sample s ON s.id = c.id
            WHERE c.id % ? = 0 AND c.id <= {_UP_TO}""",
        (step,),
    )
    for id, body in rows:
        words = [word for word in body.split() if len(word) >= TRIGRAM]
        found = "SELECT 1 FROM sample_search WHERE sample_search MATCH ? AND rowid = ?"
        if words and db.value(found, (may_hold(words), id)) is None:
            return False
    return True
