"""The columns that the table of samples can have, and how a choice of them is written down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.records import OrderKey
from lepton_studio.ui.shared.wording import value_title

_PROJECTS = 20
_OWN = "field:"


@dataclass(frozen=True, slots=True)
class Column:
    """`sorts` None: its heading sorts nothing. `field`: the column of the files that it shows, None for ours. Numbers
    stand at the right.
    """

    key: str
    title: str
    width: int
    sorts: OrderKey | None = None
    field: str | None = None
    usual: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column that is shown, by its key."""

    key: str
    width: int


def usual_columns(task: Task[Any], *, suggests: bool = False) -> tuple[Column, ...]:
    """Those that every project has. `suggests`: there is something in those of suggestions, so they are shown."""
    margin = (Column("margin", tr("Margin"), 90, "margin", is_number=True),) if task.has_one_label else ()
    return (
        Column("text", tr("Text"), 400, "length", usual=True),
        Column(
            "value",
            value_title(task),
            200 if task.from_labels is not None else 320,
            "labels" if task.label_kinds else None,
            usual=True,
        ),
        Column("split", tr("Split"), 110, "split", usual=True),
        Column("marks", tr("Marks"), 110, "marks", usual=True),
        Column("added", tr("Number"), 80, "added", is_number=True),
        Column("length", tr("Characters"), 100, "length", is_number=True),
        Column("suggestion", tr("Suggestion"), 160, "suggestion" if task.label_kinds else None, usual=suggests),
        Column("score", tr("Confidence"), 100, "score", usual=suggests, is_number=True),
        *margin,
        Column("time", tr("Last annotated"), 120, "time"),
    )


def own_column(name: str) -> Column:
    """The column for one of the files' own."""
    return Column(_OWN + name, name, 140, "field", field=name)


def fields_of(shown: Sequence[ShownColumn]) -> list[str]:
    """The names of the files' own columns among these."""
    return [one.key.removeprefix(_OWN) for one in shown if one.key.startswith(_OWN)]


def read_choice(tables: Sequence[str], project: Path) -> tuple[ShownColumn, ...]:
    """The columns last shown for a project, from left to right; none where nothing is written down."""
    for entry in tables:
        try:
            stored = json.loads(entry)
            if stored["project"] == str(project):
                return tuple(ShownColumn(str(key), int(width)) for key, width in stored["columns"])
        except (ValueError, TypeError, KeyError):
            continue
    return ()


def with_choice(tables: Sequence[str], project: Path, shown: Sequence[ShownColumn]) -> tuple[str, ...]:
    """What to write down, the choice for this project in front."""
    start = json.dumps({"project": str(project)})[:-1]
    others = [entry for entry in tables if not entry.startswith(start)]
    entry = json.dumps({"project": str(project), "columns": [[one.key, one.width] for one in shown]})
    return (entry, *others)[:_PROJECTS]
