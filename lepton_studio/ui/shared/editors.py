"""The editor of a task, as the pages hold it."""

from __future__ import annotations

from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.tasks import load_part
from lepton_studio.widgets.editor_widget import EditorWidget


def new_editor(task: Task[Any]) -> EditorWidget:
    """The task's editor, not shown yet. Raises TypeError for a task folder whose editor is none."""
    editor = load_part(task.editor)()
    if not isinstance(editor, EditorWidget):
        raise TypeError(f"{task.editor} is no EditorWidget")
    return editor
