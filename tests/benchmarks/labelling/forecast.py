"""What the next 100 labels bring, as it is forecast beside the labels, and as it is then: labels drawn by chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lepton_studio.quick.curve import learning_curve, right_about
from lepton_studio.quick.instant import Decided, choose
from lepton_studio.studio.instant.forecast import Forecast, forecasts
from tests.benchmarks.figure import Figure
from tests.benchmarks.labelling.vectors import texts_of
from tests.benchmarks.quick.samples import whole

SETS = ("TREC", "Banking77", "emotions")
_REPLAYS = 5
_DECISIONS = (100, 200, 400, 800)
_MORE = 100


@dataclass(frozen=True, slots=True)
class Replayed:
    """A forecast, and what came."""

    name: str
    decisions: int
    said: Forecast
    came: float


def replays(name: str) -> Iterator[Replayed]:
    """Five of each number of decisions; what came is measured on all other texts of the part to test on."""
    rows, vectors, taught = whole(name)
    texts = texts_of([text for text, _ in rows], vectors)
    names = sorted({label for _, label in rows})
    classes = np.array([names.index(label) for _, label in rows])

    def decided(places: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Decided:
        return Decided(places, classes[places], "choice", len(names))

    tested = decided(np.arange(taught, len(rows)))
    for seed in range(_REPLAYS):
        order = np.random.default_rng(seed).permutation(taught)
        for count in _DECISIONS:
            shares = []
            for some in (decided(np.sort(order[:size])) for size in (count, count + _MORE)):
                setting, _ = choose(texts, some, names=None)
                right = right_about(texts, tested, learnt=some, setting=setting, names=None)
                shares.append(float(right.mean()))
            curve = learning_curve(texts, decided(np.sort(order[:count])), names=None)
            said = forecasts(curve.sizes, curve.right, decisions=count)
            yield Replayed(name, count, next(one for one in said if one.more == _MORE), shares[1] - shares[0])


def forecast() -> list[Figure]:
    """Coverage of the band that is shown, and how far the middle of it is off."""
    return figures_of([one for name in SETS for one in replays(name)])


def figures_of(replayed: list[Replayed]) -> list[Figure]:
    """What the replays come to."""
    figures = []
    for name in (*SETS, ""):
        some = [one for one in replayed if name in ("", one.name)]
        inside = sum(one.said.low <= one.came <= one.said.high for one in some)
        off = np.mean([abs(one.said.gain - one.came) for one in some])
        wide = np.mean([one.said.high - one.said.low for one in some])
        note = f"n = {len(some)}; off by {100 * off:.1f} points on average, band {100 * wide:.1f} points wide"
        title = f"“+{_MORE} labels” inside the band, {name or 'all'}"
        figures.append(Figure(title, 100 * inside / len(some), "%", ">= 80" if not name else "", note=note))
    return figures


FIGURES = [forecast]
