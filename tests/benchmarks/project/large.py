"""A project of a million samples with a prediction for each: how long its first and later pages take to read.

`LEPTON_LARGE` names a folder in which the project is kept from one measurement to the next.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from lepton_studio.project.project import Project
from lepton_studio.project.records import (
    SPLITS,
    Filter,
    NewSample,
    NewSuggestion,
    Order,
    Prediction,
    Split,
    Suggested,
    Verdict,
)
from tests.benchmarks.figure import Figure

SAMPLES = 1_000_000
LABELS = 20
JUDGED = 100_000
"""So many of the labelled samples are in the test split of a run."""
PAGE = 100
ROUNDS = 20
LIMIT = "<= 100"
"""Milliseconds."""

_WORDS = [
    f"{a}{b}" for a in ("re", "pre", "un", "over", "mis") for b in ("fund", "paid", "card", "bank", "sent", "cost")
]


def pages() -> list[Figure]:
    """The 95th percentile of the first page of each order and filter, and of a page from the middle of each order."""
    with large_project() as project:
        by = next(one.id for one in project.predictors() if one.kind == "instant")
        orders = {
            "id": Order(),
            "least sure": Order("score", by=by),
            "most sure": Order("score", descending=True, by=by),
            "margin": Order("margin", by=by),
            "length": Order("length"),
            "time": Order("time", descending=True),
            "labels": Order("labels"),
            "quality": Order("quality", by=1),
        }
        filters = {
            "all": Filter(),
            "unlabelled": Filter(state="unlabelled"),
            "labelled": Filter(state="labelled"),
            "one label": Filter(label=3),
            "search": Filter(search="refund"),
            "said a label": Filter(suggested=Suggested(by, label=3)),
            "said, hardly sure": Filter(suggested=Suggested(by, score_to=0.2)),
            "said, rather sure": Filter(suggested=Suggested(by, score_from=0.7, score_to=0.8)),
            "disagrees": Filter(suggested=Suggested(by, disagrees=True)),
            "few": Filter(state="flagged"),
        }
        took: dict[str, list[float]] = {}
        for order_name, order in orders.items():
            for name, filter in filters.items():
                read = partial(project.samples, replace(filter, order=order), limit=PAGE)
                took[f"{name} by {order_name}"] = [_milliseconds(read) for _ in range(ROUNDS)]
        unsaid = partial(project.samples, Filter(suggested=Suggested(by, there=False)), limit=PAGE)
        gap = _p95([_milliseconds(unsaid) for _ in range(ROUNDS)])
        deep: dict[str, list[float]] = {}
        for order_name, order in orders.items():
            which, middle = Filter(order=order), SAMPLES // 2
            deep[order_name] = [
                _milliseconds(partial(project.samples, which, after=middle + step, limit=PAGE))
                for step in range(ROUNDS)
            ]
    every = [value for values in took.values() for value in values]
    slowest = sorted(took, key=lambda name: -_p95(took[name]))[:5]
    note = "slowest: " + "; ".join(f"{name} {_p95(took[name]):.0f} ms" for name in slowest)
    deepest = max(deep, key=lambda name: _p95(deep[name]))
    return [
        Figure(f"first page of {PAGE}, p95 over {len(took)} views", _p95(every), "ms", LIMIT, note=note),
        Figure("first page, p95 of the slowest view", _p95(took[slowest[0]]), "ms", note=slowest[0]),
        Figure("first page of what nothing is said of, behind all that something is said of, p95", gap, "ms"),
        Figure("page from the middle, p95 of the slowest order", _p95(deep[deepest]), "ms", LIMIT, note=deepest),
    ]


def storing() -> list[Figure]:
    """How many suggestions are stored in a second, each few hundred safely on the disk, and how many forgotten."""
    with large_project() as project:
        made = project.enter_predictor("word_list")
        rows = [NewSuggestion(id, {"labels": [1]}, (1,)) for id in range(1, 20_001)]
        started = time.perf_counter()
        project.store_suggestions(made.id, rows)
        pace = len(rows) / (time.perf_counter() - started)
        started = time.perf_counter()
        project.forget_predictor(made.id)
        forgot = len(rows) / (time.perf_counter() - started)
    return [Figure("suggestions stored", pace, "/s"), Figure("suggestions forgotten", forgot, "/s")]


@contextmanager
def large_project() -> Iterator[Project]:
    """The project, made where it is not kept."""
    kept = os.environ.get("LEPTON_LARGE")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(kept or scratch) / "Large.lepton"
        if not folder.exists():
            _make(folder)
        with Project.open(folder) as project:
            yield project


def _make(folder: Path) -> None:
    chance = random.Random(4)
    with Project.create(folder, task="text_classification", labels=[f"label {n}" for n in range(LABELS)]) as project:
        with project.change("Import") as change:
            change.add_samples(_sample(chance, number) for number in range(SAMPLES))
        project.flag_many(range(1, SAMPLES, SAMPLES // 500))
        run = project.create_run(model="built-in", recipe={}, counts={})
        project.store_predictions(run.id, (_judged(chance, id) for id in range(1, JUDGED * 5, 5)))
        by = project.enter_predictor("instant")
        project.store_suggestions(by.id, (_said(chance, id) for id in range(1, SAMPLES - 10_000)))


def _sample(chance: random.Random, number: int) -> NewSample:
    text = " ".join(chance.choices(_WORDS, k=chance.randint(3, 20)))
    labels = (1 + chance.randrange(LABELS),) if number % 5 == 0 else ()
    split: Split | None = chance.choice(SPLITS) if labels else None
    value = {"labels": list(labels)} if labels else None
    return NewSample(f"{text} {number}", split=split, value=value, labels=labels)


def _scores(chance: random.Random) -> dict[int, float]:
    sure = chance.betavariate(4, 2)
    labels = chance.sample(range(1, LABELS + 1), 5)
    return dict(zip(labels, (sure, *((1 - sure) / (place + 2) for place in range(4))), strict=True))


def _said(chance: random.Random, id: int) -> NewSuggestion:
    scores = _scores(chance)
    best = max(scores, key=lambda label: scores[label])
    return NewSuggestion(id, {"labels": [best]}, (best,), scores[best], scores)


def _judged(chance: random.Random, id: int) -> Prediction:
    scores = _scores(chance)
    best = max(scores, key=lambda label: scores[label])
    right = chance.random() < 0.9
    verdict = Verdict("right" if right else "wrong", best if right else 1, best)
    return Prediction(id, "test", {"labels": [best]}, scores[best], (verdict,), float(right), scores)


def _milliseconds(read: Callable[[], object]) -> float:
    """Of the processor: the file is in the memory of the system, and others may keep the machine busy."""
    started = time.thread_time()
    read()
    return (time.thread_time() - started) * 1000


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


FIGURES = [pages, storing]
