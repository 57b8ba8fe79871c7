"""Samples shared out to folds."""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray


def folds_of(texts: Sequence[str], kinds: Sequence[Hashable], *, folds: int, seed: int) -> NDArray[np.int64]:
    """[n]: the fold of each sample, 0 to below `folds`. Every fold has about as many samples, and about as many of each
    kind (a label); identical texts share a fold, so that none is judged by a model that has seen it. Same arguments,
    same folds.
    """
    chance = random.Random(f"folds {seed}")
    groups: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        groups.setdefault(text, []).append(place)
    by_kind: dict[Hashable, list[list[int]]] = {}
    for group in groups.values():
        by_kind.setdefault(kinds[group[0]], []).append(group)
    found = np.zeros(len(texts), dtype=np.int64)
    sizes = [0] * folds
    for some in by_kind.values():
        chance.shuffle(some)
        of_kind = [0] * folds
        for group in sorted(some, key=len, reverse=True):
            fold = min(range(folds), key=lambda one: (of_kind[one], sizes[one]))
            found[group] = fold
            of_kind[fold] += len(group)
            sizes[fold] += len(group)
    return found
