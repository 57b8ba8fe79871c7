"""Steps taken back and done again: single ones in a large project, one on 10,000 samples from all over the file, and
thousands in a row.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from tests.benchmarks.figure import Figure
from tests.project.steps import dump
from tests.project.walking import import_some, step

SAMPLES = int(os.environ.get("LEPTON_ROWS", "100_000"))
MANY = 10_000
_STEPS = 200
ACTIONS = int(os.environ.get("LEPTON_ACTIONS", "10_000"))
SEEDS = int(os.environ.get("LEPTON_SEEDS", "3"))


def undoing() -> list[Figure]:
    """Of the processor: others may keep the machine busy."""
    chance = random.Random(4)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "Large.lepton"
        with Project.create(folder, task="text_classification", labels=["refund", "card"]) as project:
            with project.change("Import") as change:
                change.add_samples(NewSample(f"text number {n} " + "of a person " * 10) for n in range(SAMPLES))
            for sample in chance.sample(range(1, SAMPLES), _STEPS):
                project.annotate(sample, {"labels": [1]}, labels=(1,))
            single = [_milliseconds(project.undo) for _ in range(_STEPS)]
            single += [_milliseconds(project.redo) for _ in range(_STEPS)]
            some = chance.sample(range(1, SAMPLES), MANY)
            project.annotate_many((sample, {"labels": [2]}, (2,)) for sample in some)
            many = [_milliseconds(step) for step in (project.undo, project.redo, project.undo)]
    note = f"{SAMPLES:,} samples"
    p95 = statistics.quantiles(single, n=20)[-1]
    return [
        Figure("undo and redo of one step, p95", p95, "ms", "<= 30", note=f"n = {len(single)}, {note}"),
        Figure.of(f"undo and redo of {MANY:,} samples", many, unit="ms", target="<= 300", note=f"n = 3, {note}"),
    ]


def random_walk() -> list[Figure]:
    """Ten thousand actions of all kinds, some undone on the way, and as many undos: is all as it was?"""
    unlike, took = [], []
    for seed in range(SEEDS):
        chance, started = random.Random(seed), time.process_time()
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "Walk.lepton"
            with Project.create(folder, task="text_classification", labels=["refund", "card"]) as project:
                project.sync_later()
                import_some(project, chance)
                before, first, done = dump(folder), project.history_position(), 0
                while done < ACTIONS:
                    position = project.history_position()
                    step(project, chance)
                    done += project.history_position() != position
                there = dump(folder)
                while project.history_position() != first:
                    project.undo()
                back = dump(folder)
                for _ in range(ACTIONS):
                    project.redo()
                unlike.append(float((back != before) + (dump(folder) != there)))
        took.append(time.process_time() - started)
    note = f"{ACTIONS:,} actions, as many undos and redos, {SEEDS} seeds"
    return [
        Figure("walks that are not undone, or not done again, to the equal state", sum(unlike), "", "<= 0", note=note),
        Figure.of("such a walk and back and forth again", took, unit="s", note="of the processor"),
    ]


def _milliseconds(do: Callable[[], object]) -> float:
    started = time.thread_time()
    do()
    return 1000 * (time.thread_time() - started)


FIGURES = [undoing, random_walk]
