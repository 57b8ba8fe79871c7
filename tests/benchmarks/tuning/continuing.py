"""Going on from a run beside plain full tuning: another project's run as the start, new labels with and without replay,
rare labels drawn more often.

One run for each seed of LEPTON_SEEDS (or one), on at most LEPTON_TEXTS (200) texts. Each row is printed as it comes.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.contract.task import Report
from lepton_studio.runs.events import Finished
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import BUILT_IN_MODEL, JobLabel
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data, trec
from tests.benchmarks.tasks.methods import seeds
from tests.benchmarks.tasks.tuned import Row, write_run

TESTED = 500


def texts() -> int:
    """To learn from."""
    return int(os.environ.get("LEPTON_TEXTS", "200"))


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over, with the report on its test samples; `seconds` of processor time."""

    folder: RunFolder
    report: Report
    seconds: float


def run_here(
    folder: Path,
    *,
    labels: Sequence[JobLabel],
    rows: Mapping[str, Sequence[Row]],
    changes: Mapping[str, object],
    model: str = BUILT_IN_MODEL,
) -> Ended:
    """A run that stays in its folder."""
    from lepton_studio.child.tune import tune
    from lepton_studio.child.work import Work
    from lepton_studio.training.machine import find_machine
    from lepton_studio.training.models import load_encoder

    run = write_run(folder, task="text_classification", labels=labels, rows=rows, changes=changes, model=model)
    began = time.process_time()
    work = Work(
        run, run.job(), find_machine(), load_encoder=load_encoder, send=lambda _: None, should_stop=lambda: None
    )
    last = tune(work, resume=False)
    assert isinstance(last, Finished), last
    return Ended(run, Report.from_json(run.report()["test"]), time.process_time() - began)


@contextmanager
def project() -> Iterator[Path]:
    """A folder for runs."""
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def told(name: str, values: Sequence[float], *, note: str) -> Figure:
    """A row, said at once."""
    print(f"{name}: {', '.join(f'{one:.1f}' for one in values)}; {note}", file=sys.stderr, flush=True)
    return Figure.of(name, values, unit="%", note=note)


def domain(name: str) -> list[Row]:
    """Reviews of one kind of goods, for or against, always in the same order."""
    folder = shared_data() / "blitzer_4domains" / name
    rows = [
        Row(line, {"labels": [label]})
        for label, part in enumerate(("negative", "positive"))
        for line in (folder / f"review_{part}").read_text("utf-8").splitlines()
        if line.strip()
    ]
    random.Random(0).shuffle(rows)
    return rows


def across_domains() -> list[Figure]:
    """Reviews of electronics tuned first; then reviews of kitchen goods from there and from the built-in model."""
    labels = [JobLabel(0, "negative"), JobLabel(1, "positive")]
    source, target = domain("electronics"), domain("kitchen")
    found: dict[str, list[float]] = {"started elsewhere": [], "from the built-in model": [], "unchanged": []}
    back: list[float] = []
    for seed in seeds():
        train = random.Random(seed).sample(target[TESTED:], texts())
        rows = {"train": train, "test": target[:TESTED]}
        with project() as at:
            first = run_here(
                at / "run-1",
                labels=labels,
                rows={"train": source[TESTED:], "test": source[:TESTED]},
                changes={"seed": seed, "epochs": 1, "max_length": 128},
            )
            changes = {"seed": seed, "max_length": 128}
            plain = run_here(at / "run-2", labels=labels, rows=rows, changes=changes)
            (at / "run-3/data").mkdir(parents=True)
            shutil.copy(first.folder.data_file("test"), at / "run-3/data/old_test.jsonl")
            on = run_here(at / "run-3", labels=labels, rows=rows, changes=changes, model=str(first.folder.model))
            assert on.report.start is not None and on.report.old is not None
            found["unchanged"].append(100 * on.report.start.before["accuracy"])
            found["started elsewhere"].append(100 * on.report.headline["accuracy"])
            found["from the built-in model"].append(100 * plain.report.headline["accuracy"])
            back.append(100 * (on.report.old.after["accuracy"] - on.report.old.before["accuracy"]))
    note = f"{texts()} kitchen reviews, n = {TESTED}; accuracy on electronics changes by {statistics.mean(back):+.1f}"
    return [told(f"kitchen reviews, {name}", values, note=note) for name, values in found.items()]


