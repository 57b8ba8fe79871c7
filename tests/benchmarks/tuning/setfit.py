"""SetFit itself (the library, which the extra `bench` brings) on a draw of labels, as its paper sets it: 20 pairs of
either sort for each text, one epoch, batches of 16 pairs, logistic regression on the vectors (Tunstall et al. 2022).
"""

from __future__ import annotations

import tempfile
import time
from importlib.util import find_spec
from typing import Any

from lepton_studio.contract.task import Report, Task
from lepton_studio.runs.model_folder import encoder_in
from lepton_studio.tasks import task_named
from lepton_studio.training.models import find_folder
from tests.benchmarks.tasks.methods import Small

_ITERATIONS = 20
_BATCH = 16


def is_here() -> bool:
    """Whether it can be imported."""
    return find_spec("setfit") is not None


def setfit(data: Small, *, seed: int, model: str) -> tuple[Report, float]:
    """What it says of the texts to test on, and the seconds of learning."""
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    task: Task[Any] = task_named(data.task)
    labels: Any = tuple(data.labels)
    learnt, gold = ([task.parse(one.value, labels) for one in some] for some in (data.train, data.test))
    train = Dataset.from_dict(
        {"text": [one.text for one in data.train], "label": [task.labels_in(value)[0] for value in learnt]}
    )
    with tempfile.TemporaryDirectory() as place:
        found = SetFitModel.from_pretrained(str(encoder_in(find_folder(model))))
        arguments = TrainingArguments(
            output_dir=place,
            batch_size=_BATCH,
            num_epochs=1,
            num_iterations=_ITERATIONS,
            seed=seed,
            report_to="none",
            save_strategy="no",
        )
        began = time.monotonic()
        Trainer(model=found, args=arguments, train_dataset=train).train()
        seconds = time.monotonic() - began
        said = found.predict([one.text for one in data.test], as_numpy=True, show_progress_bar=False)
    return task.score(gold, [task.parse({"labels": [int(one)]}, labels) for one in said], labels), seconds
