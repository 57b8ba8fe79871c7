"""A cross-encoder over labels: the model reads a text together with the words of a label and says how well they go
together, by a head that knows no label; the best of the project's labels is taken. So what was learned with some labels
is asked about any others. Yin et al. 2019, https://arxiv.org/abs/1909.00161, ask in this way about labels that were
never seen; Halder et al. 2020 (TARS), https://doi.org/10.18653/v1/2020.coling-main.285, carry it on from one set of
labels to the next with few samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Family, Task
from lepton_studio.language import tr
from lepton_studio.methods.method import Method
from lepton_studio.project.marks import MEDIA
from lepton_studio.runs.job import RECIPE_SETTINGS, Recipe, setting

MOST_LABELS = 30
"""With more labels a text takes too long: it is read once for each."""
_WITHOUT_EFFECT = ("probe", "keep_all_words")
"""No layer is fitted on unchanged vectors, and all words are kept in any case."""


@dataclass(frozen=True, slots=True)
class CrossEncoderSettings:
    """What can be set."""

    other_labels: int = setting(
        5,
        "Other labels per text",
        "Each time a text is learned it is read with its own label and so many others, drawn at random. More take "
        "longer.",
        low=1,
        high=100,
    )


def why_unfit(family: Family, task: Task[Any] | None) -> str:
    """A label has words; a rating, a span and what is written have none."""
    if family == "encoder" and (task is None or (task.linear in ("choice", "choices") and MEDIA not in task.reads)):
        return ""
    return tr("Reading texts together with labels only works where whole texts get labels.")


def why_too_many(labels: int) -> str:
    """A sentence where a project has more labels than are asked about."""
    if labels <= MOST_LABELS:
        return ""
    return tr(
        "“{method}” reads each text once for every label and is for at most {most} labels, but this project has "
        "{count}. Choose another method.",
        method=tr(METHOD.title),
        most=MOST_LABELS,
        count=labels,
    )


def why_not_here(_recipe: Recipe, _model: str, labels: Sequence[str]) -> str:
    """What the labels tell."""
    return why_too_many(len(labels))


METHOD = Method(
    id="cross_encoder",
    title="Text and label together",
    summary="The model reads each text together with the name and description of each label, so it can be asked about "
    "other labels, and tuned further in a project that has other ones. In a small trial it was not clearly better than "
    "full fine-tuning with a few samples of each, and without any the instant model was better.",
    slot="weights",
    settings=CrossEncoderSettings,
    hooks="lepton_studio.methods.cross_encoder.hooks:CrossEncoderHooks",
    why_unfit=why_unfit,
    why_not_here=why_not_here,
    reads_labels=True,
    of_recipe=tuple(one.name for one in RECIPE_SETTINGS if one.name not in _WITHOUT_EFFECT),
)
