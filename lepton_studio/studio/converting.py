"""From one label a text to several: a copy of the project, as nothing that was decided is to be put at risk."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.errors import StudioError
from lepton_studio.language import tr
from lepton_studio.project.copies import Copied, Told, save_copy
from lepton_studio.project.project import Project
from lepton_studio.studio.tuning import delete_run
from lepton_studio.tasks import task_named

CONVERTIBLE = {"text_classification": "multi_label"}
"""Task -> the one whose values hold all of its own: each text keeps its label, and may get more."""


class NotConvertible(StudioError):
    """A project of this task cannot become one of the other."""


def save_converted_copy(project: Project, folder: Path, *, task: str, told: Told = lambda _done, _all: None) -> Copied:
    """Make the new project `folder` for another task, with all samples, decisions and labels, and their history.

    Without the runs: their models give one label a text. Raises NotConvertible, and as `save_copy` does.
    """
    if CONVERTIBLE.get(project.task_id) != task:
        titles = (task_named(one).title for one in (project.task_id, task))
        old, new = (tr(title) for title in titles)
        raise NotConvertible(tr("A project for “{old}” cannot be converted to “{new}”.", old=old, new=new))
    copied = save_copy(project, folder, told=told)
    with Project.open(copied.folder) as copy:
        for run in copy.runs():
            delete_run(copy, run.id)
        copy.set_task(task)
    return copied
