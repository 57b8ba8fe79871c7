"""What runs predicted of their splits, with the verdicts, joined with the samples as they are now."""

from __future__ import annotations

import json
import time
from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from lepton_studio.project.connection import Connection, to_json
from lepton_studio.project.in_words import from_json
from lepton_studio.project.label_scores import margin, packed, unpacked
from lepton_studio.project.predictors import Row, enter_run, put
from lepton_studio.project.reads import SAMPLE_COLUMNS, sample_from_row
from lepton_studio.project.records import (
    LabelId,
    PredictedSample,
    Prediction,
    PredictionFilter,
    PredictionNow,
    PredictionOrder,
    RunId,
    SampleId,
    Split,
    Verdict,
)

EVERY_PREDICTION = PredictionFilter()

_ROWS_A_BATCH = 1000

# The annotation that the run saw: the last decision of an entry that held when the run was made.
_VALUE_AT_RUN = """(
    SELECT d.after FROM decision d JOIN entry e ON e.id = d.entry
    WHERE d.sample = s.id AND d.entry <= r.position AND (e.undone IS NULL OR e.undone > r.undos)
    AND NOT EXISTS (SELECT 1 FROM lapse l WHERE l.entry = e.id AND l.since <= r.undos AND l.until > r.undos)
    ORDER BY d.id DESC LIMIT 1
)"""

_ORDERS: dict[PredictionOrder, str] = {
    "sample": "p.sample",
    "most_sure": "p.score DESC, p.sample",
    "least_sure": "p.score, p.sample",
    "worst": "p.quality, p.score DESC, p.sample",
}

_STILL_THERE = "EXISTS (SELECT 1 FROM sample s WHERE s.id = {}.sample)"


def store(db: Connection, run: RunId, batch: Sequence[Prediction]) -> None:
    """Keep predictions, in place of earlier ones of the same run and sample."""
    enter_run(db, run)
    at = int(time.time())
    db.executemany("DELETE FROM verdict WHERE run = ? AND sample = ?", ((run, p.sample) for p in batch))
    put(db, (_row(run, p, at=at) for p in batch))
    db.executemany(
        "INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (run, p.sample, place, p.split, verdict.kind, verdict.gold, verdict.predicted)
            for p in batch
            for place, verdict in enumerate(p.verdicts)
        ),
    )


def _row(run: RunId, p: Prediction, *, at: int) -> Row:
    labels = {verdict.predicted for verdict in p.verdicts if verdict.predicted is not None}
    value, accepted = (None if one is None else to_json(one) for one in (p.value, p.accepted))
    judged = (p.split, p.quality, not p.is_right)
    return (run, p.sample, value, accepted, to_json(sorted(labels)), p.score, margin(p.scores), packed(p.scores), at,
            *judged)  # fmt: skip


def page(
    db: Connection, run: RunId, filter: PredictionFilter, *, order: PredictionOrder, offset: int, limit: int
) -> list[PredictedSample]:
    """Predictions of a run with their samples; those whose sample is gone are left out."""
    condition, values = _condition(run, filter)
    # Which ones and in what order is found in the indexes alone; only then are the texts read.
    rows = db.execute(
        f"""SELECT p.sample, p.split, p.value, p.accepted, p.score, p.quality, p.scores, s.value IS NOT {_VALUE_AT_RUN},
                   {SAMPLE_COLUMNS}
            FROM (SELECT p.sample FROM prediction p WHERE {condition} ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?) shown
            JOIN run r ON r.id = ? JOIN prediction p ON p.predictor = r.id AND p.sample = shown.sample
            JOIN sample s ON s.id = p.sample JOIN content c ON c.id = s.id ORDER BY {_ORDERS[order]}""",
        (*values, limit, offset, run),
    ).fetchall()
    predictions = _from_rows(db, run, [row[:7] for row in rows])
    return [
        PredictedSample(prediction, sample_from_row(row), bool(fixed))
        for prediction, (fixed, *row) in zip(predictions, (row[7:] for row in rows), strict=True)
    ]


def every(db: Connection, run: RunId) -> Iterator[Prediction]:
    """All predictions of a run by sample, read in pages as it goes."""
    after = 0
    while rows := db.execute(
        """SELECT sample, split, value, accepted, score, quality, scores FROM prediction
           WHERE predictor = ? AND sample > ? AND split IS NOT NULL ORDER BY sample LIMIT ?""",
        (run, after, _ROWS_A_BATCH),
    ).fetchall():
        yield from _from_rows(db, run, rows)
        after = rows[-1][0]


def beside_today(db: Connection, run: RunId, split: Split) -> Iterator[PredictionNow]:
    """The predictions of a split by sample with the annotations of today, read in pages as it goes."""
    after = 0
    while rows := db.execute(
        f"""SELECT p.sample, p.value, s.value, s.value IS NOT {_VALUE_AT_RUN}, p.score
            FROM run r JOIN prediction p ON p.predictor = r.id LEFT JOIN sample s ON s.id = p.sample
            WHERE r.id = ? AND p.split = ? AND p.sample > ? ORDER BY p.sample LIMIT ?""",
        (run, split, after, _ROWS_A_BATCH),
    ).fetchall():
        for sample, value, now, changed, score in rows:
            said, today = (None if one is None else from_json(one) for one in (value, now))
            yield PredictionNow(sample, said, today, bool(changed), score)
        after = rows[-1][0]


def count(db: Connection, run: RunId, filter: PredictionFilter) -> int:
    """How many predictions the filter holds."""
    condition, values = _condition(run, filter)
    return int(db.value(f"SELECT count(*) FROM prediction p WHERE {condition}", values))


