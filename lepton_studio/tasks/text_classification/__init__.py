"""Text classification: one label for a text."""

from lepton_studio.tasks.base import Task
from lepton_studio.tasks.text_classification.annotation import Choice, dump, labels_in, parse, relabel
from lepton_studio.tasks.text_classification.scores import score

TASK: Task[Choice] = Task(
    id="text_classification",
    title="Text classification",
    summary="Give each text one of your labels.",
    parse=parse,
    dump=dump,
    labels_in=labels_in,
    relabel=relabel,
    score=score,
    from_labels=lambda ids: Choice(tuple(ids)),
    editor="lepton_studio.tasks.text_classification.editor:ChoiceEditor",
    learner="lepton_studio.tasks.text_classification.learner:ChoiceLearner",
)
