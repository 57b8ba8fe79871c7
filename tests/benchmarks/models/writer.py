"""What the built-in writer writes in English: as it is, and tuned on 200, beside two plain baselines.

Polite notes: curt notes become polite sentences (`tests.benchmarks.tasks.generation`). DialogSum: summaries of short
conversations. XDailyDialog: the next reply of a conversation's beginning. Beside it: "lead", which copies the first
sentence (or the last turn), and the answer to the most similar training sample. Tuned by the recipe for writers, all
weights, without a validation split, LEPTON_EPOCHS epochs (1 where it is not set). Test texts: LEPTON_TESTS (24).
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from lepton_studio.contract.task import Input, Task
from lepton_studio.contract.text_scores import score
from lepton_studio.contract.written import Written
from lepton_studio.heads.generation.learner import WritingLearner
from lepton_studio.heads.generation.plain import plain_answers
from lepton_studio.models.built_in import WRITER
from lepton_studio.project.marks import TURNS
from lepton_studio.runs.job import presets
from lepton_studio.tasks import load_part, task_named
from lepton_studio.training.inference import decide
from lepton_studio.training.machine import Machine, find_machine
from lepton_studio.training.models import Base
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data
from tests.benchmarks.tasks.generation import notes

TRAIN, TESTS = 200, int(os.environ.get("LEPTON_TESTS", "24"))
EPOCHS = int(os.environ.get("LEPTON_EPOCHS", "1"))
BATCH = 8
LONGEST = 420
"""Characters of a conversation: what takes a CPU seconds."""
TITLES = {"chrf": "chrF", "rouge_l": "ROUGE-L"}

Pair = tuple[Input, Written]


@dataclass(frozen=True, slots=True)
class Set:
    """Texts with what is written for them; `told`: the instruction for the model as it is, "" for the task's own."""

    name: str
    task: Task[Any]
    pairs: Sequence[Pair]
    told: str = ""


def figures(of: Set) -> list[Figure]:
    """chrF, ROUGE-L and exact answers of the four."""
    test, train = of.pairs[:TESTS], of.pairs[TESTS : TESTS + TRAIN]
    machine, kind = find_machine(), load_part(of.task.learner)
    inputs, gold = [one for one, _ in test], [target for _, target in test]
    base = Base(WRITER.id, task=of.task)
    untuned = kind.untuned(base)
    untuned.instruction = of.told or of.task.drafts
    began = time.monotonic()
    said: dict[str, list[Written]] = {"as it is": _written(untuned, inputs, machine=machine)}
    del untuned
    drafted = time.monotonic() - began
    began = time.monotonic()
    said[f"tuned on {len(train)}"] = _written(_tuned(kind, of.task, train, machine=machine), inputs, machine=machine)
    took = f"{drafted:.0f} s for the drafts, {time.monotonic() - began:.0f} s to tune and write, {EPOCHS} epoch(s)"
    said.update({name: texts for name, texts in plain_answers(inputs, train=train).items()})
    found = []
    for who, texts in said.items():
        scores = score(gold, texts, ()).headline
        same = sum(one.text.split() == target.text.split() for one, target in zip(texts, gold, strict=True))
        found += [
            Figure(f"{of.name}, {who}: {title}", 100 * scores[name], "%", note=f"n = {len(test)}; {took}")
            for name, title in TITLES.items()
        ]
        found.append(Figure(f"{of.name}, {who}: exact", 100 * same / len(test), "%"))
    return found


def _written(learner: WritingLearner, inputs: Sequence[Input], *, machine: Machine) -> list[Written]:
    learner.model.eval()
    decided = decide(
        inputs, learner.encode(inputs), learner=learner, machine=machine, progress=lambda *_: None, draft=True
    )
    return [one.value for one in decided.decisions]


def _tuned(kind: Any, task: Task[Any], train: Sequence[Pair], *, machine: Machine) -> WritingLearner:
    """The rate falls to nothing; else as the product tunes."""
    torch.manual_seed(1)
    recipe = replace(presets(task.settings_for("decoder"))["balanced"], methods=("full",), epochs=EPOCHS)
    base = Base(WRITER.id, task=task)
    learner: WritingLearner = kind.start(base, labels=(), recipe=recipe)
    examples = learner.encode([one for one, _ in train], [target for _, target in train])
    learner.prepare(examples)
    assert base.body is not None
    groups = base.body.groups({n: w for n, w in learner.model.named_parameters() if w.requires_grad}, recipe=recipe)
    optimizer = torch.optim.AdamW(groups, lr=recipe.learning_rate)
    steps = EPOCHS * -(-len(examples) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (recipe.warmup * steps + 1)) * (1 - step / steps)
    )
    learner.model.train()
    for epoch in range(EPOCHS):
        random.Random(epoch).shuffle(examples)
        for start in range(0, len(examples), BATCH):
            batch = learner.collate(examples[start : start + BATCH])
            with machine.mixed_precision():
                loss = learner.loss(learner.forward(batch), batch) / batch.weight
            loss.backward()
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
    return learner


def polite_notes() -> list[Figure]:
    """Notes made here."""
    pairs = [(Input(text), target) for text, target in notes(TESTS + TRAIN, seed=1)]
    told = "Rewrite this note as a short and polite message to the customer."
    return figures(Set("polite notes", task_named("text_to_text"), pairs, told))


def short_summaries() -> list[Figure]:
    """DialogSum: the short conversations of its development and test sets, one summary each."""
    pairs = []
    for name, key in (("dev", "summary"), ("test", "summary1")):
        path = shared_data() / "dialogsum" / f"dialogsum.{name}.jsonl"
        stored = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        pairs += [(Input(one["dialogue"]), Written(one[key])) for one in stored if len(one["dialogue"]) <= LONGEST]
    random.Random(1).shuffle(pairs)
    return figures(Set("DialogSum", task_named("text_to_text"), pairs))


def next_replies() -> list[Figure]:
    """XDailyDialog: the first two or three turns of a conversation, and what is replied to them."""
    lines = (shared_data() / "xdailydialog" / "en_dev_human.txt").read_text("utf-8").splitlines()
    pairs = []
    for place, line in enumerate(lines):
        turns = [one.strip() for one in line.split("\t")[0].split("__eou__") if one.strip()]
        so_far = turns[: 2 + place % 2]
        if len(turns) > len(so_far) and len("".join(so_far)) <= LONGEST // 2:
            stored = [{"role": "AB"[number % 2], "content": one} for number, one in enumerate(so_far)]
            text = "\n".join(f"{one['role']}: {one['content']}" for one in stored)
            pairs.append((Input(text, {TURNS: json.dumps(stored)}), Written(turns[len(so_far)])))
    return figures(Set("XDailyDialog", task_named("dialogue"), pairs))


FIGURES = [polite_notes, short_summaries, next_replies]
