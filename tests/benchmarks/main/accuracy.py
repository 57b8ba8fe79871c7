"""How good the default recipe is on whole public data sets: Banking77 and TREC (coarse), test accuracy of one run.

All training data is trained on and there is no validation split: the model of the last step counts. Runs on a GPU where
there is one. Data: the folder `../shared/data`, or LEPTON_SHARED_DATA.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Event, Finished, Noted, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job, JobLabel, Recipe
from lepton_studio.tasks import task_named
from tests.benchmarks.figure import Figure

Row = tuple[str, str]
"""Text and label."""


def shared_data() -> Path:
    """The folder of real data sets."""
    return Path(os.environ.get("LEPTON_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))


def banking77(part: str) -> list[Row]:
    """Rows of `train` or `test`."""
    with (shared_data() / "banking77" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def trec(part: str) -> list[Row]:
    """Rows of `train` or `test` with their six coarse labels."""
    lines = (shared_data() / "trec" / f"TREC.{part}").read_text("latin-1").splitlines()
    pairs = (line.partition(" ") for line in lines if line.strip())
    return [(text.strip(), label.partition(":")[0]) for label, _, text in pairs]


def write_run(folder: Path, *, train: Sequence[Row], test: Sequence[Row], recipe: Recipe) -> RunFolder:
    """A run folder with this data."""
    names = sorted({label for _, label in train})
    run = RunFolder(folder)
    run.write_job(Job("tune", "text_classification", tuple(JobLabel(i, n) for i, n in enumerate(names)), recipe=recipe))
    for split, rows in (("train", train), ("test", test)):
        with run.data_file(split).open("w", encoding="utf-8") as file:
            for position, (text, label) in enumerate(rows):
                line = {"id": position, "text": text, "value": {"labels": [names.index(label)]}}
                file.write(json.dumps(line) + "\n")
    return run


def tuned(train: Sequence[Row], test: Sequence[Row]) -> tuple[float, str]:
    """Test accuracy in percent of one run of the default recipe, and what a reader must know of it.

    LEPTON_RECIPE="epochs=6,learning_rate=3e-5" tries another recipe.
    """
    from lepton_studio.child.tune import tune
    from lepton_studio.child.work import Work
    from lepton_studio.training.machine import find_machine
    from lepton_studio.training.models import load_encoder

    changes = dict(one.split("=") for one in os.environ.get("LEPTON_RECIPE", "").split(",") if one)
    recipe = adjusted(Recipe(), changes, task=task_named("text_classification"))
    machine = find_machine()
    began = time.monotonic()
    said = 0.0

    def show(event: Event) -> None:
        nonlocal said
        if isinstance(event, Noted) or (isinstance(event, Stepped) and time.monotonic() - said > 20):
            said = time.monotonic()
            print(event, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        run = write_run(Path(folder) / "run", train=train, test=test, recipe=recipe)
        last = tune(
            Work(run, run.job(), machine, load_encoder=load_encoder, send=show, should_stop=lambda: None),
            resume=False,
        )
    assert isinstance(last, Finished), last
    note = f"{machine.name}, {len(train)} training samples, {time.monotonic() - began:.0f} s"
    note += f", {last.samples_per_second:.0f} samples/s in training" + (f", {changes}" if changes else "")
    return 100 * last.scores["test"]["accuracy"], note


def accuracy_banking77() -> Figure:
    """Test accuracy on Banking77."""
    value, note = tuned(banking77("train"), banking77("test"))
    return Figure("Banking77 test accuracy, all training data", value, "%", ">= 94", note=note)


def accuracy_trec() -> Figure:
    """Test accuracy on TREC, six classes."""
    value, note = tuned(trec("train"), trec("test"))
    return Figure("TREC coarse test accuracy", value, "%", ">= 95", note=note)


FIGURES = [accuracy_banking77, accuracy_trec]
