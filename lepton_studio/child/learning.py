"""A learner with a new head learns from the samples it is given: in one go, step by step, or from pairs first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from lepton_studio.child.before import brought_head
from lepton_studio.child.others import NOBODY, Others
from lepton_studio.child.pretraining import pretrain, pretrains
from lepton_studio.child.work import Work
from lepton_studio.contract.task import Input
from lepton_studio.runs.events import Staged
from lepton_studio.training.body import Body
from lepton_studio.training.checkpoints import Checkpoints, Saved
from lepton_studio.training.inference import embed as embedded
from lepton_studio.training.learner import Embed, Example, Learner
from lepton_studio.training.loop import Trained, train
from lepton_studio.training.pairs import on_pairs
from lepton_studio.training.signals import stop_now
from lepton_studio.training.snapshot import Samples

NOTHING: Samples[Any] = Samples("validation", (), (), (), ())
"""No validation samples: the model of the last step counts."""


def learn(
    work: Work,
    learner: Learner[Any],
    *,
    body: Body,
    training: Samples[Any],
    validation: Samples[Any],
    checkpoints: Checkpoints,
    resume_from: Saved | None,
    embed: Embed,
    tokenizer: Any = None,
    new: Samples[Any] | None = None,
    unlabelled: list[Input] | None = None,
    others: Others = NOBODY,
    halved: bool = False,
) -> Trained:
    """Fit the head and train, as the recipe's methods want it; `finish` must follow. `embed`: what the base model, as
    its makers left it, gives for the training examples. `new`: the first of these, where the rest are old ones;
    `unlabelled`: what a method reads besides, or learns first, with the base model's `tokenizer`; such a checkpoint too
    may be `resume_from`. `others`: who else learns on the learner's encoder. The learner was prepared and is on the
    machine's device.

    Raises as `training.loop.train`.
    """
    taught = others.beside(learner)
    learner.model.to(work.machine.device)
    first = resume_from if resume_from is not None and resume_from.first else None
    if first is not None:
        resume_from = None
    if resume_from is None and pretrains(body):
        pretrain(
            work,
            learner,
            body=body,
            tokenizer=tokenizer,
            unlabelled=unlabelled or [],
            checkpoints=checkpoints,
            resume_from=first,
        )
    if resume_from is None and not body.on_pairs:
        brought = brought_head(work, learner, body=body)
        if body.at_once or (work.job.recipe.probe and not brought.is_whole):
            learner.fit_head(training.examples, embed=embed)
        if work.job.recipe.probe:
            others.fit_heads(work)
        brought.put()
        stop_now(work.should_stop)
    if body.at_once and not body.on_pairs:
        return _fitted(training, work=work)
    task, labels = work.task, work.labels
    work.send(Staged("training"))
    return train(
        work.job,
        on_pairs(learner) if body.on_pairs else taught,
        body=body,
        train=new or training,
        old=training.examples[len((new or training).examples) :],
        unlabelled=unlabelled or (),
        others=others.examples,
        validation=NOTHING if body.on_pairs else validation,
        score=lambda gold, predicted: task.score(gold, predicted, labels),
        best_by=task.measure(task.best),
        machine=work.machine,
        checkpoints=checkpoints,
        resume_from=resume_from,
        began=work.began,
        send=work.send,
        should_stop=work.should_stop,
        halved=halved,
    )


def finish(work: Work, learner: Learner[Any], *, body: Body, training: Samples[Any]) -> None:
    """Training is over: the model becomes what will be saved, and of what learnt from pairs the layer is fitted."""
    body.finish(learner.model)
    if body.on_pairs:
        learner.fit_head(training.examples, embed=lambda some: read_by_model(some, learner=learner, work=work))


def read_by_model(examples: Sequence[Example], *, learner: Learner[Any], work: Work) -> Tensor:
    """The model's features as it is now, with progress."""

    def progress(done: int, total: int | None) -> None:
        work.send(Staged("embedding", done, total or 0))
        stop_now(work.should_stop)

    features = embedded(examples, learner=learner, machine=work.machine, progress=progress)
    work.send(Staged("probing"))
    return features


def _fitted(training: Samples[Any], *, work: Work) -> Trained:
    """What is to be said of a model that `fit_head` has finished."""
    seconds = work.seconds
    return Trained(
        step=0,
        last_step=0,
        ending="complete",
        halved=False,
        seconds=seconds,
        samples_per_second=len(training.ids) / seconds,
        is_best=True,
        epoch=0.0,
        save_checkpoint=lambda: None,
    )