def sample_ids(db: Connection, run: RunId, filter: PredictionFilter) -> array[int]:
    """The samples of the predictions that the filter holds, ascending."""
    condition, values = _condition(run, filter)
    rows = db.execute(f"SELECT p.sample FROM prediction p WHERE {condition} ORDER BY p.sample", values)
    return array("q", (id for (id,) in rows))


def error_counts(
    db: Connection, run: RunId, split: Split | None
) -> dict[tuple[str, LabelId | None, LabelId | None], int]:
    """(kind, gold, predicted) -> how many verdicts, right ones included."""
    rows = db.execute(
        f"""SELECT kind, gold, predicted, count(*) FROM verdict v
            WHERE run = ?1 AND (?2 IS NULL OR split = ?2) AND {_STILL_THERE.format("v")}
            GROUP BY kind, gold, predicted""",
        (run, split),
    )
    return {(kind, gold, predicted): count for kind, gold, predicted, count in rows}


def histogram(
    db: Connection, run: RunId, split: Split | None, *, column: Literal["score", "quality"], bins: int
) -> list[tuple[float, float, int, int]]:
    """(from, to, right, wrong) per range of `column`, "score" or "quality"; the last one includes its end.

    A `PredictionFilter` compares with the same bounds, so that a bar holds what a filter with its range shows.
    """
    condition, values = _condition(run, PredictionFilter(split))
    edges = [bin / bins for bin in range(1, bins)]
    place = " ".join(f"WHEN p.{column} < ? THEN {bin}" for bin in range(bins - 1))
    rows = db.execute(
        f"""SELECT CASE {place} ELSE {bins - 1} END AS bin, sum(NOT p.wrong), sum(p.wrong)
            FROM prediction p WHERE {condition} GROUP BY bin""",
        (*edges, *values),
    )
    counts = {bin: (right, wrong) for bin, right, wrong in rows}
    return [(bin / bins, (bin + 1) / bins, *counts.get(bin, (0, 0))) for bin in range(bins)]


def fixes_since(db: Connection, run: RunId, split: Split | None) -> int:
    """How many samples carry another annotation now than the one that the run saw; of those it predicted in a split."""
    return int(
        db.value(
            f"""SELECT count(*) FROM run r CROSS JOIN sample s
                WHERE r.id = ?1 AND s.id IN (
                    SELECT sample FROM decision WHERE entry > r.position
                    UNION
                    SELECT d.sample FROM entry e CROSS JOIN decision d ON d.entry = e.id
                    WHERE e.undone > r.undos AND e.id <= r.position
                    UNION
                    SELECT d.sample FROM lapse l CROSS JOIN decision d ON d.entry = l.entry WHERE l.until > r.undos
                ) AND s.value IS NOT {_VALUE_AT_RUN}
                AND (?2 IS NULL OR EXISTS (
                    SELECT 1 FROM prediction p WHERE p.predictor = r.id AND p.sample = s.id AND p.split = ?2
                ))""",
            (run, split),
        )
    )


def _condition(run: RunId, filter: PredictionFilter) -> tuple[str, tuple[object, ...]]:
    """SQL on `prediction p`."""
    conditions, values = ["p.predictor = ? AND p.split IS NOT NULL"], [run]  # type: tuple[list[str], list[object]]
    of_verdict = {"kind": filter.kind, "gold": filter.gold, "predicted": filter.predicted}
    wanted = {column: value for column, value in of_verdict.items() if value is not None}
    if wanted:
        matched = "".join(f" AND {column} = ?" for column in wanted)
        conditions.append(f"p.sample IN (SELECT sample FROM verdict WHERE run = ?{matched})")
        values += [run, *wanted.values()]
    if filter.split is not None:
        conditions.append("p.split = ?")
        values.append(filter.split)
    if filter.correct is not None:
        conditions.append("p.wrong = ?")
        values.append(not filter.correct)
    elif filter.score_from > 0.0 or filter.score_to < 1.0:
        conditions.append("p.wrong IN (0, 1)")  # all that is judged: in an index without what is not
    for column, low, high in (
        ("score", filter.score_from, filter.score_to),
        ("quality", filter.quality_from, filter.quality_to),
    ):
        if low > 0.0:
            conditions.append(f"p.{column} >= ?")
            values.append(low)
        if high < 1.0:
            conditions.append(f"p.{column} < ?")
            values.append(high)
    if filter.samples is not None:
        conditions.append("p.sample IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(filter.samples))
    conditions.append(_STILL_THERE.format("p"))
    return " AND ".join(conditions), tuple(values)


def _from_rows(db: Connection, run: RunId, rows: Sequence[tuple[Any, ...]]) -> list[Prediction]:
    """The predictions in rows of (sample, split, value, accepted, score, quality, scores)."""
    verdicts = _verdicts(db, run, [row[0] for row in rows])
    return [
        Prediction(
            sample=sample,
            split=split,
            value=None if value is None else from_json(value),
            score=score,
            verdicts=verdicts.get(sample, ()),
            quality=quality,
            scores=unpacked(scores),
            accepted=None if accepted is None else from_json(accepted),
        )
        for sample, split, value, accepted, score, quality, scores in rows
    ]


def _verdicts(db: Connection, run: RunId, samples: Sequence[SampleId]) -> Mapping[SampleId, tuple[Verdict, ...]]:
    """The verdicts of some samples, in the task's order."""
    found: dict[SampleId, list[Verdict]] = defaultdict(list)
    rows = db.execute(
        """SELECT sample, kind, gold, predicted FROM verdict
           WHERE run = ? AND sample IN (SELECT value FROM json_each(?)) ORDER BY sample, place""",
        (run, json.dumps(samples)),
    )
    for sample, kind, gold, predicted in rows:
        found[sample].append(Verdict(kind, gold, predicted))
    return {sample: tuple(verdicts) for sample, verdicts in found.items()}
