"""Feeds an editor that shows how similar samples were annotated with those of the project, beside the window."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter
from lepton_studio.tasks.base import Input, Task
from lepton_studio.ui.session import Session

_MOST = 20_000
"""Samples; more would take memory and find little else."""


def feed_answered(session: Session, editor: Any) -> None:
    """Read the annotated samples and hand them over; nothing for an editor that asks for none."""
    index = getattr(editor, "index_answered", None)
    if index is not None:
        session.run_in_background(
            tr("Reading annotated samples"),
            lambda progress: index(_pairs(progress.project, session.task)),
            editor.set_answered,
            quiet=True,
        )


def _pairs(project: Project, task: Task[Any]) -> Iterator[tuple[Input, Any]]:
    labels = project.labels()
    for sample in islice(project.all_rows(Filter(state="labelled")), _MOST):
        yield task.input(sample.text, sample.fields), task.parse(sample.value, labels)
