"""Does the file hold together? What SQLite finds, and what our own tables must agree on. Nothing is repaired."""

from __future__ import annotations

from lepton_studio.language import tr, trn
from lepton_studio.project.connection import Connection
from lepton_studio.project.errors import ProjectDamaged, ProjectError
from lepton_studio.project.word_index import finds_its_texts


def faults_of_file(db: Connection) -> list[str]:
    """A sentence for each fault; reads the whole file, and works on a read-only one."""
    found = []
    for question in (_pages, _keys, _words):
        try:
            found += question(db)
        except ProjectDamaged:
            found.append(tr("Parts of the project file cannot be read."))
    for query, what in _contradictions().items():
        try:
            count = int(db.value(query) or 0)
        except ProjectDamaged:
            count = -1
        if count:
            found.append(tr("The project file is inconsistent: {what}.", what=what))
    return list(dict.fromkeys(found))


def _contradictions() -> dict[str, str]:
    """A number that must be 0, and what it counts."""
    return {
        "SELECT count(*) FROM sample WHERE id NOT IN (SELECT id FROM content)": tr("samples without a text"),
        "SELECT count(*) FROM annotation_label WHERE label NOT IN (SELECT id FROM label)": tr(
            "annotations with missing labels"
        ),
        "SELECT count(*) FROM annotation_label WHERE sample NOT IN (SELECT id FROM sample)": tr(
            "annotations without a sample"
        ),
        "SELECT count(*) FROM decision WHERE entry NOT IN (SELECT id FROM entry)": tr(
            "decisions that belong to no change"
        ),
        "SELECT count(*) FROM review WHERE entry NOT IN (SELECT id FROM entry)": tr("reviews that belong to no change"),
        "SELECT count(*) FROM answer WHERE entry NOT IN (SELECT id FROM entry)": tr("answers that belong to no change"),
        "SELECT count(*) FROM prediction WHERE predictor NOT IN (SELECT id FROM predictor)": tr(
            "predictions without a run"
        ),
        "SELECT total(samples) <> (SELECT count(*) FROM sample) FROM split_tally": tr("wrong counts"),
    }


def _pages(db: Connection) -> list[str]:
    rows = db.execute("PRAGMA integrity_check(20)").fetchall()
    sound = [row[0] for row in rows] == ["ok"]
    return (
        []
        if sound
        else [
            trn(
                "The project file is damaged in {count} place.",
                "The project file is damaged in {count} places.",
                len(rows),
            )
        ]
    )


def _keys(db: Connection) -> list[str]:
    broken = db.execute("PRAGMA foreign_key_check").fetchall()
    return [tr("Parts of the project file cannot be read.")] if broken else []


def _words(db: Connection) -> list[str]:
    """The index of words is asked whether it is sound, which is a write to SQLite, so it is rolled back; and for some
    of the texts, whether they would be found.
    """
    try:
        db.execute("SAVEPOINT checked")
        try:
            db.execute("INSERT INTO sample_search (sample_search, rank) VALUES ('integrity-check', 1)")
        finally:
            db.execute("ROLLBACK TO checked")
            db.execute("RELEASE checked")
    except ProjectDamaged:
        return [tr("Search may miss samples: its index does not match the texts.")]
    except ProjectError:
        pass  # read-only
    return [] if finds_its_texts(db) else [tr("Search may miss samples: its index does not match the texts.")]
