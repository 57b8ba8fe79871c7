"""One label for many samples: what that would do, found beside the window before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.project.records import Filter, LabelId, SampleId
from lepton_studio.ui.shared.background import WorkContext

Decision = tuple[SampleId, object, tuple[LabelId, ...]]
"""A row of `Project.annotate_many`."""

_EVERY = 500


@dataclass(slots=True)
class LabelPlan:
    """The new values: of samples without one, of those that have another one (from a file or an edit of many), of
    those with one that a person gave. `same`: how many have the label already.
    """

    new: list[Decision] = field(default_factory=list)
    changed: list[Decision] = field(default_factory=list)
    by_hand: list[Decision] = field(default_factory=list)
    same: int = 0

    def rows(self, *, also_by_hand: bool) -> list[Decision]:
        """What to write."""
        return [*self.new, *self.changed, *(self.by_hand if also_by_hand else ())]


def plan_label(progress: WorkContext, which: Filter, *, task: Task[Any], label: LabelId) -> LabelPlan:
    """Look at the value of each sample; where a text takes several labels, this one is added. Raises Cancelled."""
    assert task.from_labels is not None
    project, make = progress.project, task.from_labels
    labels, total = project.labels(), project.count(which)
    takes_several = takes_several_labels(task)
    plan = LabelPlan()
    for done, (id, stored, origin) in enumerate(project.annotations(which)):
        if done % _EVERY == 0:
            progress(done, total)
        before = None if stored is None else task.parse(stored, labels)
        held = () if before is None else task.labels_in(before)
        value = make((*held, label) if takes_several and label not in held else held if takes_several else (label,))
        if value == before:
            plan.same += 1
            continue
        decision = (id, task.dump(value), task.labels_in(value))
        by_hand = origin in ("manual", "suggestion") and not (takes_several and held)
        (plan.new if before is None else plan.by_hand if by_hand else plan.changed).append(decision)
    return plan


def takes_several_labels(task: Task[Any]) -> bool:
    """Whether a text may have several labels, or none."""
    return task.empty is not None


Write = Callable[[list[Decision]], None]
