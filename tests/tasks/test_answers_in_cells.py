"""Whatever a value is made of, a table of predictions says all of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lepton_studio.contract.task import Input, Task
from lepton_studio.formats import Row
from lepton_studio.formats.tables.table_columns import mark_cells
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import Label, Labels
from lepton_studio.studio.answer_cells import AnswerCells
from lepton_studio.studio.predicting import Answer
from lepton_studio.tasks import task_named


def of_two_parts() -> Task[Any]:
    """How urgent a text is, and why: (rating, label id)."""
    return replace(
        task_named("text_classification"),
        wants=("rating", "label"),
        to_marks=lambda value, names: Marks(labels=(names[value[1]],), rating=value[0]),
        words=lambda value, labels: f"{value[0]:g} for label {value[1]}",
        from_labels=None,
    )


@pytest.mark.parametrize("as_objects", [False, True])
def test_every_part_of_a_value_is_in_some_cell(
    task: Task[Any], labels: Labels, inputs: list[Input], values: list[Any], as_objects: bool
) -> None:
    names = {label.id: label.name for label in labels}
    cells = AnswerCells(task, labels, scores=False, as_objects=as_objects)
    for input, value in zip(inputs, values, strict=True):
        said = cells.of(Answer(1, input, value, 0.5, {}))
        marks = task.to_marks(value, names)
        parts = [part for part in mark_cells(Row(input.text, marks)).values() if part is not None]
        if marks.labels is not None:
            parts.append(list(marks.labels))
        assert parts
        for part in parts:
            assert part in said.values() or part in [[one] for one in said.values()]


def test_a_prediction_is_the_one_thing_said_and_else_words_with_a_column_for_each_part() -> None:
    labels = (Label(10, "good", "#0072b2", "1", "", 0, {}),)
    task = task_named("text_classification")
    value = task.parse({"labels": [10]}, labels)
    plain = AnswerCells(task, labels, scores=False, as_objects=False)
    assert plain.of(Answer(1, Input("text"), value, 0.5, {})) == {"prediction": "good", "confidence": 0.5}
    cells = AnswerCells(of_two_parts(), labels, scores=True, as_objects=False)
    assert cells.of(Answer(1, Input("text"), (2.0, 10), 0.5, {10: 0.75})) == {
        "prediction": "2 for label 10",
        "confidence": 0.5,
        "predicted label": "good",
        "predicted rating": 2.0,
        "score: good": 0.75,
    }


@pytest.mark.parametrize(("as_objects", "says"), [(False, ("yes", "")), (True, (True, False))])
def test_what_a_model_is_too_unsure_of_is_marked_and_counted(as_objects: bool, says: tuple[object, object]) -> None:
    labels = (Label(10, "good", "#0072b2", "1", "", 0, {}),)
    task = task_named("text_classification")
    cells = AnswerCells(task, labels, scores=False, as_objects=as_objects, below=0.7)
    value = task.parse({"labels": [10]}, labels)
    said = [cells.of(Answer(1, Input("text"), value, score, {})) for score in (0.69, 0.7)]
    assert tuple(one["unsure"] for one in said) == says
    assert cells.unsure == 1
