"""Which texts to ask a person about next: active learning, by the instant model's own vectors and probabilities.

First texts that are typical of the whole, the nearest to the centres of clusters (k-means) of the vectors, and as many
at random: typical ones alone are all of the commonest labels. Then those
that the model is least sure of, and that may have one of the labels of which there are few; of these, clusters again,
so that no two of a batch say the same (Zhdanov 2019, "Diverse mini-batch Active Learning"). A random share is set
aside before anything is chosen: what the model is judged by must not be of its own choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lepton_studio.quick.instant import Decided, Texts
from lepton_studio.quick.regression import Floats

Why = Literal["typical", "random", "unsure", "rare"]
"""Like many others; any text; two labels are about as likely; it may have a label that few have."""

BATCH = 24
"""So many are chosen together, to differ from each other, however few of them are asked before the next choice."""
_CANDIDATES = 10
"""Times the batch: of so many of the most promising texts it is made."""
_MOST_CLUSTERED = 1500
_TIMES = 3
"""The best of so many clusterings is taken, where one is made for long."""
_FEWEST_TYPICAL, _MOST_TYPICAL = 10, 40
_RARE = 0.5
"""A label counts for the less, the more texts have it: divided by their number to this power."""
_TINY = 1e-3


@dataclass(frozen=True, slots=True)
class Asked:
    """A text to ask about, by its place, and what speaks for it."""

    place: int
    why: Why


def draws(texts: Sequence[str]) -> Floats:
    """[n]: for each text a number from 0 to 1 by chance, but the same one each time, and for equal texts. Those with
    the smallest ones are for the audit.
    """
    drawn = [crc32(f"audit\0{text}".encode("utf-8", "surrogatepass")) for text in texts]
    return np.asarray(np.array(drawn, dtype=np.float64) / 2**32, dtype=np.float32)


def margins(said: Floats, decided: Decided) -> Floats:
    """[n]: how sure the model is of each text, 0 to 1: by how much the likeliest label leads, or of several labels the
    least sure. Of numbers nothing is known: 0.
    """
    if decided.kind == "number" or said.shape[1] < 2:
        return np.zeros(len(said), dtype=np.float32)
    if decided.kind == "choices":
        return np.asarray(2 * np.abs(said - 0.5).min(1), dtype=np.float32)
    two = np.partition(said, -2, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0], dtype=np.float32)


def next_texts(texts: Texts, said: Floats | None, decided: Decided, *, free: NDArray[np.bool_]) -> list[Asked]:
    """The texts to ask about next, the best first: a batch of `BATCH`, of those that are `free` [n] and whose vector is
    there. `said` [n, outputs]: what the model says now; None before it says anything.

    The same arguments give the same answer. A call computes for some 10 ms, and for 0.2 s at first.
    """
    chance = np.random.default_rng(len(decided))
    open_ = np.flatnonzero(free & texts.there)
    if not len(open_):
        return []
    few = min(_MOST_TYPICAL, max(_FEWEST_TYPICAL, decided.outputs // 2))
    if said is None or len(decided) < few:
        some = typical(texts, decided, open_, count=few)
        others = chance.permutation(np.setdiff1d(open_, some))[:few]
        pairs = zip_longest((Asked(int(one), "typical") for one in some), (Asked(int(one), "random") for one in others))
        return [one for pair in pairs for one in pair if one is not None]
    lead, wanted = margins(said[open_], decided), _wanted(said[open_], decided)
    gain = np.maximum((1 - lead) * wanted, 0) + _TINY * wanted.max()
    best = np.argsort(-gain, kind="stable")[: _CANDIDATES * BATCH]
    chosen = best[_centres(texts.standardised(open_[best]), BATCH, weights=gain[best] / gain[best].max())]
    usual = float(np.median(wanted[best]))
    return [
        Asked(int(open_[place]), "rare" if wanted[place] > 2 * usual else "unsure")
        for place in chance.permutation(chosen)
    ]


def typical(texts: Texts, decided: Decided, open_: NDArray[np.int64], *, count: int) -> NDArray[np.int64]:
    """The places of `open_` texts that are nearest to the centres of so many clusters, the largest cluster first; of
    clusters in which nothing is decided yet, where there are any.
    """
    every = np.flatnonzero(texts.there)
    some = every[np.sort(np.random.default_rng(0).permutation(len(every))[:_MOST_CLUSTERED])]
    count = min(count, len(some))
    model = _clustered(texts.standardised(some), count, times=_TIMES)
    sizes = np.bincount(model.labels_, minlength=count)
    known = decided.rows[texts.there[decided.rows]]
    if len(known):
        sizes[model.predict(texts.standardised(known))] = 0  # those come last
    some = np.intersect1d(some, open_)
    if not len(some):
        some = open_[:_MOST_CLUSTERED]
    rows = texts.standardised(some)
    cluster = model.predict(rows)
    far = np.linalg.norm(rows - model.cluster_centers_[cluster], axis=1)
    found = []
    for one in np.argsort(-sizes, kind="stable"):
        inside = np.flatnonzero(cluster == one)
        if len(inside):
            found.append(some[inside[far[inside].argmin()]])
    return np.array(found, dtype=np.int64)


def _wanted(said: Floats, decided: Decided) -> Floats:
    """[n]: how much a text is wanted for the labels it may have, the more the fewer texts have them."""
    if decided.kind == "number":
        return np.ones(len(said), dtype=np.float32)
    counts = (
        np.bincount(decided.targets, minlength=decided.outputs)
        if decided.kind == "choice"
        else decided.targets.sum(0, dtype=np.int64)
    )
    return np.asarray(said @ (counts + 1.0) ** -_RARE, dtype=np.float32)


def _centres(rows: Floats, count: int, *, weights: Floats) -> NDArray[np.int64]:
    """The rows nearest to the centres of so many clusters."""
    if count >= len(rows):
        return np.arange(len(rows))
    model = _clustered(rows, count, weights=weights)
    far = np.linalg.norm(rows - model.cluster_centers_[model.labels_], axis=1)
    inside = (np.flatnonzero(model.labels_ == one) for one in range(count))
    return np.array([some[far[some].argmin()] for some in inside if len(some)], dtype=np.int64)


def _clustered(rows: Floats, count: int, *, weights: Floats | None = None, times: int = 1) -> Any:
    # Not at the top: whoever only predicts need not wait half a second for it.
    from sklearn.cluster import KMeans

    return KMeans(count, n_init=times, random_state=0, max_iter=20).fit(rows, sample_weight=weights)
