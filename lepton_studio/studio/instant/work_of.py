"""Which instant model a task has."""

from __future__ import annotations

from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.project.records import OrderKey, SampleId
from lepton_studio.runs.children.owner import Children
from lepton_studio.studio.instant.span_working import SpanWork
from lepton_studio.studio.instant.working import Work


def work_of(
    task: Task[Any], children: Children, *, first: tuple[SampleId, ...] = (), order: OrderKey = "gain"
) -> Work | SpanWork:
    """That which learns this task, where `Task.learns_at_once`. Reads `first` before other samples. It asks for what it
    doubts most, of whole texts by `order`.
    """
    if task.tagged:
        return SpanWork(children, first=first, order=order)
    return Work(children, first=first, order=order)
