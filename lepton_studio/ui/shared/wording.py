"""The project's words as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.records import Label, LabelId, State


def state_name(state: State) -> str:
    """A state as a chip names it."""
    return {
        "any": tr("All"),
        "labelled": tr("Labelled"),
        "unlabelled": tr("To label"),
        "skipped": tr("Skipped"),
        "flagged": tr("Flagged"),
        "noted": tr("With a note"),
        "duplicate": tr("Duplicates"),
        "leak": tr("Leaks between splits"),
    }[state]


def amount(number: int) -> str:
    """A whole number with its thousands set apart."""
    return f"{number:,}"


@dataclass(frozen=True, slots=True)
class ShownValue:
    """A value in a few words; `color` is that of its label where it is one label, else ""."""

    words: str
    color: str


def value_shown(stored: object, *, task: Task[Any], labels: Mapping[LabelId, Label]) -> ShownValue:
    """A stored value as tables and chips show it. Raises BadAnnotation."""
    order = tuple(labels.values())
    value = task.parse(stored, order)
    ids = task.labels_in(value) if task.from_labels is not None else ()
    color = labels[ids[0]].color if len(ids) == 1 and ids[0] in labels else ""
    return ShownValue(task.words(value, order), color)


def value_title(task: Task[Any]) -> str:
    """The heading of a column of values."""
    return tr("Label") if task.from_labels is not None else tr("Annotation")
