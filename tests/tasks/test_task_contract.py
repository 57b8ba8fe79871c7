"""The contract that every task keeps, so that the rest of the product works with it unseen."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from lepton_studio.contract.task import BadAnnotation, Report, Task
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import RIGHT, Labels
from lepton_studio.runs.job import RECIPE_SETTINGS


def test_what_a_person_decided_comes_back_from_the_file_as_it_was(
    task: Task[Any], labels: Labels, values: list[Any]
) -> None:
    for value in values:
        assert task.parse(json.loads(json.dumps(task.dump(value))), labels) == value


def test_what_goes_out_to_a_file_comes_back_the_same(task: Task[Any], labels: Labels, values: list[Any]) -> None:
    names = {label.id: label.name for label in labels}
    for value in values:
        assert task.from_marks(task.to_marks(value, names), {name: one for one, name in names.items()}) == value


def test_a_file_that_says_nothing_of_this_task_decides_nothing(task: Task[Any]) -> None:
    assert task.from_marks(Marks(), {}) is None


def test_a_value_fits_on_one_line_of_a_table(task: Task[Any], labels: Labels, values: list[Any]) -> None:
    for value in values:
        assert task.words(value, labels) and "\n" not in task.words(value, labels)


@pytest.mark.parametrize("payload", [None, [], {}, "no such thing", {"no": "such"}, -1, 2.5, {"labels": ["good"]}])
def test_a_value_that_makes_no_sense_is_refused_with_a_sentence(
    task: Task[Any], labels: Labels, payload: object
) -> None:
    with pytest.raises(BadAnnotation) as refused:
        task.parse(payload, labels)
    assert str(refused.value).endswith(".")


def test_a_perfect_model_scores_one(task: Task[Any], labels: Labels, values: list[Any]) -> None:
    report = task.score(values, values, labels)
    assert report.n == len(values)
    assert task.best in report.headline
    for name, value in report.headline.items():
        assert value == pytest.approx(0.0 if task.measure(name).lower_is_better else 1.0)
    assert not any(report.errors.values())
    for value in values:
        assert all(verdict.kind == RIGHT for verdict in task.compare(value, value))
        assert task.quality(value, value) == 1.0


def test_every_error_has_a_kind_that_the_report_counts(task: Task[Any], labels: Labels, values: list[Any]) -> None:
    guesses = [*values[1:], values[0]]
    verdicts = [one for gold, guess in zip(values, guesses, strict=True) for one in task.compare(gold, guess)]
    wrong = Counter(one.kind for one in verdicts if one.kind != RIGHT)
    assert wrong and set(wrong) <= set(task.kinds)
    assert {kind: n for kind, n in task.score(values, guesses, labels).errors.items() if n} in (dict(wrong), {})


def test_the_quality_of_a_text_is_what_the_main_measure_says_of_it(
    task: Task[Any], labels: Labels, values: list[Any]
) -> None:
    if task.right:
        return  # the share of right texts stands at the head of its reports, and no mean of qualities
    for gold, guess in zip(values, [*values[1:], values[0]], strict=True):
        assert task.quality(gold, guess) == pytest.approx(task.score([gold], [guess], labels).headline[task.best])


def test_a_report_on_no_samples_is_no_crash(task: Task[Any], labels: Labels) -> None:
    assert task.score([], [], labels).n == 0


def test_a_report_reads_the_same_after_it_was_stored(task: Task[Any], labels: Labels, values: list[Any]) -> None:
    report = task.score(values, values[::-1], labels)
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_a_merged_label_takes_its_decisions_along(task: Task[Any], labels: Labels, values: list[Any]) -> None:
    for value in values:
        for label in set(task.labels_in(value)) & {one.id for one in labels if one.name in ("bad", "odd")}:
            moved = task.relabel(value, {label: labels[0].id})
            assert label not in task.labels_in(moved) and labels[0].id in task.labels_in(moved)


def test_a_deleted_label_leaves_no_trace_in_a_decision(task: Task[Any], labels: Labels, values: list[Any]) -> None:
    for value in values:
        if gone := task.labels_in(value):
            left = task.relabel(value, dict.fromkeys(gone))
            assert left is None or not set(task.labels_in(left)) & set(gone)


def test_every_task_says_what_it_is_for(task: Task[Any], task_id: str) -> None:
    assert task.id == task_id
    assert task.title and task.summary.endswith(".")
    assert task.best in {measure.id for measure in task.measures}
    settings = {one.name for one in RECIPE_SETTINGS}
    assert set(task.settings) <= settings and set(task.hidden_settings) <= settings
