"""What word statistics alone reach on the samples of a run, so that its scores have something to stand beside; for
models that write, what is written without any.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from lepton_studio.child.work import Work
from lepton_studio.contract.task import Baseline
from lepton_studio.heads.generation.plain import plain_answers
from lepton_studio.project.records import RIGHT
from lepton_studio.runs.job import Recipe
from lepton_studio.tasks import load_part
from lepton_studio.training.inference import Decided, decide, runner, score_split
from lepton_studio.training.learner import Example, Learner
from lepton_studio.training.models import Base
from lepton_studio.training.snapshot import Samples

_METHOD = "words"
_SHARE = 0.1
"""Of the time that the run took, it may take this much more."""
_AT_LEAST = 10.0
"""Seconds that it may take beside any run."""
_TRIED = 500


def baselines(
    work: Work, splits: Sequence[Samples[Any]], decided: Mapping[str, Decided[Any]]
) -> Mapping[str, Baseline]:
    """split -> the baseline beside what the model `decided`, for validation and test; none where it does not fit the
    task, is what the run itself is, or would take too long beside it.
    """
    training, *judged = splits
    judged = [split for split in judged if split.ids]
    if work.task.drafts:
        return {split.split: _plain(work, training, split, decided[split.split]) for split in judged}
    if not work.task.linear or work.job.recipe.methods == (_METHOD,) or not judged:
        return {}
    allowed = max(_AT_LEAST, _SHARE * work.seconds)
    every = -(-len(training.ids) // _TRIED)
    began = time.monotonic()
    learner = _fitted(work, training, every=every)
    if every > 1:
        if (time.monotonic() - began) * every > allowed:
            return {}
        learner = _fitted(work, training, every=1)
    if judged[0].split == "validation":
        run = runner(learner=learner, machine=work.machine)
        learner.calibrate(judged[0].inputs, judged[0].values, run=run)
    return {split.split: _beside(work, learner, split, decided[split.split]) for split in judged}


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


def _fitted(work: Work, training: Samples[Any], *, every: int) -> Learner[Any]:
    """The baseline, learned from every so-many-th sample."""
    base = Base(work.job.model, work.load_encoder, work.task)
    learner: Learner[Any] = load_part(work.task.learner).start(
        base, labels=work.job.labels, recipe=Recipe(methods=(_METHOD,))
    )
    examples = learner.encode(training.inputs, training.values)
    learner.prepare(examples)
    learner.model.to(work.machine.device)
    learner.fit_head(examples[::every], embed=_no_vectors)
    return learner


def _beside(work: Work, learner: Learner[Any], split: Samples[Any], by_model: Decided[Any]) -> Baseline:
    task, labels = work.task, work.labels
    said = decide(
        split.inputs, learner.encode(split.inputs), learner=learner, machine=work.machine, progress=lambda *_: None
    )

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


def _no_vectors(_examples: Sequence[Example]) -> Tensor:
    raise AssertionError("word statistics read no vectors")
