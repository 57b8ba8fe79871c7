"""A sample project for each task: some texts written for Lepton Studio, part of them annotated.

`resources/samples/NAME.jsonl`, or for people of a language `resources/samples/LANGUAGE/NAME.jsonl`: the first line may
be {"labels": [{"name", "kind", "description", "options"}, ...]}; every other is {"text", "fields", "split", "marks"}
with marks as `formats.marks_json` has them, or {"text", "label"}.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.formats.marks_json import marks_from_json
from lepton_studio.language import language_in_use, tr
from lepton_studio.project.marks import Marks
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.resources import resource_path
from lepton_studio.runs.folder import read_json_lines
from lepton_studio.studio.naming import LabelResolver
from lepton_studio.tasks import all_tasks, task_named

_FIRST = "text_classification"


@dataclass(frozen=True, slots=True)
class SampleTexts:
    """Texts to try the first task with: `title` is what their project is called, `summary` a sentence, `file` below
    `resources/samples`.
    """

    id: str
    title: str
    summary: str
    file: str


def first_samples() -> tuple[SampleTexts, ...]:
    """What a person may begin with, in their language: the one that is nearest to their work."""
    return (
        SampleTexts(
            "customer_messages",
            tr("Customer messages"),
            tr("What do customers want: a refund, an invoice, a new card?"),
            task_named(_FIRST).sample,
        ),
        SampleTexts(
            "clinic_letters",
            tr("Clinic letters"),
            tr("What does a letter to the clinic ask for: an appointment, a prescription, a result?"),
            "clinic_letters.jsonl",
        ),
        SampleTexts(
            "court_notes",
            tr("Court notes"),
            tr("What is a note to the court about: a deadline, evidence, costs?"),
            "court_notes.jsonl",
        ),
    )


def sample_tasks() -> tuple[Task[Any], ...]:
    """The tasks that have a sample project, that of the first start in front."""
    found = [task for task in all_tasks().values() if task.sample and _file(task).is_file()]
    return tuple(sorted(found, key=lambda task: task.id != _FIRST))


def sample_name(task: Task[Any]) -> str:
    """What the sample project of a task is called."""
    if task.id == _FIRST:
        return tr("Customer messages")
    return tr("Sample: {task}", task=tr(task.title))


def create_sample_project(folder: Path, task: str = _FIRST, *, texts: SampleTexts | None = None) -> Project:
    """Make a task's sample project in `folder`, open; of the first task, with the `texts` chosen. Raises ProjectExists
    when something is there; no half remains.
    """
    chosen = task_named(task)
    file = _file(chosen) if texts is None else _in_language(texts.file)
    rows = list(read_json_lines(file))
    declared: list[dict[str, Any]] = rows.pop(0)["labels"] if "labels" in rows[0] else []
    project = Project.create(folder, task=task, name=sample_name(chosen) if texts is None else texts.title)
    try:
        with project.change(tr("Open the sample project")) as change:
            for label in declared:
                options = {**({"kind": label["kind"]} if "kind" in label else {}), **label.get("options", {})}
                change.add_label(label["name"], description=label.get("description", ""), options=options)
            naming = LabelResolver(chosen, project.labels())
            for row in rows:
                naming.take(_marks(row), row["text"])
            for new in naming.new:
                change.add_label(new.name, options=new.options)
            change.add_samples(_samples(rows, LabelResolver(chosen, project.labels()), source=file.name))
    except BaseException:
        project.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return project


def _file(task: Task[Any]) -> Path:
    return _in_language(task.sample)


def _in_language(name: str) -> Path:
    own = resource_path("samples") / language_in_use() / name
    return own if own.is_file() else resource_path("samples") / name


def _marks(row: Mapping[str, Any]) -> Marks:
    return Marks(labels=(row["label"],)) if "label" in row else marks_from_json(row.get("marks", {}))


def _samples(rows: Sequence[Mapping[str, Any]], naming: LabelResolver, *, source: str) -> Iterator[NewSample]:
    for number, row in enumerate(rows, start=1):
        taken = naming.take(_marks(row), row["text"])
        yield NewSample(
            text=row["text"],
            split=row.get("split"),
            value=taken.value,
            draft=taken.draft,
            labels=taken.labels,
            fields=row.get("fields", {}),
            source=source,
            row=number,
            raw=row,
            note=row.get("note", ""),
        )
