"""Words alone, vectors alone, and both: accuracy with 50, 200 and 1,000 labels, the mean of three draws of them."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from lepton_studio.quick.linear import Features, Linear, fit
from tests.benchmarks.figure import Figure
from tests.benchmarks.quick.samples import Pool, pool
from tests.benchmarks.quick.sets import SETS

_LABELS = (50, 200, 1000)
_SEEDS = (1, 2, 3)


def quick_accuracy() -> list[Figure]:
    """What the quick model has over the better of its two parts is a figure of its own: it may lose half a point."""
    figures = []
    for name in SETS:
        data = pool(name)
        for count in _LABELS:
            drawn = [_accuracies(data, count=count, seed=seed) for seed in _SEEDS]
            means = {part: float(np.mean([one[part] for one in drawn])) for part in drawn[0]}
            where = f"{name}, {count:,} labels"
            figures += [
                Figure.of(f"{where}, {part}", [one[part] for one in drawn], unit="%", note=f"mean {means[part]:.1f}")
                for part in means
            ]
            gain = means["quick"] - max(means["words"], means["vectors"])
            figures.append(Figure(f"{where}, gain", gain, "points", target=">= -0.5"))
    return figures


def _accuracies(data: Pool, *, count: int, seed: int) -> dict[str, float]:
    train = data.drawn(count, seed=seed)
    learned, tested = data.features(train)
    parts = {
        "words": (Features(learned.words), Features(tested.words)),
        "vectors": (_without_words(learned), _without_words(tested)),
        "quick": (learned, tested),
    }
    return {
        part: 100 * float((_fitted(data, few, train).logits(many).argmax(1) == data.gold).mean())
        for part, (few, many) in parts.items()
    }


def _fitted(data: Pool, features: Features, train: np.ndarray) -> Linear:
    return fit(features, data.classes[train], kind="choice", outputs=data.labels)


def _without_words(features: Features) -> Features:
    return Features(sparse.csr_matrix((len(features), 0), dtype=np.float32), features.vectors)


FIGURES = [quick_accuracy]
