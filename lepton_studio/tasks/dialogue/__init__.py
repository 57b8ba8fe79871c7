"""Dialogue: write the next reply of a conversation."""

from lepton_studio.contract.task import WRITER_SETTINGS, Task
from lepton_studio.contract.text_scores import DIFFERS, MEASURES, compare, quality, score
from lepton_studio.contract.written import Written, dump, from_marks, labels_in, parse, relabel, to_marks, words
from lepton_studio.project.marks import TURNS

TASK: Task[Written] = Task(
    id="dialogue",
    title="Dialogue",
    summary="Write the next reply of each conversation.",
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
    editor="lepton_studio.tasks.dialogue.editor:ReplyEditor",
    learner="lepton_studio.tasks.dialogue.learner:ReplyLearner",
    measures=MEASURES,
    best="chrf",
    kinds={DIFFERS: "differs"},
    reads=(TURNS,),
    wants=("turns", "target"),
    label_kinds=(),
    settings={"epochs": 12, "learning_rate": 3e-4, "label_smoothing": 0.1, "probe": False},
    decoder_settings=WRITER_SETTINGS,
    hidden_settings=("class_weights", "probe", "head_learning_rate", "keep_all_words"),
    families=("encoder_decoder", "decoder"),
    usual_methods={"decoder": ("lora",)},
    drafts="Write the next reply of the conversation, in one or two sentences.",
    sample="dialogue.jsonl",
)
