"""Whatever stands in a JSON file: recognising it raises nothing but a sentence, and what came in goes out again."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lepton_studio.formats import Row, UnreadableFile, read, sniff_all, writers_for
from lepton_studio.project.project import Project
from lepton_studio.studio.exporting import export_annotations
from lepton_studio.studio.importing import import_files
from lepton_studio.tasks import all_tasks, task_named
from tests.formats.test_services import CASES

TEXT = "Ines lives in Porto"
SPAN = {"start": 0, "end": 4, "label": "P"}
SHAPES: list[dict[str, Any]] = [
    {"text": TEXT, "answer": "accept", "_task_hash": 3, "_view_id": "relations", "meta": {"id": 1},
     "spans": [{**SPAN, "token_start": 0, "token_end": 0}], "tokens": [{"text": "Ines", "start": 0, "end": 4}],
     "relations": [{"head": 0, "child": 0, "label": "x", "head_span": SPAN}], "options": [], "accept": ["a"]},
    {"text": TEXT, "label": "x", "answer": "accept",
     "versions": [{"sessions": ["a"], "answer": "accept", "spans": [], "default": True}]},
    {"id": 1, "text": TEXT, "entities": [{"id": 1, "start_offset": 0, "end_offset": 4, "label": "P"}], "cats": ["x"],
     "relations": [{"id": 1, "from_id": 1, "to_id": 1, "type": "l"}], "Comments": ["c"]},
    {"id": 1, "text": TEXT, "label": [[0, 4, "P"]], "Comments": []},
    {"id": 1, "data": {"text": TEXT}, "meta": {"source_id": "x"}, "predictions": [{"result": [], "score": 0.9}],
     "annotations": [{"id": 1, "completed_by": {"id": 1}, "result": [
         {"id": "a", "type": "labels", "value": {"start": 0, "end": 4, "text": "Ines", "labels": ["P"]}},
         {"type": "relation", "from_id": "a", "to_id": "a", "labels": ["r"]},
         {"type": "choices", "value": {"choices": ["x"]}}, {"type": "rating", "value": {"rating": 3}}]}]},
    {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes", "tool_calls": [{}]}]},
    {"prompt": "hi", "chosen": [{"role": "assistant", "content": "y"}], "rejected": [{"from": "gpt", "value": "n"}]},
    {"contents": [{"role": "user", "parts": [{"text": "hi"}]}], "systemInstruction": {"parts": [{"text": "s"}]}},
    {"instruction": "do", "input": "it", "output": "done", "history": [["a", "b"]], "system": "s"},
    {"version": "1", "data": [{"title": "a", "paragraphs": [{"context": TEXT, "qas": [
        {"id": "1", "question": "Who?", "answers": [{"text": "Ines", "answer_start": 0}], "is_impossible": False}]}]}]},
    {"id": "1", "context": TEXT, "question": "Who?", "answers": {"text": ["Ines"], "answer_start": [0]}},
    {"text": TEXT, "ents": [SPAN], "cats": {"x": 1.0}},
    {"id": 0, "paragraphs": [{"raw": TEXT, "sentences": [{"tokens": [{"orth": "Ines", "ner": "U-P"}]}], "cats": []}]},
    {"id": "r", "fields": {"text": TEXT}, "metadata": {"split": "train"},
     "responses": {"ner": [{"value": [SPAN], "user_id": "u"}], "topic": [{"value": "x", "user_id": "u"}]}},
    {"id": "r", "text": TEXT, "topic.responses": ["x"], "topic.responses.status": ["submitted"]},
    {"text": TEXT, "inputs": {"text": TEXT}, "annotation": "x", "status": "Validated", "multi_label": False},
    {"tokens": ["Ines", "lives"], "ner_tags": ["B-P", "O"]},
    {"text": TEXT, "label": None, "split": "train", "note": "", "spans": [SPAN], "questions": [{"question": "Who?",
     "answers": [{"start": 0, "end": 4}]}], "relations": [{"head": 0, "tail": 0, "label": "r"}], "rating": 3,
     "skipped": True, "rejected": ["x"], "more_targets": ["a"], "target": "t"},
    *(dict(case.objects[0]) for case in CASES.values()),
]  # fmt: skip
ODD: list[Any] = [
    None, True, 0, -1, 3.5, 10**30, float("nan"), "", "x", "[", "accept", [], {}, [1], [None], ["a"], [[]],
    [[0, 4, "P"]], {"a": 1}, {"text": None}, [{"x": 1}], [["a", 1]],
]  # fmt: skip


def _places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*path, key)
        yield from _places(one, (*path, key))


def _damaged(shape: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The same with something odd in up to two places, or left out."""
    whole: dict[str, Any] = copy.deepcopy(shape)
    for _ in range(chance.choice([0, 1, 1, 2])):
        *path, last = chance.choice(list(_places(whole)) or [("x",)])
        holder: Any = whole
        for key in path:
            holder = holder[key]
        if isinstance(holder, dict) and chance.random() < 0.25:
            holder.pop(last, None)
        else:
            holder[last] = copy.deepcopy(chance.choice(ODD))
    return whole


