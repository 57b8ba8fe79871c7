"""Text classification: one label for a text, or for a pair of texts."""

from lepton_studio.contract.hierarchy import HIERARCHICAL
from lepton_studio.contract.task import WRITING_SETTINGS, Measure, Task
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.tasks.text_classification.annotation import (
    Choice,
    dump,
    from_marks,
    labels_in,
    parse,
    relabel,
    to_marks,
    words,
)
from lepton_studio.tasks.text_classification.scores import compare, quality, score

TASK: Task[Choice] = Task(
    id="text_classification",
    title="Text classification",
    summary="Give each text one of your labels.",
    parse=parse,
    dump=dump,
    labels_in=labels_in,
    relabel=relabel,
    from_marks=from_marks,
    to_marks=to_marks,
    words=words,
    compare=compare,
    quality=quality,
    score=score,
    editor="lepton_studio.tasks.text_classification.editor:ChoiceEditor",
    learner="lepton_studio.tasks.text_classification.learner:ChoiceLearner",
    measures=(
        Measure("accuracy", "accuracy"),
        Measure("macro_f1", "macro-F1"),
        *(Measure(name, title) for name, title in HIERARCHICAL.items()),
    ),
    best="macro_f1",
    kinds={"wrong": "wrong"},
    right="Right on {right} of {n} texts",
    reads=(SECOND_TEXT,),
    wants=("label", SECOND_TEXT),
    hidden_settings=WRITING_SETTINGS,
    linear="choice",
    from_labels=lambda ids: Choice(tuple(ids)),
    sample="customer_service.jsonl",
)
