"""What to know before a run starts: counts per label and split, and findings, each a sentence with what it is about."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal

from lepton_studio.contract.task import Task
from lepton_studio.errors import StudioError
from lepton_studio.hub.places import local_folder
from lepton_studio.language import tr, trn
from lepton_studio.methods.recipes import why_not_here
from lepton_studio.methods.rewriting.here import models_that_rewrite, why_not_rewritten
from lepton_studio.models.brought import note_on
from lepton_studio.models.built_in import MULTILINGUAL, WRITER, public_name
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Label, SampleId, Split
from lepton_studio.runs.events import Estimated
from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe
from lepton_studio.runs.model_folder import by_name, encoder_in, why_unusable
from lepton_studio.studio.certainty import wilson
from lepton_studio.studio.languages import is_english
from lepton_studio.studio.proposing import FOREIGN, fitting_models, some_samples, targets_of, why_unfitting
from lepton_studio.tasks import task_named
from lepton_studio.words import cut_targets, duration, memory

Level = Literal["ok", "amber", "red"]
Remedy = Literal["", "set_aside_validation", "use_quick"]
_LONG = 300.0
"""Seconds of tuning from which on the quick model is worth a thought first."""

FEW = 8
"""Fewer training samples of a label than this are said to be few."""
FEW_SAMPLES = 50
"""Fewer training samples than this are said to be few, where samples and not labels are what counts."""
FEW_TEST = 30
"""Fewer test samples than this are said to be few for the figure they give."""
_TEST_SHARE = 0.1
_BUSY = 1.3
"""An estimate this many times as long as on an idle machine is said with both."""
_LOPSIDED = 20
_BALANCED = Recipe()


class TuningNotPossible(StudioError):
    """There is nothing that could be tuned on, or gone on with; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know. `show`: the samples it is about, None for none in particular.

    "red": tuning cannot start. "amber": it can, and the scores suffer or mislead. `remedy` names what one click mends
    ("set_aside_validation": `studio.splitting.set_aside_validation`; "use_quick": the method "quick" is chosen).
    """

    level: Level
    sentence: str
    show: Filter | None = None
    remedy: Remedy = ""


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How many labelled samples of a label are in each split; `waiting` have no split yet and get one at the start."""

    label: Label
    train: int
    validation: int
    test: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Check:
    """Samples by label in the order of the labels, annotated samples by split, and the findings, the gravest first."""

    counts: tuple[LabelCount, ...]
    splits: Mapping[Split | None, int]
    findings: tuple[Finding, ...]

    @property
    def possible(self) -> bool:
        """Nothing stands against a start."""
        return all(finding.level != "red" for finding in self.findings)


def check_before_tuning(project: Project, recipe: Recipe = _BALANCED, *, model: str = BUILT_IN_MODEL) -> Check:
    """Look at the annotated samples, some ten milliseconds for 100,000 of them, and at the files of a model that the
    person brings, up to a second. Changes nothing.
    """
    task = task_named(project.task_id)
    counts, splits = _counts(project), project.labelled_split_counts()
    about_labels = _about_labels(counts, task) if task.label_kinds else ()
    findings = [*_about_samples(splits, task), *about_labels, *_about_splits(splits, recipe), *_about_texts(project)]
    if model in (BUILT_IN_MODEL, WRITER.id):
        findings += _about_language(project, model=model)
    findings += _about_model(model, task)
    if why := why_not_here(recipe, model=model, labels=[one.name for one in project.labels()]):
        findings.append(Finding("red", why))
    findings += _about_rewriting(project, recipe)
    if not findings:
        ready = tr("Ready: there are samples for training and evaluation.")
        if counts:
            ready = tr("Ready: every label has samples for training and evaluation.")
        findings.append(Finding("ok", ready))
    order: list[Level] = ["red", "amber", "ok"]
    return Check(counts, splits, tuple(sorted(findings, key=lambda finding: order.index(finding.level))))


def why_not(project: Project) -> str | None:
    """What stands against a start on the samples as they are: the sentence of the check; None where nothing does."""
    task = task_named(project.task_id)
    about_labels = _about_labels(_counts(project), task) if task.label_kinds else ()
    found = chain(_about_samples(project.labelled_split_counts(), task), about_labels)
    return next((finding.sentence for finding in found if finding.level == "red"), None)


def needs_two_labels(task: Task[Any]) -> bool:
    """Whether every text has one label, so that there is nothing to learn from one label alone."""
    return task.has_one_label


