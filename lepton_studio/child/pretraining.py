"""What a base model learns on texts without a label before it is tuned, where a method wants that."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import torch

from lepton_studio.child.work import Work
from lepton_studio.contract.task import Input
from lepton_studio.language import tr, trn
from lepton_studio.methods.domain import METHOD
from lepton_studio.runs.events import Checkpointed, Event, Noted, Staged, Stepped
from lepton_studio.training.body import Body
from lepton_studio.training.checkpoints import Checkpoints, Saved, copy_weights, put_weights, trainable
from lepton_studio.training.learner import Learner
from lepton_studio.training.loop import train
from lepton_studio.training.pretraining import FEWEST, filling_in, pretraining_recipe, read_texts
from lepton_studio.training.snapshot import Samples

_NO_SAMPLES: Samples[Any] = Samples("train", (), (), (), ())


def pretrains(body: Body) -> bool:
    """Whether the base model learns something before it is tuned."""
    return METHOD in body.methods


def pretrain(
    work: Work,
    learner: Learner[Any],
    *,
    body: Body,
    tokenizer: Any,
    unlabelled: list[Input],
    checkpoints: Checkpoints,
    resume_from: Saved | None,
) -> None:
    """Let the base model learn on the texts, from a checkpoint of that on, in place; nothing where they are too few,
    which is told. `checkpoints` are those of the run. The learner is on the machine's device.

    Raises as `training.loop.train`.
    """
    texts = read_texts(unlabelled, tokenizer=tokenizer, length=learner.max_length)
    if len(texts) < FEWEST:
        work.send(Noted(too_few(len(texts)), lasts=True))
        return
    recipe = pretraining_recipe(work.job.recipe)
    torch.manual_seed(recipe.seed)
    filler, alone, words = filling_in(texts, body=body, tokenizer=tokenizer, recipe=recipe)
    before = copy_weights(trainable(body.model))
    kept = checkpoints.before_tuning()
    work.send(Staged("pretraining"))
    losses: list[float] = []

    def send(event: Event) -> None:
        if isinstance(event, Stepped):
            losses.extend(() if event.loss is None else (event.loss,))
            work.send(Staged("pretraining", event.step, event.total_steps, event.seconds_left))
        elif not isinstance(event, Checkpointed):
            work.send(event)

    trained = train(
        replace(work.job, recipe=recipe),
        filler,
        body=alone,
        train=replace(_NO_SAMPLES, examples=texts),
        validation=replace(_NO_SAMPLES, split="validation"),
        score=lambda gold, predicted: work.task.score(gold, predicted, work.labels),
        best_by=work.task.measure(work.task.best),
        machine=work.machine,
        checkpoints=kept,
        resume_from=resume_from,
        began=work.began,
        send=send,
        should_stop=work.should_stop,
    )
    alone.keep_all()
    if trained.ending == "not_a_number":
        put_weights(body.model, before)
        work.send(
            Noted(
                tr("The loss on the unlabelled texts stopped being a number, so the base model is tuned as it was."),
                lasts=True,
            )
        )
    else:
        trained.save_checkpoint()
        if losses:
            work.send(Noted(_learned(len(texts), words=words, losses=losses), lasts=True))
    torch.manual_seed(recipe.seed)


def work_of(work: Work, *, tokenizer: Any, unlabelled: list[Input], length: int) -> tuple[int, int]:
    """(steps, tokens read) of `pretrain`, for an estimate."""
    texts = read_texts(unlabelled, tokenizer=tokenizer, length=length)
    if len(texts) < FEWEST:
        return 0, 0
    recipe = pretraining_recipe(work.job.recipe)
    steps = math.ceil(len(texts) / recipe.batch_size)
    return steps * recipe.epochs, sum(one.cost for one in texts) * recipe.epochs


def too_few(texts: int) -> str:
    """Why nothing was learned before tuning."""
    return trn(
        "The step of learning from unlabelled texts was left out: it takes {fewest} or more, and there is {count}. "
        "Import more texts, or turn the method “Domain-adaptive pre-training” off.",
        "The step of learning from unlabelled texts was left out: it takes {fewest} or more, and there are {count}. "
        "Import more texts, or turn the method “Domain-adaptive pre-training” off.",
        texts,
        fewest=FEWEST,
    )


def _learned(texts: int, *, words: int, losses: list[float]) -> str:
    some = max(1, len(losses) // 10)
    first, last = (sum(part) / some for part in (losses[:some], losses[-some:]))
    return tr(
        "Learned from {texts} unlabelled texts before tuning: the loss on hidden words went from {first} to {last}.",
        texts=f"{texts:,}",
        first=f"{first:.2f}",
        last=f"{last:.2f}",
    )
