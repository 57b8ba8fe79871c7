"""How often a queue that loses to random order is noticed by the draw for the test, and how often one that does not.

The orders are the usual one and the one that only spreads over the vectors, which loses; both play from nothing.
"""

from __future__ import annotations

import statistics

import numpy as np

from lepton_studio.quick.hedging import MOST_COMPARED, loses_to_chance
from lepton_studio.quick.instant import Decided, first_setting, fit, logits_of
from lepton_studio.quick.querying import AskOrder, Known, next_texts
from tests.benchmarks.figure import Figure
from tests.benchmarks.labelling.queue import LabelledSet, labelled_set
from tests.benchmarks.quick.sets import SETS

_REPLAYS = 8
_DRAWN = (50, 100)
_STEP = 5
_ORDERS: tuple[AskOrder, ...] = ("gain", "diversity")


def hedging() -> list[Figure]:
    """Replays on four sets; with 77 labels so few texts tell nothing of most."""
    figures = []
    sets = {name: labelled_set(name) for name in SETS if name != "Banking77"}
    for order in _ORDERS:
        noticed: dict[int, list[bool]] = {count: [] for count in _DRAWN}
        ahead: dict[int, list[float]] = {count: [] for count in _DRAWN}
        for data in sets.values():
            for seed in range(_REPLAYS):
                places = np.random.default_rng(seed).permutation(data.pool)
                drawn, free = places[:MOST_COMPARED], np.zeros(len(data.classes), bool)
                free[places[MOST_COMPARED:]] = True
                asked = _asked(data, order, free, count=max(_DRAWN) // 2)
                for count in _DRAWN:
                    first, of_draw = asked.some(np.arange(count // 2)), data.decided(drawn[:count])
                    noticed[count].append(loses_to_chance(data.texts, first, of_draw))
                    halves = (of_draw.some(np.arange(count // 2)), of_draw.some(np.arange(count // 2, count)))
                    by_chance = statistics.fmean(_accuracy(data, one) for one in halves)
                    ahead[count].append(_accuracy(data, first) - by_chance)
        for count in _DRAWN:
            lead = statistics.fmean(ahead[count])
            note = f"{lead:+.1f} points of accuracy beside random order; n = {len(noticed[count])}"
            share = 100 * statistics.fmean(noticed[count])
            figures.append(Figure(f"taken for a loss, {order}, {count} drawn", share, "%", note=note))
    return figures


def _asked(data: LabelledSet, order: AskOrder, free: np.ndarray, *, count: int) -> Decided:
    rows: list[int] = []
    said = None
    while len(rows) < count:
        some = [one.place for one in next_texts(data.texts, Known(said), data.decided(rows), free=free, order=order)]
        rows += some[:_STEP]
        free[rows] = False
        decided = data.decided(rows)
        if len(np.unique(decided.targets)) > 1:
            layer = fit(data.texts, decided, setting=first_setting(decided), start=None)
            found = np.exp(logits_of(data.texts, layer))
            said = np.asarray(found / found.sum(1, keepdims=True), dtype=np.float32)
    return data.decided(rows[:count])


def _accuracy(data: LabelledSet, taught: Decided) -> float:
    """On the test texts, in per cent."""
    test = slice(data.pool, None)
    if len(np.unique(taught.targets)) < 2:
        return 100 * float((data.classes[test] == taught.targets[0]).mean())
    layer = fit(data.texts, taught, setting=first_setting(taught), start=None)
    return 100 * float((logits_of(data.texts, layer)[test].argmax(1) == data.classes[test]).mean())


FIGURES = [hedging]
