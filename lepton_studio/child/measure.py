"""The "measure" job: what a run would take, from a few steps on its longest batches and on some like any other."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psutil
import torch
from torch import nn

from lepton_studio.child.others import read_others
from lepton_studio.child.pretraining import pretrains, work_of
from lepton_studio.child.race import contestants
from lepton_studio.child.rewriting import seconds_of_rewriting, stand_in
from lepton_studio.child.tune import check_samples
from lepton_studio.child.work import Work
from lepton_studio.methods import method_named
from lepton_studio.methods.hooks import Train
from lepton_studio.methods.race import METHOD as RACE
from lepton_studio.methods.race import RaceSettings
from lepton_studio.methods.recipes import adjusted, compares
from lepton_studio.methods.search import METHOD as SEARCH
from lepton_studio.methods.search import SearchSettings
from lepton_studio.runs.events import Estimated, Event, Finished, LastEvent, Staged, Stopped
from lepton_studio.runs.job import Recipe
from lepton_studio.training.batches import epoch_batches
from lepton_studio.training.checkpoints import State, trainable
from lepton_studio.training.guests import kinds_of
from lepton_studio.training.inference import embed
from lepton_studio.training.learner import Example, Learner
from lepton_studio.training.loop import accumulate, make_optimizer
from lepton_studio.training.pairs import on_pairs
from lepton_studio.training.schedule import Schedule
from lepton_studio.training.signals import Interrupted, stop_now
from lepton_studio.training.snapshot import Samples

_SECONDS = 2.0
_FITTED = 200
"""Samples that are fitted for an estimate."""
_FEWEST_STEPS = 4
_FORWARD_SHARE = 0.4
"""Of a training step, the time that reading the same tokens without training takes."""


def measure(work: Work) -> LastEvent:
    """Do the job: `Estimated`, then the last event. Nothing is written. Raises what `failures.failed` knows."""
    if compares(work.job.recipe):
        return _measure_compared(work)
    if _repeats(work.job.recipe):
        work = _longer(work, times=_repeats(work.job.recipe))
    recipe, machine, send = work.job.recipe, work.machine, work.send
    send(Staged("loading"))
    learner, base = work.new_learner()
    body = base.made()
    splits = work.read_splits(learner)
    training, validation, _ = splits
    check_samples(training, base=base)
    old, unlabelled = work.read_old(learner).examples, work.read_unlabelled(body, held_out=splits[1:])
    others = read_others(work, base, held_out=splits[1:], tells=False)
    learner.prepare([*training.examples, *old])
    if body.at_once and not body.on_pairs:
        return _measure_fit(work, learner, splits=splits)
    taught = on_pairs(learner) if body.on_pairs else others.beside(learner)
    model = learner.model.to(machine.device)
    weights = trainable(model)
    optimizer = make_optimizer(weights, body=body, recipe=recipe)
    state = State(micro_batch=recipe.batch_size)
    if (hooks := body.rewriting) is not None:
        stand_in(hooks, training)
    material = Train(
        training.inputs, training.values, training.examples, learner.encode, old, unlabelled, others=others.examples
    )
    learnt = body.examples(material, epoch=0)
    costs: list[int] = [example.cost for example in learnt]
    kinds = kinds_of(learnt)
    batches = epoch_batches(costs, batch_size=recipe.batch_size, seed=recipe.seed, epoch=0, kinds=kinds)

    def padded(batch: list[int]) -> int:
        return len(batch) * max(costs[position] for position in batch)

    def step(batch: list[int]) -> float:
        started = time.perf_counter()
        examples = [learnt[position] for position in batch]
        accumulate(examples, learner=taught, body=body, machine=machine, state=state, send=send)
        nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
        for group in optimizer.param_groups:
            group["lr"] = 0.0  # a step's work without its effect
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if machine.device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - started

    longest = max(batches, key=padded)
    step(longest)  # allocates all that a run ever will; slower than the ones after it
    timed: list[tuple[int, float]] = []
    began, worked, busy = time.perf_counter(), time.process_time(), busy_seconds()
    started = time.monotonic()
    for batch in [longest, *batches]:
        if work.should_stop() is not None:
            return Stopped(step=0, kept=False, seconds=work.seconds)
        timed.append((padded(batch), step(batch)))
        send(Staged("measuring", len(timed), 0))
        if time.monotonic() - started > _SECONDS and len(timed) >= _FEWEST_STEPS:
            break
    a_step, per_token = fit_line(timed)
    an_epoch = sum(a_step + per_token * padded(batch) for batch in batches)
    schedule = Schedule.of(recipe, samples=len(costs), evaluates=bool(validation.ids))
    read_once = per_token * _FORWARD_SHARE
    tokens = {split.split: sum(example.cost for example in split.examples) for split in splits}
    read = sum(tokens.values()) + (tokens["train"] if recipe.probe else 0)
    read += tokens["validation"] * len(schedule.marks)
    read += sum(one.cost for some in others.examples for one in some) if recipe.probe else 0
    seconds = an_epoch * recipe.passes(len(costs)) + read_once * read
    if hooks is not None:
        seconds += seconds_of_rewriting(work, hooks=hooks, training=training)
    if pretrains(body):
        steps, words = work_of(work, tokenizer=base.tokenizer, unlabelled=unlabelled, length=learner.max_length)
        seconds += a_step * steps + per_token * words
    share = 1.0
    if machine.device.type == "cpu":
        share = share_of_work(
            ours=time.process_time() - worked, everybody=busy_seconds() - busy, passed=time.perf_counter() - began
        )
    send(
        Estimated(
            seconds=seconds,
            memory_mb=machine.memory_mb(),
            samples_per_second=len(costs) / an_epoch if an_epoch else 0.0,
            steps=schedule.steps,
            truncated=sum(len({one.sample for one in split.examples if one.truncated}) for split in splits),
            max_length=learner.max_length,
            texts=sum(len(split.ids) for split in splits),
            seconds_alone=seconds * share,
            cut_targets=sum(one.is_target_cut for split in splits for one in split.examples),
        )
    )
    return Finished(step=0, seconds=work.seconds)


def _measure_compared(work: Work) -> LastEvent:
    """From some steps of full fine-tuning, as many times as fits will be made at most, and the one that is kept; most
    comparisons end sooner.
    """
    recipe = work.job.recipe
    if SEARCH.id in recipe.methods:
        searched: SearchSettings = SEARCH.chosen(recipe)
        fits, last = searched.search_trials * (searched.search_folds - 1.0), 1.0
        minutes, method = searched.search_minutes, searched.search_method
    else:
        raced: RaceSettings = RACE.chosen(recipe)
        fits, last = _fits_of_race(work, folds=raced.race_folds)
        minutes, method = raced.race_minutes, "full"
    plain = adjusted(replace(recipe, methods=(), of_methods={}), {"methods": method}, task=work.task)
    told = _longer(work, times=fits, limit=60.0 * minutes or math.inf, last=last)
    return measure(replace(told, job=replace(work.job, recipe=plain)))


def _fits_of_race(work: Work, *, folds: int) -> tuple[float, float]:
    """(fits, the last one) in the time of one of full fine-tuning: every method that takes long on one fold, the half
    of them on two, one of them on all, and that one once more on all training samples.
    """
    costs = sorted((part.cost for one in contestants(work) if (part := method_named(one.id).in_race)), reverse=True)
    half, quarter = (costs[: math.ceil(len(costs) / share)] for share in (2, 4))
    of_fold = 1 - 1 / folds
    return of_fold * (sum(costs) + sum(half) + sum(quarter) * max(0, folds - 2)), max(costs, default=1.0)


def _repeats(recipe: Recipe) -> float:
    """How much longer the run takes for what is tried beside it, in times of itself."""
    return recipe.folds - 1.0 if recipe.folds else recipe.seeds - 1.0


def _longer(work: Work, *, times: float, limit: float = math.inf, last: float = 1.0) -> Work:
    """The work, whose estimate is so many times as long, but no longer than the limit, and once more at the end."""

    def whole(seconds: float) -> float:
        return min(limit, seconds * times) + seconds * last

    def send(event: Event) -> None:
        if isinstance(event, Estimated):
            event = replace(event, steps=0, seconds=whole(event.seconds), seconds_alone=whole(event.seconds_alone))
        work.send(event)

    return replace(work, send=send)


def _measure_fit(work: Work, learner: Learner[Any], *, splits: Sequence[Samples[Any]]) -> LastEvent:
    """The same for what is fitted in one go: some of the training samples are read and fitted, the rest is in
    proportion.
    """
    training, machine = splits[0], work.machine
    some = training.examples[:: max(1, len(training.examples) // _FITTED)]
    learner.model.to(machine.device)
    began = time.perf_counter()

    def embed_some(examples: Sequence[Example]) -> torch.Tensor:
        return embed(examples, learner=learner, machine=machine, progress=lambda *_: stop_now(work.should_stop))

    try:
        learner.fit_head(some, embed=embed_some)
    except Interrupted:
        return Stopped(step=0, kept=False, seconds=work.seconds)
    texts = sum(len(split.ids) for split in splits)
    a_sample = (time.perf_counter() - began) / len(some)
    work.send(
        Estimated(
            seconds=a_sample * (len(training.examples) + texts),
            memory_mb=machine.memory_mb(),
            samples_per_second=1 / a_sample,
            steps=0,
            truncated=sum(len({one.sample for one in split.examples if one.truncated}) for split in splits),
            max_length=learner.max_length,
            texts=texts,
        )
    )
    return Finished(step=0, seconds=work.seconds)


def busy_seconds() -> float:
    """Seconds that the processors of this machine have worked, for anybody."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def share_of_work(*, ours: float, everybody: float, passed: float) -> float:
    """Of the processors that this process would have on an idle machine, the share that it got: 0..1.

    `ours` and `everybody`: processor seconds of this process and of the whole machine in `passed` seconds. What others
    took it would have had, but no more than its threads can use.
    """
    others = max(0.0, everybody - ours)
    most = passed * torch.get_num_threads()
    return min(1.0, ours / max(1e-9, min(most, ours + others)))


def fit_line(timed: list[tuple[int, float]]) -> tuple[float, float]:
    """(seconds a step costs anyhow, seconds a token) by least squares, neither below zero."""
    n = len(timed)
    mean_x = sum(x for x, _ in timed) / n
    mean_y = sum(y for _, y in timed) / n
    spread = sum((x - mean_x) ** 2 for x, _ in timed)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in timed) / spread if spread else 0.0
    base = mean_y - slope * mean_x
    if slope <= 0 or base < 0:
        return 0.0, mean_y / max(1.0, mean_x)
    return base, slope
