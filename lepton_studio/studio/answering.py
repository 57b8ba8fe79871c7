"""What people answered, read as values of the task in the labels of now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lepton_studio.contract.task import BadAnnotation, Task
from lepton_studio.project.project import Project
from lepton_studio.project.records import LabelId, Labels
from lepton_studio.studio.judging import merged_labels

Gone = tuple[Labels, Mapping[LabelId, LabelId | None]]
"""Labels that are gone, and what each of them was merged into; None for those that were deleted."""


def former_of(project: Project) -> Gone:
    """The labels that a project has no more."""
    gone = project.former_labels()
    merged = merged_labels(project, gone) if gone else {}
    return gone, {one.id: merged.get(one.id) for one in gone}


class AnswerReader:
    """Reads JSON values that were stored with the labels of some time.

    `labels` are those of now; `mapping` says what they are called elsewhere, where values are read for another project.
    """

    def __init__(
        self, task: Task[Any], labels: Labels, *, gone: Gone, mapping: Mapping[LabelId, LabelId | None] | None = None
    ) -> None:
        self._task = task
        self._labels = (*labels, *gone[0])
        mapping = mapping or {}
        merged = {old: None if into is None else mapping.get(into, into) for old, into in gone[1].items()}
        self._mapping = {old: into for old, into in {**mapping, **merged}.items() if old != into}

    def read(self, stored: object) -> Any | None:
        """The value; None where there is none, or nothing of it is left."""
        if stored is None:
            return None
        try:
            value = self._task.parse(stored, self._labels)
        except BadAnnotation:
            return None
        if self._mapping and not self._mapping.keys().isdisjoint(self._task.labels_in(value)):
            value = self._task.relabel(value, self._mapping)
        return value
