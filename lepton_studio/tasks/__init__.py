"""The tasks: one folder each, found by walking this package."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any

from lepton_studio.contract.task import Task, UnknownTask
from lepton_studio.language import tr


@cache
def all_tasks() -> dict[str, Task[Any]]:
    """Every task by its id, in the order of their folder names."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            task: Task[Any] = import_module(f"{__name__}.{module.name}").TASK
            found[task.id] = task
    return found


def task_named(task_id: str) -> Task[Any]:
    """The task with this id. Raises UnknownTask when this version of Lepton Studio has none."""
    if task_id not in all_tasks():
        raise UnknownTask(tr("This version of Lepton Studio does not support the task “{task}”.", task=task_id))
    return all_tasks()[task_id]


def load_part(path: str) -> Any:
    """The object that "package.module:Name" names: a task's editor (in the window) or learner (in the child)."""
    module, name = path.split(":")
    return getattr(import_module(module), name)
