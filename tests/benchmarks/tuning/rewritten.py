"""Training texts in other words beside tuning as usual, and beside twice as many epochs, which are as many steps.

LEPTON_FEW (20) customer reviews of each label, accuracy on 600 others, one draw for each seed of LEPTON_SEEDS (or one).
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Mapping

from tests.benchmarks.figure import Figure
from tests.benchmarks.tasks.methods import seeds
from tests.benchmarks.tuning.few_labels import drawn

SET = "customer reviews"
_VARIANTS: Mapping[str, Mapping[str, object]] = {
    "full": {},
    "twice the epochs": {"epochs": 8},
    "rewriting by the built-in writer": {"methods": "full,rewriting"},
}


def rewritten() -> list[Figure]:
    """The accuracy of each, and the seconds that it takes."""
    each, found = int(os.environ.get("LEPTON_FEW", "20")), []
    for name, changes in _VARIANTS.items():
        data = {seed: drawn(SET, seed=seed, each=each) for seed in seeds()}
        runs = [few.tuned(seed=seed, changes=changes) for seed, few in data.items()]
        scores = [100 * run.report.headline["accuracy"] for run in runs]
        n = {(len(few.train), len(few.test)) for few in data.values()}
        note = f"(texts, n) {sorted(n)}, {statistics.median(run.seconds for run in runs):.0f} processor seconds a run"
        found.append(Figure.of(f"{SET}, {name}", scores, unit="%", note=note))
        print(f"{name}: {scores}, {note}", file=sys.stderr, flush=True)
    return found


FIGURES = [rewritten]
