"""The linear layer over word features and vectors: logistic regression or ridge regression, what it needs chosen by
cross-validation.

A row is the vector of a text, standardised over the texts that are fitted and divided by the root of its width, times a
weight; beside it its word features, which have unit length. With few labels the vectors count more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import scipy  # its parts are loaded where they are first used
from numpy.typing import NDArray

from lepton_studio.quick.regression import Floats, Kind, go_on, multiplied, probabilities, regress

_STRENGTHS: dict[Kind, tuple[float, ...]] = {
    "choice": (10.0, 100.0, 1.0, 0.1),
    "choices": (10.0, 100.0, 1.0, 0.1),
    "number": (1.0, 10.0, 0.1),
}
"""The inverse of the penalty (scikit-learn's C; 1 / alpha of a ridge), the usual one first."""
MOST_ROWS = 2000
"""Up to so many texts they are themselves the dimensions that are solved in, and are cross-validated on."""
_FEWEST_TRIED, _TRIED_TIMES_OUTPUTS = 600, 40_000
"""With many classes fewer are cross-validated on: each trial takes the longer."""
FOLDS = 3
_FEW_ROWS, _FOLDS_OF_FEW = 300, 8
"""With so few texts there is time to try more, and more need of it."""
_MOST_HALVINGS = 3
_FACTORS_OF_FEW = (1.0, 0.125, 0.25, 0.5, 2.0, 4.0)
"""What is tried of the usual weight, that itself first: the first of equals is taken."""
_STEPS_OF_TRIAL, _STEPS, _STEPS_OF_MANY = 15, 50, 30
_LOG_SCALES = (-2.3, 2.3)
"""The logarithm of what logits may be multiplied with: a tenth to ten."""


@dataclass(frozen=True, slots=True)
class Features:
    """Rows of texts: `words` [n, terms], sparse, and `vectors` [n, width]; None where there are no vectors."""

    words: scipy.sparse.csr_matrix
    vectors: Floats | None = None

    def __len__(self) -> int:
        return int(self.words.shape[0])

    def rows(self, which: NDArray[np.int64]) -> Features:
        """Those rows."""
        return Features(self.words[which], None if self.vectors is None else self.vectors[which])


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted layer: `of_words` [outputs, terms], `of_vectors` [outputs, width] or None, `bias` [outputs].

    `vector_weight`, `strength` and `scale` are what was chosen: they are in the layer already.
    """

    of_words: Floats
    of_vectors: Floats | None
    bias: Floats
    vector_weight: float = 0.0
    strength: float = 0.0
    scale: float = 1.0

    def logits(self, features: Features) -> Floats:
        """[n, outputs]; of a number the number itself."""
        found = features.words @ self.of_words.T + self.bias
        if self.of_vectors is not None:
            assert features.vectors is not None
            found = found + features.vectors @ self.of_vectors.T
        return np.asarray(found, dtype=np.float32)


def fit(
    features: Features,
    targets: NDArray[Any],
    *,
    kind: Kind,
    outputs: int = 1,
    class_weights: Floats | None = None,
    check: Callable[[], None] = go_on,
) -> Linear:
    """The layer for these rows. Same arguments, same layer.

    `targets`: classes from 0 to below `outputs` [n] for "choice", ones and zeros [n, outputs] for "choices", numbers
    [n] for "number". No class needs to have a sample; one sample is enough. `class_weights` [outputs]: how much a
    sample of a class counts, for "choices" one that has the label. `check` is called now and then and may raise.
    """
    counts = None if class_weights is None else _counts(targets, class_weights, kind)
    scaled = Scaled.of(features)
    trial = trial_rows(targets, kind, outputs=outputs)
    chosen = chosen_settings(
        scaled.rows(trial),
        targets[trial],
        kind=kind,
        labels=len(features),
        counts=None if counts is None else counts[trial],
        check=check,
    )
    return _solve(scaled, targets, kind=kind, outputs=outputs, chosen=chosen, counts=counts, check=check)


def _counts(targets: NDArray[Any], class_weights: Floats, kind: Kind) -> Floats | None:
    """How much each row counts, for a choice [n], for choices [n, outputs]; None for numbers."""
    match kind:
        case "choice":
            return np.asarray(class_weights[targets], dtype=np.float32)
        case "choices":
            return np.asarray(np.where(targets > 0, class_weights, 1), dtype=np.float32)
        case "number":
            return None


def usual_weight(labels: int) -> float:
    """How much the vectors count beside the words: 2 up to 50 labels, 1 from 1,000 on, a straight line over the
    logarithm between."""
    along = (np.log(max(1, labels)) - np.log(50)) / (np.log(1000) - np.log(50))
    return float(2 - np.clip(along, 0, 1))


@dataclass(frozen=True)
class Scaled:
    """Features whose vectors are standardised and divided by the root of their width; `mean` and `scale` [width]."""

    words: scipy.sparse.csr_matrix
    vectors: Floats | None
    mean: Floats | None = None
    scale: Floats | None = None

    @classmethod
    def of(cls, features: Features) -> Scaled:
        if features.vectors is None:
            return cls(features.words, None)
        mean = features.vectors.mean(0)
        scale = np.maximum(features.vectors.std(0), 1e-6) * np.float32(np.sqrt(features.vectors.shape[1]))
        return cls(features.words, (features.vectors - mean) / scale, mean, scale)

    def rows(self, which: NDArray[np.int64]) -> Scaled:
        return Scaled(self.words[which], None if self.vectors is None else self.vectors[which])

    @cached_property
    def products(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What each two rows have in common: [n, n] of their words, and of their vectors."""
        of_words = np.asarray((self.words @ self.words.T).todense(), dtype=np.float64)
        if self.vectors is None:
            return of_words, np.zeros_like(of_words)
        return of_words, (self.vectors @ self.vectors.T).astype(np.float64)

    def gram(self, weight: float) -> NDArray[np.float64]:
        """[n, n]: the product of each two rows, their vectors weighted."""
        of_words, of_vectors = self.products
        return of_words + weight**2 * of_vectors


def trial_rows(targets: NDArray[Any], kind: Kind, *, outputs: int) -> NDArray[np.int64]:
    """Rows to cross-validate on, in an order of which each fold gets about as many of each class."""
    most = min(MOST_ROWS, max(_FEWEST_TRIED, _TRIED_TIMES_OUTPUTS // outputs))
    order = np.random.default_rng(0).permutation(len(targets))[:most]
    if kind == "choices":
        return order
    return np.asarray(order[np.argsort(targets[order], kind="stable")])


class Chosen(NamedTuple):
    """The weight of the vectors, the strength, and what the logits are multiplied with then."""

    weight: float
    strength: float
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class _Trial:
    """How well each row is told when it was left out, higher is better: log-likelihood, or minus the squared error.

    `scale` multiplies the logits so that they are likeliest: a layer under a strong penalty is right as often as
    others, and too modest.
    """

    told: NDArray[np.float64]
    scale: float


def chosen_settings(
    some: Scaled,
    targets: NDArray[Any],
    *,
    kind: Kind,
    labels: int,
    counts: Floats | None = None,
    check: Callable[[], None] = go_on,
) -> Chosen:
    """What is best by cross-validation on rows of `trial_rows`, for a layer on so many `labels`: of every weight and
    strength where the texts are few, else the strength first and then the weight, halved or doubled while that is
    better, with this strength or about a tenth. Another weight than the usual one must be better by more than its
    standard error. `counts`: how much each row does.
    """
    usual = usual_weight(labels) if some.vectors is not None else 0.0
    strengths = _STRENGTHS[kind]
    if len(targets) < 2 * FOLDS:
        return Chosen(usual, strengths[0])
    tried: dict[tuple[float, float], _Trial] = {}

    def best(weights: Sequence[float], strengths: Sequence[float]) -> tuple[float, float]:
        for weight in weights:
            dims = dimensions(some.gram(weight))
            for one in strengths:
                if (weight, one) not in tried:
                    tried[weight, one] = _trial(dims, targets, kind=kind, strength=one, counts=counts, check=check)
        return max(tried, key=lambda pair: float(tried[pair].told.sum()))

    found = safe = best([usual], strengths)
    if some.vectors is not None and len(targets) <= _FEW_ROWS:
        found = best([usual * one for one in _FACTORS_OF_FEW], strengths)
    elif some.vectors is not None:
        for _ in range(_MOST_HALVINGS):
            weight, strength = before = found
            weaker = min(strengths, key=lambda one: abs(one - strength / 10))
            found = best([weight / 2, weight * 2], sorted({strength, weaker}))
            if found == before:
                break
    gains = tried[found].told - tried[safe].told
    error = float(gains.std()) / np.sqrt(len(gains))
    chosen = found if gains.mean() > error else safe
    return Chosen(*chosen, scale=tried[chosen].scale)


def dimensions(gram: NDArray[np.float64]) -> Floats:
    """Rows with the same products in no more dimensions than there are rows: what is linear in one is in the other."""
    jitter = 1e-5 * max(1e-3, float(np.trace(gram)) / len(gram))
    return np.asarray(scipy.linalg.cholesky(gram + jitter * np.eye(len(gram)), lower=True), dtype=np.float32)


def _trial(
    rows: Floats,
    targets: NDArray[Any],
    *,
    kind: Kind,
    strength: float,
    counts: Floats | None,
    check: Callable[[], None],
) -> _Trial:
    said = held_out(rows, targets, kind=kind, strength=strength, counts=counts, check=check)
    if kind == "number":
        return _Trial(-((said[:, 0] - targets) ** 2), 1.0)

    def told(log_scale: float) -> NDArray[np.float64]:
        found = probabilities(multiplied(said, float(np.exp(log_scale))), kind)
        right = found[np.arange(len(found)), targets] if kind == "choice" else np.where(targets > 0, found, 1 - found)
        each = np.log(np.maximum(right, 1e-4)) * (1 if counts is None else counts)
        return np.asarray(each if kind == "choice" else each.sum(1), dtype=np.float64)

    best = scipy.optimize.minimize_scalar(
        # Half the square holds a handful of texts back from being certain.
        lambda log_scale: log_scale**2 / 2 - told(log_scale).sum(),
        bounds=_LOG_SCALES,
        method="bounded",
        options={"xatol": 0.02},
    )
    return _Trial(told(best.x), float(np.exp(best.x)))


def held_out(
    rows: Floats,
    targets: NDArray[Any],
    *,
    kind: Kind,
    strength: float,
    counts: Floats | None = None,
    check: Callable[[], None] = go_on,
) -> Floats:
    """[n, outputs]: what is said of each row by a layer that was fitted without it, in folds of rows as they come."""
    folds = np.arange(len(targets)) % (_FOLDS_OF_FEW if len(targets) <= _FEW_ROWS else FOLDS)
    outputs = int(targets.max()) + 1 if kind == "choice" else targets.shape[1] if kind == "choices" else 1
    found = np.zeros((len(targets), outputs), dtype=np.float32)
    for fold in np.unique(folds):
        kept, left = folds != fold, folds == fold
        weight, bias = regress(
            rows[kept],
            targets[kept],
            kind=kind,
            outputs=outputs,
            strength=strength,
            steps=_STEPS_OF_TRIAL,
            counts=None if counts is None else counts[kept],
            check=check,
        )
        found[left] = rows[left] @ weight.T + bias
    return found


def _solved_by_rows(count: int) -> bool:
    """Whether so many texts are themselves the dimensions that are solved in, in place of their terms."""
    return count <= MOST_ROWS


def _solve(
    scaled: Scaled,
    targets: NDArray[Any],
    *,
    kind: Kind,
    outputs: int,
    chosen: Chosen,
    counts: Floats | None,
    check: Callable[[], None],
) -> Linear:
    """The layer on all rows, in the terms of the features as they were given."""
    weight, strength, scale = chosen

    def solved(rows: Any, *, steps: int) -> tuple[Floats, Floats]:
        found, bias = regress(
            rows, targets, kind=kind, outputs=outputs, strength=strength, steps=steps, counts=counts, check=check
        )
        return found * np.float32(scale), multiplied(bias, scale)

    if not _solved_by_rows(len(targets)):
        beside = [] if scaled.vectors is None else [scipy.sparse.csr_matrix(scaled.vectors * np.float32(weight))]
        rows: Any = scipy.sparse.hstack([scaled.words, *beside], format="csr", dtype=np.float32)
        found, bias = solved(rows, steps=_STEPS_OF_MANY)
        of_words, of_vectors = np.split(found, [scaled.words.shape[1]], axis=1)
    else:
        rows = dimensions(scaled.gram(weight))
        inside, bias = solved(rows, steps=_STEPS)
        # What lies in the rows' span is a sum of rows: their shares are what the triangle gives for it.
        shares = scipy.linalg.solve_triangular(rows.T.astype(np.float64), inside.T.astype(np.float64), lower=False).T
        of_words = np.asarray((scaled.words.T @ shares.T).T, dtype=np.float32)
        of_vectors = np.asarray([] if scaled.vectors is None else shares @ scaled.vectors * weight, dtype=np.float32)
    if scaled.vectors is None:
        return Linear(of_words, None, bias, strength=strength, scale=scale)
    assert scaled.mean is not None and scaled.scale is not None
    per_unit = np.asarray(of_vectors * weight / scaled.scale, dtype=np.float32)
    moved = np.asarray(bias - per_unit @ scaled.mean, dtype=np.float32)
    return Linear(of_words, per_unit, moved, weight, strength, scale)
