"""What the tests of the project do again and again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, LabelId, NewSample, Prediction, SampleId, Split, Verdict
from lepton_studio.project.searchable import searchable
from lepton_studio.project.word_index import TRIGRAM, may_hold

_TRACKED = {
    "sample": "SELECT * FROM sample ORDER BY id",
    "content": "SELECT * FROM content ORDER BY id",
    "label": "SELECT * FROM label ORDER BY id",
    "annotation_label": "SELECT * FROM annotation_label ORDER BY label, sample",
    "split_tally": "SELECT * FROM split_tally WHERE samples <> 0 ORDER BY split",
    "label_tally": "SELECT * FROM label_tally WHERE samples <> 0 ORDER BY label, split",
}


def choice(*labels: LabelId) -> dict[str, list[int]]:
    """The JSON value of a text classification."""
    return {"labels": list(labels)}


def new(text: str, *labels: LabelId, split: Split | None = None, row: int = 0) -> NewSample:
    """A sample on its way in, labelled when labels are given."""
    value = choice(*labels) if labels else None
    return NewSample(text, split=split, value=value, labels=labels, source="file.csv", row=row, raw={"text": text})


def add(project: Project, samples: Iterable[NewSample | str]) -> Changes:
    """Import samples in one change."""
    with project.change("Import file.csv") as change:
        change.add_samples(new(one) if isinstance(one, str) else one for one in samples)
    return change.result


def label(project: Project, sample: SampleId, name: str) -> Changes:
    """Annotate a sample by the name of a label."""
    found = project.label_named(name)
    assert found is not None
    return project.annotate(sample, choice(found.id), labels=(found.id,))


def predicted_as(
    sample: SampleId, predicted: LabelId, *, gold: LabelId, score: float, scores: Mapping[LabelId, float]
) -> Prediction:
    """What a run says of a test sample with one label."""
    verdict = Verdict("right" if gold == predicted else "wrong", gold, predicted)
    return Prediction(sample, "test", choice(predicted), score, (verdict,), float(gold == predicted), scores)


def relabel_to(old: LabelId, by: LabelId | None) -> Relabelling:
    """What the text classification task does to a value when a label is merged or deleted."""
    return Relabelling(old, by)


class Relabelling:
    """A relabel function that can be printed."""

    def __init__(self, old: LabelId, by: LabelId | None) -> None:
        self.old, self.by = old, by

    def __call__(self, value: object) -> object | None:
        assert isinstance(value, dict)
        mapped: Sequence[int | None] = [self.by if one == self.old else one for one in value["labels"]]
        kept = list(dict.fromkeys(one for one in mapped if one is not None))
        return {"labels": kept} if kept else None


def dump(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that undo must put back, as another program would read it from the file."""
    with closing(sqlite3.connect(f"file:{folder / 'project.db'}?mode=ro", uri=True)) as db:
        return {table: db.execute(query).fetchall() for table, query in _TRACKED.items()}


def found(folder: Path, word: str) -> list[int]:
    """The ids of the samples that a search for a word finds."""
    with Project.open(folder, read_only=True) as project:
        return list(project.sample_ids(Filter(search=word)))


def assert_consistent(folder: Path) -> None:
    """The derived tables say what the samples say, and SQLite finds nothing wrong."""
    with closing(sqlite3.connect(f"file:{folder / 'project.db'}?mode=ro", uri=True)) as db:
        counted = """
            SELECT ifnull(split, ''), count(*), count(value), sum(value IS NULL AND NOT skipped), sum(skipped),
                   sum(flagged), sum(note <> '')
            FROM sample GROUP BY 1 ORDER BY 1"""
        assert db.execute(_TRACKED["split_tally"]).fetchall() == db.execute(counted).fetchall()
        pairs = "SELECT one.value, sample.id FROM sample, json_each(sample.labels) AS one ORDER BY 1, 2"
        assert db.execute(_TRACKED["annotation_label"]).fetchall() == db.execute(pairs).fetchall()
        tallied = """
            SELECT one.value, ifnull(split, ''), count(*) FROM sample, json_each(sample.labels) AS one
            GROUP BY 1, 2 ORDER BY 1, 2"""
        assert db.execute(_TRACKED["label_tally"]).fetchall() == db.execute(tallied).fetchall()
        ids = db.execute("SELECT id FROM sample ORDER BY id").fetchall()
        assert db.execute("SELECT id FROM content ORDER BY id").fetchall() == ids
        assert _index_misses(db) == []
        repeated = "SELECT text_hash FROM sample GROUP BY 1 HAVING count(*) > 1 EXCEPT SELECT text_hash FROM repeated"
        assert db.execute(repeated).fetchall() == []
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _index_misses(db: sqlite3.Connection) -> list[int]:
    """The ids up to which the index of words is said to go, and that it does not name for words of their own."""
    db.create_function("searchable", 3, searchable)
    bodies = """SELECT c.id, searchable(text, fields, note) FROM content c JOIN sample s USING (id)
                WHERE c.id <= (SELECT value FROM meta WHERE key = 'indexed') ORDER BY c.id"""
    named = "SELECT 1 FROM sample_search WHERE sample_search MATCH ? AND rowid = ?"
    words = ((id, [word for word in body.split() if len(word) >= TRIGRAM]) for id, body in db.execute(bodies))
    return [id for id, long in words if long and not db.execute(named, (may_hold(long), id)).fetchone()]
