"""Faults put into runs of a tiny model, LEPTON_FAULTS (20) of each kind at random points, over three sets of methods.

A run is left and resumed; told by the allocator that there is no memory; given losses that are no number; killed
(SIGKILL to its process) and resumed; told by the system that the disk is full, and resumed when it is not. Nothing is
lost where the run ends with a model and a report: after a pause, a kill and a full disk the very bytes of the run that
nothing befell; after a want of memory its weights up to rounding; after losses that are no number a model that a
sentence in the run's report speaks of.
"""

from __future__ import annotations

import errno
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from safetensors.torch import load_file

from lepton_studio.child import work
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Failed, Finished, Noted, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Recipe
from lepton_studio.tasks import task_named
from lepton_studio.tasks.text_classification.learner import ChoiceLearner
from lepton_studio.training import checkpoints
from tests.benchmarks.figure import Figure
from tests.training.tiny import RECIPE, after_steps, tune_here, write_run, write_tiny_model

METHODS = ("full,average,word_noise", "lora,rdrop", "ia3,fgm")
_SIZES = (40, 12, 0)
"""Samples to train on, to validate on, to test on."""
_OF_MEMORY = "DefaultCPUAllocator: can't allocate memory: you tried to allocate 4294967296 bytes."


class Runs:
    """Runs of one set of methods, and what they end in where nothing befalls them."""

    def __init__(self, folder: Path, *, model: Path, methods: str) -> None:
        changes = {"methods": methods, "batch_size": 10, "epochs": 3, "evaluations": 2}
        self.recipe = adjusted(RECIPE, changes, task=task_named("text_classification"))
        self._folder, self._model, self._count = folder, model, 0
        whole = self.new()
        began = time.monotonic()
        with mock.patch("os.fsync", wraps=os.fsync) as written:
            told = tune_here(whole)
        assert isinstance(told.last, Finished)
        self.seconds, self.writes = time.monotonic() - began, written.call_count
        self.bytes = weights(whole)
        self.steps = len(told.of(Stepped))

    def new(self, recipe: Recipe | None = None) -> RunFolder:
        """One that has not begun."""
        self._count += 1
        return write_run(
            self._folder / f"run-{self._count}", model=self._model, recipe=recipe or self.recipe, sizes=_SIZES
        )


def weights(run: RunFolder) -> dict[str, bytes]:
    """All weights that a run left, by file; none where it left no whole model and report."""
    if not run.report_file.is_file():
        return {}
    files = sorted(run.model.rglob("*.safetensors"))
    return {file.relative_to(run.model).as_posix(): file.read_bytes() for file in files}


def paused(runs: Runs, chance: random.Random) -> bool:
    run = runs.new()
    tune_here(run, should_stop=after_steps(chance.randint(1, runs.steps - 1), "leave"))
    return isinstance(tune_here(run, resume=True).last, Finished) and weights(run) == runs.bytes


def killed(runs: Runs, chance: random.Random) -> bool:
    """The process is another one, made by a fork: it begins without the seconds that imports take."""
    run = runs.new()
    process = os.fork()
    if not process:
        tune_here(run)
        os._exit(0)
    time.sleep(chance.uniform(0, runs.seconds))
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    if weights(run) == runs.bytes:  # it had come to its end
        return True
    return isinstance(tune_here(run, resume=True).last, Finished) and weights(run) == runs.bytes


