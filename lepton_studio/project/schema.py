"""The tables of a project and the migrations that make them. Imported only for that: sqlite_utils is slow to import.

`sample` holds what people change and stays narrow; `content` what came from the file and never changes. Triggers keep
the label index and the tallies in step with changes of `sample` (tallies.py does for samples that come and go), and the
states before the current change in the `_before` tables.
"""

from __future__ import annotations

import sqlite3

from lepton_studio.project.agreement import OFFERED
from lepton_studio.project.connection import NOT_RECORDED, Connection
from lepton_studio.project.opening import APPLICATION_ID
from lepton_studio.project.schema_of_answers import ANSWERS
from lepton_studio.project.schema_of_predictions import PREDICTIONS
from lepton_studio.project.schema_of_repeats import REPEATS
from lepton_studio.project.schema_of_reviews import REVIEWS
from lepton_studio.project.schema_of_texts import TEXTS
from lepton_studio.project.sqlite_utils_alone import Database, Migrations

migrations = Migrations("lepton_studio")


def bring_up_to_date(db: Connection) -> None:
    """Apply the missing migrations, each in its own transaction."""
    db.recording = NOT_RECORDED
    db.execute("PRAGMA secure_delete = OFF")  # what is dropped need not be written over
    try:
        migrations.apply(Database(db, execute_plugins=False))
    finally:
        db.recording = None


def _run(db: Database, script: str) -> None:
    """Each statement of a script, in the transaction that is open.

    sqlite3's own `executescript` would end it, and sqlite_utils' looks for the end of a statement after each character.
    """
    statement = ""
    for part in f"{script};".split(";")[:-1]:
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""


@migrations()
def version_1(db: Database) -> None:
    """The first schema."""
    for script in (_SAMPLES, _LABELS, _HISTORY, _RUNS, _DERIVED, _TRACKING):
        _run(db, script)
    db.table("content").enable_fts(["text"], tokenize="trigram")
    # Imports come in bulk: fewer, larger segments index 40 % faster (measured on 50,000 texts of 30 words).
    db.execute("INSERT INTO content_fts (content_fts, rank) VALUES ('hashsize', 16777216)")
    _run(db, f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 1;")


@migrations()
def version_2(db: Database) -> None:
    """Labels with options; predictions with the task's value and any number of verdicts."""
    for script in (_LABEL_OPTIONS, _VERDICTS):
        _run(db, script)
    _run(db, "PRAGMA user_version = 2;")


@migrations()
def version_3(db: Database) -> None:
    """A history whose every state can be gone to, samples that can be removed, a search in all that a sample shows."""
    for script in (_DRAFTS, _BRANCHES, _REMOVAL):
        _run(db, script)
    _run(db, "PRAGMA user_version = 3;")


@migrations()
def version_4(db: Database) -> None:
    """Predictions of any sample by any predictor, in the orders in which they are looked through."""
    _run(db, PREDICTIONS)
    _run(db, "PRAGMA user_version = 4;")


@migrations()
def version_5(db: Database) -> None:
    """What other people decided in copies of the project."""
    _run(db, ANSWERS)
    _run(db, "PRAGMA user_version = 5;")


@migrations()
def version_6(db: Database) -> None:
    """Reviews of labels, and answers that were asked for again."""
    _run(db, REVIEWS)
    _run(db, "PRAGMA user_version = 6;")


@migrations()
def version_7(db: Database) -> None:
    """Texts that are kept once, and an index of words that follows them; that of older versions is made anew."""
    _run(db, TEXTS)
    _run(db, "PRAGMA user_version = 7;")


@migrations()
def version_8(db: Database) -> None:
    """Whether a suggestion was hidden from who decided, and whether they decided on it."""
    _run(db, OFFERED)
    _run(db, "PRAGMA user_version = 8;")


@migrations()
def version_9(db: Database) -> None:
    """A list of the texts that are there more than once; labels and splits are in no index of texts any more."""
    _run(db, REPEATS)
    _run(db, "PRAGMA user_version = 9;")


_SAMPLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

CREATE TABLE sample (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text_hash INTEGER NOT NULL,
    length INTEGER NOT NULL,  -- code points
    split TEXT CHECK (split IN ('train', 'validation', 'test')),
    value TEXT,               -- the task's JSON; NULL while unlabelled
    labels TEXT,              -- sorted JSON list of the label ids in value; NULL while unlabelled
    origin TEXT,
    skipped INTEGER NOT NULL DEFAULT 0,
    flagged INTEGER NOT NULL DEFAULT 0,
    note TEXT NOT NULL DEFAULT ''
);

CREATE TABLE content (
    id INTEGER PRIMARY KEY,  -- of the sample
    text TEXT NOT NULL,
    fields TEXT NOT NULL,    -- JSON object
    source TEXT NOT NULL,
    row INTEGER NOT NULL,
    raw TEXT                 -- JSON
);

CREATE INDEX sample_text_hash ON sample (text_hash, split, labels);

CREATE INDEX sample_length ON sample (length);

CREATE INDEX sample_split ON sample (split);

CREATE INDEX sample_unlabelled ON sample (id, split) WHERE value IS NULL AND skipped = 0;

CREATE INDEX sample_labelled ON sample (id, split) WHERE value IS NOT NULL;

CREATE INDEX sample_skipped ON sample (id, split) WHERE skipped = 1;

CREATE INDEX sample_flagged ON sample (id, split) WHERE flagged = 1;

CREATE INDEX sample_noted ON sample (id, split) WHERE note <> '';
"""

_LABELS = """
CREATE TABLE label (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    color TEXT NOT NULL,
    key TEXT NOT NULL,
    description TEXT NOT NULL,
    position INTEGER NOT NULL
);

CREATE INDEX label_name ON label (name);
"""

_HISTORY = """
CREATE TABLE entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    name TEXT NOT NULL,
    undone INTEGER,                        -- which undo of this project took it back; NULL while it holds
    dropped INTEGER NOT NULL DEFAULT 0,    -- undone, and no longer to be redone
    samples INTEGER NOT NULL DEFAULT 0,    -- how many it touched
    labels INTEGER NOT NULL DEFAULT 0,     -- how many it touched
    structure INTEGER NOT NULL DEFAULT 0   -- it added samples
);

