"""A project that the first version of the app made opens as what it was, and can do all that new ones can."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lepton_studio.project import repeats
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Order, Prediction, PredictionFilter, Verdict
from tests.project.steps import add, assert_consistent, new


def test_what_a_run_of_the_first_version_predicted_is_right_or_wrong_as_it_was(old: Path) -> None:
    with Project.open(old) as project:
        wrong, right = (one.prediction for one in project.predictions(1))
        scores = {1: 0.25, 2: 0.75}
        assert wrong == Prediction(1, "test", None, 0.75, (Verdict("wrong", 1, 2),), 0.0, scores)
        assert right == Prediction(2, "test", None, 0.75, (Verdict("right", 2, 2),), 1.0, scores)
        assert project.error_counts(1, "test") == {("wrong", 1, 2): 1, ("right", 2, 2): 1}
        assert list(project.prediction_ids(1, PredictionFilter(correct=False, gold=1, predicted=2))) == [1]
        project.delete_run(1)
        assert project.runs() == []


def test_what_was_done_in_the_first_version_can_be_undone_and_labels_take_options(old: Path) -> None:
    with Project.open(old) as project:
        assert [label.options for label in project.labels()] == [{}, {}]
        project.set_label_options(2, {"kind": "span", "tails": [1]})
        assert project.label(2).options == {"kind": "span", "tails": [1]}
        project.undo()
        assert (project.label(2).name, project.label(2).options) == ("cards", {})
        project.undo()
        assert project.label(2).name == "card"
        project.redo()
        project.redo()
        assert (project.label(2).name, project.label(2).options) == ("cards", {"kind": "span", "tails": [1]})
        add(project, [new("abcd", 1)])
        assert project.add_label("works for", options={"kind": "relation"}).labels
        assert project.labels()[-1].options == {"kind": "relation"}


def test_nobody_is_known_to_have_answered_in_a_project_of_the_first_version_until_somebody_does(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_ANNOTATOR", "Ana")
    with Project.open(old) as project:
        assert (list(project.answers()), project.people(), project.identity()) == ([], [], "2025-01-01")
        project.annotate(1, {"labels": [2]}, labels=(2,))
        assert [(one.sample, one.who) for one in project.answers()] == [(1, "Ana")]
        assert project.people() == ["Ana"]


def test_texts_that_version_8_had_twice_are_found_and_those_that_come_back_too(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(project, [new("one"), new("two", split="train"), new(" two ", split="test")])
    add(project, ["one"])
    project.undo()
    project.close()
    with closing(sqlite3.connect(project.folder / "project.db")) as db:
        db.executescript(
            """DROP TABLE repeated; DROP INDEX sample_text_hash;
               DELETE FROM _sqlite_migrations WHERE name = 'version_9';
               CREATE INDEX sample_text_hash ON sample (text_hash, split, labels); PRAGMA user_version = 8;"""
        )
    with Project.open(project.folder) as updated:
        assert list(updated.sample_ids(Filter(state="duplicate"))) == [2, 3]
        updated.redo()
        for few in (repeats._FEW, 0):
            monkeypatch.setattr(repeats, "_FEW", few)
            assert list(updated.sample_ids(Filter(state="leak"))) == [2, 3]
            assert list(updated.sample_ids(Filter(state="duplicate"))) == [1, 2, 3, 4]
            assert [one.id for one in updated.samples(Filter(state="duplicate", order=Order("twins")))][:2] in (
                [1, 4],
                [2, 3],
            )
        assert updated.further_copies() == (3, 4)
        updated.remove_samples([3])
        assert list(updated.sample_ids(Filter(state="duplicate"))) == [1, 4], "what is on the list may be there once"
        assert list(updated.sample_ids(Filter(state="leak"))) == [] and updated.further_copies() == (4,)
        assert (updated.statistics().duplicates, updated.statistics().leaks) == (2, 0)
    assert_consistent(project.folder)
