"""The training loop, to be read from top to bottom."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import torch
from torch import Tensor, nn

from lepton_studio.contract.task import Input, Measure, Report
from lepton_studio.language import tr
from lepton_studio.methods.hooks import Guest, Step, Train
from lepton_studio.progress import Progress
from lepton_studio.runs.events import Checkpointed, Evaluated, Noted, Staged, Stepped
from lepton_studio.runs.job import Job, Recipe
from lepton_studio.training.batches import epoch_batches
from lepton_studio.training.body import Body
from lepton_studio.training.checkpoints import (
    Checkpoints,
    Saved,
    State,
    Weights,
    are_finite,
    chance,
    copy_weights,
    put_weights,
    set_chance,
    standing_in,
    trainable,
)
from lepton_studio.training.failures import is_out_of_memory
from lepton_studio.training.guests import kinds_of
from lepton_studio.training.inference import decide, rows_of, score_split
from lepton_studio.training.learner import Batch, Example, Learner
from lepton_studio.training.machine import Machine
from lepton_studio.training.remembering import known_of
from lepton_studio.training.schedule import Schedule
from lepton_studio.training.signals import Interrupted, Send, ShouldStop, stop_now
from lepton_studio.training.snapshot import Samples

V = TypeVar("V")

_LARGEST_GRADIENT = 1.0
_MOST_BAD_STEPS = 5


@dataclass(frozen=True, slots=True)
class Trained:
    """The model now holds the weights of `step`: the best on validation (`is_best`), or the last.

    `halved`: its learning rate was, see `State`. `seconds`: the whole job so far, over all its sessions;
    `samples_per_second`: of its training steps.
    `save_checkpoint` writes the state in which the run is, for a window that goes before the results are written.
    """

    step: int
    last_step: int
    ending: Literal["complete", "kept", "not_a_number"]
    halved: bool
    seconds: float
    samples_per_second: float
    is_best: bool
    epoch: float
    save_checkpoint: Callable[[], None]


def train(
    job: Job,
    learner: Learner[V],
    *,
    body: Body,
    train: Samples[V],
    old: Sequence[Example] = (),
    unlabelled: Sequence[Input] = (),
    others: Sequence[Sequence[Guest]] = (),
    validation: Samples[V],
    score: Callable[[Sequence[V], Sequence[V]], Report],
    best_by: Measure,
    machine: Machine,
    checkpoints: Checkpoints,
    resume_from: Saved | None,
    began: float,
    send: Send,
    should_stop: ShouldStop,
    halved: bool = False,
) -> Trained:
    """Fine-tune the learner's model on `train`, keeping the weights that do best on `validation` by one measure.

    `old`, `unlabelled` and `others`: see `Train`.

    `resume_from`: the checkpoint to go on from, to the same weights as without a stop. `began`: `time.monotonic()` at
    the start of the job. `halved`: from now on at half the learning rate. Raises Interrupted on "discard", and on
    "leave" after a checkpoint; on "keep" it returns what it has.
    """
    recipe = job.recipe
    model = learner.model.to(machine.device)
    weights = trainable(model)
    optimizer = make_optimizer(weights, body=body, recipe=recipe)
    said = rows_of(learner, machine=machine, progress=lambda *_: stop_now(should_stop))
    material = Train(train.inputs, train.values, train.examples, learner.encode, old, unlabelled, said, others)
    examples = body.examples(material, epoch=0)
    schedule = Schedule.of(recipe, samples=len(examples), evaluates=bool(validation.ids))
    torch.manual_seed(recipe.seed)

    state = State(micro_batch=recipe.batch_size)
    best: Weights | None = None
    if resume_from is not None:
        resume_from.put_back(model=model, optimizer=optimizer)
        body.put_back(resume_from.methods)
        state, best = resume_from.state, resume_from.best
        if state.recomputes:
            body.recompute(machine)
    if halved:
        state.halved, state.bad_steps = True, 0
    if not body.on_pairs and schedule.steps > schedule.steps_an_epoch:
        reading, layers = _reading(send, should_stop), body.recall.layers
        known = known_of(train.examples, layers=layers, learner=learner, machine=machine, progress=reading)
        if known is not None:
            body.recall.begin(known)
    seconds_before = state.seconds
    pace = Pace()
    batches: list[list[int]] = []
    ending: Literal["complete", "kept", "not_a_number"] = "complete"

    def save() -> None:
        state.seconds = seconds_before + time.monotonic() - began
        checkpoints.save(state, weights=weights, best=best, optimizer=optimizer, methods=body.state())
        send(Checkpointed(state.step))

    def evaluate() -> Evaluated:
        def progress(done: int, total: int | None) -> None:
            send(Staged("evaluating", done, total or 0))
            stop_now(should_stop)

        with standing_in(weights, body.kept(weights)):
            decided = decide(
                validation.inputs, validation.examples, learner=learner, machine=machine, progress=progress, draft=True
            )
        scores = score_split(decided, validation.values, score=score).headline
        # Among equals the smaller loss is the better, and of those the first.
        found = (-scores[best_by.id] if best_by.lower_is_better else scores[best_by.id], -decided.loss)
        is_best = not state.best_score or found > state.best_score
        if is_best:
            state.best_step, state.best_score, state.waited = state.step, found, 0
        else:
            state.waited += 1
        state.evaluated = state.step
        return Evaluated(state.step, schedule.epoch(state.step), "validation", decided.loss, scores, is_best)

    try:
        while True:
            if schedule.evaluates_at(state.step) and state.evaluated < state.step:
                scored = evaluate()
                if scored.best:
                    best = copy_weights(body.kept(weights))
                send(scored)
                if state.step and checkpoints.due(evaluated=True):
                    save()
            if state.step == schedule.steps or (recipe.patience and state.waited >= recipe.patience):
                break
            stop_now(should_stop)
            if should_stop() == "keep":
                ending = "kept"
                break

            if not batches or schedule.starts_epoch(state.step):
                epoch = state.step // schedule.steps_an_epoch
                examples = body.examples(material, epoch=epoch)
                costs = [example.cost for example in examples]
                kinds = kinds_of(examples)
                batches = epoch_batches(costs, batch_size=recipe.batch_size, seed=recipe.seed, epoch=epoch, kinds=kinds)
            chosen = batches[state.step % schedule.steps_an_epoch]
            step_began = time.perf_counter()
            rate = schedule.learning_rate(state.step) * (0.5 if state.halved else 1.0)
            for group in optimizer.param_groups:
                group["lr"] = rate * group["scale"]
            loss = accumulate(
                [examples[position] for position in chosen],
                learner=learner,
                body=body,
                machine=machine,
                state=state,
                send=send,
            )
            norm = nn.utils.clip_grad_norm_(list(weights.values()), _LARGEST_GRADIENT)
            is_sound = math.isfinite(loss) and bool(torch.isfinite(norm))
            if is_sound:
                optimizer.step()
                body.stepped(state.step + 1, steps=schedule.steps, weights=weights)
                state.bad_steps = 0
            else:
                state.bad_steps += 1
            optimizer.zero_grad(set_to_none=True)
            state.step += 1
            took = time.perf_counter() - step_began
            state.samples += len(chosen)
            state.step_seconds += took
            pace.add(len(chosen), seconds=took)
            send(
                Stepped(
                    step=state.step,
                    total_steps=schedule.steps,
                    epoch=schedule.epoch(state.step),
                    loss=loss if math.isfinite(loss) else None,
                    learning_rate=rate,
                    samples_per_second=pace.samples_per_second,
                    memory_mb=machine.memory_mb(),
                    seconds_left=pace.seconds_for((schedule.steps - state.step) * len(chosen)),
                )
            )
            if state.bad_steps == 1:
                send(Noted(tr("The loss of step {step} is not a number, so the step was skipped.", step=state.step)))
            if state.bad_steps == _MOST_BAD_STEPS:
                ending = "not_a_number"
                break
            if not state.bad_steps and checkpoints.due():
                if not are_finite(weights):
                    ending = "not_a_number"
                    break
                save()
        if best is None and not are_finite(weights):
            ending = "not_a_number"
    except Interrupted as interrupted:
        if interrupted.wish == "leave" and are_finite(weights):
            save()
        raise
    put_weights(model, best if best is not None else body.kept(weights))
    return Trained(
        step=state.best_step if best is not None else state.step,
        last_step=state.step,
        is_best=best is not None,
        epoch=schedule.epoch(state.best_step if best is not None else state.step),
        ending=ending,
        halved=state.halved,
        seconds=seconds_before + time.monotonic() - began,
        samples_per_second=state.samples / state.step_seconds if state.step_seconds else 0.0,
        save_checkpoint=save,
    )


def _reading(send: Send, should_stop: ShouldStop) -> Progress:
    def progress(done: int, total: int | None) -> None:
        send(Staged("embedding", done, total or 0))
        stop_now(should_stop)

    return progress


def accumulate(
    examples: Sequence[Example], *, learner: Learner[V], body: Body, machine: Machine, state: State, send: Send
) -> float:
    """Gradients of the mean loss over `examples`, and that loss.

    Where they do not fit into memory at once they are taken in micro-batches, half as large each time: the gradient
    stays that of the whole batch. Where a single one does not fit, less is kept for the backward pass. `state`
    remembers both. Raises the memory error where that is not enough.
    """
    before = chance()
    while True:
        machine.take_only_free_memory()
        try:
            return _gradients(examples, learner=learner, body=body, machine=machine, micro_batch=state.micro_batch)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            size = min(state.micro_batch, len(examples))
            if size > 1:
                state.micro_batch = (size + 1) // 2
            elif state.recomputes or not body.recompute(machine):
                raise
            else:
                state.recomputes = True
        learner.model.zero_grad(set_to_none=True)
        machine.free()
        set_chance(before)
        send(Noted(_less_memory(size, state)))


def _less_memory(size: int, state: State) -> str:
    """What is done where `size` samples at once did not fit."""
    if size == 1:
        return tr(
            "Not enough memory for one sample at a time. Continuing with intermediate results computed twice instead "
            "of kept: slower; the result stays the same."
        )
    return tr(
        "Not enough memory for {size} samples at once. Continuing with {smaller} at a time; the result stays the same.",
        size=size,
        smaller=state.micro_batch,
    )


def _gradients(
    examples: Sequence[Example], *, learner: Learner[V], body: Body, machine: Machine, micro_batch: int
) -> float:
    learner.model.train()
    cuts = [examples[cut : cut + micro_batch] for cut in range(0, len(examples), micro_batch)]
    parts = [learner.collate(cut) for cut in cuts]
    weight = sum(part.weight for part in parts)
    total: Tensor | None = None
    for cut, part in zip(cuts, parts, strict=True):
        step = _step(part.to(machine.device), learner=learner, machine=machine, weight=weight, examples=cut)
        loss = body.backward(step)
        total = loss if total is None else total + loss
    assert total is not None
    return float(total)


def _step(batch: Batch, *, learner: Learner[V], machine: Machine, weight: float, examples: Sequence[Example]) -> Step:
    def outputs() -> Any:
        with machine.mixed_precision():
            return learner.forward(batch)

    return Step(batch, outputs, lambda said: learner.loss(said, batch) / weight, weight, examples)


def make_optimizer(weights: Mapping[str, nn.Parameter], *, body: Body, recipe: Recipe) -> torch.optim.Optimizer:
    """That of the recipe. A group's "scale" is what its learning rate is multiplied with."""
    groups, rate = body.groups(weights, recipe=recipe), recipe.learning_rate
    match recipe.optimizer:
        case "sgd":
            return torch.optim.SGD(groups, lr=rate, momentum=0.9, nesterov=True, fused=True)
        case "adafactor":
            return torch.optim.Adafactor(groups, lr=rate)
    return torch.optim.AdamW(groups, lr=rate, fused=True)


class Pace:
    """How fast it goes lately: a moving average over some ten steps."""

    def __init__(self) -> None:
        self._samples = 0.0
        self._seconds = 0.0

    def add(self, samples: int, *, seconds: float) -> None:
        """One more step."""
        self._samples = 0.9 * self._samples + samples
        self._seconds = 0.9 * self._seconds + seconds

    @property
    def samples_per_second(self) -> float:
        """Samples a second."""
        return self._samples / self._seconds if self._seconds else 0.0

    def seconds_for(self, samples: int) -> float:
        """How long so many more will take."""
        return samples / self.samples_per_second if self._samples and self._seconds else 0.0
