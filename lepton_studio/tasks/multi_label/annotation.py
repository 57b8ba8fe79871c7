"""The value of the task: all labels of a text, by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lepton_studio.contract.task import BadAnnotation, ids_of
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import Labels


@dataclass(frozen=True, slots=True)
class Choices:
    """The ids of the labels that hold, ascending; empty: none of them does."""

    labels: tuple[int, ...] = ()


def parse(stored: object, labels: Labels) -> Choices:
    """Read `{"labels": [id, ...]}`. Raises BadAnnotation for another shape, an unknown label, one twice."""
    ids = stored.get("labels") if isinstance(stored, dict) else None
    if not isinstance(ids, list) or not all(type(one) is int for one in ids):
        raise BadAnnotation(tr("An annotation must be a list of labels, which may be empty."))
    known = ids_of(labels)
    for one in ids:
        if one not in known:
            raise BadAnnotation(tr("Label {id} is not in this project.", id=one))
    if len(set(ids)) != len(ids):
        raise BadAnnotation(tr("An annotation has the same label twice."))
    return Choices(tuple(sorted(ids)))


def dump(value: Choices) -> object:
    """The JSON value."""
    return {"labels": list(value.labels)}


def labels_in(value: Choices) -> tuple[int, ...]:
    """The label ids it refers to."""
    return value.labels


def relabel(value: Choices, mapping: Mapping[int, int | None]) -> Choices | None:
    """The labels after some were merged (old id -> new id) or deleted (old id -> None).

    None when none is left of some: that was no decision for "none of them".
    """
    mapped = {mapping.get(one, one) for one in value.labels}
    kept = Choices(tuple(sorted(one for one in mapped if one is not None)))
    return None if value.labels and not kept.labels else kept


def from_marks(marks: Marks, ids: Mapping[str, int]) -> Choices | None:
    """The labels that a file gives; an empty list of a file is "none of them"."""
    if marks.labels is None:
        return None
    return Choices(tuple(sorted({ids[name] for name in marks.labels})))


def to_marks(value: Choices, names: Mapping[int, str]) -> Marks:
    """Its labels by name."""
    return Marks(labels=tuple(names[one] for one in value.labels))


def words(value: Choices, labels: Labels) -> str:
    """The names of its labels, in the project's order."""
    chosen = set(value.labels)
    found = [label.name for label in sorted(labels, key=lambda label: label.position) if label.id in chosen]
    return ", ".join(found) or tr("none of them")
