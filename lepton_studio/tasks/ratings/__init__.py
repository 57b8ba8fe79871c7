"""Ratings: a number for a text, such as one to five stars."""

from lepton_studio.contract.task import GENERATION_SETTINGS, Measure, Task
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.tasks.ratings.annotation import Rating, accepted, dump, from_marks, parse, to_marks, words
from lepton_studio.tasks.ratings.scale import scale_of
from lepton_studio.tasks.ratings.scores import OFF, compare, quality, score

TASK: Task[Rating] = Task(
    id="ratings",
    title="Ratings",
    summary="Rate each text on a scale, such as one to five stars.",
    parse=parse,
    dump=dump,
    labels_in=lambda value: (),
    relabel=lambda value, mapping: value,
    from_marks=from_marks,
    to_marks=to_marks,
    words=words,
    accepted=accepted,
    scale_of=scale_of,
    compare=compare,
    quality=quality,
    score=score,
    editor="lepton_studio.tasks.ratings.editor:RatingEditor",
    learner="lepton_studio.tasks.ratings.learner:RatingLearner",
    measures=(
        Measure("spearman", "Spearman", is_share=False),
        Measure("pearson", "Pearson", is_share=False),
        Measure("mae", "MAE", is_share=False, lower_is_better=True),
        Measure("rmse", "RMSE", is_share=False, lower_is_better=True),
    ),
    best="spearman",
    kinds={OFF: "off by half a step or more"},
    right="Within half a step on {right} of {n} texts",
    reads=(SECOND_TEXT,),
    wants=("rating", SECOND_TEXT),
    label_kinds=(),
    linear="number",
    hidden_settings=(*GENERATION_SETTINGS, "class_weights"),
    sample="ratings.jsonl",
)
