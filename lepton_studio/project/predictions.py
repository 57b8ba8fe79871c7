"""What runs predicted, joined with the samples as they are now."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Mapping

from lepton_studio.project.connection import Connection
from lepton_studio.project.reads import SAMPLE_COLUMNS, sample_from_row
from lepton_studio.project.records import (
    LabelId,
    PredictedSample,
    Prediction,
    PredictionFilter,
    PredictionOrder,
    RunId,
    Split,
)

EVERY_PREDICTION = PredictionFilter()

_PAIR = struct.Struct("<id")  # label id, probability

# The annotation that the run saw: the last decision of an entry that held when the run was made.
_VALUE_AT_RUN = """(
    SELECT d.after FROM decision d JOIN entry e ON e.id = d.entry
    WHERE d.sample = s.id AND d.entry <= r.position AND (e.undone IS NULL OR e.undone > r.undos)
    ORDER BY d.id DESC LIMIT 1
)"""

_ORDERS: dict[PredictionOrder, str] = {
    "sample": "p.sample",
    "most_sure": "p.score DESC, p.sample",
    "least_sure": "p.score, p.sample",
}


def store(db: Connection, run: RunId, predictions: Iterable[Prediction]) -> None:
    """Keep predictions, in place of earlier ones of the same run and sample."""
    db.executemany(
        "INSERT OR REPLACE INTO prediction VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((run, p.sample, p.split, p.gold, p.predicted, p.score, _packed(p.scores)) for p in predictions),
    )


def page(
    db: Connection, run: RunId, filter: PredictionFilter, *, order: PredictionOrder, offset: int, limit: int
) -> list[PredictedSample]:
    """Predictions of a run with their samples; those whose sample is gone are left out."""
    condition, values = _condition(run, filter)
    rows = db.execute(
        f"""SELECT p.sample, p.split, p.gold, p.predicted, p.score, p.scores, s.value IS NOT {_VALUE_AT_RUN},
                   {SAMPLE_COLUMNS}
            FROM prediction p JOIN run r ON r.id = p.run JOIN sample s ON s.id = p.sample JOIN content c ON c.id = s.id
            WHERE {condition} ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?""",
        (*values, limit, offset),
    )
    return [
        PredictedSample(
            Prediction(sample, split, gold, predicted, score, _unpacked(scores)), sample_from_row(row), bool(fixed)
        )
        for sample, split, gold, predicted, score, scores, fixed, *row in rows
    ]


def count(db: Connection, run: RunId, filter: PredictionFilter) -> int:
    """How many predictions the filter holds."""
    condition, values = _condition(run, filter)
    return int(
        db.value(f"SELECT count(*) FROM prediction p JOIN sample s ON s.id = p.sample WHERE {condition}", values)
    )


def sample_ids(db: Connection, run: RunId, filter: PredictionFilter) -> array[int]:
    """The samples of the predictions that the filter holds, ascending."""
    condition, values = _condition(run, filter)
    rows = db.execute(
        f"SELECT s.id FROM prediction p JOIN sample s ON s.id = p.sample WHERE {condition} ORDER BY s.id", values
    )
    return array("q", (id for (id,) in rows))


def histogram(db: Connection, run: RunId, split: Split | None, *, bins: int) -> list[tuple[float, float, int, int]]:
    """(from, to, right, wrong) per range of the score; the ranges are those of `PredictionFilter`."""
    bars = []
    for bin in range(bins):
        low, high = bin / bins, (bin + 1) / bins
        right, wrong = (
            count(db, run, PredictionFilter(split=split, correct=correct, score_from=low, score_to=high))
            for correct in (True, False)
        )
        bars.append((low, high, right, wrong))
    return bars


def fixes_since(db: Connection, run: RunId) -> int:
    """How many samples carry another annotation now than the one that the run saw."""
    return int(
        db.value(
            f"""SELECT count(*) FROM run r CROSS JOIN sample s
                WHERE r.id = ? AND s.id IN (
                    SELECT sample FROM decision WHERE entry > r.position
                    UNION
                    SELECT d.sample FROM entry e CROSS JOIN decision d ON d.entry = e.id
                    WHERE e.undone > r.undos AND e.id <= r.position
                ) AND s.value IS NOT {_VALUE_AT_RUN}""",
            (run,),
        )
    )


def _condition(run: RunId, filter: PredictionFilter) -> tuple[str, tuple[object, ...]]:
    conditions, values = ["p.run = ?"], [run]  # type: tuple[list[str], list[object]]
    for column, wanted in (("split", filter.split), ("gold", filter.gold), ("predicted", filter.predicted)):
        if wanted is not None:
            conditions.append(f"p.{column} = ?")
            values.append(wanted)
    if filter.correct is not None:
        conditions.append("p.gold = p.predicted" if filter.correct else "p.gold <> p.predicted")
    if filter.score_from > 0.0:
        conditions.append("p.score >= ?")
        values.append(filter.score_from)
    if filter.score_to < 1.0:
        conditions.append("p.score < ?")
        values.append(filter.score_to)
    return " AND ".join(conditions), tuple(values)


def _packed(scores: Mapping[LabelId, float]) -> bytes:
    return b"".join(_PAIR.pack(label, score) for label, score in scores.items())


def _unpacked(stored: bytes) -> dict[LabelId, float]:
    return dict(_PAIR.iter_unpack(stored))
