"""A job at work: what each kind of job gets from the service."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lepton_studio.contract.task import Input, Task
from lepton_studio.heads.summed import load_with_what_is_beside
from lepton_studio.language import tr, trn
from lepton_studio.methods.families import use_of
from lepton_studio.models.brought import why_not_fitting, why_unfit
from lepton_studio.models.built_in import built_in
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.records import SPLITS, Label, Labels
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job
from lepton_studio.runs.model_folder import encoder_in
from lepton_studio.tasks import load_part, task_named
from lepton_studio.training.body import Body
from lepton_studio.training.failures import BadData, ModelNotFound
from lepton_studio.training.learner import Learner
from lepton_studio.training.machine import Machine
from lepton_studio.training.models import Base, Encoder, find_folder
from lepton_studio.training.signals import Send, ShouldStop, stop_now
from lepton_studio.training.snapshot import Rows, Samples, read_split, read_unlabelled


def read_job(folder: RunFolder) -> Job:
    """The job of this folder. Raises BadData."""
    try:
        return folder.job()
    except (OSError, ValueError) as error:
        raise BadData(
            tr("Cannot read the run in {folder}: its job.json is missing or damaged.", folder=folder.path)
        ) from error


def load_saved(task: Task[Any], folder: Path) -> Learner[Any]:
    """The learner of a task that was saved in a folder, on the CPU. Raises ModelNotFound."""
    return load_with_what_is_beside(folder, load=load_part(task.learner).load)


def cut_sentence(cut: int, *, total: int, length: int) -> str:
    """That some texts are not read to their end."""
    return trn(
        "{count} of {total} texts is longer than {length} tokens and will be cut off there.",
        "{count} of {total} texts are longer than {length} tokens and will be cut off there.",
        cut,
        total=total,
        length=length,
    )


def texts_of(given: Input) -> list[str]:
    """Its text and its second text, where they are there."""
    return [text for text in (given.text, given.fields.get(SECOND_TEXT, "")) if text]


def labels_of(job: Job) -> Labels:
    """The labels of a job as its task's functions take them."""
    return tuple(Label(one.id, one.name, "", "", "", position, one.options) for position, one in enumerate(job.labels))


@dataclass(frozen=True, slots=True)
class Work:
    """One job in its run folder, on this machine, with its way out (`send`) and in (`should_stop`).

    `load_encoder`: a model's name to its encoder, the job's to change; the service has the built-in one ready.
    `load_tuned`: the learner of a task that was saved in a folder, on the machine's device, for reading only.
    `began`: `time.monotonic()`.
    """

    folder: RunFolder
    job: Job
    machine: Machine
    load_encoder: Callable[[str], Encoder]
    send: Send
    should_stop: ShouldStop
    load_tuned: Callable[[Task[Any], Path], Learner[Any]] = load_saved
    began: float = field(default_factory=time.monotonic)

    @property
    def task(self) -> Task[Any]:
        """The job's task."""
        return task_named(self.job.task)

    @property
    def labels(self) -> Labels:
        """The job's labels as the task's functions take them."""
        return labels_of(self.job)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began

    def new_learner(self) -> tuple[Learner[Any], Base]:
        """A learner with a new head on the job's base model, on the CPU, and that model with what was made of it.

        Raises ModelNotFound, BadData.
        """
        start = load_part(self.task.learner).start
        self._check_model()
        base = Base(self.job.model, self.load_encoder, self.task, check=lambda: stop_now(self.should_stop))
        learner: Learner[Any] = start(base, labels=self.job.labels, recipe=self.job.recipe)
        return learner, base

    def _check_model(self) -> None:
        """Of a model that the person brings: that it can do what the task asks. Raises ModelNotFound."""
        use = use_of(self.task)
        if built_in(self.job.model) is not None or use is None:
            return
        folder = encoder_in(find_folder(self.job.model))
        if why := why_not_fitting(folder) or why_unfit(folder, use=use):
            raise ModelNotFound(why)

    def read_old(self, learner: Learner[Any]) -> Samples[Any]:
        """What the run that this one goes on from was trained on, as far as it is taken along. Raises BadData."""
        return read_split(self.folder, "old", task=self.task, labels=self.labels, learner=learner)

    def read_unlabelled(self, body: Body, *, held_out: Sequence[Samples[Any] | Rows[Any]]) -> list[Input]:
        """The texts without a label, where a method wants them; none that is in a split that the run is judged by, as
        text or as second text.

        Raises BadData.
        """
        if not any(one.reads_unlabelled for one in body.methods) or not self.folder.data_file("unlabelled").exists():
            return []
        judged = {text for split in held_out for one in split.inputs for text in texts_of(one)}
        return [one for one in read_unlabelled(self.folder) if judged.isdisjoint(texts_of(one))]

    def read_splits(self, learner: Learner[Any]) -> tuple[Samples[Any], Samples[Any], Samples[Any]]:
        """Train, validation and test samples; a split may be empty. Raises BadData."""
        task, labels = self.task, self.labels
        train, validation, test = (
            read_split(self.folder, split, task=task, labels=labels, learner=learner) for split in SPLITS
        )
        return train, validation, test
