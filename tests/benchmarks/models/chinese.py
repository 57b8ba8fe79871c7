"""What a person with Chinese texts gets who chooses nothing: delivery reviews (waimai_10k), by the command line.

1,000 reviews to train on, 300 for validation, 1,000 for the test, drawn at random from each seed of LEPTON_SEEDS (one
where it is not set); beside it the same with the English model, and the quick model, which the window puts first where
tuning takes more than five minutes, also with 6,000 for the test and with 8,000 to train on.

Data: the folder `../shared/data`, or LEPTON_SHARED_DATA.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lepton_studio.models.built_in import ENGLISH, public_name
from lepton_studio.runs.children.memory import memory_of
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data

SIZES = {"train": 1000, "validation": 300, "test": 1000}


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: test accuracy in per cent, seconds and bytes of memory of the command, bytes of the saved model."""

    model: str
    accuracy: float
    seconds: float
    memory: int
    saved: int


def all_reviews(seed: int) -> Iterator[tuple[str, str]]:
    """Text and label of each, in the order of this seed."""
    with (shared_data() / "waimai_10k" / "waimai_10k.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["review"], "good" if row["label"] == "1" else "bad") for row in csv.DictReader(file)]
    Random(seed).shuffle(rows)
    yield from rows


def reviews(seed: int, sizes: Mapping[str, int] = SIZES) -> Iterator[tuple[str, str, str]]:
    """Text, label and split of the first ones, as a file's rows."""
    left = all_reviews(seed)
    for split, size in sizes.items():
        for _, (text, label) in zip(range(size), left, strict=False):
            yield text, label, split


@contextmanager
def project(seed: int, sizes: Mapping[str, int] = SIZES) -> Iterator[Path]:
    """A project with the reviews of this seed."""
    with tempfile.TemporaryDirectory() as folder:
        table, made = Path(folder) / "reviews.csv", Path(folder) / "Reviews.lepton"
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("text", "label", "split"), *reviews(seed, sizes)])
        studio("new", made, "--task", "text_classification")
        studio("import", made, table, "--yes")
        yield made


def studio(*arguments: str | Path, may_fail: bool = False) -> tuple[dict[str, object], int]:
    """What a command of the app says, and the most memory that it and its children took."""
    command = [sys.executable, "-m", "lepton_studio", *map(str, arguments), "--json"]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        process = subprocess.Popen(command, stdout=out, stdin=subprocess.DEVNULL)
        most = 0
        while process.poll() is None:
            most = max(most, memory_of(process.pid))
            time.sleep(0.2)
        out.seek(0)
        said = out.read()
    assert may_fail or process.returncode == 0, said
    return json.loads(said), most


def ran(seed: int, *, model: str = "", method: str = "", sizes: Mapping[str, int] = SIZES) -> Ran:
    """Tune with this model, or with what the app chooses, by this method or the usual one."""
    with project(seed, sizes) as folder:
        began = time.monotonic()
        chosen = [*(("--model", model) if model else ()), *(("--set", f"methods={method}") if method else ())]
        said, memory = studio("tune", folder, *chosen)
        seconds = time.monotonic() - began
        scores = said["scores"]
        assert isinstance(scores, dict)
        job = json.loads((folder / "runs" / "run-1" / "job.json").read_text("utf-8"))
        files = (folder / "runs" / "run-1" / "model").rglob("*")
        saved = sum(one.stat().st_size for one in files if one.is_file())
        return Ran(public_name(job["model"]), 100 * scores["test"]["accuracy"], seconds, memory, saved)


def figures(
    name: str, *, model: str = "", method: str = "", target: str = "", sizes: Mapping[str, int] = SIZES
) -> list[Figure]:
    """Accuracy over the seeds, and what the runs cost."""
    seeds = os.environ.get("LEPTON_SEEDS", "1").split(",")
    runs = [ran(int(seed), model=model, method=method, sizes=sizes) for seed in seeds]
    used = ", ".join(sorted({one.model for one in runs}))
    note = f"{used}, n = {sizes['test']}, {sizes['train']} to train, {len(runs)} seed(s), {os.cpu_count()} cores"
    return [
        Figure.of(f"{name}, accuracy", [one.accuracy for one in runs], unit="%", target=target, note=note),
        Figure.of(f"{name}, time", [one.seconds for one in runs], unit="s"),
        Figure.of(f"{name}, memory", [one.memory / 1e9 for one in runs], unit="GB"),
        Figure.of(f"{name}, saved model", [one.saved / 1e6 for one in runs], unit="MB"),
    ]


def chinese_reviews_without_a_choice() -> list[Figure]:
    """With the model that the app chooses."""
    return figures("Chinese reviews, nothing chosen", target=">= 87")


def chinese_reviews_english_model() -> list[Figure]:
    """With the English model, as before there was another."""
    return figures("Chinese reviews, English model", model=ENGLISH.id)


def chinese_reviews_quick_model() -> list[Figure]:
    """The quick model on the model that the app chooses."""
    return figures("Chinese reviews, quick model", method="quick", target=">= 88.5")


def chinese_reviews_quick_model_many_to_test() -> list[Figure]:
    """The same with a test of which chance moves the score by 0.8 points, not by 2."""
    return figures(
        "Chinese reviews, quick model, long test", method="quick", target=">= 88.5", sizes={**SIZES, "test": 6000}
    )


def chinese_reviews_quick_model_many_to_train() -> list[Figure]:
    """The same with 8,000 labels."""
    sizes = {"train": 8000, "validation": 300, "test": 3000}
    return figures("Chinese reviews, quick model, 8,000 labels", method="quick", target=">= 89", sizes=sizes)


FIGURES = [
    chinese_reviews_without_a_choice,
    chinese_reviews_english_model,
    chinese_reviews_quick_model,
    chinese_reviews_quick_model_many_to_test,
    chinese_reviews_quick_model_many_to_train,
]
