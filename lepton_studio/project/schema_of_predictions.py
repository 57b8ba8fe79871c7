"""The tables of predictions, and how those of the third version become them."""

from __future__ import annotations

# A predictor has the id of its run, or one below 0. What a run says of its own splits is judged, and has a split; the
# labels in it are those of its verdicts. Few predictions are judged, so the indexes that only those need leave the
# others out.
PREDICTIONS = """
CREATE TABLE predictor (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('run', 'instant', 'imported', 'word_list')),
    name TEXT NOT NULL DEFAULT ''   -- what an imported one is called in its file
);

CREATE TABLE prediction_label (
    predictor INTEGER, label INTEGER, sample INTEGER, PRIMARY KEY (predictor, label, sample)
) WITHOUT ROWID;

ALTER TABLE prediction RENAME TO prediction_3;

CREATE TABLE prediction (
    predictor INTEGER, sample INTEGER,
    value TEXT,               -- the task's JSON; NULL in runs of version 1
    accepted TEXT,            -- the value that accepting it gives, where that is another
    labels TEXT NOT NULL,     -- sorted JSON list of the label ids in value
    score REAL,               -- NULL: it does not say how sure it is
    margin REAL,              -- between the two likeliest labels; NULL with fewer
    scores BLOB NOT NULL,     -- little-endian (int32 label, float64 probability) pairs
    at INTEGER NOT NULL,      -- seconds since 1970, UTC
    split TEXT, quality REAL, -- of what is judged, and
    wrong INTEGER,            -- whether one of its verdicts is an error; else NULL
    PRIMARY KEY (predictor, sample)
) WITHOUT ROWID;

INSERT INTO predictor (id, kind) SELECT id, 'run' FROM run WHERE id IN (SELECT run FROM prediction_3);

INSERT INTO prediction
SELECT p.run, p.sample, p.value, NULL,
       (SELECT json_group_array(label) FROM (
           SELECT DISTINCT +v.predicted AS label FROM verdict v
           WHERE v.run = p.run AND v.sample = p.sample AND +v.predicted IS NOT NULL ORDER BY 1)),
       p.score, margin_of(p.scores), p.scores, ifnull(unixepoch(r.created), 0), p.split, p.quality, p.wrong
FROM prediction_3 p JOIN run r ON r.id = p.run ORDER BY p.run, p.sample;

DROP TABLE prediction_3;

INSERT INTO prediction_label
SELECT DISTINCT run, predicted, sample FROM verdict WHERE predicted IS NOT NULL ORDER BY 1, 2, 3;

CREATE TRIGGER prediction_added AFTER INSERT ON prediction BEGIN
    INSERT INTO prediction_label SELECT NEW.predictor, value, NEW.sample FROM json_each(NEW.labels);
END;

CREATE TRIGGER prediction_relabelled AFTER UPDATE OF labels ON prediction WHEN OLD.labels <> NEW.labels BEGIN
    DELETE FROM prediction_label WHERE predictor = OLD.predictor AND sample = OLD.sample
        AND label IN (SELECT value FROM json_each(OLD.labels));
    INSERT INTO prediction_label SELECT NEW.predictor, value, NEW.sample FROM json_each(NEW.labels);
END;

CREATE INDEX prediction_by_score ON prediction (predictor, score, sample, split);

CREATE INDEX prediction_by_margin ON prediction (predictor, margin, sample, score) WHERE margin IS NOT NULL;

CREATE INDEX prediction_score ON prediction (predictor, wrong, score, split) WHERE split IS NOT NULL;

CREATE INDEX prediction_quality ON prediction (predictor, quality, score, split, wrong) WHERE split IS NOT NULL;

CREATE INDEX sample_labels ON sample (labels) WHERE labels IS NOT NULL;
"""