def starved(runs: Runs, chance: random.Random) -> bool:
    """From some pass on no more than so many samples fit, perhaps not even one where all is kept."""
    fits, first = chance.randint(0, 5), chance.randint(1, runs.steps)

    class Starved(ChoiceLearner):
        passes = 0

        def loss(self, logits: torch.Tensor, batch: Any) -> torch.Tensor:
            self.passes += self.model.training
            encoder: Any = self.model.get_submodule("encoder")
            is_too_much = batch.size > max(1, fits) or not (fits or encoder.is_activation_checkpointing)
            if self.model.training and self.passes >= first and is_too_much:
                raise RuntimeError(_OF_MEMORY)
            return super().loss(logits, batch)

    plain = runs.recipe.with_settings({"dropout": 0.0}) if "rdrop" not in runs.recipe.methods else runs.recipe
    expected, run = runs.new(plain), runs.new(plain)
    tune_here(expected)
    with mock.patch.object(work, "load_part", lambda name: Starved):
        told = tune_here(run)
    is_whole = isinstance(told.last, Finished) and len(told.of(Stepped)) == runs.steps
    if plain is runs.recipe:  # other parts of a batch draw other dropout
        return is_whole and bool(weights(run))
    return is_whole and all(
        torch.allclose(load_file(expected.model / file)[name], value, atol=2e-2)
        for file in weights(run)
        for name, value in load_file(run.model / file).items()
    )


def exploded(runs: Runs, chance: random.Random) -> bool:
    """Some losses in a row are no number; where they are five, the run goes back."""
    first, count = chance.randint(1, runs.steps - 5), chance.randint(1, 6)
    passes = [0]

    class Exploding(ChoiceLearner):
        def loss(self, logits: torch.Tensor, batch: Any) -> torch.Tensor:
            loss = super().loss(logits, batch)
            passes[0] += self.model.training
            return loss * float("nan") if self.model.training and first <= passes[0] < first + count else loss

    run = runs.new()
    with mock.patch.object(work, "load_part", lambda name: Exploding):
        told = tune_here(run)
    finite = all(
        bool(torch.isfinite(one).all()) for file in weights(run) for one in load_file(run.model / file).values()
    )
    is_said = any("not a number" in note.message or "being a number" in note.message for note in told.of(Noted))
    return isinstance(told.last, Finished) and bool(weights(run)) and finite and is_said


def filled(runs: Runs, chance: random.Random) -> bool:
    """The disk is full from some file on, whichever it is."""
    run, room = runs.new(), chance.randrange(runs.writes)

    with disk_for(room):
        last = tune_here(run).last
    if not (isinstance(last, Failed) and last.kind == "no_space" and "disk is full" in last.message):
        return False
    return isinstance(tune_here(run, resume=True).last, Finished) and weights(run) == runs.bytes


@contextmanager
def disk_for(files: int) -> Iterator[None]:
    """A disk with room for so many more."""
    fsync, left = os.fsync, [files]

    def write(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    with mock.patch("os.fsync", write):
        yield


FAULTS: Mapping[str, Callable[[Runs, random.Random], bool]] = {
    "pause and resume": paused,
    "out of memory": starved,
    "not a number": exploded,
    "kill and resume": killed,
    "full disk": filled,
}


def faults() -> list[Figure]:
    """Of the runs that each fault befell, how many lost nothing."""
    count, found = int(os.environ.get("LEPTON_FAULTS", "20")), []
    torch.set_num_threads(1)
    always = mock.patch.dict(os.environ, {"LEPTON_CHECKPOINT_SECONDS": "0"})
    with tempfile.TemporaryDirectory() as folder, always, mock.patch.object(checkpoints, "_SHARE", 1e9):
        model = write_tiny_model(Path(folder) / "tiny")
        runs = [Runs(Path(folder) / str(place), model=model, methods=some) for place, some in enumerate(METHODS)]
        for name, befall in FAULTS.items():
            kept = [0] * len(runs)
            for turn in range(count):
                place = turn % len(runs)
                kept[place] += befall(runs[place], random.Random(f"{name} {turn}"))
            of_each = [len(range(place, count, len(runs))) for place in range(len(runs))]
            shown = ", ".join(f"{some} {k} of {n}" for some, k, n in zip(METHODS, kept, of_each, strict=True))
            found.append(Figure(f"nothing lost: {name}", sum(kept), f"of {count}", f">= {count}", note=shown))
            print(f"{name}: {shown}", file=sys.stderr, flush=True)
    return found


FIGURES = [faults]
