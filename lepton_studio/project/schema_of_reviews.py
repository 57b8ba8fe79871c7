"""The table of reviews."""

from __future__ import annotations

# Like `decision` a log that belongs to entries: what is undone stays there, and does not count.
REVIEWS = """
CREATE TABLE review (
    id INTEGER PRIMARY KEY,
    entry INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    kind TEXT NOT NULL,       -- why it was looked at again: suspect, contradiction, again
    before TEXT,              -- the task's JSON; NULL for unlabelled
    after TEXT,               -- what was answered; of the kind "again" the sample keeps what it had
    ambiguous INTEGER NOT NULL DEFAULT 0,
    seconds REAL
);

CREATE INDEX review_entry ON review (entry);

CREATE INDEX review_sample ON review (sample);

CREATE INDEX review_kind ON review (kind);
"""