CREATE INDEX entry_redoable ON entry (id) WHERE undone IS NOT NULL AND dropped = 0;

CREATE INDEX entry_undone ON entry (undone) WHERE undone IS NOT NULL;

CREATE TABLE decision (
    id INTEGER PRIMARY KEY,
    entry INTEGER NOT NULL,
    sample INTEGER NOT NULL,
    before TEXT,
    after TEXT,
    origin TEXT NOT NULL,
    seconds REAL
);

CREATE INDEX decision_sample ON decision (sample);

CREATE INDEX decision_entry ON decision (entry);

CREATE TABLE added (entry INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);

CREATE INDEX added_entry ON added (entry);

CREATE TABLE problem (entry INTEGER NOT NULL, source TEXT NOT NULL, row INTEGER NOT NULL, reason TEXT NOT NULL);

CREATE INDEX problem_entry ON problem (entry);

CREATE TABLE sample_before (
    entry INTEGER, id INTEGER, existed INTEGER NOT NULL,
    text_hash, length, split, value, labels, origin, skipped, flagged, note,
    PRIMARY KEY (entry, id)
) WITHOUT ROWID;

CREATE TABLE label_before (
    entry INTEGER, id INTEGER, existed INTEGER NOT NULL,
    name, color, key, description, position,
    PRIMARY KEY (entry, id)
) WITHOUT ROWID;

CREATE TABLE content_undone (
    id INTEGER PRIMARY KEY, text TEXT, fields TEXT, source TEXT, row INTEGER, raw TEXT
);
"""

_RUNS = """
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    status TEXT NOT NULL,
    model TEXT NOT NULL,
    recipe TEXT NOT NULL,
    counts TEXT NOT NULL,
    position INTEGER NOT NULL,  -- the last entry it has seen
    undos INTEGER NOT NULL,     -- how many undos there had been
    created TEXT NOT NULL,
    seconds REAL,
    steps INTEGER,
    samples_per_second REAL,
    scores TEXT NOT NULL DEFAULT '{}',
    sentence TEXT NOT NULL DEFAULT ''
);

