"""What predictors say of any sample: entered in batches, read for one sample, forgotten with its predictor."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from lepton_studio.project.connection import Connection, to_json
from lepton_studio.project.in_words import from_json
from lepton_studio.project.label_scores import margin, packed, unpacked
from lepton_studio.project.records import (
    NewSuggestion,
    Predictor,
    PredictorId,
    PredictorKind,
    RunId,
    SampleId,
    Split,
    Suggestion,
)

Row = tuple[
    PredictorId, SampleId, str | None, str | None, str, float | None, float | None, bytes, int,
    Split | None, float | None, bool | None,
]  # fmt: skip
"""A row of the table `prediction`."""

_COLUMNS = ("value", "accepted", "labels", "score", "margin", "scores", "at", "split", "quality", "wrong")
_PUT = f"""
    INSERT INTO prediction (predictor, sample, {", ".join(_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS)}"""
_UNLESS_JUDGED = " WHERE split IS NULL"
_ROWS_A_PAGE = 1000

# The model that learns while a person labels knows the newest labels; then the newest run.
_BEST_FIRST = "CASE m.kind WHEN 'instant' THEN 0 WHEN 'run' THEN 1 WHEN 'imported' THEN 2 ELSE 3 END, m.id DESC"
_READ = "p.sample, m.id, m.kind, m.name, p.value, p.labels, p.score, p.scores, p.margin, p.at"


def predictors(db: Connection) -> list[Predictor]:
    """All that have said something, that whose word counts first in front."""
    rows = db.execute(f"SELECT id, kind, name FROM predictor m ORDER BY {_BEST_FIRST}")
    return [Predictor(id, kind, name) for id, kind, name in rows]


def enter(db: Connection, kind: PredictorKind, name: str = "") -> PredictorId:
    """The predictor that is no run, entered where it is new; inside a transaction."""
    there = db.value("SELECT id FROM predictor WHERE kind = ? AND name = ?", (kind, name))
    if there is None:
        there = int(db.value("SELECT min(0, ifnull(min(id), 0)) - 1 FROM predictor"))
        db.execute("INSERT INTO predictor VALUES (?, ?, ?)", (there, kind, name))
    return int(there)


def enter_run(db: Connection, run: RunId) -> None:
    """The run has something to say; inside a transaction."""
    db.execute("INSERT OR IGNORE INTO predictor (id, kind) VALUES (?, 'run')", (run,))


def put(db: Connection, rows: Iterable[Row]) -> None:
    """Write rows in place of earlier ones of the same predictor and sample; inside a transaction."""
    db.executemany(_PUT, rows)


def put_suggestions(db: Connection, predictor: PredictorId, batch: Iterable[NewSuggestion], *, at: int) -> None:
    """Write what is said in place of what the predictor said before; inside a transaction.

    What a run says of its own splits, which is judged, stays as it is.
    """
    db.executemany(_PUT + _UNLESS_JUDGED, (_row(predictor, one, at=at) for one in batch))


def of_sample(db: Connection, sample: SampleId) -> list[Suggestion[object]]:
    """What is said of a sample, the best predictor first."""
    rows = db.execute(
        f"""SELECT {_READ} FROM predictor m CROSS JOIN prediction p ON p.predictor = m.id AND p.sample = ?
            ORDER BY {_BEST_FIRST}""",
        (sample,),
    )
    return [_suggestion(row) for row in rows]


def of_samples(db: Connection, samples: Iterable[SampleId], *, by: PredictorId) -> list[Suggestion[object]]:
    """What one predictor says of some samples."""
    rows = db.execute(
        f"""SELECT {_READ} FROM predictor m CROSS JOIN prediction p ON p.predictor = m.id
            WHERE m.id = ? AND p.sample IN (SELECT value FROM json_each(?))""",
        (by, json.dumps(list(samples))),
    )
    return [_suggestion(row) for row in rows]


def labels_said(db: Connection, predictor: PredictorId) -> Iterator[tuple[SampleId, tuple[int, ...], Split | None]]:
    """(sample, labels, split of the run) of all that a predictor says of samples that are there, ascending, read in
    pages as it goes. Split None: it is not judged.
    """
    after = 0
    known: dict[str, tuple[int, ...]] = {}
    while rows := db.execute(
        """SELECT sample, labels, split FROM prediction p WHERE predictor = ? AND sample > ?
           AND EXISTS (SELECT 1 FROM sample s WHERE s.id = p.sample) ORDER BY sample LIMIT ?""",
        (predictor, after, _ROWS_A_PAGE),
    ).fetchall():
        for sample, labels, split in rows:
            if labels not in known:
                known[labels] = tuple(from_json(labels))
            yield sample, known[labels], split
        after = rows[-1][0]


def count(db: Connection, predictor: PredictorId) -> int:
    """Of how many samples that are there it says something."""
    return int(
        db.value(
            """SELECT count(*) FROM prediction p INDEXED BY prediction_by_score
               WHERE predictor = ? AND EXISTS (SELECT 1 FROM sample s WHERE s.id = p.sample)""",
            (predictor,),
        )
    )


def forget(db: Connection, predictor: PredictorId, *, limit: int) -> bool:
    """Remove what it said of so many samples, and at the end itself; whether there is more. Inside a transaction."""
    last = db.value(
        "SELECT max(sample) FROM (SELECT sample FROM prediction WHERE predictor = ? ORDER BY sample LIMIT ?)",
        (predictor, limit),
    )
    if last is None:
        db.execute("DELETE FROM predictor WHERE id = ?", (predictor,))
        return False
    for sql in (
        """DELETE FROM prediction_label WHERE (predictor, label, sample) IN (
               SELECT p.predictor, one.value, p.sample FROM prediction p CROSS JOIN json_each(p.labels) one
               WHERE p.predictor = ? AND p.sample <= ?)""",
        "DELETE FROM verdict WHERE run = ? AND sample <= ?",
        "DELETE FROM prediction WHERE predictor = ? AND sample <= ?",
    ):
        db.execute(sql, (predictor, last))
    return True


def _suggestion(row: tuple[Any, ...]) -> Suggestion[object]:
    sample, id, kind, name, value, labels, score, scores, lead, at = row
    return Suggestion(
        sample=sample,
        predictor=Predictor(id, kind, name),
        value=None if value is None else from_json(value),
        labels=tuple(from_json(labels)),
        score=score,
        scores=unpacked(scores),
        margin=lead,
        at=at,
    )


def _row(predictor: PredictorId, one: NewSuggestion, *, at: int) -> Row:
    accepted = None if one.accepted is None else to_json(one.accepted)
    labels = to_json(sorted(set(one.labels)))
    return (
        predictor, one.sample, to_json(one.value), accepted, labels, one.score, margin(one.scores),
        packed(one.scores), at, None, None, None,
    )  # fmt: skip
