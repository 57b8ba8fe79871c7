"""The model that learns while a person labels: one linear layer on the vectors and the words of all texts of a project.

It is the quick model, fitted anew after each decision from where it stood, beside what the labels' names alone say: how
near a text is to a name by the encoder, the mean of all vectors taken off. How much the names count, how sure the layer
is allowed to be, its penalty and the weight of the vectors are chosen by cross-validation, now and then. A text whose
vector is not there yet counts as one in the middle of all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import scipy  # its parts are loaded where they are first used
from numpy.typing import NDArray

from lepton_studio.quick.linear import (
    MOST_ROWS,
    Linear,
    Scaled,
    chosen_settings,
    dimensions,
    held_out,
    trial_rows,
    usual_weight,
)
from lepton_studio.quick.regression import Floats, Kind, probabilities, regress

_MOST_FITTED = 10_000
"""Decisions that the layer is fitted on at most, drawn at random."""
_STEPS, _STEPS_FROM_START = 50, 8
_FEWEST = 6
"""Decisions from which on anything is chosen by them."""
_AT_ONCE = 16_384
"""Texts whose vectors are in memory in full precision at once."""
_TEMPERATURES = (0.2, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 5.0)
_OF_NAMES = (0.03, 0.05, 0.08, 0.12, 0.2)
"""What cosines are divided by; the one in the middle before anything is known."""
_FEW_NAMES = (3, 9)
_LEAST_EVEN = 0.8
"""Entropy of what is said of all texts, from 0 (the same of all) to 1."""
_OF_UNSEEN = 0.02
"""What labels share that no text has yet: a person who adds one means that some text will have it."""
_SHARES = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0)
_FEWEST_AT_HOME = 20
"""Labelled texts from which on it can be told how far from them is far."""
_FALSE_ALARMS = 0.05


@dataclass(frozen=True)
class Texts:
    """All texts of a project: `words` [n, columns], sparse; `vectors` [n, width], float16; which of these are `there`.

    `mean` and `scale` [width] are those of the vectors, `scale` as `quick.linear` standardises.
    """

    words: scipy.sparse.csr_matrix
    vectors: NDArray[np.float16]
    there: NDArray[np.bool_]
    mean: Floats
    scale: Floats

    @classmethod
    def of(cls, words: scipy.sparse.csr_matrix, vectors: NDArray[np.float16], there: NDArray[np.bool_]) -> Texts:
        """With mean and scale of those that are there."""
        width = vectors.shape[1]
        total, squares, count = np.zeros(width), np.zeros(width), max(1, int(there.sum()))
        for some in _stretches(len(there)):
            found = vectors[some][there[some]].astype(np.float32)
            total += found.sum(0)
            squares += (found**2).sum(0)
        mean = total / count
        deviation = np.sqrt(np.maximum(squares / count - mean**2, 1e-12))
        scale = np.maximum(deviation, 1e-6) * np.sqrt(width)
        return cls(words, vectors, there, mean.astype(np.float32), scale.astype(np.float32))

    @cached_property
    def lengths(self) -> Floats:
        """[n]: how far each vector is from the mean."""
        found = np.ones(len(self.there), dtype=np.float32)
        for some in _stretches(len(found)):
            found[some] = np.linalg.norm(self.vectors[some].astype(np.float32) - self.mean, axis=1)
        return np.maximum(found, 1e-6)

    @cached_property
    def norms(self) -> Floats:
        """[n]: how long each vector is."""
        found = np.ones(len(self.there), dtype=np.float32)
        for some in _stretches(len(found)):
            found[some] = np.linalg.norm(self.vectors[some].astype(np.float32), axis=1)
        return np.maximum(found, 1e-6)

    def rows(self, which: NDArray[np.int64]) -> Scaled:
        """Those rows as they are fitted."""
        if not self.there.any():
            return Scaled(self.words[which], None)
        return Scaled(self.words[which], self.standardised(which))

    def standardised(self, which: NDArray[np.int64]) -> Floats:
        """[rows, width]: their vectors, as they are fitted; zeros where there is none."""
        moved = (self.vectors[which].astype(np.float32) - self.mean) / self.scale
        return np.asarray(moved * self.there[which, None], dtype=np.float32)

    def directions(self, which: NDArray[np.int64]) -> Floats:
        """[rows, width]: from the mean to the vectors, of length 1; zeros where there is none."""
        found = (self.vectors[which].astype(np.float32) - self.mean) / self.lengths[which, None]
        return np.asarray(found * self.there[which, None], dtype=np.float32)

    def along(self, weights: Floats) -> Floats:
        """[n, k]: the vectors, the mean taken off, times each of the weights [k, width]; 0 where there is none."""
        found = np.zeros((len(self.there), len(weights)), dtype=np.float32)
        moved = self.mean @ weights.T
        for some in _stretches(len(found)):
            found[some] = self.vectors[some].astype(np.float32) @ weights.T - moved
        found[~self.there] = 0
        return found


@dataclass(frozen=True, slots=True)
class Setting:
    """What cross-validation chose, on so many `labels`: weight of the vectors and strength as in `quick.linear`, what
    logits and the names' cosines are divided by, the share of the names; `error`: the standard error of a number.
    """

    labels: int
    weight: float
    strength: float
    temperature: float = 1.0
    of_names: float = _OF_NAMES[len(_OF_NAMES) // 2]
    share: float = 0.0
    error: float = 1.0


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What was said of labelled texts when they were left out: their places `rows` [m], `said` [m, outputs]."""

    rows: NDArray[np.int64]
    said: Floats


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions: `rows` are the places of their texts, `targets` as `quick.linear.fit` takes them."""

    rows: NDArray[np.int64]
    targets: NDArray[Any]
    kind: Kind
    outputs: int

    def __len__(self) -> int:
        return len(self.rows)

    def counts(self) -> NDArray[np.int64]:
        """[outputs]: how many decisions each label has, where every text has one."""
        return np.bincount(self.targets, minlength=self.outputs)

    def some(self, places: NDArray[np.int64]) -> Decided:
        """Those decisions."""
        return replace(self, rows=self.rows[places], targets=self.targets[places])


def near_names(texts: Texts, names: Floats) -> Floats:
    """[n, outputs]: the cosine of each text and each label's name, whose vectors are `names` [outputs, width]; 0 where
    a text's vector is not there.

    The mean of each side is taken off first: it is what all texts, or all names, have in common. But that of three to
    nine names is what they are about: there the cosines are those of the vectors as they are, spread out as far from
    each other as the others would be, unless they say nearly the same of all texts.
    """
    moved = cosines(texts, _of_length_1(names - names.mean(0)))
    if not _FEW_NAMES[0] <= len(names) <= _FEW_NAMES[1] or not texts.there.any():
        return moved
    directions = _of_length_1(names)
    found = (texts.along(directions) + texts.mean @ directions.T) / texts.norms[:, None]
    shares = np.bincount(found[texts.there].argmax(1), minlength=len(names)) / texts.there.sum()
    evenness = -float((shares * np.log(np.maximum(shares, 1e-9))).sum()) / np.log(len(names))
    if evenness < _LEAST_EVEN:
        return moved
    apart = found - found.mean(1, keepdims=True)
    scale = moved.std(1).mean() / max(float(apart.std(1).mean()), 1e-6)
    return np.asarray(apart * scale * texts.there[:, None], dtype=np.float32)


def first_setting(decided: Decided) -> Setting:
    """Before anything is chosen."""
    count = len(decided)
    strength = {"choice": 10.0, "choices": 10.0, "number": 1.0}[decided.kind]
    share = decided.outputs / (decided.outputs + count) if decided.kind == "choice" else float(count == 0)
    return Setting(count, usual_weight(max(1, count)), strength, share=share)


def choose(texts: Texts, decided: Decided, *, names: Floats | None) -> tuple[Setting, HeldOut | None]:
    """The setting for these decisions, and what is said with it of those that were left out.

    `names`: cosines [n, outputs] of all texts and the names of a choice.
    """
    if len(decided) < _FEWEST:
        return first_setting(decided), None
    some = decided.some(trial_rows(decided.targets, decided.kind, outputs=decided.outputs))
    scaled = texts.rows(some.rows)
    weight, strength, _ = chosen_settings(scaled, some.targets, kind=decided.kind, labels=len(decided))
    inside = dimensions(scaled.gram(weight))
    logits = held_out(inside, some.targets, kind=decided.kind, strength=strength)
    logits = np.pad(logits, ((0, 0), (0, decided.outputs - logits.shape[1])), constant_values=-20)
    setting = Setting(len(decided), weight, strength)
    if decided.kind == "number":
        error = float(np.sqrt(np.mean((logits[:, 0] - some.targets) ** 2)))
        return replace(setting, error=max(error, 1e-3)), HeldOut(some.rows, logits)
    of_names = None if names is None or decided.kind != "choice" else names[some.rows]
    setting = _calibrated(setting, logits, of_names, some.targets, kind=decided.kind)
    return setting, HeldOut(some.rows, said(logits, of_names, setting=setting, kind=decided.kind))


def fit(texts: Texts, decided: Decided, *, setting: Setting, start: Linear | None) -> Linear:
    """The layer for these decisions, on vectors as `Texts.rows` gives them; `start`: one to begin from.

    Of more than 2,000 decisions the layer is a sum of 2,000 of their texts.
    """
    chance = np.random.default_rng(0)
    decided = decided.some(np.sort(chance.permutation(len(decided))[:_MOST_FITTED]))
    basis = decided.rows[np.sort(chance.permutation(len(decided))[:MOST_ROWS])]
    scaled = texts.rows(basis)
    inside = dimensions(scaled.gram(setting.weight))
    rows = inside
    if len(basis) < len(decided):
        every = texts.rows(decided.rows)
        products = np.asarray((every.words @ scaled.words.T).todense(), dtype=np.float32)
        if every.vectors is not None and scaled.vectors is not None:
            products += setting.weight**2 * (every.vectors @ scaled.vectors.T)
        rows = scipy.linalg.solve_triangular(inside, products.T, lower=True).T
    begun = None
    if start is not None and len(start.bias) == decided.outputs and start.of_words.shape[1] == texts.words.shape[1]:
        of_basis = scaled.words @ start.of_words.T
        if scaled.vectors is not None and start.of_vectors is not None:
            of_basis = of_basis + scaled.vectors @ start.of_vectors.T
        begun = scipy.linalg.solve_triangular(inside, of_basis, lower=True).T.astype(np.float32), start.bias
    found, bias = regress(
        rows,
        decided.targets,
        kind=decided.kind,
        outputs=decided.outputs,
        strength=setting.strength,
        steps=_STEPS if begun is None else _STEPS_FROM_START,
        start=begun,
    )
    shares = scipy.linalg.solve_triangular(inside.T, found.T, lower=False).T
    of_words = np.asarray((scaled.words.T @ shares.T).T, dtype=np.float32)
    of_vectors = None if scaled.vectors is None else np.asarray(shares @ scaled.vectors * setting.weight**2, np.float32)
    return Linear(of_words, of_vectors, bias, setting.weight, setting.strength)


def logits_of(texts: Texts, layer: Linear) -> Floats:
    """[n, outputs], of all texts."""
    found = texts.words @ np.ascontiguousarray(layer.of_words.T) + layer.bias
    if layer.of_vectors is not None:
        found += texts.along(layer.of_vectors / texts.scale)
    return np.asarray(found, dtype=np.float32)


def cosines(texts: Texts, directions: Floats) -> Floats:
    """[n, k]: how near each text is to each direction, the mean taken off; 0 where its vector is not there."""
    return np.asarray(texts.along(directions) / texts.lengths[:, None], dtype=np.float32)


def said(
    logits: Floats | None,
    names: Floats | None,
    *,
    setting: Setting,
    kind: Kind,
    unseen: NDArray[np.bool_] | None = None,
) -> Floats:
    """[n, outputs]: the probability of each label by the layer, the names or both; of a number the number.

    `unseen`: labels that no decision has. What the layer says of those means nothing: they share a little, by name.
    """
    if kind == "number":
        assert logits is not None
        return logits
    found = None if logits is None else probabilities(logits / setting.temperature, kind)
    if found is not None and names is not None and unseen is not None and unseen.any() and not unseen.all():
        found = found * (~unseen / np.maximum(found[:, ~unseen].sum(1, keepdims=True), 1e-6)) * (1 - _OF_UNSEEN)
        found[:, unseen] = _OF_UNSEEN * probabilities(names[:, unseen] / setting.of_names, "choice")
    if names is None or (found is not None and setting.share == 0):
        assert found is not None
        return found
    by_name = probabilities(names / setting.of_names, "choice")
    return by_name if found is None else (1 - setting.share) * found + setting.share * by_name


def strangeness(texts: Texts, decided: Decided) -> Floats | None:
    """[n]: how far each text is from all labels' texts; above 1 it is farther than 19 of 20 labelled ones are from the
    others. 0 where its vector is not there; None before there are enough labelled ones.
    """
    known = decided.some(np.flatnonzero(texts.there[decided.rows]))
    if len(known) < _FEWEST_AT_HOME or decided.kind == "number":
        return None
    own = texts.directions(known.rows)
    if known.kind == "choice":
        belongs = np.zeros((len(known), known.outputs), dtype=np.float32)
        belongs[np.arange(len(known)), known.targets] = 1
    else:
        belongs = known.targets.astype(np.float32)
    sums = belongs.T @ own
    near = own @ sums.T / np.maximum(np.linalg.norm(sums, axis=1), 1e-6)
    # Of its own label a text must not count itself: s - x for the sum s, of which x is a part.
    products = own @ sums.T
    without = np.maximum(np.sum(sums**2, 1) - 2 * products + 1, 1e-6)
    near = np.where(belongs > 0, np.where(without > 1e-3, (products - 1) / np.sqrt(without), -1), near)
    far = 1 - near.max(1)
    bound = max(float(np.quantile(far, 1 - _FALSE_ALARMS)), 1e-3)
    found = (1 - cosines(texts, sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)).max(1)) / bound
    return np.asarray(np.where(texts.there, found, 0), dtype=np.float32)


def _calibrated(
    setting: Setting, logits: Floats, names: Floats | None, targets: NDArray[Any], *, kind: Kind
) -> Setting:
    """Temperatures and share under which what was left out is likeliest."""
    of_names, shares = (_OF_NAMES, _SHARES) if names is not None else (_OF_NAMES[:1], (0.0,))
    if kind == "choice":
        at = np.arange(len(targets)), targets
        by_name = [probabilities(names / one, kind)[at] for one in of_names] if names is not None else [np.zeros(1)]
        by_layer = [probabilities(logits / one, kind)[at] for one in _TEMPERATURES]
    else:
        by_name = [np.zeros(1)]
        by_layer = [
            np.where(targets > 0, one, 1 - one) for t in _TEMPERATURES for one in [probabilities(logits / t, kind)]
        ]
    best, found = -np.inf, setting
    for (layer, temperature), (name, of_name), share in product(
        zip(by_layer, _TEMPERATURES, strict=True), zip(by_name, of_names, strict=True), shares
    ):
        likely = float(np.log(np.maximum((1 - share) * layer + share * name, 1e-6)).sum())
        if likely > best + 1e-9:
            best, found = likely, replace(setting, temperature=temperature, of_names=of_name, share=share)
    return found


def _of_length_1(vectors: Floats) -> Floats:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6), dtype=np.float32)


def _stretches(count: int) -> list[slice]:
    return [slice(start, min(count, start + _AT_ONCE)) for start in range(0, count, _AT_ONCE)]