CREATE TABLE metric (
    run INTEGER, step INTEGER, name TEXT, value REAL, PRIMARY KEY (run, step, name)
) WITHOUT ROWID;

CREATE TABLE report (run INTEGER, split TEXT, report TEXT NOT NULL, PRIMARY KEY (run, split)) WITHOUT ROWID;

CREATE TABLE prediction (
    run INTEGER, sample INTEGER, split TEXT NOT NULL,
    gold INTEGER, predicted INTEGER, score REAL NOT NULL,
    scores BLOB NOT NULL,  -- little-endian (int32 label, float64 probability) pairs
    PRIMARY KEY (run, sample)
) WITHOUT ROWID;
"""

_DERIVED = """
CREATE TABLE annotation_label (label INTEGER, sample INTEGER, PRIMARY KEY (label, sample)) WITHOUT ROWID;

CREATE TABLE split_tally (
    split TEXT PRIMARY KEY,  -- '' for none
    samples INTEGER, labelled INTEGER, unlabelled INTEGER, skipped INTEGER, flagged INTEGER, noted INTEGER
) WITHOUT ROWID;

CREATE TABLE label_tally (label INTEGER, split TEXT, samples INTEGER, PRIMARY KEY (label, split)) WITHOUT ROWID;

CREATE TRIGGER sample_recounted AFTER UPDATE ON sample BEGIN
    UPDATE split_tally SET
        samples = samples - 1, labelled = labelled - (OLD.value IS NOT NULL),
        unlabelled = unlabelled - (OLD.value IS NULL AND NOT OLD.skipped),
        skipped = skipped - OLD.skipped, flagged = flagged - OLD.flagged, noted = noted - (OLD.note <> '')
    WHERE split = ifnull(OLD.split, '');
    INSERT INTO split_tally VALUES (
        ifnull(NEW.split, ''), 1, NEW.value IS NOT NULL, NEW.value IS NULL AND NOT NEW.skipped,
        NEW.skipped, NEW.flagged, NEW.note <> ''
    ) ON CONFLICT DO UPDATE SET
        samples = samples + 1, labelled = labelled + excluded.labelled, unlabelled = unlabelled + excluded.unlabelled,
        skipped = skipped + excluded.skipped, flagged = flagged + excluded.flagged, noted = noted + excluded.noted;
END;

CREATE TRIGGER labels_recounted AFTER UPDATE ON sample
WHEN OLD.labels IS NOT NEW.labels OR OLD.split IS NOT NEW.split BEGIN
    DELETE FROM annotation_label WHERE sample = OLD.id AND label IN (SELECT value FROM json_each(OLD.labels));
    UPDATE label_tally SET samples = samples - 1
        WHERE split = ifnull(OLD.split, '') AND label IN (SELECT value FROM json_each(OLD.labels));
    INSERT INTO annotation_label SELECT value, NEW.id FROM json_each(NEW.labels);
    INSERT INTO label_tally SELECT value, ifnull(NEW.split, ''), 1 FROM json_each(NEW.labels) WHERE true
        ON CONFLICT DO UPDATE SET samples = samples + 1;
END;
"""

# The first state of a row in an entry is kept, later ones are not: undoing is putting that state back. Samples are only
# ever added in ranges of ids, which `added` keeps.
_TRACKING = f"""
CREATE TRIGGER sample_tracked AFTER UPDATE ON sample WHEN recording_entry() <> {NOT_RECORDED} BEGIN
    INSERT INTO sample_before VALUES (
        recording_entry(), OLD.id, 1, OLD.text_hash, OLD.length, OLD.split, OLD.value, OLD.labels, OLD.origin,
        OLD.skipped, OLD.flagged, OLD.note
    ) ON CONFLICT DO NOTHING;
