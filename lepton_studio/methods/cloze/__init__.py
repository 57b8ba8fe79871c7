"""Few labels: the model fills in a blank behind each text, and the words that it would put there stand for the labels.
Pattern-exploiting training: Schick and Schütze 2021, https://arxiv.org/abs/2001.07676; sentences with a blank for few
labels: Gao et al. 2021 (LM-BFF), https://arxiv.org/abs/2012.15723.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.hub.places import local_folder
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.models.blanks import fills_blanks
from lepton_studio.models.built_in import built_in, public_name
from lepton_studio.project.marks import MEDIA
from lepton_studio.runs.job import RECIPE_SETTINGS, BadSetting, Recipe, setting
from lepton_studio.runs.model_folder import encoder_in

TEXT, SECOND, BLANK = "{text}", "{second}", "{blank}"
"""Where the text, its second text and the word of a label stand in a sentence."""
_USUAL, _USUAL_CHINESE = "{text} It was {blank}.", "{text}这是{blank}。"
_HAN = re.compile("[\u3400-\u9fff]")
_PLACES = re.compile(r"(\{text\}|\{second\}|\{blank\})")
_BETWEEN = re.compile("[,;\uff0c\uff1b\n]")
_IS = re.compile("[=\uff1d]")
_OF_HEADS = ("probe", "head_learning_rate")


@dataclass(frozen=True, slots=True)
class ClozeSettings:
    """What can be set."""

    cloze_template: str = setting(
        "",
        "Sentence with a blank",
        "{text} stands for the text, {blank} for the word of its label, and {second} for a second text. Empty means "
        "“{text} It was {blank}.”, for Chinese words “{text}这是{blank}。”. For topics, try “{blank} news: {text}”.",
    )
    cloze_words: str = setting(
        "",
        "Words for the labels",
        "Which word stands for a label in the blank: good=great, bad=terrible. A label that is not listed stands for "
        "itself by its name.",
    )
    cloze_texts: int = setting(
        320,
        "Texts per epoch",
        "Fewer training texts than this are seen several times in an epoch: what is learned from few takes many steps.",
        low=1,
        high=100_000,
    )


def parts_of(template: str) -> tuple[str, ...]:
    """The sentence cut at `TEXT`, `SECOND` and `BLANK`, which are parts of their own."""
    return tuple(part for part in _PLACES.split(template) if part)


def why_bad_template(template: str) -> str:
    """A sentence where it is no sentence with a blank; "" where it is one."""
    parts = parts_of(template)
    if parts.count(TEXT) == parts.count(BLANK) == 1 and parts.count(SECOND) <= 1:
        return ""
    return tr(
        "The sentence “{template}” must contain {text} and {blank}, each once, and {second} at most once.",
        template=template,
        text=TEXT,
        blank=BLANK,
        second=SECOND,
    )


def template_of(told: str, *, words: Sequence[str]) -> str:
    """The sentence that a person wrote; where they wrote none, the usual one in the language of the labels' words."""
    return told.strip() or (_USUAL_CHINESE if any(_HAN.search(word) for word in words) else _USUAL)


def words_of(told: str, names: Sequence[str]) -> tuple[str, ...]:
    """The word of each label, by the `names` of these, as a person told it: "good=great, bad=terrible". Raises
    BadSetting, a sentence, where that names no label or gives no word.
    """
    chosen: dict[str, str] = {}
    begun = ""
    for part in _BETWEEN.split(told):
        begun = f"{begun},{part}" if begun else part  # a label's name may have a comma
        if not begun.strip() or not _IS.search(part):
            continue
        name, word = (
            one.strip() for one in (begun[: -len(part)] + _IS.split(part, maxsplit=1)[0], _IS.split(part)[-1])
        )
        known = next((one for one in names if one == name), None) or next(
            (one for one in names if one.casefold() == name.casefold()), None
        )
        if known is None:
            raise BadSetting(
                tr(
                    "There is no label “{name}” for the word “{word}”. The labels are: {known}.",
                    name=name,
                    word=word,
                    known=tr(", ").join(names),
                )
            )
        if not word:
            raise BadSetting(tr("The word for the label “{name}” is missing.", name=known))
        chosen[known] = word
        begun = ""
    if begun.strip():
        raise BadSetting(
            tr("“{part}” gives no word for a label. Write label=word, with commas between them.", part=begun.strip())
        )
    return tuple(chosen.get(name, " ".join(name.replace("_", " ").split())) for name in names)


def no_blanks(model: str) -> str:
    """The sentence for a base model, by its name for people, that has no layer for hidden words."""
    return tr(
        "“{method}” needs a base model that can fill in hidden words, and {model} has no layer for that. Choose a "
        "BERT, RoBERTa or MacBERT as its makers left it, or the method “{other}”.",
        method=tr(METHOD.title),
        model=model,
        other=tr("Few labels (pairs of texts)"),
    )


def why_unfit(family: Family, task: Task[Any] | None) -> str:
    """A word stands for one label."""
    if family == "encoder" and (task is None or (task.linear == "choice" and MEDIA not in task.reads)):
        return ""
    return tr("Filling in a blank only works where each text has one label.")


def why_senseless(recipe: Recipe) -> str:
    """What can be told of the sentence alone."""
    settings: ClozeSettings = METHOD.chosen(recipe)
    template = settings.cloze_template.strip()
    return why_bad_template(template) if template else ""


def why_not_here(recipe: Recipe, model: str, labels: Sequence[str]) -> str:
    """What the labels' names and the files of the base model tell."""
    settings: ClozeSettings = METHOD.chosen(recipe)
    try:
        words_of(settings.cloze_words, labels)
    except BadSetting as wrong:
        return str(wrong)
    folder = local_folder(model)
    if built_in(model) is not None or (folder is not None and fills_blanks(encoder_in(folder)) is False):
        return no_blanks(public_name(model))
    return ""


METHOD = Method(
    id="cloze",
    title="Few labels (fill in the blank)",
    summary="The model fills in a blank behind each text with a word for the label. For few samples of labels that are "
    "plain words, with a BERT or RoBERTa as its makers left it. No gain has been measured yet: compare it with full "
    "fine-tuning.",
    slot="weights",
    settings=ClozeSettings,
    hooks="lepton_studio.methods.cloze.hooks:ClozeHooks",
    why_unfit=why_unfit,
    why_senseless=why_senseless,
    why_not_here=why_not_here,
    fills_blanks=True,
    of_recipe=tuple(one.name for one in RECIPE_SETTINGS if one.name not in _OF_HEADS),
)
