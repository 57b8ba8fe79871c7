"""The contract that every task keeps, so that the rest of the product works with it unseen."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lepton_studio.project.records import Labels
from lepton_studio.tasks.base import BadAnnotation, Report, Task


def values(task: Task[Any], labels: Labels) -> list[Any]:
    """One value for each label, as an imported file would give them."""
    return [task.from_labels([label.id]) for label in labels]


def test_what_a_person_decided_comes_back_from_the_file_as_it_was(task: Task[Any], labels: Labels) -> None:
    for value in values(task, labels):
        assert task.parse(json.loads(json.dumps(task.dump(value))), labels) == value


@pytest.mark.parametrize("payload", [None, [], {}, "no such thing", {"no": "such"}, -1, 2.5, {"labels": ["good"]}])
def test_a_value_that_makes_no_sense_is_refused_with_a_sentence(
    task: Task[Any], labels: Labels, payload: object
) -> None:
    with pytest.raises(BadAnnotation) as refused:
        task.parse(payload, labels)
    assert str(refused.value).endswith(".")


def test_a_perfect_model_scores_one(task: Task[Any], labels: Labels) -> None:
    gold = values(task, labels)
    report = task.score(gold, gold, labels)
    assert report.n == len(gold)
    assert set(report.headline.values()) == {1.0}


def test_a_report_on_no_samples_is_no_crash(task: Task[Any], labels: Labels) -> None:
    assert task.score([], [], labels).n == 0


def test_a_report_reads_the_same_after_it_was_stored(task: Task[Any], labels: Labels) -> None:
    gold = values(task, labels)
    report = task.score(gold, gold[::-1], labels)
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_a_merged_label_takes_its_decisions_along(task: Task[Any], labels: Labels) -> None:
    for value in values(task, labels):
        for label in task.labels_in(value):
            moved = task.relabel(value, {label: labels[0].id})
            assert task.labels_in(moved) == (labels[0].id,)


def test_a_deleted_label_leaves_no_trace_in_a_decision(task: Task[Any], labels: Labels) -> None:
    for value in values(task, labels):
        if gone := task.labels_in(value):
            left = task.relabel(value, dict.fromkeys(gone))
            assert left is None or not set(task.labels_in(left)) & set(gone)


def test_every_task_says_what_it_is_for(task: Task[Any], task_id: str) -> None:
    assert task.id == task_id
    assert task.title and task.summary.endswith(".")
