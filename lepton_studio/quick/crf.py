"""A linear-chain conditional random field (Lafferty and others 2001, "Conditional Random Fields") with BIO tags.

Tags are O, then B and I of each label; I comes after B or I of its label only. What a tag gets from its unit is linear
in what is seen of it, sparse, and in its vector, dense; transitions are learnt. Arrays only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its parts are loaded where they are first used
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Tags = NDArray[np.int64]

NEVER = -1e4
"""The score of a transition that is not allowed."""


@dataclass(frozen=True)
class Rows:
    """The units of some texts, one after another: `seen` [n, columns] sparse, `vectors` [n, width] or None; text `t`
    has the units `ends[t]` to `ends[t + 1]`.
    """

    seen: scipy.sparse.csr_matrix
    vectors: NDArray[np.float32] | None
    ends: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """[texts]: how many units each has."""
        return np.diff(self.ends)


@dataclass(frozen=True)
class Layer:
    """What was fitted: weights of what is seen [columns, tags], of vectors [width, tags] or None, and of a tag after
    another [tags, tags] with what is not allowed left at `NEVER`; `first` [tags] of the first one.
    """

    of_seen: Numbers
    of_vectors: Numbers | None
    bias: Numbers
    steps: Numbers
    first: Numbers

    @property
    def tags(self) -> int:
        """How many there are."""
        return len(self.bias)

    def scores(self, rows: Rows) -> Numbers:
        """[n, tags]: what each tag gets from each unit."""
        found = rows.seen @ self.of_seen.astype(np.float32) + self.bias
        if self.of_vectors is not None and rows.vectors is not None:
            found += rows.vectors @ self.of_vectors.astype(np.float32)
        return np.asarray(found, np.float64)


def allowed(tags: int) -> NDArray[np.bool_]:
    """[tags, tags]: whether the second may follow the first."""
    found = np.ones((tags, tags), bool)
    inside = np.arange(2, tags, 2)
    found[:, inside] = False
    found[inside - 1, inside] = found[inside, inside] = True
    return found


def fit(rows: Rows, targets: Tags, *, tags: int, strength: float, steps: int, start: Layer | None = None) -> Layer:
    """By L-BFGS on the log-likelihood of the texts and a penalty of |weights|^2 / (2 strength), from `start` where it
    is of the same shape. `targets` [n].
    """
    width = 0 if rows.vectors is None else rows.vectors.shape[1]
    columns = rows.seen.shape[1]
    may, may_first = allowed(tags), np.ones(tags, bool)
    may_first[2::2] = False
    shapes = [(columns, tags), (width, tags), (tags,), (tags, tags), (tags,)]
    sizes = [int(np.prod(shape)) for shape in shapes]
    bounds = np.cumsum([0, *sizes])

    def parts(flat: Numbers) -> list[Numbers]:
        return [flat[a:b].reshape(shape) for a, b, shape in zip(bounds, bounds[1:], shapes, strict=False)]

    pairs = np.zeros((tags, tags))
    inner = np.ones(len(targets), bool)
    inner[rows.ends[:-1][rows.lengths > 0]] = False
    at = np.flatnonzero(inner)
    np.add.at(pairs, (targets[at - 1], targets[at]), 1)
    firsts = np.bincount(targets[~inner], minlength=tags).astype(np.float64)
    one_hot = np.zeros((len(targets), tags))
    one_hot[np.arange(len(targets)), targets] = 1
    transposed = rows.seen.T.tocsr()

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        of_seen, of_vectors, bias, moves, first = parts(flat)
        layer = Layer(of_seen, of_vectors if width else None, bias, np.where(may, moves, NEVER),
                      np.where(may_first, first, NEVER))  # fmt: skip
        scores = layer.scores(rows)
        total, of_tags, of_pairs, of_firsts = expected(scores, rows.lengths, layer)
        gold = (scores * one_hot).sum() + (moves * pairs).sum() + (first * firsts).sum()
        wrong = (of_tags - one_hot).astype(np.float32)
        gradient = np.concatenate(
            [
                np.asarray(transposed @ wrong).ravel(),
                (rows.vectors.T @ wrong).ravel() if rows.vectors is not None else np.empty(0),
                wrong.sum(0),
                np.where(may, of_pairs - pairs, 0).ravel(),
                np.where(may_first, of_firsts - firsts, 0),
            ]
        )
        penalised = np.concatenate([flat[: bounds[2]], np.zeros(tags), flat[bounds[3] :] / 10])
        return (total - gold + (flat * penalised).sum() / (2 * strength), gradient + penalised / strength)

    begun = np.zeros(bounds[-1])
    if start is not None and start.of_seen.shape == shapes[0] and start.tags == tags:
        before: list[NDArray[Any]] = [
            start.of_seen,
            np.empty(0) if start.of_vectors is None else start.of_vectors,
            start.bias,
            np.where(may, start.steps, 0),
            np.where(may_first, start.first, 0),
        ]
        begun = np.concatenate([np.ravel(one) for one in before])
    found, _, _ = scipy.optimize.fmin_l_bfgs_b(loss, begun, maxiter=steps, m=6, pgtol=1e-3, factr=1e10)
    of_seen, of_vectors, bias, moves, first = parts(found)
    return Layer(
        of_seen, of_vectors if width else None, bias, np.where(may, moves, NEVER), np.where(may_first, first, NEVER)
    )


def expected(scores: Numbers, lengths: NDArray[np.int64], layer: Layer) -> tuple[float, Numbers, Numbers, Numbers]:
    """(sum of the log-normalisers, marginal of each unit and tag [n, tags], expected counts of pairs [tags, tags], of
    first tags [tags]) of all texts.
    """
    field = Lattice(scores, lengths, layer)
    of_tags = field.marginals()
    starts = field.starts[field.lengths > 0]
    return float(field.log_total.sum()), of_tags, field.pairs(), of_tags[starts].sum(0)


class Lattice:
    """Forward and backward sums over all sequences of tags of some texts, scaled at each unit (Rabiner 1989).

    All texts go side by side, the longest first: one step does the units of one place in each.
    """

    def __init__(self, scores: Numbers, lengths: NDArray[np.int64], layer: Layer) -> None:
        self.lengths = lengths
        self.starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
        self._order = np.argsort(-lengths, kind="stable")
        ordered = lengths[self._order]
        longest = int(ordered[0]) if len(ordered) else 0
        self._alive = [int(np.searchsorted(-ordered, -place, side="left")) for place in range(longest)]
        self.moves = np.exp(layer.steps)
        self._top = scores.max(1, keepdims=True) if len(scores) else np.zeros((0, 1))
        self.emitted = np.exp(scores - self._top)
        self.forward = np.zeros_like(scores)
        self.backward = np.ones_like(scores)
        self.scale = np.ones(len(scores))
        first = np.exp(layer.first)
        for place in range(longest):
            at = self._at(place)
            begun = self.emitted[at] * (first if not place else self.forward[at - 1] @ self.moves)
            self.scale[at] = begun.sum(1)
            self.forward[at] = begun / self.scale[at][:, None]
        for place in range(longest - 2, -1, -1):
            at = self._at(place + 1)
            self.backward[at - 1] = (self.emitted[at] * self.backward[at] / self.scale[at][:, None]) @ self.moves.T
        logs = np.log(self.scale) + self._top[:, 0]
        self.log_total = np.array([logs[a : a + n].sum() for a, n in zip(self.starts, lengths, strict=True)])

    def _at(self, place: int) -> NDArray[np.int64]:
        return self.starts[self._order[: self._alive[place]]] + place

    def marginals(self) -> Numbers:
        """[n, tags]: how likely each unit has each tag."""
        return self.forward * self.backward

    def pairs(self) -> Numbers:
        """[tags, tags]: how often one tag is expected before another."""
        inner = np.ones(len(self.scale), bool)
        inner[self.starts[self.lengths > 0]] = False
        at = np.flatnonzero(inner)
        into = self.emitted[at] * self.backward[at] / self.scale[at][:, None]
        found: Numbers = self.moves * (self.forward[at - 1].T @ into)
        return found

    def of_span(self, text: int, first: int, last: int, label: int) -> float:
        """How likely just the units `first` to `last` of a text are a span of the label (its place)."""
        begin, inside = 1 + 2 * label, 2 + 2 * label
        at, end = self.starts[text] + first, self.starts[text] + last
        found = self.forward[at, begin]
        tag = begin
        for place in range(at + 1, end + 1):
            found *= self.moves[tag, inside] * self.emitted[place, inside] / self.scale[place]
            tag = inside
        if last + 1 < self.lengths[text]:
            behind = self.emitted[end + 1] * self.backward[end + 1] / self.scale[end + 1] * self.moves[tag]
            return float(found * (behind.sum() - behind[inside]))
        return float(found)


def best_tags(scores: Numbers, layer: Layer) -> list[int]:
    """The likeliest sequence of tags of one text (Viterbi 1967), [n, tags] given."""
    if not len(scores):
        return []
    total = scores[0] + layer.first
    came = np.zeros(scores.shape, np.int64)
    for place in range(1, len(scores)):
        reached = total[:, None] + layer.steps
        came[place] = reached.argmax(0)
        total = reached.max(0) + scores[place]
    path = [int(total.argmax())]
    for place in range(len(scores) - 1, 0, -1):
        path.append(int(came[place, path[-1]]))
    return path[::-1]


def tags_of(spans: Sequence[tuple[int, int, int]], *, units: int) -> Tags:
    """[units] of spans by first and last unit and the place of their label; of spans that overlap the longer counts."""
    found = np.zeros(units, np.int64)
    for first, last, label in sorted(spans, key=lambda one: (one[0] - one[1], one)):
        if not found[first : last + 1].any():
            found[first : last + 1] = 2 + 2 * label
            found[first] = 1 + 2 * label
    return found


def spans_of(tags: Sequence[int]) -> list[tuple[int, int, int]]:
    """What an allowed sequence of tags says, as for `tags_of`."""
    spans: list[tuple[int, int, int]] = []
    for place, tag in enumerate(tags):
        if tag and tag % 2:
            spans.append((place, place, (tag - 1) // 2))
        elif tag:
            spans[-1] = (spans[-1][0], place, spans[-1][2])
    return spans
