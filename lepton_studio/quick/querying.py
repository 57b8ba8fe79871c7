"""Which texts to ask a person about next: active learning, by the instant model's own vectors and probabilities.

The usual order is by gain. First texts that are typical of the whole, the nearest to the centres of clusters (k-means)
of the vectors, or the likeliest of each label where names tell, and as many
at random: typical ones alone are all of the commonest labels. Then those
that the model is least sure of, and that may have one of the labels of which there are few, by the second that a person
needs for them; of these, clusters again, so that no two of a batch say the same (Zhdanov 2019, "Diverse mini-batch
Active Learning"). The other orders are in `quick.orders`. A random share is set
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

from lepton_studio.quick import orders
from lepton_studio.quick.instant import Decided, Texts
from lepton_studio.quick.regression import Floats

Why = Literal["typical", "random", "unsure", "rare", "different", "disputed"]
"""Like many others; any text; two labels are about as likely; it may have a label that few have; unlike all that is
decided; two models say different things."""
AskOrder = Literal[
    "gain", "uncertainty", "entropy", "badge", "diversity", "density", "rarity", "disagreement", "random"
]

BATCH = 24
"""So many are chosen together, to differ from each other, however few of them are asked before the next choice."""
_CANDIDATES = 10
"""Times the batch: of so many of the most promising texts it is made."""
_MOST_COMPARED = 5000
"""Of more texts so many, drawn by chance, are compared with each other."""
_MOST_CLUSTERED = 1500
_TIMES = 3
"""The best of so many clusterings is taken, where one is made for long."""
_FEWEST_AT_FIRST, MOST_AT_FIRST = 10, 40
"""Decisions up to which typical and random texts are asked for: the more, the more labels there are."""
_TINY = 1e-3


@dataclass(frozen=True, slots=True)
class Asked:
    """A text to ask about, by its place, and what speaks for it."""

    place: int
    why: Why


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of all texts, each [n, outputs] or [n], None where nothing is: what the model says, what the
    labels' names alone say (needed up to `MOST_AT_FIRST` decisions), what each of `quick.views` says, and the seconds
    that the person needs.
    """

    said: Floats | None = None
    by_name: Floats | None = None
    views: tuple[Floats, Floats] | None = None
    seconds: Floats | None = None


def draws(texts: Sequence[str]) -> Floats:
    """[n]: for each text a number from 0 to 1 by chance, but the same one each time, and for equal texts. Those with
    the smallest ones are for the audit.
    """
    drawn = [crc32(f"audit\0{text}".encode("utf-8", "surrogatepass")) for text in texts]
    return np.asarray(np.array(drawn, dtype=np.float64) / 2**32, dtype=np.float32)


