"""The "find_rate" job: the loss while the learning rate rises from next to nothing until training breaks down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from lepton_studio.child.learning import read_by_model
from lepton_studio.child.tune import check_samples
from lepton_studio.child.work import Work
from lepton_studio.language import tr
from lepton_studio.methods.hooks import Train
from lepton_studio.runs.events import Finished, LastEvent, RateFound, Staged, Stopped
from lepton_studio.training.batches import epoch_batches
from lepton_studio.training.checkpoints import State, trainable
from lepton_studio.training.failures import BadData
from lepton_studio.training.learner import Batch, Learner
from lepton_studio.training.loop import accumulate, make_optimizer
from lepton_studio.training.pairs import on_pairs
from lepton_studio.training.rates import STEPS, Smooth, has_broken_down, rate_of, rate_to_use
from lepton_studio.training.signals import Interrupted

_WATCHED = 48
"""So many samples, always the same, tell the loss: that of the batches would rather tell how hard each is."""


def find_rate(work: Work) -> LastEvent:
    """Do the job: `RateFound`, then the last event. It begins as the run would, from a fitted head where the recipe
    says so; the loss is that of samples for validation, where there are some. Nothing is written. Raises what
    `failures.failed` knows.
    """
    recipe, machine, send = work.job.recipe, work.machine, work.send
    send(Staged("loading"))
    torch.manual_seed(recipe.seed)
    learner, base = work.new_learner()
    body = base.made()
    training, validation, _ = work.read_splits(learner)
    check_samples(training, base=base)
    if body.at_once and not body.on_pairs:
        raise BadData(tr("A model that is fitted in one go has no learning rate. Choose another method."))
    learner.prepare(training.examples)
    model = learner.model.to(machine.device)
    try:
        if recipe.probe and not body.on_pairs:
            learner.fit_head(training.examples, embed=lambda some: read_by_model(some, learner=learner, work=work))
    except Interrupted:
        return Stopped(step=0, kept=False, seconds=work.seconds)
    weights = trainable(model)
    optimizer = make_optimizer(weights, body=body, recipe=recipe)
    state = State(micro_batch=recipe.batch_size)
    taught = on_pairs(learner) if body.on_pairs else learner
    material = Train(training.inputs, training.values, training.examples, learner.encode)
    some = (validation if validation.examples else training).examples
    spread = sorted(some[:: max(1, len(some) // _WATCHED)][:_WATCHED], key=lambda one: one.cost)
    watched = [learner.collate(spread[first : first + 16]) for first in range(0, len(spread), 16)]
    rates: list[float] = []
    losses: list[float] = []
    smooth = Smooth()
    batches: list[list[int]] = []
    epoch = 0
    for step in range(STEPS):
        if work.should_stop() is not None:
            return Stopped(step=step, kept=False, seconds=work.seconds)
        if not batches:
            examples = body.examples(material, epoch=epoch)
            costs = [one.cost for one in examples]
            batches = list(epoch_batches(costs, batch_size=recipe.batch_size, seed=recipe.seed, epoch=epoch))
            epoch += 1
        for group in optimizer.param_groups:
            group["lr"] = rate_of(step) * group["scale"]
        chosen = [examples[place] for place in batches.pop(0)]
        loss = accumulate(chosen, learner=taught, body=body, machine=machine, state=state, send=send)
        if not math.isfinite(loss):
            break
        nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
        optimizer.step()
        body.stepped(step + 1, steps=STEPS, weights=weights)
        optimizer.zero_grad(set_to_none=True)
        rates.append(rate_of(step))
        losses.append(smooth.add(_loss(watched, learner=learner, device=machine.device)))
        send(Staged("measuring", step + 1, STEPS))
        if has_broken_down(losses):
            break
    send(RateFound(tuple(rates), tuple(losses), rate_to_use(rates, losses)))
    return Finished(step=0, seconds=work.seconds)


@torch.inference_mode()
def _loss(batches: Sequence[Batch], *, learner: Learner[Any], device: torch.device) -> float:
    learner.model.eval()
    total = torch.zeros((), device=device)
    for one in batches:
        batch = one.to(device)
        total = total + learner.loss(learner.forward(batch), batch).float()
    return float(total) / sum(one.weight for one in batches)
