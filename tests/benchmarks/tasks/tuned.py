"""One run of a task's own recipe on a whole data set: what the figures of several tasks are made of.

All training data is trained on; where a figure has no validation split the model of the last step counts. Runs on a GPU
where there is one. LEPTON_SEEDS="1,2,3" measures with these seeds, LEPTON_RECIPE="epochs=6,learning_rate=3e-5" tries
another recipe. Data: the folder `../shared/data`, or LEPTON_SHARED_DATA.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lepton_studio.contract.task import Report
from lepton_studio.methods import method_named
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Event, Finished, Noted, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import BUILT_IN_MODEL, Job, JobLabel, presets
from lepton_studio.runs.trials import Trials, read_trials
from lepton_studio.tasks import task_named
from tests.benchmarks.figure import Figure


@dataclass(frozen=True, slots=True)
class Row:
    """A text with its value as the task parses it."""

    text: str
    value: object


@dataclass(frozen=True, slots=True)
class Tuned:
    """The test report of one run; `note` is what a reader must know of it. `predictions`: the lines of its file for the
    test split, in the order of the samples. `step_seconds`: the median of its steps, on a CPU of processor time, which
    others on the machine do not lengthen; `seconds`: of the whole run, likewise. `adapter_bytes`: of the matrices that
    were added to the model.
    """

    report: Report
    note: str
    predictions: tuple[dict[str, Any], ...] = ()
    step_seconds: float = math.nan
    adapter_bytes: int = 0
    seconds: float = math.nan


def write_run(
    folder: Path,
    *,
    task: str,
    labels: Sequence[JobLabel],
    rows: Mapping[str, Sequence[Row]],
    changes: Mapping[str, object],
    model: str = BUILT_IN_MODEL,
) -> RunFolder:
    """A run folder with these splits, and the task's recipe with these changes."""
    run = RunFolder(folder)
    recipe = adjusted(presets(task_named(task).settings)["balanced"], changes, task=task_named(task))
    run.write_job(Job("tune", task, tuple(labels), model=model, recipe=recipe))
    for split, some in rows.items():
        with run.data_file(split).open("w", encoding="utf-8") as file:
            for position, row in enumerate(some):
                file.write(json.dumps({"id": position, "text": row.text, "value": row.value}) + "\n")
    return run


def tuned(
    task: str,
    *,
    labels: Sequence[JobLabel],
    train: Sequence[Row],
    test: Sequence[Row],
    seed: int,
    validation: Sequence[Row] = (),
    unlabelled: Sequence[str] = (),
    changes: Mapping[str, object] = MappingProxyType({}),
    model: str = BUILT_IN_MODEL,
    trials: Callable[[Trials], object] = lambda _trials: None,
) -> Tuned:
    """The test report of one run from this seed; one that compares tells `trials` of it. Of `unlabelled` texts learns
    what reads them.
    """
    from lepton_studio.child.tune import tune
    from lepton_studio.child.work import Work
    from lepton_studio.training.machine import find_machine
    from lepton_studio.training.models import load_encoder

    asked: dict[str, Any] = dict(one.split("=") for one in os.environ.get("LEPTON_RECIPE", "").split(",") if one)
    machine = find_machine()
    began = time.monotonic()
    shown = 0.0
    clock = time.process_time if machine.device.type == "cpu" else time.perf_counter
    steps: list[float] = []
    clock_began = clock()

    def show(event: Event) -> None:
        nonlocal shown
        if isinstance(event, Stepped):
            steps.append(clock())
        if isinstance(event, Noted) or (isinstance(event, Stepped) and time.monotonic() - shown > 20):
            shown = time.monotonic()
            print(event, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        rows = {"train": train, "test": test} | ({"validation": validation} if validation else {})
        run = write_run(
            Path(folder) / "run",
            task=task,
            labels=labels,
            rows=rows,
            changes={**changes, **asked, "seed": seed},
            model=model,
        )
        if any(method_named(one).reads_unlabelled for one in run.job().recipe.methods):
            lines = (json.dumps({"id": place, "text": text}) for place, text in enumerate(unlabelled))
            run.data_file("unlabelled").write_text("".join(f"{line}\n" for line in lines), "utf-8")
        last = tune(
            Work(run, run.job(), machine, load_encoder=load_encoder, send=show, should_stop=lambda: None), resume=False
        )
        assert isinstance(last, Finished), last
        report = Report.from_json(json.loads(run.report_file.read_text("utf-8"))["test"])
        said = map(json.loads, run.predictions_file.read_text("utf-8").splitlines())
        predictions = tuple(line for line in said if line["split"] == "test")
        if (compared := read_trials(run)) is not None:
            trials(compared)
        adapter = run.model / "adapter" / "adapter_model.safetensors"
        adapter_bytes = adapter.stat().st_size if adapter.exists() else 0
    note = f"{machine.name}, {len(train)} training samples, {time.monotonic() - began:.0f} s"
    note += f", {last.samples_per_second:.0f} samples/s in training" + (f", {asked}" if asked else "")
    took = [after - before for before, after in pairwise(steps)]
    return Tuned(
        report, note, predictions, statistics.median(took) if took else math.nan, adapter_bytes, clock() - clock_began
    )


def over_seeds(run: Callable[[int], Tuned], *, name: str, target: str, score: Callable[[Report], float]) -> Figure:
    """The figure of one run for each of LEPTON_SEEDS (one seed where it is not set), in per cent."""
    found = [run(int(seed)) for seed in os.environ.get("LEPTON_SEEDS", "1").split(",")]
    values = [100 * score(one.report) for one in found]
    note = "; ".join(f"{value:.2f}: {one.note}" for value, one in zip(values, found, strict=True))
    return Figure.of(name, values, unit="%", target=target, note=note)