def next_texts(
    texts: Texts,
    known: Known,
    decided: Decided,
    *,
    free: NDArray[np.bool_],
    order: AskOrder = "gain",
    hedges: bool = False,
    count: int = BATCH,
) -> list[Asked]:
    """The texts to ask about next, the best first: so many as a batch, of those that are `free` [n] and whose vector
    is there (for an order by chance it need not be). `hedges`: every other text of the order by gain is any text.

    The same arguments give the same answer. A call computes for some 10 ms, and for 0.2 s at first.
    """
    if order == "random":  # those too that are not read yet: they are the longer ones
        every = np.flatnonzero(free)
        return _asked(every, orders.shuffled(len(every), seed=len(decided))[:count], "random")
    open_ = np.flatnonzero(free & texts.there)
    if not len(open_):
        return []
    if order == "diversity":
        open_ = _some(open_, decided)
        near = texts.standardised(decided.rows[texts.there[decided.rows]])
        return _asked(open_, orders.spread(texts.standardised(open_), near, count=count), "different")
    few = min(MOST_AT_FIRST, max(_FEWEST_AT_FIRST, decided.outputs // 2))
    if known.said is None or (order == "gain" and len(decided) < few):
        return _first_texts(texts, known, decided, open_, count=few)
    if order == "gain":
        some = _by_gain(texts, known.said, known.seconds, decided, open_, count=count)
        return _hedged(some, open_, decided) if hedges else some
    return _by_order(texts, known.said, known.views, decided, open_, order=order, count=count)


def _first_texts(texts: Texts, known: Known, decided: Decided, open_: NDArray[np.int64], *, count: int) -> list[Asked]:
    """Typical ones, and as many by chance between them."""
    if known.by_name is not None:
        places = orders.first_of_each(known.by_name[open_], _counts(decided), count=count)
        some = _asked(open_, places, "typical")
    else:
        some = [Asked(int(one), "typical") for one in typical(texts, decided, open_, count=count)]
    return _hedged(some, open_, decided)


def _hedged(some: list[Asked], open_: NDArray[np.int64], decided: Decided) -> list[Asked]:
    """These, and as many by chance between them."""
    chance = np.random.default_rng(len(decided))
    others = chance.permutation(np.setdiff1d(open_, [one.place for one in some]))[: len(some)]
    pairs = zip_longest(some, _asked(others, np.arange(len(others)), "random"))
    return [one for pair in pairs for one in pair if one is not None]


def _by_gain(
    texts: Texts, said: Floats, seconds: Floats | None, decided: Decided, open_: NDArray[np.int64], *, count: int
) -> list[Asked]:
    wanted = orders.rarity(said[open_], _counts(decided), decided.kind)
    gain = np.maximum(orders.uncertainty(said[open_], decided.kind) * wanted, 0) + _TINY * wanted.max()
    if seconds is not None:
        gain = gain / seconds[open_]
    best = np.argsort(-gain, kind="stable")[: _CANDIDATES * count]
    chosen = best[_centres(texts.standardised(open_[best]), count, weights=gain[best] / gain[best].max())]
    usual = float(np.median(wanted[best]))
    return [
        Asked(int(open_[place]), "rare" if wanted[place] > 2 * usual else "unsure")
        for place in np.random.default_rng(len(decided)).permutation(chosen)
    ]


def _by_order(
    texts: Texts,
    said: Floats,
    views: tuple[Floats, Floats] | None,
    decided: Decided,
    open_: NDArray[np.int64],
    *,
    order: AskOrder,
    count: int,
) -> list[Asked]:
    kind = decided.kind
    why: Why = "unsure"
    match order:
        case "badge" | "density":
            open_ = _some(open_, decided)
            rows = texts.standardised(open_)
            if order == "badge":
                places = orders.gradients(said[open_], rows, kind, count=count, seed=len(decided))
                return _asked(open_, places, why)
            value = orders.density(said[open_], rows, kind)
        case "entropy":
            value = orders.entropy(said[open_], kind)
        case "rarity":
            value, why = orders.rarity(said[open_], _counts(decided), kind), "rare"
        case "disagreement" if views is not None:
            value, why = orders.disagreement(views[0][open_], views[1][open_], kind), "disputed"
        case _:
            value = orders.uncertainty(said[open_], kind)
    return _asked(open_, np.argsort(-value, kind="stable")[:count], why)


def _asked(open_: NDArray[np.int64], places: NDArray[np.int64], why: Why) -> list[Asked]:
    return [Asked(int(open_[one]), why) for one in places]


def _some(open_: NDArray[np.int64], decided: Decided) -> NDArray[np.int64]:
    """As many as can be compared with each other, other ones each time."""
    chance = np.random.default_rng(len(decided))
    return np.sort(chance.permutation(open_)[:_MOST_COMPARED])


def _counts(decided: Decided) -> NDArray[np.int64]:
    """[outputs]: how many texts have each label; 0 of a number."""
    match decided.kind:
        case "number":
            return np.zeros(decided.outputs, dtype=np.int64)
        case "choice":
            return np.bincount(decided.targets, minlength=decided.outputs)
        case _:
            return np.asarray(decided.targets.sum(0, dtype=np.int64))


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
