"""A whole task in one folder: a rating of each text from 1 to 5. A new task touches nothing else."""

from collections.abc import Mapping, Sequence

from lepton_studio.contract.task import BadAnnotation, Measure, Report, Task
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import RIGHT, Labels, Verdict


def parse(stored: object, labels: Labels) -> int:
    if type(stored) is not int or stored not in range(1, 6):
        raise BadAnnotation(tr("A rating is a whole number from 1 to 5."))
    return stored


def from_marks(marks: Marks, ids: Mapping[str, int]) -> int | None:
    return None if marks.rating is None else int(marks.rating)


def score(gold: Sequence[int], predicted: Sequence[int], labels: Labels) -> Report:
    right = sum(truth == guess for truth, guess in zip(gold, predicted, strict=True))
    return Report(n=len(gold), headline={"accuracy": right / len(gold) if gold else 0.0})


TASK: Task[int] = Task(
    id="stars",
    title="Stars",
    summary="Rate each text from 1 to 5.",
    parse=parse,
    dump=lambda value: value,
    labels_in=lambda value: (),
    relabel=lambda value, mapping: value,
    from_marks=from_marks,
    to_marks=lambda value, names: Marks(rating=float(value)),
    words=lambda value, labels: "*" * value,
    compare=lambda gold, predicted: (Verdict(RIGHT if gold == predicted else "wrong"),),
    quality=lambda gold, predicted: 1 - abs(gold - predicted) / 4,
    score=score,
    editor="lepton_studio.tasks.stars.editor:StarsEditor",
    learner="lepton_studio.tasks.stars.learner:StarsLearner",
    measures=(Measure("accuracy", "accuracy"),),
    best="accuracy",
    kinds={"wrong": "wrong"},
    right="Right on {right} of {n} texts",
    wants=("rating",),
    label_kinds=(),
)