def questions(seed: int) -> tuple[list[JobLabel], list[tuple[str, int]], list[Row]]:
    """TREC: labels, all training texts in an order of the seed, each with its label, and the test."""
    names = sorted({label for _, label in trec("test")})

    def pairs(part: str) -> list[tuple[str, int]]:
        return [(text, names.index(label)) for text, label in trec(part)]

    train = pairs("train")
    random.Random(seed).shuffle(train)
    return [JobLabel(place, name) for place, name in enumerate(names)], train, rows_of(pairs("test"))


def rows_of(some: Sequence[tuple[str, int]]) -> list[Row]:
    """As a run's data has them."""
    return [Row(text, {"labels": [label]}) for text, label in some]


def new_decisions() -> list[Figure]:
    """A tuned model gets half as many new texts, of three labels only: tuned anew on all, or on with the new ones."""
    ways: dict[str, Mapping[str, object]] = {
        "on with the new ones alone": {"methods": "full,replay", "replayed": 0, "distillation": 0},
        "with one old text each": {"methods": "full,replay", "replayed": 1, "distillation": 0},
        "with one old text each and distillation": {"methods": "full,replay", "replayed": 1, "distillation": 0.5},
    }
    scores: dict[str, list[float]] = {}
    seconds: dict[str, list[float]] = {}
    for seed in seeds():
        labels, train, test = questions(seed)
        old = rows_of(train[: texts()])
        new = rows_of([pair for pair in train[texts() :] if pair[1] < 3][: texts() // 2])
        with project() as at:
            first = run_here(at / "run-1", labels=labels, rows={"train": old, "test": test}, changes={"seed": seed})
            anew = run_here(
                at / "run-2", labels=labels, rows={"train": [*old, *new], "test": test}, changes={"seed": seed}
            )
            runs = {"before": first, "anew on all": anew}
            for place, (name, changes) in enumerate(ways.items(), 3):
                data = {"train": new, "old": old, "test": test}
                (at / f"run-{place}/data").mkdir(parents=True)
                runs[name] = run_here(
                    at / f"run-{place}",
                    labels=labels,
                    rows=data,
                    changes={"seed": seed, **changes},
                    model=str(first.folder.model),
                )
        for name, run in runs.items():
            scores.setdefault(name, []).append(100 * run.report.headline["accuracy"])
            seconds.setdefault(name, []).append(run.seconds)
    found = []
    for name, values in scores.items():
        times = statistics.median(one / base for one, base in zip(seconds[name], seconds["anew on all"], strict=True))
        note = f"{texts()} old and {texts() // 2} new texts, n = 500; {times:.2f} of the seconds of tuning anew"
        found.append(told(f"TREC, {name}", values, note=note))
    return found


def rare_labels() -> list[Figure]:
    """TREC's rarest label has one text in sixty: macro-F1 with class-balanced sampling, class weights, and neither."""
    ways: dict[str, Mapping[str, object]] = {
        "as it is": {},
        "class weights": {"class_weights": True},
        "balanced by half": {"methods": "full,balance", "balance": 0.5},
        "balanced": {"methods": "full,balance", "balance": 1},
    }
    found: dict[str, list[float]] = {name: [] for name in ways}
    for seed in seeds():
        labels, train, test = questions(seed)
        for name, changes in ways.items():
            with project() as at:
                rows = {"train": rows_of(train[: texts()]), "test": test}
                run = run_here(at / "run-1", labels=labels, rows=rows, changes={"seed": seed, **changes})
                found[name].append(100 * run.report.headline["macro_f1"])
    note = f"macro-F1, {texts()} texts, n = 500"
    return [told(f"TREC, {name}", values, note=note) for name, values in found.items()]


FIGURES = [across_domains, new_decisions, rare_labels]
