"""What a run that goes on from another one takes along of it, frozen in its own folder: its test samples, which show
what is forgotten, and where the run is of new decisions only, what that one was trained on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import BadAnnotation, Task
from lepton_studio.project.marks import MEDIA
from lepton_studio.project.project import Project
from lepton_studio.project.records import Split
from lepton_studio.runs.folder import RunFolder, read_json_lines, write_lines
from lepton_studio.runs.job import JobLabel
from lepton_studio.runs.origin import Origin, matched, origin_of
from lepton_studio.studio.collecting import labels_of


def freeze_old(
    project: Project, folder: RunFolder, *, model: str, labels: tuple[JobLabel, ...], task: Task[Any]
) -> None:
    """Write the test samples of the run that made the base model, with the labels of now; nothing where it is of none.

    Left out is what is trained on now, and what has labels that this project does not have.
    """
    origin = origin_of(model, task=task.id)
    if origin is None or origin.run is None or not origin.run.data_file("test").is_file():
        return
    if MEDIA in task.reads and not _is_own(project, origin):
        return  # its files lie in another project
    trained = _texts(project, "train")
    write_lines(folder.data_file("old_test"), _old_lines(project, origin, "test", labels, task, without=trained))


@dataclass(frozen=True, slots=True)
class Since:
    """The training samples of a project by whether the run that one goes on from has seen them as they are now."""

    origin: Origin
    is_own: bool
    seen: frozenset[int]

    def is_new(self, line: str) -> bool:
        """Whether a line of data has not been learned."""
        return _key(json.loads(line)) not in self.seen


def since_run(project: Project, *, model: str, task: Task[Any]) -> Since | None:
    """What the run that made the base model was trained on; None where it is of no run, or its data are gone."""
    origin = origin_of(model, task=task.id)
    if origin is None or origin.run is None or not origin.run.data_file("train").is_file():
        return None
    if not _is_own(project, origin):
        return Since(origin, False, frozenset())
    try:
        files = [origin.run.data_file(name) for name in ("train", "old")]
        seen = frozenset(_key(line) for file in files if file.is_file() for line in read_json_lines(file))
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return Since(origin, True, seen)


def old_training_lines(
    project: Project,
    since: Since,
    *,
    own: Iterable[str],
    labels: tuple[JobLabel, ...],
    task: Task[Any],
) -> Iterator[str]:
    """What it was trained on: of this project what is a training sample still (`own`), as it was then; of another one
    all that no held-out sample of this project has the text of.
    """
    if since.is_own:
        return (line for line in own if not since.is_new(line))
    held_out = _texts(project, "validation") | _texts(project, "test")
    return _old_lines(project, since.origin, "train", labels, task, without=held_out)


def _is_own(project: Project, origin: Origin) -> bool:
    """Whether it is of a run of this project: wherever the new one is put, label ids mean the same."""
    return origin.is_beside(project.runs_folder / "run")


def _key(line: Any) -> int:
    return hash((line["id"], line["text"], json.dumps(line.get("fields")), json.dumps(line["value"], sort_keys=True)))


def _old_lines(
    project: Project, origin: Origin, split: Split, labels: tuple[JobLabel, ...], task: Task[Any], *, without: set[int]
) -> Iterator[str]:
    """The lines of a data file of the run that one goes on from, with the labels of now."""
    assert origin.run is not None
    ids = matched(origin.labels, labels, by_id=_is_own(project, origin))
    known = labels_of(origin.run.job())
    try:
        for line in read_json_lines(origin.run.data_file(split)):
            value = _with_labels_of_now(task, line["value"], known=known, ids=ids)
            if value is not None and hash(line["text"]) not in without:
                yield json.dumps({**line, "value": value}) + "\n"
    except (ValueError, LookupError, TypeError, OSError):
        return  # it is damaged: what was read of it so far does


def _with_labels_of_now(task: Task[Any], stored: object, *, known: Any, ids: Mapping[int, int | None]) -> object | None:
    try:
        value = task.parse(stored, known)
    except BadAnnotation:
        return None
    if any(ids.get(one) is None for one in task.labels_in(value)):
        return None
    changed = task.relabel(value, ids)
    return None if changed is None else task.dump(changed)


def _texts(project: Project, split: Split) -> set[int]:
    """What tells the texts of a split from others, in this process."""
    return {hash(sample.text) for sample in project.labelled_rows(split)}
