"""The orders in which texts can be asked about, each a function on arrays of the texts that may be asked.

Those that give a value [n] for each text put the largest first; those that choose several texts together give their
places, the best first. `said` [n, outputs] is what the model says now, `rows` [n, width] are the texts' vectors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.quick.regression import Floats, Kind

_TINY = 1e-12
_RARE = 0.5
"""A label counts for the less, the more texts have it: divided by their number to this power."""


def uncertainty(said: Floats, kind: Kind) -> Floats:
    """[n]: how little the likeliest label leads, 0 to 1; of several labels the least sure of them. Of numbers nothing
    is known: 1. Margin sampling: Scheffer, Decomain and Wrobel 2001, doi.org/10.1007/3-540-44816-0_31.
    """
    if kind == "number" or said.shape[1] < 2:
        return np.ones(len(said), dtype=np.float32)
    if kind == "choices":
        return np.asarray(1 - 2 * np.abs(said - 0.5).min(1), dtype=np.float32)
    two = np.partition(said, -2, axis=1)[:, -2:]
    return np.asarray(1 - (two[:, 1] - two[:, 0]), dtype=np.float32)


def entropy(said: Floats, kind: Kind) -> Floats:
    """[n]: how spread out over all labels the probability is; of several labels the sum over them. Shannon's entropy,
    as in Settles 2009, "Active learning literature survey", section 3.1.
    """
    if kind == "number":
        return np.ones(len(said), dtype=np.float32)
    sure = np.clip(said, _TINY, 1)
    found = -(sure * np.log(sure)).sum(1)
    if kind == "choices":
        not_ = np.clip(1 - said, _TINY, 1)
        found -= (not_ * np.log(not_)).sum(1)
    return np.asarray(found, dtype=np.float32)


def rarity(said: Floats, counts: NDArray[np.int64], kind: Kind) -> Floats:
    """[n]: how much a text is wanted for the labels it may have, the more the fewer texts have them: `counts`
    [outputs]. Active learning where classes are rare: Ertekin, Huang, Bottou and Giles 2007, "Learning on the border",
    doi.org/10.1145/1321440.1321461.
    """
    if kind == "number":
        return np.ones(len(said), dtype=np.float32)
    return np.asarray(said @ (counts + 1.0) ** -_RARE, dtype=np.float32)


def density(said: Floats, rows: Floats, kind: Kind) -> Floats:
    """[n]: the uncertainty, times how like all the others a text is: the mean cosine to them, from 0 to 1. Information
    density: Settles and Craven 2008, "An analysis of active learning strategies for sequence labeling tasks".
    """
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    directions = rows / lengths
    like = (1 + directions @ directions.mean(0)) / 2
    return np.asarray(uncertainty(said, kind) * like, dtype=np.float32)


def disagreement(said: Floats, other: Floats, kind: Kind) -> Floats:
    """[n]: how far two models are from each other: the divergence from their mean (Jensen and Shannon's), of numbers
    the distance. Query by committee: McCallum and Nigam 1998, "Employing EM and pool-based active learning for text
    classification".
    """
    if kind == "number":
        return np.asarray(np.abs(said - other)[:, 0], dtype=np.float32)
    mean = np.asarray((said + other) / 2, dtype=np.float32)
    return np.asarray(2 * entropy(mean, kind) - entropy(said, kind) - entropy(other, kind), dtype=np.float32)


def spread(rows: Floats, known: Floats, *, count: int) -> NDArray[np.int64]:
    """So many places: each is the text farthest from all that are decided (`known` [m, width]) or chosen before it.
    Greedy k-centre: Sener and Savarese 2018, arXiv 1708.00489.
    """
    far = np.full(len(rows), np.inf)
    squares = (rows**2).sum(1)

    def nearer(point: Floats) -> Floats:
        return np.asarray(np.maximum(squares - 2 * rows @ point + point @ point, 0))

    if len(known):
        products = squares[:, None] - 2 * rows @ known.T + (known**2).sum(1)
        far = np.maximum(products.min(1), 0)
    else:
        far = nearer(rows.mean(0))
    return _one_after_another(far, nearer_to=lambda place: nearer(rows[place]), count=count)


def gradients(said: Floats, rows: Floats, kind: Kind, *, count: int, seed: int) -> NDArray[np.int64]:
    """So many places, by the gradients that the last layer would get were its own answers right: large ones, that
    differ from each other, drawn as k-means++ draws its first centres. BADGE: Ash et al. 2020, arXiv 1906.03671.

    The gradient of a text is the outer product of (said - answer) and its vector, so that products of two of them are
    products of the parts: they are never written out.
    """
    if kind == "number":
        errors = np.ones((len(said), 1), dtype=np.float32)
    elif kind == "choice":
        errors = said.copy()
        errors[np.arange(len(said)), said.argmax(1)] -= 1
    else:
        errors = said - (said >= 0.5)
    sizes = (errors**2).sum(1) * (rows**2).sum(1)
    chance = np.random.default_rng(seed)

    def nearer_to(place: int) -> Floats:
        products = (errors @ errors[place]) * (rows @ rows[place])
        return np.asarray(np.maximum(sizes + sizes[place] - 2 * products, 0))

    def drawn(far: NDArray[Any]) -> int:
        total = float(far.sum())
        return int(chance.choice(len(far), p=far / total)) if total > 0 else int(far.argmax())

    return _one_after_another(sizes.astype(np.float64), nearer_to=nearer_to, count=count, pick=drawn)


def shuffled(count: int, *, seed: int) -> NDArray[np.int64]:
    """All places in an order by chance: what every other order is measured against."""
    return np.random.default_rng(seed).permutation(count)


def first_of_each(said: Floats, counts: NDArray[np.int64], *, count: int) -> NDArray[np.int64]:
    """So many places: of each label in turn the text that is likeliest to have it, the labels first of which the fewest
    texts are decided (`counts` [outputs]). A start that knows all labels, where their names say what they are.
    """
    likeliest = said.argmax(1)
    by_label = [np.flatnonzero(likeliest == label) for label in range(said.shape[1])]
    ranked = [some[np.argsort(-said[some, label], kind="stable")] for label, some in enumerate(by_label)]
    turns = sorted((counts[label] + turn, -said[one, label], one) for label, some in enumerate(ranked)
                   for turn, one in enumerate(some[:count].tolist()))  # fmt: skip
    return np.array([place for _, _, place in turns[:count]], dtype=np.int64)


def _one_after_another(
    far: NDArray[Any],
    *,
    nearer_to: Callable[[int], NDArray[Any]],
    count: int,
    pick: Callable[[NDArray[Any]], int] = lambda far: int(far.argmax()),
) -> NDArray[np.int64]:
    """So many places, each picked by how `far` [n] it is from those before; those that are picked are 0 away."""
    chosen: list[int] = []
    far = far.astype(np.float64)
    while len(chosen) < min(count, len(far)):
        far[chosen] = 0
        place = pick(far)
        if place in chosen:  # the others are all equal to one that was chosen
            rest = np.setdiff1d(np.arange(len(far)), chosen)
            return np.array([*chosen, *rest[: count - len(chosen)]], dtype=np.int64)
        chosen.append(place)
        far = np.minimum(far, nearer_to(place))
    return np.array(chosen, dtype=np.int64)
