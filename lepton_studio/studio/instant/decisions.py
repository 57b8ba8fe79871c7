"""The decisions of a project as arrays, and values of the task out of arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.contract.task import Task
from lepton_studio.project.marks import Marks
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Label, LabelId, SampleId
from lepton_studio.tasks import task_named


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that is decided, by sample ascending: `values` are the task's; `labels` those of now, in their order.

    `ratings`: the different ones that were given, for a task whose values are numbers. `tested`: what is decided of the
    samples of the test split, which teach no model. `skipped` ones are nowhere else.
    """

    samples: tuple[SampleId, ...]
    values: tuple[Any, ...]
    labels: tuple[Label, ...]
    ratings: tuple[float, ...] = ()
    tested: Mapping[SampleId, Any] = field(default_factory=dict)
    skipped: tuple[SampleId, ...] = ()

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def ids(self) -> tuple[LabelId, ...]:
        """Of the labels, in the order that targets count them in."""
        return tuple(label.id for label in self.labels)


def read_decisions(project: Project) -> Decisions:
    """As the project stands. The task has a linear layer."""
    task, labels = task_named(project.task_id), project.labels()

    def decided(which: Filter) -> dict[SampleId, Any]:
        return {id: task.parse(stored, labels) for id, stored, _origin in project.annotations(which)}

    tested = decided(Filter(state="labelled", split="test"))
    taught = {id: value for id, value in decided(Filter(state="labelled")).items() if id not in tested}
    ratings = sorted({_rating(task, one) for one in taught.values()}) if task.linear == "number" else ()
    skipped = tuple(project.sample_ids(Filter(state="skipped")))
    return Decisions(tuple(taught), tuple(taught.values()), labels, tuple(ratings), tested, skipped)


def targets_of(decisions: Decisions, task: Task[Any]) -> NDArray[Any]:
    """As `lepton_studio.quick.linear.fit` takes them."""
    match task.linear:
        case "number":
            return np.array([_rating(task, one) for one in decisions.values], dtype=np.float64)
        case "choice":
            place = {id: at for at, id in enumerate(decisions.ids)}
            return np.array([place[task.labels_in(one)[0]] for one in decisions.values], dtype=np.int64)
        case _:
            place = {id: at for at, id in enumerate(decisions.ids)}
            found = np.zeros((len(decisions), len(place)), dtype=np.int64)
            for row, value in enumerate(decisions.values):
                found[row, [place[id] for id in task.labels_in(value)]] = 1
            return found


def value_of_labels(task: Task[Any], labels: Sequence[LabelId]) -> Any:
    """The task's value that is just these labels."""
    assert task.from_labels is not None
    return task.from_labels(labels)


def value_of_rating(task: Task[Any], rating: float) -> Any:
    """The task's value that is this number."""
    return task.from_marks(Marks(rating=rating), {})


def described(label: Label) -> str:
    """What tells a label before any text has it: its name, and what the person said of it."""
    name = label.name.replace("_", " ").replace("/", " ")
    return f"{name}: {label.description}" if label.description else name


def _rating(task: Task[Any], value: Any) -> float:
    return float(task.to_marks(value, {}).rating or 0.0)
