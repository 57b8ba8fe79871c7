"""The model of ours that a run goes on from: its labels, and the run that it lies in. Standard library only.

A base model that is the model of a run, of this project or another, brings the layer for its labels along.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.hub.places import local_folder
from lepton_studio.models.built_in import built_in
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import JobLabel
from lepton_studio.runs.manifest import MANIFEST, BadManifest, read_manifest


@dataclass(frozen=True, slots=True)
class Origin:
    """`labels`: in the order in which the model says them. `run`: the folder of the run that made it, None where it was
    moved away from there; `project` and `number` are that run's, "" and 0 where they are not known.
    """

    model: Path
    labels: tuple[JobLabel, ...]
    run: RunFolder | None = None
    project: str = ""
    number: int = 0

    def is_beside(self, run: Path) -> bool:
        """Whether it is of a run of the same project as the run in this folder: a label's id means the same there."""
        return self.run is not None and _parent(self.run.path) == _parent(run)


def origin_of(model: str, *, task: str) -> Origin | None:
    """What a base model, named as in `Job.model`, was tuned to for the same task; None where it was not."""
    folder = None if built_in(model) is not None else local_folder(model)
    if folder is None or not (folder / MANIFEST).is_file():
        return None
    try:
        labels = read_manifest(folder, task=task).labels
    except BadManifest:
        return None
    run = RunFolder(folder.parent)
    try:
        job = run.job() if folder.name == run.model.name else None
    except (OSError, ValueError):
        job = None
    if job is None or job.task != task:
        return Origin(folder, labels)
    return Origin(folder, labels, run, job.project, job.run)


def model_in(folder: Path) -> Path:
    """The folder of the model where that of its run is named."""
    run = RunFolder(folder)
    return run.model if run.job_file.is_file() and run.model.is_dir() else folder


def matched(old: Sequence[JobLabel], new: Sequence[JobLabel], *, by_id: bool) -> Mapping[int, int | None]:
    """Old label's id -> the id of the same label among the new ones, None where it is not there.

    `by_id`: both are of one project, where a label may have been called otherwise since; else a name says which it is.
    """
    if by_id:
        there = {label.id for label in new}
        return {label.id: label.id if label.id in there else None for label in old}
    ids = {_name(label): label.id for label in reversed(new)}
    return {label.id: ids.get(_name(label)) for label in old}


def _name(label: JobLabel) -> tuple[str, object]:
    return label.name.strip().casefold(), label.options.get("kind")


def _parent(path: Path) -> Path:
    return Path(os.path.abspath(path)).parent
