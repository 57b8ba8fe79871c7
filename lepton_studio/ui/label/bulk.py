"""What an edit of many samples would change: found beside the window, written as one step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lepton_studio.contract.editing import BulkEdit
from lepton_studio.contract.task import Task
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, LabelId, Labels, SampleId
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.words import on_one_line

_EXAMPLES = 4
_EXCERPT = 90
"""Code points of a text that stand for it."""

Decision = tuple[SampleId, object, tuple[LabelId, ...]]
"""A row of `Project.annotate_many`."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One sample before and after, in words; `before` is "" where it has no value yet."""

    sample: SampleId
    excerpt: str
    before: str
    after: str


@dataclass(slots=True)
class BulkChanges:
    """The new values, apart for samples that have one already and for those that would count as labelled with it."""

    labelled: list[Decision] = field(default_factory=list)
    unlabelled: list[Decision] = field(default_factory=list)
    examples: dict[bool, list[Preview]] = field(default_factory=lambda: {True: [], False: []})
    """By whether the sample is labelled; the first few."""

    def rows(self, *, also_unlabelled: bool) -> list[Decision]:
        """What to write."""
        return [*self.labelled, *(self.unlabelled if also_unlabelled else ())]

    def shown(self, *, also_unlabelled: bool) -> list[Preview]:
        """The first few of them."""
        return [*self.examples[True], *(self.examples[False] if also_unlabelled else ())][:_EXAMPLES]


def find_changes(progress: WorkContext, *, task: Task[Any], edit: BulkEdit[Any]) -> BulkChanges:
    """Ask the edit for a new value of every sample that may be concerned. Raises Cancelled."""
    project, which = progress.project, Filter(search=edit.search)
    labels, total = project.labels(), project.count(which)
    found = BulkChanges()
    for done, sample in enumerate(project.all_rows(which)):
        progress(done, total)
        before = None if sample.value is None else task.parse(sample.value, labels)
        after = edit.change(task.input(sample.text, sample.fields), before)
        if after is None or after == before:
            continue
        is_labelled = before is not None
        decision = (sample.id, task.dump(after), task.labels_in(after))
        (found.labelled if is_labelled else found.unlabelled).append(decision)
        if len(found.examples[is_labelled]) < _EXAMPLES:
            found.examples[is_labelled].append(
                Preview(
                    sample.id,
                    _excerpt(sample.text, at=_first_new(before, after, task=task, labels=labels)),
                    "" if before is None else task.words(before, labels),
                    task.words(after, labels),
                )
            )
    return found


def _first_new(before: Any, after: Any, *, task: Task[Any], labels: Labels) -> int:
    """Where the first passage begins that is marked now and was not before; 0 where no passage is."""
    names = {label.id: label.name for label in labels}
    known = () if before is None else task.to_marks(before, names).spans or ()
    return next((span.start for span in task.to_marks(after, names).spans or () if span not in known), 0)


def _excerpt(text: str, *, at: int) -> str:
    first = max(0, at - _EXCERPT // 3)
    return ("…" if first else "") + on_one_line(text[first:], _EXCERPT)


def write_changes(project: Project, rows: list[Decision], *, edit: BulkEdit[Any]) -> Changes:
    """Write them as one step that can be undone."""
    return project.annotate_many(rows, name=edit.title)
