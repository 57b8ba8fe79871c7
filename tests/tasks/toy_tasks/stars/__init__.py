"""A whole task in one folder: how many stars (1 to 5) a text deserves. A new task touches nothing else."""

from collections.abc import Mapping, Sequence

from lepton_studio.project.records import Labels
from lepton_studio.tasks.base import BadAnnotation, Report, Task


def parse(stored: object, labels: Labels) -> int:
    if type(stored) is not int or stored not in range(1, 6):
        raise BadAnnotation("A rating is a whole number from 1 to 5.")
    return stored


def keep(value: int, mapping: Mapping[int, int | None]) -> int:
    return value


def score(gold: Sequence[int], predicted: Sequence[int], labels: Labels) -> Report:
    right = sum(truth == guess for truth, guess in zip(gold, predicted, strict=True))
    return Report(n=len(gold), headline={"accuracy": right / len(gold) if gold else 0.0})


TASK: Task[int] = Task(
    id="stars",
    title="Stars",
    summary="Give each text one to five stars.",
    parse=parse,
    dump=lambda value: value,
    labels_in=lambda value: (),
    relabel=keep,
    score=score,
    from_labels=lambda ids: 1,
    editor="lepton_studio.tasks.stars.editor:StarsEditor",
    learner="lepton_studio.tasks.stars.learner:StarsLearner",
)