@pytest.mark.parametrize("seed", range(6))
def test_no_shape_is_more_than_a_sentence(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    wants = [task.wants for task in all_tasks().values()]
    came_in = 0
    for shape in SHAPES * 2:
        rows = [_damaged(shape, chance) for _ in range(chance.randrange(1, 4))]
        kind = chance.choice(["lines", "list", "one", "under a key"])
        path = tmp_path / ("a.jsonl" if kind == "lines" else "a.json")
        whole: object = {"one": rows[0], "list": rows, "under a key": {"data": rows, "n": 1}}.get(kind)
        path.write_text("\n".join(map(json.dumps, rows)) if kind == "lines" else json.dumps(whole), encoding="utf-8")
        try:
            guesses = sniff_all([path], wants=chance.choice(wants))
        except UnreadableFile as refused:
            assert "Error" not in str(refused) and "' object" not in str(refused)
            continue
        came_in += sum(isinstance(row, Row) for guess in guesses for row in read(guess))
    assert came_in > len(SHAPES), "most files still give samples"


# ---------------------------------------------------------------------------------------- what came in goes out again

PLACE = st.integers(-2, 30)
NAME = st.sampled_from(["P", "lives in", "=x", "a#b", "ß"])
SPANS = st.lists(st.fixed_dictionaries({"start": PLACE, "end": PLACE, "label": NAME}), max_size=4)
RELATIONS = st.lists(st.fixed_dictionaries({"head": PLACE, "tail": PLACE, "label": NAME}), max_size=4)
QUESTIONS = st.lists(
    st.fixed_dictionaries(
        {
            "question": st.sampled_from(["Who?", "Where\nto?", ""]),
            "answers": st.lists(st.fixed_dictionaries({"start": PLACE, "end": PLACE}), max_size=2),
        }
    ),
    max_size=2,
)
PARTS: dict[str, st.SearchStrategy[Any]] = {
    "spans": SPANS,
    "relations": RELATIONS,
    "questions": QUESTIONS,
    "label": st.one_of(st.none(), NAME, st.lists(NAME, max_size=3)),
    "target": st.one_of(st.none(), NAME),
    "rating": st.one_of(st.none(), st.sampled_from([1, 3.5, "4", "x"])),
    "turns": st.sampled_from([None, [], [{"role": "user", "content": "hi"}], [{"role": "assistant"}]]),
    "meta": st.sampled_from([None, {}, {"id": 1, "note": "n"}]),
    "skipped": st.booleans(),
    "id": st.sampled_from([None, 0, "x", 10**20]),
}
ROW = st.fixed_dictionaries({"text": st.sampled_from([TEXT, "🚀 two\nlines", "x", ' "quoted", = # '])}, optional=PARTS)
WRITTEN = [one.id for one in writers_for(())]


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=4, max_size=10), task=st.sampled_from(sorted(all_tasks())))
def test_whatever_came_in_goes_out_in_every_format(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], task: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = folder / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with Project.create(folder / "a.lepton", task=task) as project:
        try:
            came_in = import_files(project, sniff_all([path], wants=task_named(task).wants)).added
        except UnreadableFile:
            return
        for format_id in WRITTEN:
            result = export_annotations(project, folder / f"out-{format_id}", format=format_id, only_labelled=False)
            assert result.samples == came_in
