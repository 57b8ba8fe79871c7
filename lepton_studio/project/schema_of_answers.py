"""The table of what other people decided in copies of the project, as merges bring it."""

from __future__ import annotations

# It holds while its entry does. What a merge took over is a decision too, as any change of a sample is: that one says
# what became of the sample, this one who said so and when.
ANSWERS = """
CREATE TABLE answer (
    entry INTEGER NOT NULL,   -- the merge
    sample INTEGER NOT NULL,
    who TEXT NOT NULL,
    at TEXT NOT NULL,         -- when they decided, in their copy
    value TEXT NOT NULL,      -- the task's JSON, with the labels of this project
    origin TEXT NOT NULL,
    seconds REAL
);

CREATE INDEX answer_sample ON answer (sample);

CREATE INDEX answer_entry ON answer (entry);
"""
