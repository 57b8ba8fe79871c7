"""The project of the first start: 300 customer-service messages written for Lepton Studio, part of them labelled."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.resources import resource_path
from lepton_studio.runs.folder import read_json_lines
from lepton_studio.tasks import task_named

_FILE = "samples/customer_service.jsonl"
_TASK = "text_classification"


def create_sample_project(folder: Path) -> Project:
    """Make the sample project in `folder`, open. Raises ProjectExists when something is there; no half remains."""
    rows = list(read_json_lines(resource_path(_FILE)))
    labels = list(dict.fromkeys(row["label"] for row in rows if "label" in row))
    project = Project.create(folder, task=_TASK, labels=labels, name=tr("Customer messages"))
    try:
        with project.change(tr("Open the sample project")) as change:
            change.add_samples(_samples(rows, {label.name: label.id for label in project.labels()}))
    except BaseException:
        project.close()
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return project


def _samples(rows: list[Any], labels: Mapping[str, int]) -> Iterator[NewSample]:
    task = task_named(_TASK)
    for number, row in enumerate(rows, start=1):
        value = task.from_labels((labels[row["label"]],)) if "label" in row else None
        yield NewSample(
            text=row["text"],
            split=row.get("split"),
            value=None if value is None else task.dump(value),
            labels=() if value is None else task.labels_in(value),
            source=Path(_FILE).name,
            row=number,
            raw=row,
        )
