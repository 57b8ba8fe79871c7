"""Extractive question answering: the answers stand in the text."""

from lepton_studio.contract.task import GENERATION_SETTINGS, Measure, Task
from lepton_studio.project.marks import QUESTION
from lepton_studio.tasks.question_answering.annotation import (
    Answers,
    dump,
    from_marks,
    is_done,
    parse,
    parts,
    to_marks,
    words,
)
from lepton_studio.tasks.question_answering.scores import (
    INVENTED,
    MISSED,
    OVERLAP,
    WRONG,
    compare,
    quality,
    score,
)

TASK: Task[Answers] = Task(
    id="question_answering",
    title="Question answering",
    summary="Mark the answers to questions in each text, or that there is none.",
    parse=parse,
    dump=dump,
    labels_in=lambda value: (),
    relabel=lambda value, mapping: value,
    is_done=is_done,
    from_marks=from_marks,
    to_marks=to_marks,
    words=words,
    compare=compare,
    quality=quality,
    score=score,
    editor="lepton_studio.tasks.question_answering.editor:AnswersEditor",
    learner="lepton_studio.tasks.question_answering.learner:AnswersLearner",
    measures=(
        Measure("f1", "F1"),
        Measure("exact_match", "exact match"),
        Measure("answered_f1", "F1 (answerable)"),
        Measure("unanswerable", "accuracy (unanswerable)"),
    ),
    best="f1",
    kinds={OVERLAP: "partly right", WRONG: "wrong", MISSED: "missed", INVENTED: "invented"},
    reads=(QUESTION,),
    wants=(QUESTION, "answer"),
    label_kinds=(),
    parts=parts,
    settings={"epochs": 5, "batch_size": 8, "learning_rate": 3e-4},
    hidden_settings=(*GENERATION_SETTINGS, "class_weights", "probe"),
    sample="question_answering.jsonl",
)
