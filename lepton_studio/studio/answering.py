"""What people answered, read as values of the task in the labels of now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from lepton_studio.contract.task import BadAnnotation, Task
from lepton_studio.project.answers import Answer
from lepton_studio.project.project import Project
from lepton_studio.project.records import LabelId, Labels, SampleId
from lepton_studio.studio.judging import merged_labels

Gone = tuple[Labels, Mapping[LabelId, LabelId | None]]
"""Labels that are gone, and what each of them was merged into; None for those that were deleted."""


def former_of(project: Project) -> Gone:
    """The labels that a project has no more."""
    gone = project.former_labels()
    merged = merged_labels(project, (*project.labels(), *gone)) if gone else {}
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


def answers_of(project: Project, task: Task[Any]) -> Iterator[tuple[SampleId, list[Answer]]]:
    """The last answers on each sample (see `answers.last_answers`), with the task's values, by sample; those that the
    labels of now have no words for are left out.
    """
    reader = AnswerReader(task, project.labels(), gone=former_of(project))
    for sample, answers in groupby(project.answers(), key=lambda one: one.sample):
        found = [replace(one, value=value) for one in answers if (value := reader.read(one.value)) is not None]
        if found:
            yield sample, found


def answers_on(project: Project, task: Task[Any], sample: SampleId) -> list[Answer]:
    """The last answers on one sample, with the task's values."""
    reader = AnswerReader(task, project.labels(), gone=former_of(project))
    read = ((one, reader.read(one.value)) for one in project.answers(sample))
    return [replace(one, value=value) for one, value in read if value is not None]


def to_settle(project: Project, task: Task[Any]) -> tuple[SampleId, ...]:
    """The samples on which people differ, and nobody has settled it since. For a worker thread."""
    return tuple(
        sample
        for sample, answers in answers_of(project, task)
        if len(last_of_each(answers)) > 1 and agreed_on(answers) is None
    )


def agreed_on(answers: Sequence[Answer]) -> Any | None:
    """What the answers on one sample come to, as the task's value: what was settled after all of them, or what all
    people say. None where they differ, or nobody said anything. What a file said counts where nobody did.
    """
    settled = max((one for one in answers if one.origin == "settled"), key=lambda one: one.at, default=None)
    last = last_of_each(answers)
    if settled is not None and all(one.at <= settled.at for one in last):
        return settled.value
    if not last:
        return max(answers, key=lambda one: one.at).value if answers else None
    return last[0].value if all(one.value == last[0].value for one in last) else None


def last_of_each(answers: Iterable[Answer]) -> list[Answer]:
    """The last answer of each person, without what was imported or settled."""
    last: dict[str, Answer] = {}
    for one in sorted(answers, key=lambda one: one.at):
        if one.origin not in ("import", "settled"):
            last[one.who] = one
    return list(last.values())