END;

-- Nothing to note here: the function fails outside of a change.
CREATE TRIGGER sample_added AFTER INSERT ON sample WHEN recording_entry() IS NULL BEGIN
    SELECT 1;
END;

CREATE TRIGGER sample_removed BEFORE DELETE ON sample WHEN recording_entry() <> {NOT_RECORDED} BEGIN
    SELECT RAISE(ABORT, 'samples are removed by undo only');
END;

CREATE TRIGGER label_added AFTER INSERT ON label WHEN recording_entry() <> {NOT_RECORDED} BEGIN
    INSERT INTO label_before (entry, id, existed) VALUES (recording_entry(), NEW.id, 0) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER label_tracked AFTER UPDATE ON label WHEN recording_entry() <> {NOT_RECORDED} BEGIN
    INSERT INTO label_before VALUES (
        recording_entry(), OLD.id, 1, OLD.name, OLD.color, OLD.key, OLD.description, OLD.position
    ) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER label_removed AFTER DELETE ON label WHEN recording_entry() <> {NOT_RECORDED} BEGIN
    INSERT INTO label_before VALUES (
        recording_entry(), OLD.id, 1, OLD.name, OLD.color, OLD.key, OLD.description, OLD.position
    ) ON CONFLICT DO NOTHING;
END;
"""

_LABEL_OPTIONS = f"""
ALTER TABLE label ADD COLUMN options TEXT NOT NULL DEFAULT '{{}}';  -- JSON object

ALTER TABLE label_before ADD COLUMN options TEXT DEFAULT '{{}}';

DROP TRIGGER label_tracked;

DROP TRIGGER label_removed;

CREATE TRIGGER label_tracked AFTER UPDATE ON label WHEN recording_entry() <> {NOT_RECORDED} BEGIN
    INSERT INTO label_before (entry, id, existed, name, color, key, description, position, options) VALUES (
        recording_entry(), OLD.id, 1, OLD.name, OLD.color, OLD.key, OLD.description, OLD.position, OLD.options
    ) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER label_removed AFTER DELETE ON label WHEN recording_entry() <> {NOT_RECORDED} BEGIN
    INSERT INTO label_before (entry, id, existed, name, color, key, description, position, options) VALUES (
        recording_entry(), OLD.id, 1, OLD.name, OLD.color, OLD.key, OLD.description, OLD.position, OLD.options
    ) ON CONFLICT DO NOTHING;
END;
"""

# A prediction of version 1 is a gold and a predicted label: one verdict, and no value.
_VERDICTS = """
CREATE TABLE verdict (
    run INTEGER, sample INTEGER, place INTEGER,  -- in the order that the task gave them, from 0
    split TEXT NOT NULL, kind TEXT NOT NULL, gold INTEGER, predicted INTEGER,
    PRIMARY KEY (run, sample, place)
) WITHOUT ROWID;

INSERT INTO verdict
SELECT run, sample, 0, split, CASE WHEN gold IS predicted THEN 'right' ELSE 'wrong' END, gold, predicted
FROM prediction;

ALTER TABLE prediction RENAME TO prediction_1;

CREATE TABLE prediction (
    run INTEGER, sample INTEGER, split TEXT NOT NULL,
    value TEXT,               -- the task's JSON; NULL in runs of version 1
    score REAL NOT NULL,
    quality REAL NOT NULL,
    wrong INTEGER NOT NULL,   -- one of its verdicts is an error
    scores BLOB NOT NULL,     -- little-endian (int32 label, float64 probability) pairs
    PRIMARY KEY (run, sample)
) WITHOUT ROWID;

INSERT INTO prediction
SELECT run, sample, split, NULL, score, gold IS predicted, gold IS NOT predicted, scores FROM prediction_1;

DROP TABLE prediction_1;

CREATE INDEX prediction_score ON prediction (run, wrong, score, split);

CREATE INDEX prediction_quality ON prediction (run, quality, score, split, wrong);

CREATE INDEX verdict_kind ON verdict (run, kind, gold, predicted, split);

