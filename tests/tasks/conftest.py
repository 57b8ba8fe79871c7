"""The tasks under test: those of the product, and a toy one whose folder is put where discovery looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lepton_studio.tasks
from lepton_studio.child.light_imports import import_lightly
from lepton_studio.contract.task import Input, Task
from lepton_studio.project.marks import (
    QUESTION,
    SECOND_TEXT,
    TURNS,
    AnswerMark,
    Marks,
    QuestionMark,
    RelationMark,
    SpanMark,
)
from lepton_studio.project.records import Label, Labels
from lepton_studio.tasks import all_tasks

TOYS = str(Path(__file__).parent / "toy_tasks")

import_lightly()  # models are tuned here with what a child has of torch and transformers


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `task_id`, and names none itself, over every task that is found, the toy included."""
    named = any("task_id" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "task_id" in metafunc.fixturenames and not named:
        metafunc.parametrize("task_id", [*all_tasks(), "stars"])


@pytest.fixture
def task(task_id: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Task[Any]]:
    """The task, found as the product finds it."""
    monkeypatch.setattr(lepton_studio.tasks, "__path__", [*lepton_studio.tasks.__path__, TOYS])
    all_tasks.cache_clear()
    yield all_tasks()[task_id]
    all_tasks.cache_clear()


TEXTS = ("fine and good", "very bad thing", "an odd one", "good good", "bad bad", "odd and odd")
"""Short texts for the learners; every file's marks on them are in `marks_on`."""

LINK = "goes with"


@pytest.fixture
def labels(task: Task[Any]) -> Labels:
    """Three labels whose ids are not their positions, and a fourth for relations where the task has them."""
    names = ("good", "bad", "odd", *((LINK,) if "relation" in task.label_kinds else ()))
    return tuple(
        Label(
            id=10 * (position + 1),
            name=name,
            color="#0072b2",
            key=str(position + 1),
            description="",
            position=position,
            options={"kind": "relation"} if name == LINK else {},
        )
        for position, name in enumerate(names)
    )


def marks_on(text: str, *, label: str) -> Marks:
    """All that any file could say of a short text: each task takes what it understands."""
    first, last = text.split()[0], text.split()[-1]
    at = len(text) - len(last)
    return Marks(
        labels=(label,),
        spans=(SpanMark(0, len(first), label), SpanMark(at, len(text), "odd")),
        relations=(RelationMark(0, 1, LINK),),
        questions=(QuestionMark("What is it?", (AnswerMark(at, len(text), last),)),),
        targets=(f"{last} {first}",),
        rating=float(1 + ("good", "bad", "odd").index(label)),
    )


@pytest.fixture
def values(task: Task[Any], labels: Labels) -> list[Any]:
    """A value for each of TEXTS, as an imported file would give it."""
    ids = {label.name: label.id for label in labels}
    found = [task.from_marks(marks_on(text, label=labels[place % 3].name), ids) for place, text in enumerate(TEXTS)]
    assert None not in found
    return found


@pytest.fixture
def inputs(task: Task[Any]) -> list[Input]:
    """What the model reads of TEXTS."""
    turns = json.dumps([{"role": "customer", "content": "good"}])
    fields = {SECOND_TEXT: "odd one", QUESTION: "What is it?", TURNS: turns}
    return [task.input(text, fields) for text in TEXTS]
