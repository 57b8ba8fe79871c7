"""The race beside each of its contestants alone, with LEPTON_FEW (8) samples of each label and no validation samples.

Accuracy on the whole test part (Matthews' correlation where a set is judged by that), one draw of labels for each seed
of LEPTON_SEEDS (or one). LEPTON_SETS: what stands in the names of sets, LEPTON_METHODS: the contestants that run
alone, with commas between. Who was taken, and by which sentence, stands on stderr. SetFit stands beside it: the library
on the same draws, where the extra `bench` is installed, and what is published of it with the same encoder and as many
samples of other draws.

`above_run_0`: the race beside word statistics alone, with 50, 200 and 1,000 samples (LEPTON_COUNTS) drawn as they
come, so that a label has as many as in use; at most 2,000 texts to test on.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from lepton_studio.contract.task import Report
from lepton_studio.runs.trials import Trials
from tests.benchmarks.figure import Figure
from tests.benchmarks.quick.sets import ALL_SETS
from tests.benchmarks.tasks.methods import Small, among, seeds
from tests.benchmarks.tuning.few_labels import drawn, drawn_as_they_come
from tests.benchmarks.tuning.setfit import is_here, setfit

SETS = ("SST-5", "customer reviews", "emotions", "counterfactual reviews")
_BY_CORRELATION = "counterfactual reviews"
_PUBLISHED: Mapping[str, float] = {
    "SST-5": 29.8,
    "customer reviews": 71.6,
    "emotions": 39.1,
    "counterfactual reviews": 19.7,
}
"""Of SetFit, with 8 samples of each label and this encoder; means of ten draws."""
SETFIT = "SetFit"
ALONE = ("words", "quick", "contrastive", "full")
_COUNTS = "50,200,1000"


def race() -> list[Figure]:
    """For each set: the race, how far it is below the best single method, and above run 0."""
    each, found = int(os.environ.get("LEPTON_FEW", "8")), []
    alone = tuple(os.environ["LEPTON_METHODS"].split(",")) if "LEPTON_METHODS" in os.environ else ALONE
    methods = (*alone, "race", *([SETFIT] if is_here() else []))
    for name in among(ALL_SETS, usual=SETS):
        compared = _compared(name, methods, partial(drawn, name, each=each, tested=10_000))
        scores = compared.scores
        means = {method: statistics.mean(some) for method, some in scores.items()}
        best = max(alone, key=lambda method: means[method])
        found += [
            Figure.of(f"{name}, {each} of each label, race", scores["race"], unit="%", note=compared.note),
            Figure(f"{name}, race beside {best}, the best", means["race"] - means[best], "points", ">= -1"),
        ]
        if "words" in means:
            found.append(Figure(f"{name}, race beside run 0", means["race"] - means["words"], "points", ">= 0"))
        if SETFIT in means:
            found.append(Figure(f"{name}, race beside SetFit", means["race"] - means[SETFIT], "points", ">= 0"))
        if each == 8 and name in _PUBLISHED:
            gain = means["race"] - _PUBLISHED[name]
            found.append(Figure(f"{name}, race beside SetFit as published", gain, "points", ">= 0"))
    return found


def above_run_0() -> list[Figure]:
    """For each set and number of samples: the race, and how far it is above run 0."""
    found = []
    for name in among(ALL_SETS):
        for count in map(int, os.environ.get("LEPTON_COUNTS", _COUNTS).split(",")):
            compared = _compared(name, ("words", "race"), partial(drawn_as_they_come, name, count=count))
            gain = statistics.mean(compared.scores["race"]) - statistics.mean(compared.scores["words"])
            found += [
                Figure.of(f"{name}, {count} samples, race", compared.scores["race"], unit="%", note=compared.note),
                Figure(f"{name}, {count} samples, race beside run 0", gain, "points", ">= 0"),
            ]
    return found


@dataclass(frozen=True, slots=True)
class _Compared:
    """Of each method its score in per cent for each seed, and what else is to be said."""

    scores: Mapping[str, Sequence[float]]
    note: str


def _compared(name: str, methods: Sequence[str], draw: Callable[..., Small]) -> _Compared:
    scores: dict[str, list[float]] = {method: [] for method in methods}
    seconds = dict.fromkeys(methods, 0.0)
    taken: list[str] = []
    for seed in seeds():
        data = draw(seed=seed)
        for method in methods:
            trials: list[Trials] = []
            if method == SETFIT:
                report, took = setfit(data, seed=seed, model=ALL_SETS[name][0])
            else:
                changes = {} if method == "full" else {"methods": method}
                run = data.tuned(seed=seed, changes=changes, model=ALL_SETS[name][0], trials=trials.append)
                report, took = run.report, run.seconds
            scores[method].append(_score(report, by_correlation=name == _BY_CORRELATION))
            seconds[method] += took
            for one in trials:
                taken += [trial.trial for trial in one.trials if trial.state == "taken"]
                _show(one)
            print(f"{name}, {method}, seed {seed}: {scores[method][-1]:.1f}", file=sys.stderr, flush=True)
    said = ", ".join(f"{method} {statistics.mean(scores[method]):.1f} ({seconds[method]:.0f} s)" for method in methods)
    note = f"{said}; taken: {', '.join(taken)}; {len(data.train)} texts to learn from, n = {len(data.test)}"
    print(f"{name}: {note}", file=sys.stderr, flush=True)
    return _Compared(scores, note)


def _score(report: Report, *, by_correlation: bool) -> float:
    """In per cent. The correlation of what is right and what is said over two labels (Matthews 1975)."""
    if not by_correlation or report.confusion is None:
        return 100 * report.headline["accuracy"]
    (a, b), (c, d) = report.confusion.matrix
    return float(100 * (a * d - b * c) / max(1e-9, math.sqrt((a + b) * (c + d) * (a + c) * (b + d))))


def _show(trials: Trials) -> None:
    for one in trials.trials:
        where = f"{100 * one.score:.1f} ({100 * one.low:.0f} to {100 * one.high:.0f}), n = {one.n}"
        print(f"  {one.trial}: {where}, {one.seconds:.0f} s, {one.state} {one.why}", file=sys.stderr)
    print(f"  {trials.sentence}", file=sys.stderr, flush=True)


FIGURES = [race, above_run_0]
