"""How many labels the queue saves: a scripted person with the true answers, asked in the queue's order and at random.

Both learn by the instant model's own code. The target is 95 % of the macro-F1 that the model reaches on all labels, on
test texts; the number of labels is where the mean curve of all seeds, made monotonic, crosses it. Minutes are by the
lengths of the texts (`pace.py`). A tenth of what the queue asks is for the audit; it teaches nothing.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import f1_score

from lepton_studio.instant_files import AUDIT_SHARE
from lepton_studio.quick.hashed import HashedWords
from lepton_studio.quick.instant import Decided, Setting, Texts, choose, fit, logits_of, said
from lepton_studio.quick.linear import Linear
from lepton_studio.quick.querying import BATCH, Known, draws, next_texts
from lepton_studio.quick.regression import Floats
from tests.benchmarks.figure import Figure
from tests.benchmarks.labelling.pace import seconds_for
from tests.benchmarks.quick.samples import whole
from tests.benchmarks.quick.sets import SETS
from tests.benchmarks.tasks.methods import among

SEEDS = int(os.environ.get("LEPTON_SEEDS", "5"))
_SHARE = 0.95
_FIRST = 10
_GROWN = 1.25
_MOST = 2600
_BELOW_FOR_GOOD = 8
_POINTS = 200
_PACED = 30
_EARLY = (20, 40, 80, 160)


@dataclass(frozen=True)
class LabelledSet:
    """Texts with their classes; those behind the first `pool` are to test on. `seconds`: what each takes a person."""

    texts: Texts
    seconds: Floats
    audit: NDArray[np.bool_]
    classes: NDArray[np.int64]
    pool: int

    @property
    def labels(self) -> int:
        return int(self.classes.max()) + 1

    def decided(self, rows: Sequence[int] | NDArray[np.int64]) -> Decided:
        places = np.asarray(rows, dtype=np.int64)
        return Decided(places, self.classes[places], "choice", self.labels)

    def macro_f1(self, found: Floats) -> float:
        """Of the test texts, in per cent."""
        test = slice(self.pool, None)
        gold, predicted = self.classes[test], found[test].argmax(1)
        every = np.arange(self.labels)
        return 100 * float(f1_score(gold, predicted, average="macro", labels=every, zero_division=0))


@cache
def labelled_set(name: str) -> LabelledSet:
    """A set of `SETS`, with its vectors."""
    rows, vectors, pool = whole(name)
    names = sorted({label for _, label in rows})
    words = HashedWords()
    words.add([(text, None) for text, _ in rows])
    matrix = words.matrix(len(rows))
    texts = Texts.of(matrix, vectors.astype(np.float16), np.ones(len(rows), bool))
    return LabelledSet(
        texts,
        np.array([seconds_for(text) for text, _ in rows], np.float32),
        draws([text for text, _ in rows]) < AUDIT_SHARE,
        np.array([names.index(label) for _, label in rows]),
        pool,
    )


class _Learner:
    """The instant model, its settings chosen anew as the labels grow by a quarter."""

    def __init__(self, data: LabelledSet) -> None:
        self.data = data
        self.setting: Setting | None = None
        self.layer: Linear | None = None

    def learn(self, decided: Decided) -> Floats | None:
        """What it says of all texts then; None while there is one class only."""
        if len(np.unique(decided.targets)) < 2:
            return None
        if self.setting is None or len(decided) >= _GROWN * self.setting.labels:
            self.setting, _ = choose(self.data.texts, decided, names=None)
        self.layer = fit(self.data.texts, decided, setting=self.setting, start=self.layer)
        return said(logits_of(self.data.texts, self.layer), None, setting=self.setting, kind="choice")


@dataclass(frozen=True)
class Curve:
    """After each batch: how many labels there were, the macro-F1 in per cent, and the minutes they took."""

    labels: tuple[float, ...]
    scores: tuple[float, ...]
    minutes: tuple[float, ...]

    @classmethod
    def mean(cls, curves: Sequence[Curve]) -> Curve:
        """Of several persons: one alone crosses a line by chance. Who was done sooner keeps the last score."""
        most = max(one.labels[-1] for one in curves)
        grid = np.exp(np.linspace(np.log(max(one.labels[0] for one in curves)), np.log(most), _POINTS))

        def averaged(row: str) -> tuple[float, ...]:
            found = [np.interp(np.log(grid), np.log(one.labels), getattr(one, row)) for one in curves]
            return tuple(np.mean(found, axis=0).tolist())

        return cls(tuple(grid.tolist()), averaged("scores"), averaged("minutes"))

    def reached(self, target: float) -> tuple[float, float]:
        """(labels, minutes) where the curve, made monotonic over the logarithm of the labels, is at the target."""
        smooth = IsotonicRegression().fit_transform(np.log(self.labels), self.scores)
        if smooth[-1] < target:
            return float("nan"), float("nan")
        at = int(np.argmax(smooth >= target))
        if not at:
            return self.labels[0], self.minutes[0]
        share = (target - smooth[at - 1]) / (smooth[at] - smooth[at - 1])
        between = [row[at - 1] + share * (row[at] - row[at - 1]) for row in (self.labels, self.minutes)]
        return between[0], between[1]

    def at(self, count: int) -> float:
        """The score with so many labels."""
        return float(np.interp(np.log(count), np.log(self.labels), self.scores))

    def area(self, most: float) -> float:
        """The mean score over the logarithm of the labels, up to so many of them."""
        x, y = np.log(self.labels), np.array(self.scores)
        grid = np.linspace(np.log(_FIRST), np.log(most), 50)
        return float(np.interp(grid, x, y).mean())


def played(data: LabelledSet, *, seed: int, target: float, by_queue: bool) -> Curve:
    """One person at work until the target is passed for good."""
    chance, learner = np.random.default_rng(seed), _Learner(data)
    free = np.zeros(len(data.classes), bool)
    free[: data.pool] = True
    pool = chance.permutation(data.pool)  # each seed has other texts: nine tenths of them
    free[pool[: data.pool // 10]] = False
    rows: list[int] = []
    audited: list[int] = []
    labels, scores, minutes = [], [], []
    found: Floats | None = None
    while len(rows) < min(_MOST, free.sum()):
        count = min(BATCH, max(4, len(rows) // 12)) if rows else _FIRST
        if by_queue:
            known = Known(found, seconds=data.seconds if len(rows) >= _PACED else None)
            asked = next_texts(data.texts, known, data.decided(rows), free=free & ~data.audit)
            some = [one.place for one in asked[:count]]
            due = int(AUDIT_SHARE * (len(rows) + count)) - len(audited)
            audited += chance.choice(np.flatnonzero(free & data.audit), max(0, due), replace=False).tolist()
            free[audited] = False
        else:
            some = chance.choice(np.flatnonzero(free), count, replace=False).tolist()
        rows += some
        free[some] = False
        found = learner.learn(data.decided(rows))
        if found is None:
            continue
        labels.append(len(rows) + len(audited))
        scores.append(data.macro_f1(found))
        minutes.append(float(data.seconds[rows + audited].sum()) / 60)
        if len(scores) > _BELOW_FOR_GOOD and min(scores[-_BELOW_FOR_GOOD:]) >= target:
            break
    return Curve(tuple(labels), tuple(scores), tuple(minutes))


def label_efficiency() -> list[Figure]:
    """The queue against random order on five sets."""
    figures, shares = [], []
    for name in among(SETS):
        data = labelled_set(name)
        full = _Learner(data).learn(data.decided(np.arange(data.pool)))
        assert full is not None
        target = _SHARE * data.macro_f1(full)
        curves = {
            by_queue: [played(data, seed=seed, target=target, by_queue=by_queue) for seed in range(SEEDS)]
            for by_queue in (False, True)
        }
        means = {key: Curve.mean(some) for key, some in curves.items()}
        (random, slow), (queue, fast) = (means[key].reached(target) for key in (False, True))
        early = [f"{means[True].at(count):.1f} ({means[False].at(count):.1f})" for count in _EARLY]
        most = min(one.labels[-1] for some in curves.values() for one in some)
        areas = {key: statistics.fmean(one.area(most) for one in some) for key, some in curves.items()}
        shares.append(100 * queue / random)
        spread = [round(labels) for one in curves[True] if (labels := one.reached(target)[0]) == labels]
        note = (
            f"{queue:.0f} ({min(spread)}-{max(spread)}) of {random:.0f} labels for {target:.1f} % macro-F1, "
            f"with {_EARLY} labels {', '.join(early)} (random's), "
            f"{SEEDS} seeds, {data.pool} texts, {len(data.classes) - data.pool} to test on"
        )
        figures += [
            Figure(f"{name}: labels needed by the queue, share of random's", shares[-1], "%", note=note),
            Figure(f"{name}: minutes needed, share of random's", 100 * fast / slow, "%", "<= 80"),
            Figure(f"{name}: area under the curve, minus random's", areas[True] - areas[False], "points", ">= -1"),
        ]
        print(figures[-3], file=sys.stderr, flush=True)
    return [Figure("labels needed by the queue, median set", statistics.median(shares), "%", "<= 45"), *figures]


FIGURES = [label_efficiency]
