"""Which of the built-in models fits a project: the one that has learnt the language of its texts; for tasks whose
models write, the writer, where texts and targets are in English.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.hub.places import local_folder
from lepton_studio.language import tr
from lepton_studio.methods.families import use_of
from lepton_studio.models.brought import why_unfit
from lepton_studio.models.built_in import BUILT_IN_MODELS, ENGLISH, MULTILINGUAL, WRITER, BuiltInModel, built_in
from lepton_studio.models.places import is_installed
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Sample, SampleId
from lepton_studio.runs.model_folder import by_name, encoder_in
from lepton_studio.studio.languages import Language, language_of
from lepton_studio.tasks import task_named

FOREIGN = 0.1
"""From this share of texts on that are not English, an English model is not enough."""
_MOSTLY = 0.5
_LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class ModelOfTheHub:
    """A model that people may want to bring along. `writes` is an English source string for `tr`, `size` in MB."""

    id: str
    writes: str
    size: int


WRITERS_OF_THE_HUB = (
    ModelOfTheHub("Qwen/Qwen2.5-0.5B-Instruct", "Chinese, English and 27 other languages", 988),
    ModelOfTheHub("google-t5/t5-small", "English into German, French and Romanian", 242),
    ModelOfTheHub("HuggingFaceTB/SmolLM2-360M-Instruct", "English", 724),
)
"""Models that write, with weights as safetensors, under the licence Apache-2.0; small enough for a laptop."""


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


def proposed_writer(texts: Sequence[str], targets: Sequence[str]) -> Proposal:
    """The model that is to write such targets for such texts: the built-in writer, for it is tuned in minutes.

    Where more than a tenth of either is not in English, the sentence says that a model must be brought along.
    """
    for some in (targets, texts):
        counts: Counter[Language] = Counter(language_of(text) for text in some)
        if counts.total() - counts["English"] - counts[""] > FOREIGN * len(some):
            why = tr(
                "{model} reads and writes only English. For these texts choose a model from a folder or from the Hub.",
                model=WRITER.name,
            )
            return Proposal(WRITER.id, why)
    return Proposal(WRITER.id, tr("Writes English: {model}.", model=in_short(WRITER)) if texts else "")


def proposal_for(project: Project) -> Proposal:
    """The built-in model for a project as it is: what `proposed_model`, or `proposed_writer`, says of some hundred of
    its samples. It may still have to be fetched: `models.places.is_installed`.
    """
    if not reads(task_named(project.task_id)):
        samples = some_samples(project)
        return proposed_writer([one.text for one in samples], list(targets_of(project, samples).values()))
    return proposed_model([sample.text for sample in some_samples(project)])


def encoder_for(project: Project) -> str:
    """The built-in encoder that reads the project's texts, whatever its task: its name in jobs."""
    if not is_installed(MULTILINGUAL):
        return ENGLISH.id
    return proposed_model([sample.text for sample in some_samples(project)]).model


def fitting_models(task: Task[Any]) -> tuple[BuiltInModel, ...]:
    """The built-in models that a task can use, the one that fits most projects first. Extra ones only where they were
    fetched: looks for their files.

    A task whose models write can use the writer and, as it always could, the English encoder: that learns to write.
    """
    if not reads(task):
        return (WRITER, ENGLISH)
    extra = (model for model in BUILT_IN_MODELS if model.is_extra and not model.writes and is_installed(model))
    return (ENGLISH, MULTILINGUAL, *extra)


def why_unfitting(model: str, *, task: Task[Any]) -> str:
    """A sentence where a base model cannot be tuned for a task; "" where nothing stands against it. Reads its files."""
    known = built_in(model)
    if known is None:
        use, folder = use_of(task), local_folder(model)
        if use is None or folder is None:
            return ""
        return by_name(why_unfit(encoder_in(folder), use=use), model)
    if known is ENGLISH or known.writes is not reads(task):
        return ""
    if known.writes:
        return tr("{model} is for tasks that write text. Choose another base model for this task.", model=known.name)
    return tr("{model} cannot learn to write. Choose another base model for this task.", model=known.name)


def reads(task: Task[Any]) -> bool:
    """Whether its models read texts and need not write any."""
    return task.families[0] == "encoder"


def some_samples(project: Project) -> Sequence[Sample]:
    """Some hundred samples from everywhere in the project: labelled ones, where there are any."""
    ids = project.sample_ids(Filter(state="labelled")) or project.sample_ids(Filter())
    some = tuple(ids[:: max(1, len(ids) // _LOOKED_AT)][:_LOOKED_AT])
    return project.samples(Filter(ids=some), limit=_LOOKED_AT) if some else ()


def targets_of(project: Project, samples: Sequence[Sample]) -> dict[SampleId, str]:
    """What is to be written for those of the samples that have a target."""
    task, labels = task_named(project.task_id), project.labels()
    if "target" not in task.wants:
        return {}
    values = {one.id: task.parse(one.value, labels) for one in samples if one.value is not None}
    found = {id: task.to_marks(value, {}).targets for id, value in values.items()}
    return {id: targets[0] for id, targets in found.items() if targets}


def in_short(model: BuiltInModel) -> str:
    """Its name and size for people."""
    return tr("{name}, {count} M parameters", name=model.name, count=round(model.weights / 1e6))


def writers_words() -> str:
    """The models that can be brought along to write other languages, on one line each."""
    lines = (
        tr("{id}: {languages}, {size} MB", id=one.id, languages=tr(one.writes), size=one.size)
        for one in WRITERS_OF_THE_HUB
    )
    return tr("For example:") + "\n" + "\n".join(lines)


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
