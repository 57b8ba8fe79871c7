"""Running the model over many examples without training it: features, decisions, scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor

from lepton_studio.tasks.base import Report
from lepton_studio.training.batches import inference_batches
from lepton_studio.training.failures import is_out_of_memory
from lepton_studio.training.learner import Batch, Decision, Example, Learner
from lepton_studio.training.machine import Machine

V = TypeVar("V")

Progress = Callable[[int, int], None]
"""Called with (done, total) samples after each batch; may raise to end the work."""

_TOKENS_AT_ONCE = {"cpu": 4096, "cuda": 65536}


def embed(examples: Sequence[Example], *, learner: Learner[V], machine: Machine, progress: Progress) -> Tensor:
    """The features of all examples, in their order: float32 on the CPU, [n, width]."""
    features: Tensor | None = None
    for positions, found, _ in _outputs(
        examples, learner.features, learner=learner, machine=machine, progress=progress
    ):
        if features is None:
            features = torch.empty(len(examples), found.shape[1])
        features[torch.tensor(positions)] = found
    return torch.empty(0, 0) if features is None else features


@dataclass(frozen=True, slots=True)
class Decided(Generic[V]):
    """Decisions in the order of the examples, and the mean loss where all have a target (NaN otherwise)."""

    decisions: list[Decision[V]]
    loss: float


def decide(examples: Sequence[Example], *, learner: Learner[V], machine: Machine, progress: Progress) -> Decided[V]:
    """What the model says of every example. Always in float32, so that public libraries give the same probabilities."""
    placed: list[tuple[int, Decision[V]]] = []
    loss = weight = 0.0
    for positions, logits, batch in _outputs(
        examples, learner.model, learner=learner, machine=machine, progress=progress
    ):
        placed += zip(positions, learner.decode(logits), strict=True)
        if batch.targets is not None:
            loss += float(learner.loss(logits, batch))
            weight += batch.weight
    placed.sort(key=lambda one: one[0])
    return Decided([decision for _, decision in placed], loss / weight if weight else math.nan)


def score_split(
    decided: Decided[V], gold: Sequence[V], *, score: Callable[[Sequence[V], Sequence[V]], Report]
) -> Report:
    """The task's report on decisions."""
    return score(gold, [decision.value for decision in decided.decisions])


def _outputs(
    examples: Sequence[Example],
    call: Callable[[Batch], Tensor],
    *,
    learner: Learner[V],
    machine: Machine,
    progress: Progress,
) -> Iterator[tuple[list[int], Tensor, Batch]]:
    """(positions, output, batch), both on the CPU, dropout off; a batch that does not fit into memory is halved."""
    tokens = _TOKENS_AT_ONCE.get(machine.device.type, _TOKENS_AT_ONCE["cpu"])
    waiting = inference_batches([len(example.tokens) for example in examples], tokens=tokens)[::-1]
    done = 0
    was_training = learner.model.training
    learner.model.eval()
    try:
        while waiting:
            positions = waiting.pop()
            batch = learner.collate([examples[position] for position in positions])
            try:
                with torch.inference_mode():
                    output = call(batch.to(machine.device)).float().cpu()
            except (RuntimeError, MemoryError) as error:
                if len(positions) == 1 or not is_out_of_memory(error):
                    raise
                half = len(positions) // 2
                waiting += [positions[half:], positions[:half]]
            else:
                done += len(positions)
                yield positions, output, batch
                progress(done, len(examples))
                continue
            machine.free()
    finally:
        learner.model.train(was_training)
