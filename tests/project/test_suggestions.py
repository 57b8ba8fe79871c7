"""What is said of samples is kept for each of them, by whoever says it; samples are found and ordered by it."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlite_utils

from lepton_studio.project import paging, schema
from lepton_studio.project.connection import NOT_RECORDED, connect
from lepton_studio.project.errors import NoSuchRun
from lepton_studio.project.places import DATABASE_NAME
from lepton_studio.project.project import Project
from lepton_studio.project.records import (
    AS_ADDED,
    ORDERS_OF_PREDICTIONS,
    Decided,
    FieldIs,
    Filter,
    NewSuggestion,
    Order,
    OrderKey,
    PredictionFilter,
    PredictorId,
    SampleId,
    Split,
    Suggested,
)
from tests.project.steps import add, assert_consistent, choice, label, new, predicted_as, relabel_to

_ORDERS: tuple[OrderKey, ...] = (
    "added", "length", "labels", "split", "marks", "twins", "time", "suggestion", "score", "margin", "quality",
)  # fmt: skip


def _says(sample: SampleId, one: int, *, score: float, other: float = 0.0) -> NewSuggestion:
    return NewSuggestion(sample, choice(one), (one,), score, {one: score, 1 + one % 3: other})


def _run(project: Project) -> PredictorId:
    return project.create_run(model="built-in", recipe={}, counts={}).id


@pytest.fixture
def said(project: Project) -> Project:
    """Samples 1 to 60, every third one labelled; run 1 has judged 10 of them and suggests for 30 others."""
    chance = random.Random(2)
    splits: tuple[Split | None, ...] = (None, "train", "test")
    rows = []
    for n in range(1, 61):
        labels = [1 + n % 2] if n % 3 == 0 else []
        rows.append(new(f"{'card' if n % 2 else 'refund'} {'x' * (n % 5)}", *labels, split=splits[n % 3]))
    add(project, rows)
    for n in (5, 8, 6):
        label(project, n, "card")
    run = _run(project)
    judged = [predicted_as(n, 2, gold=1 + n % 2, score=chance.random(), scores={2: 0.5}) for n in range(3, 33, 3)]
    project.store_predictions(run, judged)
    project.store_suggestions(
        run, [_says(n, 1 + n % 3, score=round(chance.random(), 1), other=chance.random() / 9) for n in range(31, 61)]
    )
    return project


@pytest.mark.parametrize("few", [0, paging._FEW], ids=["along an index", "sorted"])
def test_every_order_of_every_filter_is_paged_both_ways_without_loss(
    said: Project, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "_FEW", few)
    filters = {
        Filter(): 60,
        Filter(state="labelled"): 22,
        Filter(search="card x"): None,
        Filter(search="card", label=2): None,
        Filter(split="test", suggested=Suggested(1)): None,
        Filter(suggested=Suggested(1)): 40,
        Filter(suggested=Suggested(1, there=False)): 20,
        Filter(suggested=Suggested(1, label=2)): 20,
        Filter(label=2, suggested=Suggested(1, label=2)): None,
        Filter(suggested=Suggested(1, score_from=0.3, score_to=0.7)): None,
        Filter(suggested=Suggested(1, disagrees=True)): None,
        Filter(state="unlabelled", suggested=Suggested(1, label=2, score_to=0.8)): None,
        Filter(ids=(3, 40, 59), suggested=Suggested(1)): 3,
        Filter(state="labelled", decided=Decided(since="2020")): None,
        Filter(suggested=Suggested(1), fields=(FieldIs("id", ""),)): 40,
    }
    for asked in (Order("marks"), Order("suggestion", by=1), "id") if few else ():
        said.make_index(asked)
    for filter, expected in filters.items():
        found = list(said.sample_ids(filter))
        assert found and (expected is None or len(found) == expected), filter
        for key in _ORDERS:
            for descending in (False, True):
                order = Order(key, descending, by=1 if key in ORDERS_OF_PREDICTIONS else None)
                ordered = replace(filter, order=order)
                all_at_once = [one.id for one in said.samples(ordered, limit=1000)]
                assert sorted(all_at_once) == found and said.count(ordered) == len(found), ordered
                assert _forth(said, ordered) == all_at_once == _back(said, ordered)[::-1], ordered


def _forth(project: Project, filter: Filter) -> list[SampleId]:
    seen: list[SampleId] = []
    while page := project.samples(filter, after=seen[-1] if seen else None, limit=7):
        seen += (one.id for one in page)
    return seen


def _back(project: Project, filter: Filter) -> list[SampleId]:
    seen: list[SampleId] = []
    while one := project.previous_sample(filter, before=seen[-1] if seen else None):
        seen.append(one.id)
    return seen


def test_the_least_sure_stand_first_and_what_is_unsaid_last_whichever_way(project: Project) -> None:
    add(project, ["a", "b", "c", "d"])
    by = project.enter_predictor("imported", "other tool").id
    project.store_suggestions(
        by, [_says(1, 1, score=0.9, other=0.05), _says(2, 2, score=0.4, other=0.35), NewSuggestion(3, choice(1), (1,))]
    )
    for order, ids in {
        Order("score", by=by): [2, 1, 3, 4],
        Order("score", descending=True, by=by): [1, 2, 4, 3],
        Order("margin", by=by): [2, 1, 3, 4],
    }.items():
        assert [one.id for one in project.samples(Filter(order=order))] == ids
    assert project.samples(Filter(order=Order("score", by=by)), after=99) == []
    assert [one.id for one in project.samples(Filter(suggested=Suggested(by, score_to=0.5)))] == [2]
    with pytest.raises(ValueError, match="score"):
        Order("score")


def test_those_decided_last_stand_first_and_an_undone_decision_does_not_count(project: Project) -> None:
    add(project, ["a", "b", "c", new("d", 1)])
    for sample in (3, 1, 2):
        label(project, sample, "card")
    newest = Filter(order=Order("time", descending=True))
    assert [one.id for one in project.samples(newest)] == [2, 1, 3, 4]
    project.undo()
    assert [one.id for one in project.samples(newest)] == [1, 3, 4, 2]
    label(project, 4, "other")
    project.annotate(1, None)
    assert [one.id for one in project.samples(newest)] == [4, 3, 2, 1]
    assert [one.id for one in project.samples(replace(newest, state="unlabelled"))] == [2, 1]


def test_a_suggestion_disagrees_until_it_is_accepted_and_not_with_labels_that_are_gone(project: Project) -> None:
    add(project, [new("a", 1), new("b", 1), new("c", 2), "d"])
    by = project.enter_predictor("instant").id
    rows = [_says(1, 1, score=0.9), _says(2, 2, score=0.8), _says(3, 3, score=0.7), _says(4, 2, score=0.6)]
    nearly = NewSuggestion(2, {"labels": [2], "step": 0.1}, (2,), 0.8, accepted=choice(2))
    project.store_suggestions(by, [*rows, nearly])
    disagrees = Filter(suggested=Suggested(by, disagrees=True))
    assert list(project.sample_ids(disagrees)) == [2, 3]
    label(project, 2, "card")
    assert list(project.sample_ids(disagrees)) == [3], "it is what accepting gives"
    project.delete_label(3, relabel=relabel_to(3, None))
    assert list(project.sample_ids(disagrees)) == []
    project.undo()
    assert list(project.sample_ids(disagrees)) == [3]


def test_the_newest_run_counts_first_and_what_it_has_judged_stays(project: Project) -> None:
    add(project, ["a", "b", "c"])
    word_list, imported = project.enter_predictor("word_list"), project.enter_predictor("imported", "old tool")
    first, second = _run(project), _run(project)
    assert project.enter_predictor("word_list") == word_list != imported
    for by in (word_list.id, first, imported.id, second):
        project.store_suggestions(by, [_says(1, 2, score=0.5, other=0.2)])
    assert [one.predictor.id for one in project.suggestions_of(1)] == [second, first, imported.id, word_list.id]
    [best, *_] = project.suggestions_of(1)
    assert (best.value, best.labels, best.score, best.scores) == (choice(2), (2,), 0.5, {2: 0.5, 3: 0.2})
    assert best.margin == pytest.approx(0.3) and best.at > 1_700_000_000
    project.store_predictions(second, [predicted_as(1, 3, gold=3, score=0.75, scores={3: 0.75})])
    project.store_suggestions(second, [_says(1, 1, score=0.1), _says(2, 1, score=0.2)], at=5)
    [judged] = project.predictions(second)
    assert (judged.prediction.predicted, judged.prediction.is_right) == (3, True), "splits hold what was judged only"
    assert [one.sample for one in project.every_prediction(second)] == [1]
    assert [(one.sample, one.labels, one.at == 5) for one in project.said_of((1, 2, 3), by=second)] == [
        (1, (3,), False),
        (2, (1,), True),
    ]
    assert list(project.sample_ids(Filter(suggested=Suggested(second, label=2)))) == []
    with pytest.raises(NoSuchRun):
        project.store_suggestions(99, [])


def test_what_a_run_said_goes_with_it(said: Project) -> None:
    other = said.enter_predictor("instant").id
    said.store_suggestions(other, [_says(1, 1, score=0.5)])
    said.delete_run(1)
    assert [one.id for one in said.predictors()] == [other]
    assert said.count(Filter(suggested=Suggested(1))) == 0 == said.suggestion_count(1)
    assert said.suggestion_count(other) == 1
    said.close()
    assert _rows(said.folder, "prediction_label") == [(other, 1, 1)] and _rows(said.folder, "verdict") == []
    assert_consistent(said.folder)


def test_what_is_stored_before_an_error_stays_and_samples_that_are_gone_say_nothing(project: Project) -> None:
    add(project, ["a", "b"])
    by = project.enter_predictor("instant").id

    def rows() -> Iterable[NewSuggestion]:
        for _ in range(500):
            yield _says(1, 1, score=0.5)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        project.store_suggestions(by, rows())
    assert project.suggestion_count(by) == 1
    project.remove_samples([1])
    assert project.suggestion_count(by) == 0 == project.count(Filter(suggested=Suggested(by)))
    project.undo()
    assert project.suggestion_count(by) == 1, "what was said comes back with its sample"


def test_a_project_of_the_third_version_keeps_every_number_of_its_runs(folder: Path) -> None:
    (folder / "runs").mkdir(parents=True)
    (folder / DATABASE_NAME).touch()
    migrations = sqlite_utils.Migrations("lepton_studio")
    for one in (schema.version_1, schema.version_2, schema.version_3):
        migrations(name=one.__name__)(one)
    scores = struct.pack("<idid", 1, 0.25, 2, 0.75)
    with closing(connect(folder / DATABASE_NAME)) as db:
        db.recording = NOT_RECORDED
        migrations.apply(sqlite_utils.Database(db, execute_plugins=False))
        db.execute("PRAGMA journal_mode = WAL")
        db.executemany("INSERT INTO meta VALUES (?, ?)", [("name", "Old"), ("task", "multi_label"), ("undos", 0)])
        for name in ("refund", "card"):
            db.execute(
                "INSERT INTO label (name, color, key, description, position) VALUES (?, '#000000', '', '', 0)", (name,)
            )
        db.execute(
            """INSERT INTO run (status, model, recipe, counts, position, undos, created)
               VALUES ('finished', 'built-in', '{}', '{}', 0, 0, '2025-01-01T10:00:00.000+00:00')"""
        )
        for sample in (1, 2, 3):
            db.execute("INSERT INTO sample (id, text_hash, length) VALUES (?1, ?1, 3)", (sample,))
            db.execute("INSERT INTO content VALUES (?, 'abc', '{}', 'old.csv', 1, NULL)", (sample,))
            value = json.dumps({"labels": [1, 2]}, separators=(",", ":"))
            row = (1, sample, "test", value, 0.5 + sample / 10, sample / 3, sample < 3, scores)
            db.execute("INSERT INTO prediction VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            db.executemany(
                "INSERT INTO verdict VALUES (1, ?, ?, 'test', ?, ?, ?)",
                [(sample, 0, "right", 2, 2), (sample, 1, "invented", None, 1), (sample, 2, "missed", 2, None)],
            )
    with Project.open(folder) as project:
        rows = [one.prediction for one in project.predictions(1, order="worst")]
        assert [(one.sample, one.score, one.quality) for one in rows] == [
            (1, 0.6, 1 / 3),
            (2, 0.7, 2 / 3),
            (3, 0.8, 1.0),
        ]
        assert rows[0].value == {"labels": [1, 2]} and rows[0].scores == {1: 0.25, 2: 0.75}
        assert project.error_counts(1) == {("right", 2, 2): 3, ("invented", None, 1): 3, ("missed", 2, None): 3}
        assert project.prediction_count(1, PredictionFilter(correct=False, score_from=0.65)) == 1
        assert project.score_histogram(1, bins=2) == [(0.0, 0.5, 0, 0), (0.5, 1.0, 1, 2)]
        [said] = project.suggestions_of(2)
        assert (said.labels, said.margin, said.at) == ((1, 2), 0.5, 1735725600)
        assert [one.id for one in project.samples(Filter(order=Order("score", by=1)))] == [1, 2, 3]
        assert list(project.sample_ids(Filter(suggested=Suggested(1, label=1)))) == [1, 2, 3]
        project.delete_run(1)
    assert len(list((folder / "backups").iterdir())) == 1 and _rows(folder, "prediction") == []


def _rows(folder: Path, table: str) -> list[tuple[object, ...]]:
    with closing(connect(folder / DATABASE_NAME, read_only=True)) as db:
        return db.execute(f"SELECT * FROM {table}").fetchall()


def test_counting_and_reading_all_does_not_depend_on_the_order(said: Project) -> None:
    by_score = Filter(order=Order("score", by=1))
    assert said.count(by_score) == said.count() == 60
    assert [one.id for one in said.all_rows(by_score)] == list(said.sample_ids(by_score)) == list(range(1, 61))
    assert Filter(order=AS_ADDED) == Filter()
