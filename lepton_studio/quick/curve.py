"""A learning curve: how often models that were fitted to a part of the decisions are right on others that they have not
seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.quick.instant import Decided, Setting, Texts, choose, fit, said
from lepton_studio.quick.linear import Linear
from lepton_studio.quick.regression import Floats, Kind, go_on

FOLDS = 5
_PARTS = (1 / 8, 1 / 4, 1 / 2, 3 / 4, 1.0)
_LEAST = 5
"""Decisions that a model is fitted to at least."""
_MOST = 4000
"""Of more decisions so many are drawn at random: each of the models takes seconds then."""


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """With each of the numbers of decisions `sizes` [k], ascending: `right` [k, m] tells which of the decisions at
    `rows` [m] a model of so many others was right about.
    """

    sizes: NDArray[np.int64]
    rows: NDArray[np.int64]
    right: NDArray[np.bool_]


def learning_curve(
    texts: Texts, decided: Decided, *, names: Floats | None, check: Callable[[], None] = go_on
) -> LearningCurve:
    """Each of five folds of the decisions is judged by models of growing parts of the others, drawn at random; their
    settings are chosen anew for each size. `names`: cosines [n, outputs] of all texts and the names of a choice.
    `check` is called now and then and may raise.
    """
    chance = np.random.default_rng(0)
    decided = decided.some(np.sort(chance.permutation(len(decided))[:_MOST]))
    folds = chance.permutation(len(decided)) % FOLDS
    whole = int((folds != 0).sum())
    sizes = np.unique([max(_LEAST, round(part * whole)) for part in _PARTS])
    settings: dict[int, Setting] = {}
    right = np.zeros((len(sizes), len(decided)), bool)
    for fold in range(FOLDS):
        left = folds == fold
        others = chance.permutation(np.flatnonzero(~left))
        for at, size in enumerate(sizes.tolist()):
            check()
            some = decided.some(np.sort(others[:size]))
            if size not in settings:
                settings[size], _ = choose(texts, some, names=names)
            right[at, left] = right_about(
                texts, decided.some(np.flatnonzero(left)), learnt=some, setting=settings[size], names=names
            )
    return LearningCurve(sizes, decided.rows, right)


def right_about(
    texts: Texts, decided: Decided, *, learnt: Decided, setting: Setting, names: Floats | None
) -> NDArray[np.bool_]:
    """[m]: whether a model of the decisions `learnt` says of each other text what was decided."""
    layer = _layer(texts, learnt, setting)
    near = names[decided.rows] if names is not None and decided.kind == "choice" else None
    if layer is None and near is None:
        return np.asarray((decided.targets == learnt.targets[0]).reshape(len(decided), -1).all(1))
    logits = None if layer is None else _logits(texts, layer, decided.rows)
    found = said(logits, near, setting=setting, kind=decided.kind)
    return _agree(found, decided.targets, kind=decided.kind, known=learnt.targets)


def _layer(texts: Texts, decided: Decided, setting: Setting) -> Linear | None:
    """None where all decisions are alike: a single class says nothing."""
    if decided.kind == "choice" and len(np.unique(decided.targets)) < 2:
        return None
    return fit(texts, decided, setting=setting, start=None)


def _logits(texts: Texts, layer: Linear, places: NDArray[np.int64]) -> Floats:
    rows = texts.rows(places)
    logits = rows.words @ layer.of_words.T + layer.bias
    if rows.vectors is not None and layer.of_vectors is not None:
        logits = logits + rows.vectors @ layer.of_vectors.T
    return np.asarray(logits, np.float32)


def _agree(found: Floats, targets: NDArray[Any], *, kind: Kind, known: NDArray[Any]) -> NDArray[np.bool_]:
    if kind == "choice":
        return np.asarray(found.argmax(1) == targets)
    if kind == "choices":
        return np.asarray(((found >= 0.5) == (targets > 0)).all(1))
    ratings = np.unique(known)
    nearest = ratings[np.abs(found[:, :1] - ratings[None]).argmin(1)]
    return np.asarray(nearest == targets)
