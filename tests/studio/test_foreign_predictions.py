"""What models of other programs said of imported texts comes in as suggestions, by the name that the file gives."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.contract.span_values import Span
from lepton_studio.formats import refresh, sniff
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Suggested
from lepton_studio.studio.importing import import_files
from lepton_studio.tasks import task_named
from lepton_studio.tasks.spans.annotation import Spans

_TEXT = "Maria 🚀 lives in Lyon."


def _choice(name: str) -> dict[str, object]:
    return {"from_name": "topic", "to_name": "text", "type": "choices", "value": {"choices": [name]}}


def _place(start: int, end: int) -> dict[str, object]:
    value = {"start": start, "end": end, "text": "Lyon", "labels": ["LOC"]}
    return {"from_name": "label", "to_name": "text", "type": "labels", "value": value}


_LABEL_STUDIO = [
    {"id": 1, "data": {"text": "a first text"}, "annotations": [{"result": [_choice("card")]}],
     "predictions": [{"model_version": "v1", "score": 0.2, "result": [_choice("card")]},
                     {"model_version": "v2", "score": 0.75, "result": [_choice("refund")]}]},
    {"id": 2, "data": {"text": "a second text"}, "annotations": [{"result": [_choice("refund")]}],
     "predictions": [{"model_version": "v2", "score": 7.5, "result": [_choice("card")]}]},
    {"id": 3, "data": {"text": "a third text"}, "annotations": [],
     "predictions": [{"model_version": "v2", "score": 0.5, "result": [_choice("never labelled so")]}]},
    {"id": 4, "data": {"text": "a fourth text"}, "annotations": [], "predictions": []},
]  # fmt: skip
_NESTED = [
    {"id": "1", "fields": {"text": "a first text"}, "responses": {"topic": [{"value": "card", "user_id": "u"}]},
     "suggestions": {"topic": {"value": "refund", "score": 0.75, "agent": "v2"}}},
    {"id": "2", "fields": {"text": "a second text"}, "responses": {"topic": [{"value": "refund", "user_id": "u"}]},
     "suggestions": {"topic": {"value": "card", "score": None, "agent": "v2"}}},
    {"id": "3", "fields": {"text": "a third text"}, "responses": {},
     "suggestions": {"topic": {"value": "never labelled so", "score": 0.5, "agent": "v2"}}},
]  # fmt: skip
_FLAT = [
    {"text": "a first text", "topic.responses": ["card"], "topic.responses.status": ["submitted"],
     "topic.suggestion": "refund", "topic.suggestion.score": 0.75, "topic.suggestion.agent": "v2"},
    {"text": "a second text", "topic.responses": ["refund"], "topic.responses.status": ["submitted"],
     "topic.suggestion": "card", "topic.suggestion.score": None, "topic.suggestion.agent": "v2"},
    {"text": "a third text", "topic.responses": None, "topic.responses.status": None,
     "topic.suggestion": "never labelled so", "topic.suggestion.score": 0.5, "topic.suggestion.agent": "v2"},
]  # fmt: skip
_FIRST = [
    {"text": "a first text", "annotation": "card", "prediction_agent": "v2",
     "prediction": [{"label": "card", "score": 0.25}, {"label": "refund", "score": 0.75}]},
    {"text": "a second text", "annotation": "refund", "prediction_agent": "v2",
     "prediction": [{"label": "card", "score": 12.0}]},
    {"text": "a third text", "annotation": None, "prediction_agent": "v2",
     "prediction": [{"label": "never labelled so", "score": 0.5}]},
]  # fmt: skip


@pytest.mark.parametrize("rows", [_LABEL_STUDIO, _NESTED, _FLAT, _FIRST], ids=["label studio", "argilla", "hub", "v1"])
def test_predictions_of_tools_are_suggestions_and_make_no_labels(tmp_path: Path, rows: list[object]) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps(rows), "utf-8")
    with Project.create(tmp_path / "Test.lepton", task="text_classification") as project:
        result = import_files(project, sniff([file], wants=task_named(project.task_id).wants))
        assert (result.suggestions, result.unkept_suggestions) == (2, 1), result.sentence()
        assert "2 predictions in the file were kept" in result.sentence()
        names = {label.name: label.id for label in project.labels()}
        assert set(names) == {"card", "refund"}
        [by] = project.predictors()
        assert (by.kind, by.name) == ("imported", "v2")
        first, second = (project.suggestions_of(sample)[0] for sample in (1, 2))
        assert (first.labels, first.score) == ((names["refund"],), 0.75)
        assert (second.labels, second.score) == ((names["card"],), None)
        assert list(project.sample_ids(Filter(suggested=Suggested(by.id, disagrees=True)))) == [1, 2]
        project.undo()
        assert project.suggestion_count(by.id) == 0


def test_predicted_spans_stand_where_the_tool_counted_them(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    task = {"id": 1, "data": {"text": _TEXT}, "annotations": [{"result": [_place(18, 22)]}]}
    unlabelled = {"id": 2, "data": {"text": f"{_TEXT} And"}, "annotations": [],
                  "predictions": [{"model_version": "v2", "score": 0.5, "result": [_place(18, 22)]}]}  # fmt: skip
    file.write_text(json.dumps([task, unlabelled]), "utf-8")
    with Project.create(tmp_path / "Test.lepton", task="spans") as project:
        assert import_files(project, sniff([file], wants=task_named(project.task_id).wants)).suggestions == 1
        [said] = project.suggestions_of(2)
        [label] = project.labels()
        assert said.value == task_named("spans").dump(Spans((Span(17, 21, label.id),)))
        assert _TEXT[17:21] == "Lyon"


_ANSWERS = """text,topic,llm_answer,confidence,city
a first text,card,Refund,0.75,Graz
a second text,refund,card,90%,Linz
a third text,,card,7,Wien
a fourth text,,never labelled so,0.5,Wien
a fifth text,,,,Wien
"""


def test_a_column_of_a_table_is_what_a_model_said_and_no_label(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    file.write_text(_ANSWERS, "utf-8")
    guess = sniff([file], wants=("label",))
    assert (guess.text, guess.label) == ("text", "topic")
    assert guess.roles == {"suggestion": "llm_answer", "confidence": "confidence"}
    assert any("“7” in confidence is no confidence" in one for one in guess.notices)
    with Project.create(tmp_path / "A.lepton", task="text_classification") as project:
        result = import_files(project, guess)
        assert (result.labelled, result.suggestions, result.unkept_suggestions) == (2, 3, 1)
        assert [one.name for one in project.labels()] == ["card", "refund"], "what only a model names is no label"
        [by] = project.predictors()
        assert (by.kind, by.name) == ("imported", "llm_answer")
        names = {one.id: one.name for one in project.labels()}
        said = {n: one for n in range(1, 6) for one in project.said_of([n], by=by.id)}
        read = {n: (names[one.value["labels"][0]], one.score) for n, one in said.items()}  # type: ignore[index]
        assert read == {1: ("refund", 0.75), 2: ("card", 0.9), 3: ("card", None)}
        assert list(project.sample_ids(Filter(suggested=Suggested(by.id, disagrees=True)))) == [1, 2]
        assert project.sample(1).fields == {"city": "Graz"}


def test_a_project_without_labels_takes_those_that_the_model_names_unless_it_answers_in_its_own_words(
    tmp_path: Path,
) -> None:
    file = tmp_path / "answers.jsonl"
    rows = [
        {"text": f"text number {n}", "model": {"said": ["card", "Card", "refund"][n % 3], "sure": 0.5}}
        for n in range(9)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    guess = sniff([file], wants=("label",))
    roles = {"suggestion": "model.said", "confidence": "model.sure"}
    guess = refresh(replace(guess, label=None, roles=roles), before=guess)
    with Project.create(tmp_path / "A.lepton", task="text_classification") as project:
        result = import_files(project, guess)
        assert (result.labels_created, result.labelled, result.suggestions) == (("card", "refund"), 0, 9)
        project.undo()
        assert project.labels() == ()
    rows = [{"text": f"text number {n}", "model": {"said": f"It is {n}", "sure": 0.5}} for n in range(300)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with Project.create(tmp_path / "B.lepton", task="text_classification") as project:
        result = import_files(project, guess)
        assert (result.labels_created, result.suggestions, result.unkept_suggestions) == ((), 0, 300)


def test_ratings_spans_and_several_labels_of_a_column_are_suggestions_too(tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    for task, cells, values in (
        ("ratings", ("4", "5"), [{"rating": 4.0}, {"rating": 5.0}]),
        ("multi_label", ("late|rude", "rude"), [{"labels": [1, 2]}, {"labels": [2]}]),
        ("text_to_text", ("Hello.", "Bye."), [{"text": "Hello."}, {"text": "Bye."}]),
    ):
        file.write_text(f"text,prediction\nwhat one says,{cells[0]}\nand another,{cells[1]}\n", "utf-8")
        guess = sniff([file], wants=task_named(task).wants)
        assert guess.roles == {"suggestion": "prediction"} and guess.label is None
        guess = replace(guess, label_separator="|") if task == "multi_label" else guess
        with Project.create(tmp_path / f"{task}.lepton", task=task) as project:
            assert import_files(project, guess).suggestions == 2
            [by] = project.predictors()
            assert [one.value for one in project.said_of([1, 2], by=by.id)] == values
