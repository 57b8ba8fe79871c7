"""Several labels for a text, or none of them."""

from lepton_studio.contract.hierarchy import HIERARCHICAL
from lepton_studio.contract.task import WRITING_SETTINGS, Measure, Task
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.tasks.multi_label.annotation import (
    Choices,
    dump,
    from_marks,
    labels_in,
    parse,
    relabel,
    to_marks,
    words,
)
from lepton_studio.tasks.multi_label.scores import INVENTED, MISSED, compare, quality, score

TASK: Task[Choices] = Task(
    id="multi_label",
    title="Multi-label classification",
    summary="Give each text every label that fits, or none.",
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
    editor="lepton_studio.tasks.multi_label.editor:ChoicesEditor",
    learner="lepton_studio.tasks.multi_label.learner:ChoicesLearner",
    measures=(
        Measure("micro_f1", "micro-F1"),
        Measure("macro_f1", "macro-F1"),
        Measure("exact_match", "exact match"),
        *(Measure(name, title) for name, title in HIERARCHICAL.items()),
    ),
    best="micro_f1",
    kinds={MISSED: "missed", INVENTED: "invented"},
    right="All labels right on {right} of {n} texts",
    reads=(SECOND_TEXT,),
    wants=("label", "several_labels", SECOND_TEXT),
    empty=Choices(),
    hidden_settings=WRITING_SETTINGS,
    linear="choices",
    from_labels=lambda ids: Choices(tuple(sorted(set(ids)))),
    sample="multi_label.jsonl",
)
