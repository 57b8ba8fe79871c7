"""The table of texts that are there more than once, from version 9 on; before, an index named splits and labels too."""

from __future__ import annotations

# `sample_text_hash` had to be written with each label, in places that are scattered all over the file: of a million
# samples that took most of a bulk step. What is in `repeated` is explained in repeats.py; samples that were undone can
# come back.
REPEATS = """
CREATE TABLE repeated (text_hash INTEGER PRIMARY KEY);

INSERT INTO repeated
SELECT text_hash FROM (
    SELECT id, text_hash FROM sample UNION SELECT id, text_hash FROM sample_before WHERE text_hash IS NOT NULL
) GROUP BY text_hash HAVING count(*) > 1;

DROP INDEX sample_text_hash;

CREATE INDEX sample_text_hash ON sample (text_hash);
"""
