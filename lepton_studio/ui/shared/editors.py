"""The editor and the viewer of a task, as the pages hold them."""

from __future__ import annotations

from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.tasks import load_part
from lepton_studio.widgets.editor_widget import EditorWidget
from lepton_studio.widgets.viewer_widget import ViewerWidget


def new_editor(task: Task[Any]) -> EditorWidget:
    """The task's editor, not shown yet. Raises TypeError for a task folder whose editor is none."""
    editor = load_part(task.editor)()
    if not isinstance(editor, EditorWidget):
        raise TypeError(f"{task.editor} is no EditorWidget")
    return editor


def new_viewer(task: Task[Any]) -> ViewerWidget | None:
    """The task's viewer, not shown yet; None where its text is all. Raises TypeError where its viewer is none."""
    if not task.viewer:
        return None
    viewer = load_part(task.viewer)()
    if not isinstance(viewer, ViewerWidget):
        raise TypeError(f"{task.viewer} is no ViewerWidget")
    return viewer
