"""Samples a second in token classification, our loop beside the transformers Trainer: CoNLL-2003, same batch size.

The peer trains the standard `BertForTokenClassification` of the built-in encoder on the same sentences with its default
settings, padding each batch to its longest; the first piece of a word has its tag. Sides take turns in one process, on
the same threads; a round is one epoch of the same samples. The first steps of each are left out.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lepton_studio.runs.events import Event, Stepped
from lepton_studio.runs.job import BUILT_IN_MODEL, JobLabel
from tests.benchmarks.figure import Figure
from tests.benchmarks.tasks.entities import Marked, as_rows, flat
from tests.benchmarks.tasks.tuned import write_run

ROUNDS = 3
STEPS = 50
WARM_UP_STEPS = 6
BATCH = 16
LABELS = ("LOC", "MISC", "ORG", "PER")

Side = Callable[[list[Marked]], float]
"""Trains one epoch on these sentences; samples a second after the warm-up."""


def throughput_spans() -> list[Figure]:
    """The ratio of our samples a second to the peer's, within each round."""
    sentences = random.Random(7).sample(flat("conll2003/eng.train"), STEPS * BATCH)
    sides: dict[str, Side] = {"ours": ours, "Trainer": trainer}
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            speeds[name].append(side(sentences))
    shown = ", ".join(f"{name} {statistics.median(found):.0f}" for name, found in speeds.items())
    ratios = [mine / its for mine, its in zip(speeds["ours"], speeds["Trainer"], strict=True)]
    note = f"samples/s, medians of {ROUNDS} rounds: {shown}; batches of {BATCH}"
    name = "token classification throughput, of the Trainer's default"
    return [Figure.of(name, ratios, unit="x", target=">= 2", note=note)]


def ours(sentences: list[Marked]) -> float:
    """Our loop, with what the machine can do."""
    from lepton_studio.child.tune import tune
    from lepton_studio.child.work import Work
    from lepton_studio.training.machine import find_machine
    from lepton_studio.training.models import load_encoder

    times: dict[int, float] = {}

    def note_time(event: Event) -> None:
        if isinstance(event, Stepped):
            times[event.step] = time.perf_counter()

    labels = [JobLabel(place + 1, name) for place, name in enumerate(LABELS)]
    with tempfile.TemporaryDirectory() as folder:
        rows = {"train": as_rows(sentences, labels)}
        changes = {"epochs": 1, "batch_size": BATCH}
        run = write_run(Path(folder) / "run", task="spans", labels=labels, rows=rows, changes=changes)
        machine = find_machine()
        tune(
            Work(run, run.job(), machine, load_encoder=load_encoder, send=note_time, should_stop=lambda: None),
            resume=False,
        )
    return _speed(times)


def trainer(sentences: list[Marked]) -> float:
    """The Trainer as its documentation shows it."""
    from transformers import (
        AutoModelForTokenClassification,
        AutoTokenizer,
        DataCollatorForTokenClassification,
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

    folder = find_folder(BUILT_IN_MODEL)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    samples = []
    for words, spans in sentences:
        tags = [0] * len(words)
        for first, last, label in spans:
            inside = 2 + 2 * LABELS.index(label)
            tags[first : last + 1] = [inside - 1] + [inside] * (last - first)
        encoded = tokenizer(words, is_split_into_words=True, truncation=True, max_length=256)
        of_tokens = encoded.word_ids()
        labels = [
            -100 if word is None or (place and of_tokens[place - 1] == word) else tags[word]
            for place, word in enumerate(of_tokens)
        ]
        samples.append(
            {"input_ids": encoded["input_ids"], "attention_mask": encoded["attention_mask"], "labels": labels}
        )
    with tempfile.TemporaryDirectory() as output:
        arguments = TrainingArguments(
            output_dir=output,
            per_device_train_batch_size=BATCH,
            num_train_epochs=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        Trainer(
            model=AutoModelForTokenClassification.from_pretrained(folder, num_labels=1 + 2 * len(LABELS)),
            args=arguments,
            train_dataset=samples,
            data_collator=DataCollatorForTokenClassification(tokenizer),
            callbacks=[NoteTime()],
        ).train()
    return _speed(times)


def _speed(times: dict[int, float]) -> float:
    assert max(times) == STEPS
    return (STEPS - WARM_UP_STEPS) * BATCH / (times[STEPS] - times[WARM_UP_STEPS])


FIGURES = [throughput_spans]
