"""The race beside each of its contestants alone, with LEPTON_FEW (8) samples of each label and no validation samples.

Accuracy on at most 600 texts, one draw of labels for each seed of LEPTON_SEEDS (or one); the same draws as in
`few_labels`. LEPTON_SETS names sets, with commas between. Who was taken, and by which sentence, stands on stderr.
"""

from __future__ import annotations

import os
import statistics
import sys

from lepton_studio.runs.trials import Trials
from tests.benchmarks.figure import Figure
from tests.benchmarks.quick.sets import ALL_SETS
from tests.benchmarks.tasks.methods import seeds
from tests.benchmarks.tuning.few_labels import drawn

SETS = "TREC,customer reviews,emotions"
ALONE = ("words", "quick", "contrastive", "full")


def race() -> list[Figure]:
    """For each set: the race, how far it is below the best single method, and above run 0."""
    each, found = int(os.environ.get("LEPTON_FEW", "8")), []
    for name in os.environ.get("LEPTON_SETS", SETS).split(","):
        scores: dict[str, list[float]] = {method: [] for method in (*ALONE, "race")}
        seconds: dict[str, list[float]] = {method: [] for method in scores}
        taken: list[str] = []
        for seed in seeds():
            data = drawn(name, seed=seed, each=each)
            for method in scores:
                trials: list[Trials] = []
                changes = {} if method == "full" else {"methods": method}
                run = data.tuned(seed=seed, changes=changes, model=ALL_SETS[name][0], trials=trials.append)
                scores[method].append(100 * run.report.headline["accuracy"])
                seconds[method].append(run.seconds)
                for one in trials:
                    taken += [trial.trial for trial in one.trials if trial.state == "taken"]
                    _show(one)
                print(f"{name}, {method}, seed {seed}: {scores[method][-1]:.1f}", file=sys.stderr, flush=True)
        means = {method: statistics.mean(some) for method, some in scores.items()}
        best = max(ALONE, key=lambda method: means[method])
        said = ", ".join(f"{method} {means[method]:.1f} ({sum(seconds[method]):.0f} s)" for method in scores)
        note = f"{said}; taken: {', '.join(taken)}; {len(data.train)} texts to learn from, n = {len(data.test)}"
        found += [
            Figure.of(f"{name}, {each} of each label, race", scores["race"], unit="%", note=note),
            Figure(f"{name}, race beside {best}, the best", means["race"] - means[best], "points", ">= -1"),
            Figure(f"{name}, race beside run 0", means["race"] - means["words"], "points", ">= 0"),
        ]
    return found


def _show(trials: Trials) -> None:
    for one in trials.trials:
        where = f"{100 * one.score:.1f} ({100 * one.low:.0f} to {100 * one.high:.0f}), n = {one.n}"
        print(f"  {one.trial}: {where}, {one.seconds:.0f} s, {one.state} {one.why}", file=sys.stderr)
    print(f"  {trials.sentence}", file=sys.stderr, flush=True)


FIGURES = [race]
