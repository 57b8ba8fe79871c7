"""What stands beside a text: the decided texts most like it, and the words of it that speak for a label."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lepton_studio.quick.hashed import HashedWords, column_of
from lepton_studio.quick.linear import Linear
from lepton_studio.quick.regression import Floats, Kind
from lepton_studio.quick.terms import is_unspaced, pieces, terms
from lepton_studio.quick.words import Pair

_AT_ONCE = 16_384
"""Vectors that are in memory in full precision at once."""
_RUNS = (2, 3, 4)
"""Characters of what is shown of a script that writes no spaces."""
_WEAKEST = 0.2
"""A word that says less than this share of what the strongest says is left out."""


def nearest(
    vectors: NDArray[np.float16], mean: Floats, *, of: NDArray[np.int64], among: NDArray[np.int64], most: int
) -> list[list[tuple[int, float]]]:
    """For each place in `of` the places in `among` nearest to it, itself left out: (place, cosine), the nearest first.

    `vectors` [n, width], of which `mean` is taken off.
    """

    def directions(places: NDArray[np.int64]) -> Floats:
        moved = vectors[places].astype(np.float32) - mean
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6), np.float32)

    own = directions(of)
    parts = [among[start : start + _AT_ONCE] for start in range(0, len(among), _AT_ONCE)]
    cosines = np.concatenate([own @ directions(part).T for part in parts], axis=1) if parts else np.zeros((len(of), 0))
    found = []
    for place, row in zip(of.tolist(), cosines, strict=True):
        best = np.argsort(-row, kind="stable")[: most + 1]
        others = [(int(among[at]), float(row[at])) for at in best if among[at] != place]
        found.append(others[:most])
    return found


def speaking(text: Pair, *, words: HashedWords, layer: Linear, kind: Kind, output: int, most: int) -> list[str]:
    """The words of a text that add most to this output of the layer, the strongest first, as the text writes them.

    Of a choice it counts how much more they add to it than to the others; of a number, in the way that it went. Where a
    script writes no spaces, a few characters in a row are a word.
    """
    values = words.weights(text)
    columns = np.fromiter(values, np.int64, len(values))
    of_words = layer.of_words[:, columns]
    adds = of_words[output] - (of_words.mean(0) if kind == "choice" else 0)
    adds = adds * np.fromiter(values.values(), np.float32, len(values))
    if kind == "number":
        adds = adds * np.sign(adds.sum())
    add_of = dict(zip(values, adds.tolist(), strict=True))
    share = {term: add_of[column_of(term)] / count for term, count in Counter(words.terms(text)).items()}
    scores: defaultdict[str, float] = defaultdict(float)
    for prefix, one in zip(("", "2"), text if words.pairs else text[:1], strict=False):
        for word, inside in _words_of(one or ""):
            scores[word] += sum(share[prefix + term] + share.get("=" + term, 0.0) / 2 for term in inside)
    ranked = sorted((word for word in scores if scores[word] > 0), key=lambda word: -scores[word])
    chosen: list[str] = []
    for word in ranked:
        if len(chosen) < most and scores[word] >= _WEAKEST * scores[ranked[0]] and not _overlaps(word, chosen):
            chosen.append(word)
    return [_as_written(word, f"{text[0]} {text[1] or ''}") for word in chosen]


def _words_of(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each word as often as it is there, and the terms inside it; of a script without spaces each few characters."""
    for piece in pieces(text):
        if is_unspaced(piece):
            for size in _RUNS:
                for start in range(len(piece) - size + 1):
                    run = piece[start : start + size]
                    yield run, ["c" + run]
        elif any(map(str.isalnum, piece)):
            yield piece, list(terms(piece))


def _overlaps(run: str, others: list[str]) -> bool:
    """Whether characters in a row share some with others that are taken already: then they say the same once more."""
    if not is_unspaced(run):
        return False
    return any(not set(run).isdisjoint(other) for other in others)


def _as_written(word: str, text: str) -> str:
    found = re.search(re.escape(word), text, re.IGNORECASE)
    return found[0] if found else word
