"""Running the model over many examples without training it: features, decisions, scores."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from lepton_studio.contract.task import Input, Report
from lepton_studio.progress import Progress
from lepton_studio.training.batches import inference_batches
from lepton_studio.training.failures import is_out_of_memory
from lepton_studio.training.learner import Batch, Decision, Example, Learner, Run
from lepton_studio.training.machine import Machine

V = TypeVar("V")
T = TypeVar("T")

_TOKENS_AT_ONCE = {"cpu": 4096, "cuda": 65536}


def embed(examples: Sequence[Example], *, learner: Learner[V], machine: Machine, progress: Progress) -> Tensor:
    """The features of all examples, in their order: float32 on the CPU, [n, width]."""
    features: Tensor | None = None

    def features_of(batch: Batch) -> Tensor:
        return learner.features(batch).float().cpu()

    for positions, found, _ in outputs(
        examples, features_of, model=learner.model, collate=learner.collate, machine=machine, progress=progress
    ):
        if features is None:
            features = torch.empty(len(examples), found.shape[1])
        features[torch.tensor(positions)] = found
    return torch.empty(0, 0) if features is None else features


def rows_of(learner: Learner[V], *, machine: Machine, progress: Progress) -> Callable[[Sequence[Example]], Tensor]:
    """A function that gives what a model says of examples, a row of numbers each: float32, on the CPU."""

    def rows(examples: Sequence[Example]) -> Tensor:
        found: Tensor | None = None
        for positions, said, _ in outputs(
            examples,
            lambda batch: learner.forward(batch).float().cpu(),
            model=learner.model,
            collate=learner.collate,
            machine=machine,
            progress=progress,
        ):
            if found is None:
                found = torch.empty(len(examples), *said.shape[1:])
            found[torch.tensor(positions)] = said
        return torch.empty(0) if found is None else found.clone()

    return rows


@dataclass(frozen=True, slots=True)
class Decided(Generic[V]):
    """Decisions in the order of the inputs, and the mean loss where examples have targets (NaN otherwise)."""

    decisions: list[Decision[V]]
    loss: float


def decide(
    inputs: Sequence[Input],
    examples: Sequence[Example],
    *,
    learner: Learner[V],
    machine: Machine,
    progress: Progress,
    draft: bool = False,
) -> Decided[V]:
    """What the model says of every input; `examples` are those the learner made of them. `draft`: see `Learner`.

    Always in float32, so that public libraries give the same probabilities.
    """
    tally = _Losses()
    learner.is_draft = draft
    run = runner(learner=learner, machine=machine, progress=progress, tally=tally)
    return Decided(learner.decide(inputs, examples, run=run), tally.mean)


def runner(
    *,
    learner: Learner[V],
    machine: Machine,
    progress: Progress = lambda _done, _total: None,
    tally: _Losses | None = None,
) -> Run:
    """The function that a learner's `decide` and `calibrate` call."""

    def call(batch: Batch) -> tuple[list[Any], float]:
        outputs = learner.forward(batch)
        loss = 0.0 if batch.targets is None else float(learner.loss(outputs, batch))
        return learner.answers(outputs, batch), loss

    def run(examples: Sequence[Example]) -> list[Any]:
        answers: list[Any] = [None] * len(examples)
        alike = _alike(examples)
        read = [examples[places[0]] for places in alike]
        for positions, (said, loss), batch in outputs(
            read, call, model=learner.model, collate=learner.collate, machine=machine, progress=progress
        ):
            for position, answer in zip(positions, said, strict=True):
                for place in alike[position]:
                    answers[place] = answer
            if tally is not None and batch.targets is not None:
                tally.total += loss
                tally.weight += batch.weight
        return answers

    return run


def _alike(examples: Sequence[Example]) -> list[list[int]]:
    """The places of examples that are the same to the model, which are read once; what is learnt from, each alone."""
    found: dict[object, list[int]] = {}
    for place, one in enumerate(examples):
        is_plain = one.info is None and one.target is None and not one.patches
        found.setdefault(bytes(array("q", one.tokens)) if is_plain else -place, []).append(place)
    return list(found.values())


def score_split(
    decided: Decided[V], gold: Sequence[V], *, score: Callable[[Sequence[V], Sequence[V]], Report]
) -> Report:
    """The task's report on decisions."""
    return score(gold, [decision.value for decision in decided.decisions])


@dataclass(slots=True)
class _Losses:
    total: float = 0.0
    weight: float = 0.0

    @property
    def mean(self) -> float:
        return self.total / self.weight if self.weight else math.nan


def outputs(
    examples: Sequence[Example],
    call: Callable[[Batch], T],
    *,
    model: nn.Module,
    collate: Callable[[Sequence[Example]], Batch],
    machine: Machine,
    progress: Progress,
    tokens: int | None = None,
) -> Iterator[tuple[list[int], T, Batch]]:
    """(positions, what `call` gives, batch on the device), dropout off. Where a batch does not fit into memory, it and
    all that follow are taken half as large.

    `tokens` in a batch at most, padding counted; None: what suits the device in float32.
    """
    tokens = tokens or _TOKENS_AT_ONCE.get(machine.device.type, _TOKENS_AT_ONCE["cpu"])
    costs = [example.cost for example in examples]
    waiting = inference_batches(costs, tokens=tokens)[::-1]
    done = 0
    was_training = model.training
    model.eval()
    try:
        while waiting:
            positions = waiting.pop()
            batch = collate([examples[position] for position in positions]).to(machine.device)
            try:
                with torch.inference_mode():
                    output = call(batch)
            except (RuntimeError, MemoryError) as error:
                if len(positions) == 1 or not is_out_of_memory(error):
                    raise
                tokens = len(positions) // 2 * costs[positions[0]]
                left = [*positions, *(one for later in reversed(waiting) for one in later)]
                smaller = inference_batches([costs[one] for one in left], tokens=tokens)
                waiting = [[left[place] for place in some] for some in reversed(smaller)]
            else:
                done += len(positions)
                yield positions, output, batch
                progress(done, len(examples))
                continue
            machine.free()
    finally:
        model.train(was_training)
