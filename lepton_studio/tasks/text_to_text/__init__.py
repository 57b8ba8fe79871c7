"""Text to text: write another text for each: a translation, a summary, a version in other words."""

from lepton_studio.contract.task import WRITER_SETTINGS, Task
from lepton_studio.contract.text_scores import DIFFERS, MEASURES, compare, quality, score
from lepton_studio.contract.written import Written, dump, from_marks, labels_in, parse, relabel, to_marks, words

TASK: Task[Written] = Task(
    id="text_to_text",
    title="Text to text",
    summary="Write a new text for each one: a translation, a summary or a paraphrase.",
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
    editor="lepton_studio.tasks.text_to_text.editor:TextEditor",
    learner="lepton_studio.tasks.text_to_text.learner:TextLearner",
    measures=MEASURES,
    best="chrf",
    kinds={DIFFERS: "differs"},
    wants=("target",),
    label_kinds=(),
    settings={"epochs": 12, "learning_rate": 3e-4, "label_smoothing": 0.1, "probe": False},
    decoder_settings=WRITER_SETTINGS,
    hidden_settings=("class_weights", "probe", "head_learning_rate", "keep_all_words"),
    families=("encoder_decoder", "decoder"),
    drafts="Give the main points of the input text in one short sentence, with names, dates and places.",
    sample="text_to_text.jsonl",
)
