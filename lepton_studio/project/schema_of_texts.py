"""The tables of texts from version 7 on: each text is kept once, and its words are indexed behind the import."""

from __future__ import annotations

# The index says which samples may hold some trigrams, never which do: nothing is taken out of it, and a note that is
# changed is only added. So samples that leave and come back cost nothing, and where the letters stand is not kept.
# `indexed` is the id up to which it holds the texts, those that are set aside too; see word_index.py.
TEXTS = """
-- It noted nothing, and took more than half of the time that a row takes to come in.
DROP TRIGGER sample_added;

DROP TRIGGER note_searchable;

DROP TABLE sample_search;

DROP TABLE search_body;

CREATE VIRTUAL TABLE sample_search USING fts5 (
    body, content = '', columnsize = 0, detail = none, tokenize = 'trigram'
);

-- Texts come in bulk: fewer, larger segments index 40 % faster (measured on 50,000 texts of 30 words).
INSERT INTO sample_search (sample_search, rank) VALUES ('hashsize', 16777216);

INSERT INTO meta VALUES ('indexed', 0);

CREATE TRIGGER note_searchable AFTER UPDATE OF note ON sample
WHEN OLD.note <> NEW.note AND NEW.id <= (SELECT value FROM meta WHERE key = 'indexed') BEGIN
    INSERT INTO sample_search (rowid, body) VALUES (NEW.id, searchable('', '{}', NEW.note));
END;

-- What source rows have in common: their file, and which of their cells are told by the sample itself; see raw_rows.py.
CREATE TABLE origin (id INTEGER PRIMARY KEY, source TEXT NOT NULL, cells TEXT NOT NULL);

ALTER TABLE content ADD COLUMN origin INTEGER;  -- NULL in rows of older versions: source and raw are whole then

ALTER TABLE content_undone ADD COLUMN origin INTEGER;
"""
