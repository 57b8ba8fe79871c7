"""The scale of a project's ratings now, and what does not stand on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Scale


def scale_now(project: Project, task: Task[Any], *, more: Mapping[float, int] | None = None) -> Scale | None:
    """The scale that is kept, else that of the ratings there are, with `more` on their way in; None for other tasks.

    Reads every annotation where no scale is kept.
    """
    if task.scale_of is None:
        return None
    kept, labelled = project.scale(), Filter(state="labelled")
    if kept is not None and (not more or project.count(labelled)):
        return kept
    return task.scale_of(Counter(_ratings(project, task)) + Counter(more or {}))


def count_off_scale(project: Project, task: Task[Any], scale: Scale) -> int:
    """How many ratings of the project do not stand on this scale."""
    return sum(not scale.holds(one) for one in _ratings(project, task))


def _ratings(project: Project, task: Task[Any]) -> Iterator[float]:
    for _id, stored, _origin in project.annotations(Filter(state="labelled")):
        rating = task.to_marks(task.parse(stored, ()), {}).rating
        if rating is not None:
            yield rating
