"""Learning from pairs of texts beside the quick model and tuning as usual, with LEPTON_FEW (8) samples of each label.

Accuracy on at most 600 texts, one draw of labels for each seed of LEPTON_SEEDS (or one).
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Sequence

from tests.benchmarks.figure import Figure
from tests.benchmarks.quick.sets import ALL_SETS
from tests.benchmarks.tasks.methods import Small, of_one_label, seeds

SETS = ("TREC", "customer reviews", "emotions", "delivery reviews (Chinese)")
METHODS = ("full", "quick", "contrastive")
_TESTED = 600

Pair = tuple[str, str]
"""A text and its label."""


def drawn(name: str, *, seed: int, each: int, tested: int = _TESTED) -> Small:
    """So many samples of each label, and at most so many texts to test on, the same for every seed."""

    def few(train: Sequence[Pair]) -> list[Pair]:
        names = sorted({label for _, label in train})
        return [one for label in names for one in [pair for pair in train if pair[1] == label][:each]]

    return _drawn(name, few, seed=seed, tested=tested)


def drawn_as_they_come(name: str, *, seed: int, count: int, tested: int = 2_000) -> Small:
    """So many samples, of each label as many as there happen to be among them; else as `drawn`."""
    return _drawn(name, lambda train: train[:count], seed=seed, tested=tested)


def _drawn(name: str, few: Callable[[Sequence[Pair]], Sequence[Pair]], *, seed: int, tested: int) -> Small:
    train, test = ALL_SETS[name][1]()
    random.Random(seed).shuffle(train)
    random.Random(0).shuffle(test)
    return of_one_label(name, few(train), test[:tested])


def few_labels() -> list[Figure]:
    """The accuracy of each method on each set."""
    each, found = int(os.environ.get("LEPTON_FEW", "8")), []
    for name in SETS:
        for method in METHODS:
            runs = [
                (data := drawn(name, seed=seed, each=each)).tuned(
                    seed=seed, changes={} if method == "full" else {"methods": method}, model=ALL_SETS[name][0]
                )
                for seed in seeds()
            ]
            scores = [100 * run.report.headline["accuracy"] for run in runs]
            note = f"{len(data.train)} texts to learn from, n = {len(data.test)}; {runs[0].note}"
            found.append(Figure.of(f"{name}, {each} of each label, {method}", scores, unit="%", note=note))
            print(f"{name}, {method}: {scores}, {note}", file=sys.stderr, flush=True)
    return found


FIGURES = [few_labels]