def findings_of(estimate: Estimated, task: Task[Any]) -> tuple[Finding, ...]:
    """What the probe steps found: time, memory, texts that are longer than the model reads, a quicker way."""
    cost = {"time": duration(estimate.seconds), "memory": memory(estimate.memory_mb)}
    if estimate.steps:
        said = tr("About {time} for {steps} steps, using {memory} of memory.", steps=f"{estimate.steps:,}", **cost)
    else:  # fitted in one go
        said = tr("About {time}, using {memory} of memory.", **cost)
    found = [Finding("ok", said)]
    if estimate.seconds_alone and estimate.seconds > _BUSY * estimate.seconds_alone:
        sentence = tr(
            "This computer is busy: tuning takes about {most} now, and about {least} when it is idle.",
            least=duration(estimate.seconds_alone),
            most=duration(estimate.seconds),
        )
        found.insert(0, Finding("amber", sentence))
    if estimate.steps and (sentence := why_rather_quick(estimate.seconds, task)):
        found.insert(0, Finding("amber", sentence, remedy="use_quick"))
    if estimate.truncated:
        sentence = trn(
            "{count} of {total} texts is longer than the model's limit of {length} tokens and will be cut off there.",
            "{count} of {total} texts are longer than the model's limit of {length} tokens and will be cut off there.",
            estimate.truncated,
            total=f"{estimate.texts:,}" if estimate.texts else tr("all"),
            length=estimate.max_length,
        )
        found.insert(0, Finding("amber", sentence))
    if estimate.cut_targets:
        found.insert(0, Finding("amber", cut_targets(estimate.cut_targets, total=estimate.texts)))
    return tuple(found)


def why_rather_quick(seconds: float, task: Task[Any]) -> str:
    """A sentence where tuning takes so long that the quick model is worth a thought first; "" else."""
    if not task.linear or seconds <= _LONG:
        return ""
    return tr(
        "Tuning takes about {time} here. The quick model takes seconds, and below a thousand labels it is often as "
        "good.",
        time=duration(seconds),
    )


def _counts(project: Project) -> tuple[LabelCount, ...]:
    train, validation, test = (project.label_counts(split=split) for split in ("train", "validation", "test"))
    every = project.label_counts()
    return tuple(
        LabelCount(
            label,
            train=train[label.id],
            validation=validation[label.id],
            test=test[label.id],
            waiting=every[label.id] - train[label.id] - validation[label.id] - test[label.id],
        )
        for label in project.labels()
    )


def _about_samples(splits: Mapping[Split | None, int], task: Task[Any]) -> Iterator[Finding]:
    """For tasks in which no two labels are needed: is there something to learn from?"""
    if needs_two_labels(task):
        return
    learning = splits["train"] + splits[None]
    if not sum(splits.values()):
        yield Finding("red", tr("Tuning needs annotated samples. Annotate some first."), Filter(state="unlabelled"))
    elif not learning:
        sentence = tr("The train split has no annotated samples. Move some there on the Data page.")
        yield Finding("red", sentence, Filter(state="labelled"))
    elif learning < FEW_SAMPLES:
        sentence = tr(
            "There are few training samples ({count}); {few} or more would help.", count=learning, few=FEW_SAMPLES
        )
        yield Finding("amber", sentence, Filter(state="unlabelled"))


def _about_labels(counts: tuple[LabelCount, ...], task: Task[Any]) -> Iterator[Finding]:
    used = [one for one in counts if one.train + one.validation + one.test + one.waiting]
    learnt = [one for one in used if one.train + one.waiting]
    if needs_two_labels(task) and len(used) < 2:
        unlabelled = Filter(state="unlabelled")
        yield Finding(
            "red", tr("Tuning needs samples with at least two different labels. Label some more."), unlabelled
        )
        return
    if needs_two_labels(task) and len(learnt) < 2:
        sentence = tr(
            "The train split needs samples with at least two different labels. Move some there on the Data page."
        )
        yield Finding("red", sentence, Filter(state="labelled"))
        return
    if not learnt:
        yield Finding("red", tr("No training sample has a label, so there is nothing to learn."), Filter(split="train"))
        return
    for one in counts:
        learning = one.train + one.waiting
        shown = Filter(label=one.label.id)
        if learning == 0 and one not in used:
            yield Finding("amber", tr("No sample has the label “{label}”.", label=one.label.name), None)
        elif learning == 0:
            yield Finding("amber", tr("No training sample has the label “{label}”.", label=one.label.name), shown)
        elif learning < FEW:
            sentence = tr(
                "“{label}” has few training samples ({count}); {few} or more would help.",
                count=learning,
                label=one.label.name,
                few=FEW,
            )
            yield Finding("amber", sentence, shown)
    if "class_weights" not in task.hidden_settings:
        yield from _about_balance(learnt)


def _about_balance(learnt: Sequence[LabelCount]) -> Iterator[Finding]:
    most = max(learnt, key=lambda one: one.train + one.waiting)
    least = min(learnt, key=lambda one: one.train + one.waiting)
    times = (most.train + most.waiting) / (least.train + least.waiting)
    if times >= _LOPSIDED:
        sentence = tr(
            "“{most}” has {times} times as many samples as “{least}”; class weights may help with the rarer label.",
            most=most.label.name,
            times=round(times),
            least=least.label.name,
        )
        yield Finding("amber", sentence, Filter(label=least.label.id))


