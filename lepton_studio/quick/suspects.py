"""Labels that may be wrong: what is said of each labelled text by a model that has not seen its label, and how far that
speaks against the label.

Which classes are taken for which is told as in confident learning (Northcutt, Jiang and Chuang, 2021,
doi.org/10.1613/jair.1.12125): a text counts for the class of which the model is surer than it is, on average, of the
texts that have that label. A label that is often given in place of another is then doubted where the other is likely.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.quick.instant import Decided, Setting, Texts, fit, said
from lepton_studio.quick.regression import Floats, Kind, go_on

FOLDS = 5
_LEAST = 1e-9
_SMOOTHING = 10.0
"""Texts that each pair of classes is thought to have been confused in before any is counted."""
_TRUST = 0.5
"""The exponent of what the counts say: most of them are the model's own errors."""


def held_out_of_all(
    texts: Texts,
    decided: Decided,
    *,
    setting: Setting,
    names: Floats | None,
    check: Callable[[], None] = go_on,
) -> Floats:
    """[m, outputs]: what is said of each decided text by a model that was fitted without its fifth of them.

    `names`: cosines [n, outputs] of all texts and the names of a choice. `check` is called now and then and may raise.
    """
    folds = np.random.default_rng(0).permutation(len(decided)) % FOLDS
    of_names = names[decided.rows] if names is not None and decided.kind == "choice" else None
    found = np.zeros((len(decided), decided.outputs), dtype=np.float32)
    for fold in np.unique(folds):
        check()
        left = folds == fold
        layer = fit(texts, decided.some(np.flatnonzero(~left)), setting=setting, start=None)
        rows = texts.rows(decided.rows[left])
        logits = rows.words @ layer.of_words.T + layer.bias
        if rows.vectors is not None and layer.of_vectors is not None:
            logits = logits + rows.vectors @ layer.of_vectors.T
        near = None if of_names is None else of_names[left]
        found[left] = said(np.asarray(logits, np.float32), near, setting=setting, kind=decided.kind)
    return found


def doubts(held_out: Floats, targets: NDArray[Any], *, kind: Kind, error: float = 1.0) -> tuple[Floats, Floats]:
    """(doubt, rival): [m] each, 0 to 1. How likely each label is wrong, and another one that is likelier than it where
    `rival` is above a half.

    `held_out` [m, outputs] and `targets` as `held_out_of_all` and `quick.linear.fit` have them. Of several labels the
    doubt is that of the least likely yes or no; of a number it is a half where it is two of `error` away.
    """
    if kind == "number":
        squared = (held_out[:, 0] - targets) ** 2
        doubt = np.asarray(squared / (squared + 4 * error**2), np.float32)
        return doubt, doubt
    if kind == "choices":
        doubt = 1 - np.where(targets > 0, held_out, 1 - held_out).min(1)
        return np.asarray(doubt, np.float32), np.asarray(doubt, np.float32)
    at = np.arange(len(targets))
    likely = np.maximum(held_out, np.float32(_LEAST)) * given_for(held_out, targets)[targets]
    likely /= likely.sum(1, keepdims=True)
    own = likely[at, targets]
    likely[at, targets] = 0
    other = likely.max(1)
    return np.asarray(1 - own, np.float32), np.asarray(other / np.maximum(own + other, _LEAST), np.float32)


def given_for(held_out: Floats, targets: NDArray[np.int64]) -> Floats:
    """[outputs, outputs]: how likely a label (row) is given to a text of a class (column), up to a factor a column."""
    outputs = held_out.shape[1]
    counts = np.bincount(targets, minlength=outputs)
    own = np.bincount(targets, weights=held_out[np.arange(len(targets)), targets], minlength=outputs)
    bound = np.where(counts > 0, own / np.maximum(counts, 1), np.inf).astype(np.float32)
    sure = np.where(held_out >= bound, held_out, -1)
    best = sure.argmax(1)
    is_sure = sure[np.arange(len(best)), best] >= 0
    joint = np.bincount(targets[is_sure] * outputs + best[is_sure], minlength=outputs**2).reshape(outputs, outputs)
    # Each label as often as it was given, whatever share of its texts is sure.
    joint = joint / np.maximum(joint.sum(1, keepdims=True), 1) * counts[:, None] + _SMOOTHING
    return np.asarray((joint / joint.sum(0, keepdims=True)) ** _TRUST, dtype=np.float32)
