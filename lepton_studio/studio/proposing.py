"""Which of the built-in models fits a project: the one that has learnt the language of its texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.models.built_in import BUILT_IN_MODELS, ENGLISH, MULTILINGUAL, BuiltInModel, built_in
from lepton_studio.models.places import is_installed
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Sample
from lepton_studio.studio.languages import Language, language_of
from lepton_studio.tasks import task_named

FOREIGN = 0.1
"""From this share of texts on that are not English, an English model is not enough."""
_MOSTLY = 0.5
_LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class Proposal:
    """A built-in model by its name in jobs, and why in a sentence; "" where the texts do not say."""

    model: str
    sentence: str


def proposed_model(texts: Sequence[str]) -> Proposal:
    """The model for such texts. The English one, as always, unless more than a tenth of them are in other languages."""
    counts: Counter[Language] = Counter(language_of(text) for text in texts)
    undecided = counts.pop("", 0)
    foreign = counts.total() - counts["English"]
    if foreign <= FOREIGN * len(texts):
        is_clear = counts["English"] > undecided
        return Proposal(ENGLISH.id, tr("Mostly English: {model}.", model=in_short(ENGLISH)) if is_clear else "")
    language, count = counts.most_common(1)[0]
    is_mostly = language != "English" and count > _MOSTLY * len(texts)
    return Proposal(MULTILINGUAL.id, _why_multilingual(language if is_mostly else ""))


def proposal_for(project: Project) -> Proposal:
    """The built-in model for a project as it is: what `proposed_model` says of some hundred of its texts.

    Where models must write, or the multilingual one is not installed, it is the English one.
    """
    if MULTILINGUAL not in fitting_models(task_named(project.task_id)):
        return Proposal(ENGLISH.id, "")
    return proposed_model([sample.text for sample in some_samples(project)])


def fitting_models(task: Task[Any]) -> tuple[BuiltInModel, ...]:
    """The built-in models that a task can use here. Looks whether their files are there."""
    return tuple(model for model in BUILT_IN_MODELS if model is ENGLISH or (reads(task) and is_installed(model)))


def why_unfitting(model: str, *, task: Task[Any]) -> str:
    """A sentence where a built-in model cannot be tuned for a task; "" where nothing stands against it."""
    known = built_in(model)
    if known is None or known is ENGLISH or reads(task):
        return ""
    return tr("{model} cannot learn to write. Choose another base model for this task.", model=known.name)


def reads(task: Task[Any]) -> bool:
    """Whether its models read texts and need not write any."""
    return task.families[0] == "encoder"


def some_samples(project: Project) -> Sequence[Sample]:
    """Some hundred samples from everywhere in the project: labelled ones, where there are any."""
    ids = project.sample_ids(Filter(state="labelled")) or project.sample_ids(Filter())
    some = tuple(ids[:: max(1, len(ids) // _LOOKED_AT)][:_LOOKED_AT])
    return project.samples(Filter(ids=some), limit=_LOOKED_AT) if some else ()


def in_short(model: BuiltInModel) -> str:
    """Its name and size for people."""
    return tr("{name}, {count} M parameters", name=model.name, count=round(model.weights / 1e6))


def _why_multilingual(language: Language) -> str:
    """`language`: that of most texts; "" where there are several."""
    model = in_short(MULTILINGUAL)
    sentences: dict[Language, str] = {
        "Chinese": tr("Mostly Chinese: {model}.", model=model),
        "Japanese": tr("Mostly Japanese: {model}.", model=model),
        "Korean": tr("Mostly Korean: {model}.", model=model),
        "Thai": tr("Mostly Thai: {model}.", model=model),
        "Greek": tr("Mostly Greek: {model}.", model=model),
        "Hebrew": tr("Mostly Hebrew: {model}.", model=model),
        "other": tr("Mostly not English: {model}.", model=model),
        "": tr("Several languages: {model}.", model=model),
    }
    return sentences[language]
