"""How good tuning is with all there is to learn from: the accuracy of one run for each seed of LEPTON_SEEDS (or one).

No validation samples: the model of the last step counts. LEPTON_SETS: what stands in the names of sets, LEPTON_METHODS:
what learns in place of full fine-tuning, with commas between; LEPTON_RECIPE="epochs=6,learning_rate=3e-5" tries another
recipe.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable

from lepton_studio.models.built_in import ENGLISH, MULTILINGUAL
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import Row, banking77, shared_data, trec
from tests.benchmarks.quick.sets import Parts, delivery_reviews
from tests.benchmarks.tasks.methods import among, of_one_label, seeds

SETS: dict[str, tuple[str, float, Callable[[], Parts]]] = {
    "TREC": (ENGLISH.id, 96.5, lambda: (trec("train"), trec("test"))),
    "Banking77": (ENGLISH.id, 94.3, lambda: (banking77("train"), banking77("test"))),
    "SST-2 dev": (ENGLISH.id, 91.0, lambda: (_film_reviews("train"), _film_reviews("dev"))),
    "delivery reviews (Chinese), 8,000 to learn from": (MULTILINGUAL.id, 89.5, lambda: _delivery_reviews()),
}
"""The encoder, what is aimed at in per cent, and the rows to learn from and to test on."""


def full_data() -> list[Figure]:
    """Each set."""
    found, methods = [], os.environ.get("LEPTON_METHODS", "full")
    for name in among(SETS):
        model, aim, load = SETS[name]
        data = of_one_label(name, *load())
        runs = [data.tuned(seed=seed, changes={"methods": methods}, model=model) for seed in seeds()]
        scores = [100 * run.report.headline["accuracy"] for run in runs]
        note = f"{methods}, {len(data.train)} texts, n = {len(data.test)}; {runs[0].note}"
        print(f"{name}: {scores}, {note}", file=sys.stderr, flush=True)
        found.append(Figure.of(name, scores, unit="%", target=f">= {aim}", note=note))
    return found


def _film_reviews(part: str) -> list[Row]:
    lines = (shared_data() / "sst2" / f"stsa.binary.{part}").read_text("utf-8").splitlines()
    return [(line[2:], line[0]) for line in lines]


def _delivery_reviews() -> Parts:
    train, test = delivery_reviews()
    rows = [*train, *test]
    random.Random(0).shuffle(rows)
    return rows[:8_000], rows[8_000:]


FIGURES = [full_data]
