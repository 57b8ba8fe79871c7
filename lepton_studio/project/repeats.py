"""Texts that stand in the project more than once: a list of which nothing is taken out, so that it is soon kept.

It names every text that several samples have, and some that several had at a time. Every state of the history is one
that was written, or that an undo led back to, so what comes back is on the list already.
"""

from __future__ import annotations

from lepton_studio.project.connection import Connection
from lepton_studio.project.tallies import Range

_FEW = 50_000
"""So many texts are looked up sooner than all samples are gone through."""

# Conditions on a sample `s`: those first that are soon answered.
_LISTED = "EXISTS (SELECT 1 FROM repeated r WHERE r.text_hash = s.text_hash)"
_OTHER = "SELECT 1 FROM sample o WHERE o.text_hash = s.text_hash AND o.id <> s.id"
HAS_COPY = f"{_LISTED} AND EXISTS ({_OTHER})"
LEAKS = f"s.split IS NOT NULL AND {_LISTED} AND EXISTS ({_OTHER} AND o.split <> s.split)"

SAMPLES = "s.id IN (SELECT o.id FROM repeated r CROSS JOIN sample o ON o.text_hash = r.text_hash)"
"""All samples whose text is on the list."""

COPIES = "repeated r CROSS JOIN sample s ON s.text_hash = r.text_hash"
"""Those samples, text by text."""


def are_few(db: Connection) -> bool:
    """Whether `SAMPLES` are soon listed."""
    return bool(db.value("SELECT count(*) <= ?1 FROM (SELECT 1 FROM repeated LIMIT ?1 + 1)", (_FEW,)))


def note_repeats(db: Connection, added: Range) -> None:
    """Samples were added; about 1 µs each."""
    db.execute(
        """INSERT OR IGNORE INTO repeated
           SELECT s.text_hash FROM sample s WHERE s.id BETWEEN ? AND ?
           AND EXISTS (SELECT 1 FROM sample o WHERE o.text_hash = s.text_hash AND o.id <> s.id)""",
        added,
    )