def _about_splits(splits: Mapping[Split | None, int], recipe: Recipe) -> Iterator[Finding]:
    waiting = splits[None]
    if waiting:
        sentence = tr(
            "Labelled samples without a split: {count}. They will be split 80 : 10 : 10 at the start.",
            count=waiting,
        )
        yield Finding("ok", sentence, Filter(state="labelled"))
    if not splits["validation"] and waiting < 10:
        sentence = tr("There is no validation split, so the last step is kept instead of the best one.")
        if recipe.patience:
            sentence = tr("There is no validation split, so early stopping is off and the best step cannot be chosen.")
        yield Finding("amber", sentence, Filter(split="train"), "set_aside_validation")
    if not splits["test"] and waiting < 10:
        yield Finding(
            "amber", tr("There is no test split, so there is no telling how well the model does on new texts.")
        )

    coming = splits["test"] + round(waiting * _TEST_SHARE)
    if 0 < coming < FEW_TEST:
        interval = wilson(round(coming * 0.9), coming)
        sentence = trn(
            "{count} test sample is too few: a model that is right nine times out of ten could score "
            "anywhere from {low} to {high}%.",
            "{count} test samples are few: a model that is right nine times out of ten could score "
            "anywhere from {low} to {high}%.",
            coming,
            low=math.floor(interval.low * 100),
            high=math.ceil(interval.high * 100),
        )
        yield Finding("amber", sentence, Filter(state="labelled", split="test") if splits["test"] else None)


def _about_model(model: str, task: Task[Any]) -> Iterator[Finding]:
    """What stands against the model by its files, and what of those is not used."""
    if why := why_unusable(model) or why_unfitting(model, task=task):
        yield Finding("red", why)
    elif (folder := local_folder(model)) is not None and (note := note_on(encoder_in(folder))):
        yield Finding("amber", by_name(note, model))


def _about_language(project: Project, *, model: str) -> Iterator[Finding]:
    """The English models have learnt nothing else; some hundred texts from everywhere in the project tell, with what is
    to be written for them.
    """
    others, total = _foreign(project)
    if not others:
        return
    has_other = MULTILINGUAL in fitting_models(task_named(project.task_id))
    sentence = trn(
        "{count} of {total} texts checked does not seem to be in English, the only language that {model} knows. "
        "{better} would do better.",
        "{count} of {total} texts checked do not seem to be in English, the only language that {model} knows. "
        "{better} would do better.",
        len(others),
        total=total,
        model=public_name(model),
        better=MULTILINGUAL.name if has_other else tr("A multilingual base model"),
    )
    yield Finding("amber", sentence, Filter(ids=others))


def _foreign(project: Project) -> tuple[tuple[SampleId, ...], int]:
    """Those of some hundred samples that are not in English, none where these are few; and how many were looked at."""
    texts = some_samples(project)
    targets = targets_of(project, texts)
    others = tuple(one.id for one in texts if not (is_english(one.text) and is_english(targets.get(one.id, ""))))
    return (others if len(others) > FOREIGN * len(texts) else ()), len(texts)


def _about_rewriting(project: Project, recipe: Recipe) -> Iterator[Finding]:
    """What stands against the models that rewrite the training texts before tuning."""
    if why := why_not_rewritten(recipe):
        yield Finding("red", why)
    elif WRITER.id in models_that_rewrite(recipe):
        others, total = _foreign(project)
        if others:
            sentence = trn(
                "{count} of {total} texts checked does not seem to be in English, the only language that {model} "
                "rewrites. Choose another model for rewriting.",
                "{count} of {total} texts checked do not seem to be in English, the only language that {model} "
                "rewrites. Choose another model for rewriting.",
                len(others),
                total=total,
                model=public_name(WRITER.id),
            )
            yield Finding("amber", sentence, Filter(ids=others))


def _about_texts(project: Project) -> Iterator[Finding]:
    statistics = project.statistics()
    if statistics.leaks:
        sentence = trn(
            "{count} sample has a text that is also in another split: this leak makes scores look too good.",
            "{count} samples have a text that is also in another split: this leak makes scores look too good.",
            statistics.leaks,
        )
        yield Finding("amber", sentence, Filter(state="leak"))
    if statistics.conflicts:
        sentence = tr("Identical texts with different labels: {count}.", count=statistics.conflicts)
        yield Finding("amber", sentence, _conflicting(project))


def _conflicting(project: Project) -> Filter:
    groups = project.duplicate_groups(conflicts_only=True, limit=200)
    return Filter(ids=tuple(sample for group in groups for sample in group.samples))
