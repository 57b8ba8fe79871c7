"""Samples a second in tuning, our loop beside the transformers Trainer: Banking77, built-in encoder, same batch size.

The peer trains the standard `BertForSequenceClassification` on the same texts with its default settings, padding each
batch to its longest text. Sides take turns in one process, on the same threads; a round is one epoch of the same
samples. The first steps of each are left out.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lepton_studio.runs.events import Event, Stepped
from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import Row, banking77
from tests.benchmarks.tasks.methods import of_one_label
from tests.benchmarks.tasks.tuned import write_run

ROUNDS = 3
STEPS = 50
WARM_UP_STEPS = 6
RECIPE = Recipe(epochs=1)

Side = Callable[[list[Row]], float]
"""Trains one epoch on these rows; samples a second after the warm-up."""


def throughput() -> list[Figure]:
    """Ratios of our samples a second to the peer's, each within a round."""
    rows = random.Random(7).sample(banking77("train"), STEPS * RECIPE.batch_size)
    sides: dict[str, Side] = {
        "ours": ours,
        "ours in float32": lambda rows: ours(rows, bf16=False),
        "Trainer": trainer,
        "Trainer by length": lambda rows: trainer(rows, sampling="group_by_length"),
    }
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            speeds[name].append(side(rows))
    shown = ", ".join(f"{name} {statistics.median(found):.0f}" for name, found in speeds.items())
    note = f"samples/s, medians of {ROUNDS} rounds: {shown}; batches of {RECIPE.batch_size}"

    def ratio(name: str, peer: str, target: str = "", side: str = "ours") -> Figure:
        ratios = [mine / its for mine, its in zip(speeds[side], speeds[peer], strict=True)]
        return Figure.of(name, ratios, unit="x", target=target, note=note)

    return [
        ratio("tuning throughput, of the Trainer's default", "Trainer", ">= 2.3"),
        ratio("tuning throughput, of the Trainer's length grouping", "Trainer by length", ">= 1.2"),
        ratio("the same in float32, of the default", "Trainer", side="ours in float32"),
        ratio("the same in float32, of length grouping", "Trainer by length", side="ours in float32"),
    ]


def ours(rows: list[Row], *, bf16: bool = True, recipe: Recipe = RECIPE) -> float:
    """Our loop, with what the machine can do, or in float32. Of several epochs the last counts."""
    from lepton_studio.child.work import Work
    from lepton_studio.training.checkpoints import Checkpoints
    from lepton_studio.training.loop import train
    from lepton_studio.training.machine import find_machine
    from lepton_studio.training.models import load_encoder

    times: dict[int, float] = {}

    def note_time(event: Event) -> None:
        if isinstance(event, Stepped):
            times[event.step] = time.perf_counter()

    with tempfile.TemporaryDirectory() as folder:
        data = of_one_label("", rows, [])
        splits = {"train": data.train, "test": []}
        run = write_run(Path(folder) / "run", task=data.task, labels=data.labels, rows=splits, changes={})
        run.write_job(replace(run.job(), recipe=recipe))
        machine = find_machine()
        machine = replace(machine, bf16=machine.bf16 and bf16)
        work = Work(run, run.job(), machine, load_encoder=load_encoder, send=note_time, should_stop=lambda: None)
        learner, base = work.new_learner()
        training, validation, _ = work.read_splits(learner)
        train(
            work.job,
            learner,
            body=base.made(),
            train=training,
            validation=validation,
            score=lambda gold, predicted: work.task.score(gold, predicted, work.labels),
            best_by=work.task.measure(work.task.best),
            machine=machine,
            checkpoints=Checkpoints(run),
            resume_from=None,
            began=work.began,
            send=note_time,
            should_stop=work.should_stop,
        )
    return _speed(times, epochs=recipe.epochs)


def trainer(rows: list[Row], *, sampling: str = "random", frozen: int = 0) -> float:
    """The Trainer as its documentation shows it; `frozen`: so many layers, and the embeddings, do not learn."""
    from transformers import (
        AutoModelForSequenceClassification,
        AutoTokenizer,
        Trainer,
        TrainerCallback,
        TrainerControl,
        TrainerState,
        TrainingArguments,
    )

    from lepton_studio.training.models import find_folder

    times: dict[int, float] = {}

    class NoteTime(TrainerCallback):
        def on_step_end(
            self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: object
        ) -> None:
            times[state.global_step] = time.perf_counter()

    names = sorted({label for _, label in rows})
    folder = find_folder(BUILT_IN_MODEL)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=len(names))
    for part in [model.bert.embeddings, *model.bert.encoder.layer[:frozen]] if frozen else ():
        part.requires_grad_(False)
    with tempfile.TemporaryDirectory() as output:
        arguments = TrainingArguments(
            output_dir=output,
            per_device_train_batch_size=RECIPE.batch_size,
            num_train_epochs=1,
            train_sampling_strategy=sampling,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        Trainer(
            model=model,
            args=arguments,
            train_dataset=encoded(rows, tokenizer=tokenizer, names=names),
            processing_class=tokenizer,
            callbacks=[NoteTime()],
        ).train()
    return _speed(times)


def encoded(rows: Sequence[Row], *, tokenizer: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    """What the Trainer reads; a label is its place among the names."""
    said = tokenizer([text for text, _ in rows], truncation=True, max_length=256)
    return [
        {"input_ids": ids, "attention_mask": mask, "labels": names.index(label)}
        for ids, mask, (_, label) in zip(said["input_ids"], said["attention_mask"], rows, strict=True)
    ]


def _speed(times: dict[int, float], *, epochs: int = 1) -> float:
    last = max(times)
    first = last - last // epochs + WARM_UP_STEPS
    return (last - first) * RECIPE.batch_size / (times[last] - times[first])


FIGURES = [throughput]