CREATE INDEX verdict_gold ON verdict (run, gold, predicted, kind, split);

CREATE INDEX verdict_predicted ON verdict (run, predicted, kind, split);
"""

# An annotation that is begun and not done leaves its sample unlabelled. Questions were all that could be left open.
_DRAFTS = f"""
ALTER TABLE sample ADD COLUMN draft TEXT;  -- the task's JSON; NULL while labelled, and where nothing is begun

ALTER TABLE sample_before ADD COLUMN draft TEXT;

DROP TRIGGER sample_tracked;

CREATE TRIGGER sample_tracked AFTER UPDATE ON sample WHEN recording_entry() <> {NOT_RECORDED} BEGIN
    INSERT INTO sample_before VALUES (
        recording_entry(), OLD.id, 1, OLD.text_hash, OLD.length, OLD.split, OLD.value, OLD.labels, OLD.origin,
        OLD.skipped, OLD.flagged, OLD.note, OLD.draft
    ) ON CONFLICT DO NOTHING;
END;

UPDATE sample SET draft = value, value = NULL, labels = NULL, origin = NULL
WHERE value IS NOT NULL AND (SELECT value FROM meta WHERE key = 'task') = 'question_answering' AND EXISTS (
    SELECT 1 FROM json_each(sample.value, '$.questions') one
    WHERE ifnull(json_array_length(one.value, '$.answers'), 0) = 0
    AND NOT ifnull(json_extract(one.value, '$.impossible'), 0)
);
"""

# What was undone and passed over before version 3 has no parent: its state is not kept.
_BRANCHES = """
ALTER TABLE entry ADD COLUMN parent INTEGER;  -- the last entry that held when it was made, 0 for none

UPDATE entry SET parent = ifnull((SELECT max(e.id) FROM entry e WHERE e.id < entry.id AND e.dropped = 0), 0)
WHERE dropped = 0;

CREATE INDEX entry_parent ON entry (parent) WHERE undone IS NOT NULL;

CREATE TABLE lapse (entry INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL);  -- undos in between

CREATE INDEX lapse_entry ON lapse (entry);

DROP INDEX entry_redoable;
"""

_REMOVAL = f"""
DROP TRIGGER sample_removed;

CREATE TRIGGER sample_removed AFTER DELETE ON sample WHEN recording_entry() <> {NOT_RECORDED} BEGIN
    INSERT INTO sample_before VALUES (
        recording_entry(), OLD.id, 1, OLD.text_hash, OLD.length, OLD.split, OLD.value, OLD.labels, OLD.origin,
        OLD.skipped, OLD.flagged, OLD.note, OLD.draft
    ) ON CONFLICT DO NOTHING;
END;

DROP TABLE content_fts;

-- `body` is what `searchable` of searchable.py makes of text, fields and note.
CREATE TABLE search_body (id INTEGER PRIMARY KEY, body TEXT NOT NULL);

CREATE VIRTUAL TABLE sample_search USING fts5 (
    body, content = 'search_body', content_rowid = 'id', tokenize = 'trigram'
);

-- Imports come in bulk: fewer, larger segments index 40 % faster (measured on 50,000 texts of 30 words).
INSERT INTO sample_search (sample_search, rank) VALUES ('hashsize', 16777216);

INSERT INTO search_body
SELECT c.id, searchable(c.text, c.fields, s.note) FROM content c JOIN sample s ON s.id = c.id;

INSERT INTO sample_search (sample_search) VALUES ('rebuild');

CREATE TRIGGER note_searchable AFTER UPDATE OF note ON sample WHEN OLD.note <> NEW.note BEGIN
    INSERT INTO sample_search (sample_search, rowid, body) SELECT 'delete', id, body FROM search_body WHERE id = NEW.id;
    UPDATE search_body SET body = (SELECT searchable(text, fields, NEW.note) FROM content WHERE id = NEW.id)
    WHERE id = NEW.id;
    INSERT INTO sample_search (rowid, body) SELECT id, body FROM search_body WHERE id = NEW.id;
END;
"""
