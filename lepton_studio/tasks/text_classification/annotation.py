"""The value of a text classification: the labels chosen, by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lepton_studio.contract.task import BadAnnotation, ids_of
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import Labels


@dataclass(frozen=True, slots=True)
class Choice:
    """The ids of the labels chosen; exactly one where labels exclude each other."""

    labels: tuple[int, ...]


def parse(stored: object, labels: Labels) -> Choice:
    """Read `{"labels": [id, ...]}`. Raises BadAnnotation for another shape, an unknown label, none, one twice."""
    ids = stored.get("labels") if isinstance(stored, dict) else None
    if not isinstance(ids, list) or not ids or not all(type(one) is int for one in ids):
        raise BadAnnotation(tr("An annotation must be a list with at least one label."))
    known = ids_of(labels)
    for one in ids:
        if one not in known:
            raise BadAnnotation(tr("Label {id} is not in this project.", id=one))
    if len(set(ids)) != len(ids):
        raise BadAnnotation(tr("An annotation has the same label twice."))
    return Choice(tuple(ids))


def dump(value: Choice) -> object:
    """The JSON value of a choice."""
    return {"labels": list(value.labels)}


def labels_in(value: Choice) -> tuple[int, ...]:
    """The label ids it refers to."""
    return value.labels


def relabel(value: Choice, mapping: Mapping[int, int | None]) -> Choice | None:
    """The choice after labels were merged (old id -> new id) or deleted (old id -> None); None when none is left."""
    mapped = (mapping.get(one, one) for one in value.labels)
    kept = tuple(dict.fromkeys(one for one in mapped if one is not None))
    return Choice(kept) if kept else None


def from_marks(marks: Marks, ids: Mapping[str, int]) -> Choice | None:
    """The one label of the text; None where a file gives none, or several that exclude each other."""
    names = marks.labels or ()
    return Choice((ids[names[0]],)) if len(names) == 1 else None


def to_marks(value: Choice, names: Mapping[int, str]) -> Marks:
    """Its labels by name."""
    return Marks(labels=tuple(names[one] for one in value.labels))


def words(value: Choice, labels: Labels) -> str:
    """The names of its labels."""
    names = {label.id: label.name for label in labels}
    return ", ".join(names.get(one, "?") for one in value.labels)
