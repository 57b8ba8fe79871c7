"""The runs of a project: settings, curves, reports and predictions. Not undoable: a run happened."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import TypeVar

from lepton_studio.files import remove_tree
from lepton_studio.language import tr
from lepton_studio.project import predictions, predictors
from lepton_studio.project.changes import Changes
from lepton_studio.project.connection import Connection, to_json
from lepton_studio.project.errors import NoSuchRun
from lepton_studio.project.history import now, position
from lepton_studio.project.in_words import from_json, object_from_json, text_of
from lepton_studio.project.predictions import EVERY_PREDICTION
from lepton_studio.project.records import (
    LabelId,
    NewSuggestion,
    PredictedSample,
    Prediction,
    PredictionFilter,
    PredictionNow,
    PredictionOrder,
    Predictor,
    PredictorId,
    PredictorKind,
    RunId,
    RunRecord,
    RunStatus,
    SampleId,
    Split,
    Suggestion,
)

_COLUMNS = "id, status, model, recipe, counts, position, created, seconds, steps, samples_per_second, scores, sentence"
_ROWS_A_TRANSACTION = 500
"""Some milliseconds: a label that is pressed meanwhile does not wait longer."""

_REMOVED_AT_ONCE = 4000

T = TypeVar("T")


class Ledger:
    """What a project knows of its runs. What takes a `run_id` raises NoSuchRun for one that is not there."""

    folder: Path
    _db: Connection

    @property
    def runs_folder(self) -> Path:
        """Where the run folders lie."""
        return self.folder / "runs"

    def run_folder(self, run_id: RunId) -> Path:
        """The folder of a run."""
        return self.runs_folder / self.run(run_id).folder

    def create_run(
        self,
        *,
        model: str,
        recipe: Mapping[str, object],
        counts: Mapping[str, int],
        status: RunStatus = "running",
    ) -> RunRecord:
        """Enter a new run on the labels as they are now, and make its folder."""
        with self._db.transaction():
            cursor = self._db.execute(
                """INSERT INTO run (status, model, recipe, counts, position, undos, created)
                   VALUES (?, ?, ?, ?, ?, (SELECT value FROM meta WHERE key = 'undos'), ?)""",
                (status, model, to_json(dict(recipe)), to_json(dict(counts)), position(self._db), now()),
            )
        assert cursor.lastrowid is not None
        run = self.run(cursor.lastrowid)
        (self.runs_folder / run.folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        return run

    def update_run(
        self,
        run_id: RunId,
        *,
        status: RunStatus | None = None,
        model: str | None = None,
        recipe: Mapping[str, object] | None = None,
        counts: Mapping[str, int] | None = None,
        seconds: float | None = None,
        steps: int | None = None,
        samples_per_second: float | None = None,
        scores: Mapping[str, Mapping[str, float]] | None = None,
        sentence: str | None = None,
    ) -> Changes:
        """Write down what is given; the rest stays."""
        self.run(run_id)
        new: dict[str, object | None] = {
            "status": status,
            "model": model,
            "recipe": None if recipe is None else to_json(dict(recipe)),
            "counts": None if counts is None else to_json(dict(counts)),
            "seconds": seconds,
            "steps": steps,
            "samples_per_second": samples_per_second,
            "scores": None if scores is None else to_json({split: dict(named) for split, named in scores.items()}),
            "sentence": sentence,
        }
        given = {column: value for column, value in new.items() if value is not None}
        with self._db.transaction():
            for column, value in given.items():
                self._db.execute(f"UPDATE run SET {column} = ? WHERE id = ?", (value, run_id))
        return self._run_changes()

    def runs(self) -> list[RunRecord]:
        """All runs, the newest first."""
        return [_run_from_row(row) for row in self._db.execute(f"SELECT {_COLUMNS} FROM run ORDER BY id DESC")]

    def run(self, run_id: RunId) -> RunRecord:
        """One run."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM run WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise NoSuchRun(tr("This project has no run {number}.", number=run_id))
        return _run_from_row(row)

    def run_by_number(self, number: int) -> RunRecord:
        """The run that people call by this number."""
        return self.run(number)

    def waiting_runs(self) -> tuple[RunId, ...]:
        """The queue: the runs that wait for their turn, the next one first."""
        stored = from_json(self._db.value("SELECT value FROM meta WHERE key = 'queue'") or "[]")
        return tuple(run for run in stored if isinstance(run, int)) if isinstance(stored, list) else ()

    def change_queue(self, change: Callable[[tuple[RunId, ...]], Sequence[RunId]]) -> Changes:
        """Put another order in the place of `waiting_runs`, in one transaction: `change` gets the one of now."""
        with self._db.transaction():
            order = change(self.waiting_runs())
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('queue', ?)", (to_json(list(order)),))
        return self._run_changes()

    def delete_run(self, run_id: RunId) -> Changes:
        """Forget a run and remove its folder. Its number is not given again."""
        folder = self.run_folder(run_id)
        self.forget_predictor(run_id)
        with self._db.transaction():
            for table in ("metric", "report"):
                self._db.execute(f"DELETE FROM {table} WHERE run = ?", (run_id,))
            self._db.execute("DELETE FROM run WHERE id = ?", (run_id,))
        remove_tree(folder, inside=self.folder)
        return self._run_changes()

    def store_metrics(self, run_id: RunId, rows: Iterable[tuple[int, str, float | None]]) -> Changes:
        """Keep points of the curves: (step, name, value). What is no finite number is kept as None.

        Some hundred in a transaction; the rows are made outside of it. What was written stays where making them fails.
        """
        self.run(run_id)
        finite = (
            (run_id, step, name, value if value is not None and isfinite(value) else None) for step, name, value in rows
        )
        for batch in _batches(finite):
            with self._db.transaction():
                self._db.executemany("INSERT OR REPLACE INTO metric VALUES (?, ?, ?, ?)", batch)
        return self._run_changes()

    def metrics(self, run_id: RunId) -> list[tuple[int, str, float | None]]:
        """All points of a run by step."""
        self.run(run_id)
        return self._db.execute(
            "SELECT step, name, value FROM metric WHERE run = ? ORDER BY step, name", (run_id,)
        ).fetchall()

    def store_report(self, run_id: RunId, *, split: Split, report: object) -> Changes:
        """Keep the JSON-able report of a split, in place of an earlier one."""
        self.run(run_id)
        with self._db.transaction():
            self._db.execute("INSERT OR REPLACE INTO report VALUES (?, ?, ?)", (run_id, split, to_json(report)))
        return self._run_changes()

    def report(self, run_id: RunId, split: Split) -> object | None:
        """The report of a split, None where there is none."""
        self.run(run_id)
        stored = self._db.value("SELECT report FROM report WHERE run = ? AND split = ?", (run_id, split))
        return None if stored is None else from_json(stored)

    def store_predictions(self, run_id: RunId, rows: Iterable[Prediction]) -> Changes:
        """Keep predictions, in place of earlier ones of the same samples. In batches, as `store_metrics`."""
        self.run(run_id)
        for batch in _batches(rows):
            with self._db.transaction():
                predictions.store(self._db, run_id, batch)
        return self._run_changes()

    def predictors(self) -> list[Predictor]:
        """All that have said something of samples, that whose word counts first in front."""
        return predictors.predictors(self._db)

    def enter_predictor(self, kind: PredictorKind, name: str = "") -> Predictor:
        """The predictor of this kind and name that is no run, made where it is not there."""
        with self._db.transaction():
            return Predictor(predictors.enter(self._db, kind, name), kind, name)

    def store_suggestions(self, predictor: PredictorId, rows: Iterable[NewSuggestion], *, at: int | None = None) -> int:
        """Keep what a predictor says, in place of what it said of the same samples before; how many they are.

        Each few hundred are a transaction of their own: what is stored stays where the iterable raises. What a run says
        of its own splits stays as it is. `at`: seconds since 1970, UTC; now where not given. Raises NoSuchRun.
        """
        if predictor > 0:
            self.run(predictor)
        stored = 0
        for batch in _batches(rows):
            with self._db.transaction():
                if predictor > 0:
                    predictors.enter_run(self._db, predictor)
                predictors.put_suggestions(self._db, predictor, batch, at=int(time.time()) if at is None else at)
            stored += len(batch)
        return stored

    def suggestions_of(self, sample_id: SampleId) -> list[Suggestion[object]]:
        """What is said of a sample, that which counts first in front."""
        return predictors.of_sample(self._db, sample_id)

    def said_of(self, samples: Iterable[SampleId], *, by: PredictorId) -> list[Suggestion[object]]:
        """What one predictor says of those of the samples of which it says something."""
        return predictors.of_samples(self._db, samples, by=by)

    def labels_said(self, predictor: PredictorId) -> Iterator[tuple[SampleId, tuple[LabelId, ...], Split | None]]:
        """(sample, labels, split) of all that a predictor says, streamed; split None: it was not judged on it."""
        return predictors.labels_said(self._db, predictor)

    def suggestion_count(self, predictor: PredictorId) -> int:
        """Of how many samples a predictor says something."""
        return predictors.count(self._db, predictor)

    def forget_predictor(self, predictor: PredictorId) -> None:
        """Remove all that a predictor said, some thousand samples a transaction."""
        there = True
        while there:
            with self._db.transaction():
                there = predictors.forget(self._db, predictor, limit=_REMOVED_AT_ONCE)

    def predictions(
        self,
        run_id: RunId,
        filter: PredictionFilter = EVERY_PREDICTION,
        *,
        order: PredictionOrder = "sample",
        offset: int = 0,
        limit: int = 200,
    ) -> list[PredictedSample]:
        """A page of predictions with the samples as they are now; samples that an undo removed are left out."""
        return predictions.page(self._db, run_id, filter, order=order, offset=offset, limit=limit)

    def every_prediction(self, run_id: RunId) -> Iterator[Prediction]:
        """All predictions of a run in the order of the samples, streamed; of samples that are gone, too."""
        return predictions.every(self._db, run_id)

    def predictions_beside_today(self, run_id: RunId, split: Split) -> Iterator[PredictionNow]:
        """The predictions of a split by sample, streamed, each beside the annotation that its sample has now."""
        return predictions.beside_today(self._db, run_id, split)

    def prediction_count(self, run_id: RunId, filter: PredictionFilter = EVERY_PREDICTION) -> int:
        """How many predictions the filter holds."""
        return predictions.count(self._db, run_id, filter)

    def prediction_ids(self, run_id: RunId, filter: PredictionFilter = EVERY_PREDICTION) -> array[int]:
        """The samples of those predictions, ascending, for a `Filter` by ids."""
        return predictions.sample_ids(self._db, run_id, filter)

    def error_counts(
        self, run_id: RunId, split: Split | None = None
    ) -> dict[tuple[str, LabelId | None, LabelId | None], int]:
        """(kind, gold, predicted) -> how many verdicts of a split or of all, those of kind RIGHT included.

        A sample may have several of one sort: `prediction_count` with the same three says how many samples.
        """
        return predictions.error_counts(self._db, run_id, split)

    def score_histogram(
        self, run_id: RunId, split: Split | None = None, *, bins: int = 20
    ) -> list[tuple[float, float, int, int]]:
        """(from, to, right, wrong) per range of confidence; a bar holds what a filter with its range shows."""
        return predictions.histogram(self._db, run_id, split, column="score", bins=bins)

    def quality_histogram(
        self, run_id: RunId, split: Split | None = None, *, bins: int = 20
    ) -> list[tuple[float, float, int, int]]:
        """As `score_histogram`, by how good the predictions are."""
        return predictions.histogram(self._db, run_id, split, column="quality", bins=bins)

    def fixes_since(self, run_id: RunId, split: Split | None = None) -> int:
        """How many samples carry another annotation now than the one that the run saw, new annotations included.

        With a `split`: of the samples that the run predicted there.
        """
        return predictions.fixes_since(self._db, run_id, split)

    def _run_changes(self) -> Changes:
        return Changes("", position(self._db), runs=True)


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    """What one transaction writes."""
    incoming = iter(rows)
    while batch := list(islice(incoming, _ROWS_A_TRANSACTION)):
        yield batch


def _run_from_row(row: tuple[object, ...]) -> RunRecord:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    run_id = values["id"]
    text_of(values["status"], values["model"], values["created"], values["sentence"])
    recipe, counts, scores = (object_from_json(values[column]) for column in ("recipe", "counts", "scores"))
    return RunRecord(
        id=run_id,  # type: ignore[arg-type]  # the table's types
        number=run_id,  # type: ignore[arg-type]
        status=values["status"],  # type: ignore[arg-type]
        model=values["model"],  # type: ignore[arg-type]
        recipe=recipe,
        counts=counts,
        history_position=values["position"],  # type: ignore[arg-type]
        folder=f"run-{run_id}",
        created=values["created"],  # type: ignore[arg-type]
        seconds=values["seconds"],  # type: ignore[arg-type]
        steps=values["steps"],  # type: ignore[arg-type]
        samples_per_second=values["samples_per_second"],  # type: ignore[arg-type]
        scores=scores,
        sentence=values["sentence"],  # type: ignore[arg-type]
    )
