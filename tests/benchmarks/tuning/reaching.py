"""How soon tuning on Banking77 reaches 93 % of its test part, beside the transformers Trainer from its default head.

A process for each, one after the other; the clock runs from its start, so that what is imported and read counts (a
window has a process ready), and stands still while the test part is scored. Both are asked twice an epoch, ours before
its first step too; batches of 16. The Trainer's rate is its default and falls to nothing over LEPTON_EPOCHS (6); it is
stopped where it took five times our seconds.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from tests.benchmarks.figure import Figure
from tests.benchmarks.files import banking77
from tests.benchmarks.main.throughput import encoded
from tests.benchmarks.tuning.speed import variables_of

AIM = 0.93
EPOCHS = int(os.environ.get("LEPTON_EPOCHS", "6"))
_A_EPOCH = 2
_MOST_TIMES = 5

Reached = Callable[[float, float], None]
"""Told of each scoring: of the seconds of tuning before it, and its accuracy."""


def time_to_93() -> list[Figure]:
    """Our seconds, and how many times as long the Trainer tunes to get there (or without that)."""
    ours, score = _last("ours")
    peer, its_score = _last("Trainer", most=_MOST_TIMES * ours)
    note = f"ours {100 * score:.1f} % after {ours:.0f} s, Trainer {100 * its_score:.1f} % after {peer:.0f} s"
    note += f"; n = {len(banking77('test'))}; load {os.getloadavg()[0]:.1f}"
    name = "the Trainer's seconds to 93 %" if its_score >= AIM else "the Trainer's seconds, 93 % not reached"
    return [
        Figure("Banking77, from the start to 93 %", ours if score >= AIM else math.nan, "s"),
        Figure(f"Banking77, {name}, of ours", peer / ours, "x", ">= 5", note=note),
    ]


def _last(name: str, *, most: float = math.inf) -> tuple[float, float]:
    """Seconds and score where that is high enough, where so many seconds are over, or at the end."""
    command = [sys.executable, "-m", "tests.benchmarks.tuning.reaching", name, str(time.time())]
    seconds, score = 0.0, 0.0
    with subprocess.Popen(command, env=variables_of(name), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            seconds, score = map(float, line.split())
            print(f"{name}: {score:.4f} after {seconds:.0f} s", file=sys.stderr, flush=True)
            if score >= AIM or seconds >= most:
                process.kill()
                return seconds, score
    if process.returncode:
        raise RuntimeError(f"{name} ended with {process.returncode}")
    return seconds, score


class _Clock:
    """Stands still between `stop` and `go`."""

    def __init__(self, began: float) -> None:
        self._began = began
        self._stopped = 0.0

    def stop(self) -> None:
        self._stopped = self._stopped or time.time()

    def go(self) -> float:
        """The seconds that it had shown when it stopped."""
        shown = self._stopped - self._began
        self._began += time.time() - self._stopped
        self._stopped = 0.0
        return shown


def _ours(clock: _Clock, reached: Reached) -> None:
    from lepton_studio.child.tune import tune
    from lepton_studio.child.work import Work
    from lepton_studio.runs.events import Evaluated, Event, Staged
    from lepton_studio.training.machine import find_machine
    from lepton_studio.training.models import load_encoder
    from tests.benchmarks.tasks.methods import of_one_label
    from tests.benchmarks.tasks.tuned import write_run

    def follow(event: Event) -> None:
        if isinstance(event, Staged) and event.stage == "evaluating":
            clock.stop()
        elif isinstance(event, Evaluated) and event.split == "validation":
            reached(clock.go(), event.scores["accuracy"])

    data = of_one_label("Banking77", banking77("train"), banking77("test"))
    with tempfile.TemporaryDirectory() as folder:
        run = write_run(
            Path(folder) / "run",
            task=data.task,
            labels=data.labels,
            rows={"train": data.train, "validation": data.test},
            changes={"evaluations": _A_EPOCH},
        )
        work = Work(run, run.job(), find_machine(), load_encoder=load_encoder, send=follow, should_stop=lambda: None)
        tune(work, resume=False)


def _trainer(clock: _Clock, reached: Reached) -> None:
    import numpy as np
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        EvalPrediction,
        Trainer,
        TrainerCallback,
        TrainerControl,
        TrainerState,
        TrainingArguments,
    )

    from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe
    from lepton_studio.training.models import find_folder

    class Follow(TrainerCallback):
        def on_step_end(
            self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
        ) -> None:
            if state.global_step % evaluated_after == 0:
                clock.stop()

    train, test = banking77("train"), banking77("test")
    names = sorted({label for _, label in train})
    folder = find_folder(BUILT_IN_MODEL)
    tokenizer = AutoTokenizer.from_pretrained(folder)

    size = Recipe().batch_size
    evaluated_after = math.ceil(len(train) / size) // _A_EPOCH

    def scores(said: EvalPrediction) -> dict[str, float]:
        accuracy = float((np.asarray(said.predictions).argmax(-1) == said.label_ids).mean())
        reached(clock.go(), accuracy)
        return {"accuracy": accuracy}

    with tempfile.TemporaryDirectory() as output:
        arguments = TrainingArguments(
            output_dir=output,
            per_device_train_batch_size=size,
            num_train_epochs=EPOCHS,
            eval_strategy="steps",
            eval_steps=evaluated_after,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        Trainer(
            model=AutoModelForSequenceClassification.from_pretrained(folder, num_labels=len(names)),
            args=arguments,
            train_dataset=encoded(train, tokenizer=tokenizer, names=names),
            eval_dataset=encoded(test, tokenizer=tokenizer, names=names),
            processing_class=tokenizer,
            compute_metrics=scores,
            callbacks=[Follow()],
        ).train()


def _measure(name: str, began: float) -> None:
    """Print a line for each scoring."""
    lines = sys.stdout

    def reached(seconds: float, score: float) -> None:
        print(seconds, score, file=lines, flush=True)

    with redirect_stdout(sys.stderr):
        {"ours": _ours, "Trainer": _trainer}[name](_Clock(began), reached)


if __name__ == "__main__":
    _measure(sys.argv[1], float(sys.argv[2]))

FIGURES = [time_to_93]
