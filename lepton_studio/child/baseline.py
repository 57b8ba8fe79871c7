"""What simpler models reach on the samples of a run, so that its scores have something to stand beside: word statistics
alone, and the quick model on the run's base model; for models that write, what is written without any.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from lepton_studio.child.work import Work
from lepton_studio.contract.task import Baseline
from lepton_studio.heads.generation.plain import plain_answers
from lepton_studio.project.records import RIGHT
from lepton_studio.runs.job import Recipe
from lepton_studio.tasks import load_part
from lepton_studio.training.failures import ModelNotFound
from lepton_studio.training.inference import Decided, decide, embed, runner, score_split
from lepton_studio.training.learner import Example, Learner
from lepton_studio.training.models import Base
from lepton_studio.training.snapshot import Samples

_WORDS, _QUICK = "words", "quick"
_SHARE = 0.1
"""Of the time that the run took, they may take this much more."""
_AT_LEAST = 10.0
"""Seconds that they may take beside any run; what other programs take of the processor is not counted."""


class _TooLong(Exception):
    """What is being fitted would take more time than it may."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a run has read by then. `vectors`: what its base model, unchanged, makes of the training examples, in their
    order, where it was asked. `seconds`: what it took to read a split's samples once.
    """

    decided: Mapping[str, Decided[Any]]
    seconds: Mapping[str, float]
    vectors: Tensor | None = None


def baselines(
    work: Work, splits: Sequence[Samples[Any]], read: Read, *, at_once: bool, check: Callable[[], None]
) -> Mapping[str, Mapping[str, Baseline]]:
    """method -> split -> the baseline beside what the run's model decided, for validation and test; what is copied
    stands in the place of "words". Left out is what does not fit the task, is what the run itself is (`at_once`),
    would take too long beside it, or takes a base model that is gone by now.

    `check` is called again and again and may raise.
    """
    training, *judged = splits
    judged = [split for split in judged if split.ids]
    if work.task.drafts:
        return {_WORDS: {split.split: _plain(work, training, split, read.decided[split.split]) for split in judged}}
    if not work.task.linear or work.job.recipe.methods == (_WORDS,) or not judged:
        return {}
    allowed = max(_AT_LEAST, _SHARE * work.seconds)
    began = time.monotonic(), time.process_time()
    reading = sum(read.seconds[one.split] for one in (judged if read.vectors is not None else splits) if one.ids)
    methods = [_WORDS] if at_once or reading > allowed else [_WORDS, _QUICK]

    def go_on() -> None:
        check()
        if min(time.monotonic() - began[0], time.process_time() - began[1]) > allowed:
            raise _TooLong

    found: dict[str, Mapping[str, Baseline]] = {}
    for method in methods:
        try:
            learner = _fitted(work, training, method=method, vectors=read.vectors, check=go_on)
            if judged[0].split == "validation":
                run = runner(learner=learner, machine=work.machine, progress=lambda *_: go_on())
                learner.calibrate(judged[0].inputs, judged[0].values, run=run)
            found[method] = {
                split.split: _beside(work, learner, split, read.decided[split.split], check=go_on) for split in judged
            }
        except (_TooLong, ModelNotFound):  # the base model may have been deleted since the run began
            break
    return found


def _plain(work: Work, training: Samples[Any], split: Samples[Any], by_model: Decided[Any]) -> Baseline:
    """The better one of what is written without a model."""
    task, labels = work.task, work.labels
    train = list(zip(training.inputs, training.values, strict=True))

    def qualities(said: Sequence[Any]) -> list[float]:
        return [task.quality(gold, value) for gold, value in zip(split.values, said, strict=True)]

    of_model = qualities([decision.value for decision in by_model.decisions])
    found = plain_answers(split.inputs, train=train)
    of_plain = {name: qualities(said) for name, said in found.items()}
    best = max(of_plain, key=lambda name: sum(of_plain[name]))
    pairs = list(zip(of_model, of_plain[best], strict=True))
    return Baseline(
        headline=task.score(split.values, found[best], labels).headline,
        right=sum(plain == 1 for plain in of_plain[best]),
        better=sum(model > plain for model, plain in pairs),
        worse=sum(plain > model for model, plain in pairs),
        by=best,
        quality=sum(of_plain[best]) / len(pairs),
    )


def _fitted(
    work: Work, training: Samples[Any], *, method: str, vectors: Tensor | None, check: Callable[[], None]
) -> Learner[Any]:
    recipe = work.job.recipe
    learner: Learner[Any] = load_part(work.task.learner).start(
        Base(work.job.model, work.load_encoder, work.task, check=check),
        labels=work.job.labels,
        recipe=Recipe(methods=(method,), max_length=recipe.max_length, class_weights=recipe.class_weights),
    )
    examples = learner.encode(training.inputs, training.values)
    learner.prepare(examples)
    learner.model.to(work.machine.device)

    def vectors_of(some: Sequence[Example]) -> Tensor:
        if vectors is not None:
            return vectors
        return embed(some, learner=learner, machine=work.machine, progress=lambda *_: check())

    learner.fit_head(examples, embed=vectors_of)
    return learner


def _beside(
    work: Work, learner: Learner[Any], split: Samples[Any], by_model: Decided[Any], *, check: Callable[[], None]
) -> Baseline:
    task, labels = work.task, work.labels
    examples = learner.encode(split.inputs)
    said = decide(split.inputs, examples, learner=learner, machine=work.machine, progress=lambda *_: check())

    def rights(found: Decided[Any]) -> list[bool]:
        return [
            all(one.kind == RIGHT for one in task.compare(gold, decision.value))
            for gold, decision in zip(split.values, found.decisions, strict=True)
        ]

    pairs = list(zip(rights(by_model), rights(said), strict=True))
    report = score_split(said, split.values, score=lambda gold, predicted: task.score(gold, predicted, labels))
    return Baseline(
        headline=report.headline,
        right=sum(baseline for _, baseline in pairs),
        better=sum(model and not baseline for model, baseline in pairs),
        worse=sum(baseline and not model for model, baseline in pairs),
    )
