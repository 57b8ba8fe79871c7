"""Training texts in other words beside tuning as usual.

LEPTON_FEW (20) customer reviews of each label, accuracy on 300 others, one draw for each seed of LEPTON_SEEDS (or one).
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Mapping
from dataclasses import replace

from tests.benchmarks.figure import Figure
from tests.benchmarks.tasks.methods import seeds
from tests.benchmarks.tasks.tuned import Tuned
from tests.benchmarks.tuning.few_labels import drawn

SET = "customer reviews"
_TESTED = 300
_VARIANTS: Mapping[str, Mapping[str, object]] = {"full": {}, "rewriting": {"methods": "full,rewriting"}}


def rewritten() -> list[Figure]:
    """The accuracy of each, and the seconds that it takes."""
    each = int(os.environ.get("LEPTON_FEW", "20"))
    runs: dict[str, list[Tuned]] = {name: [] for name in _VARIANTS}
    for seed in seeds():
        few = drawn(SET, seed=seed, each=each)
        for name, changes in _VARIANTS.items():
            one = replace(few, test=few.test[:_TESTED]).tuned(seed=seed, changes=changes)
            runs[name].append(one)
            said = (
                f"seed {seed}, {name}: {100 * one.report.headline['accuracy']:.1f} %, {one.seconds:.0f} s, {one.note}"
            )
            print(said, file=sys.stderr, flush=True)
    found = []
    for name, some in runs.items():
        scores = [100 * one.report.headline["accuracy"] for one in some]
        note = (
            f"{2 * each} texts, n = {_TESTED}, {statistics.median(one.seconds for one in some):.0f} processor seconds"
        )
        found.append(Figure.of(f"{SET}, {name}", scores, unit="%", note=note))
    return found


FIGURES = [rewritten]
