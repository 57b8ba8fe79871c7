"""TF-IDF: texts as sparse rows of unit length over a vocabulary.

Sublinear term frequencies times smoothed inverse document frequencies, as in Manning, Raghavan and Schütze 2008,
"Introduction to Information Retrieval", chapter 6. Words, characters, and what the second text of a pair has, are
groups of unit length each before the row is: a long text's many characters would drown its words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy  # its parts are loaded where they are first used
from numpy.typing import NDArray

from lepton_studio.quick.regression import go_on
from lepton_studio.quick.terms import pair_terms

Pair = tuple[str, str | None]
"""A text, and its second text where it has one."""

MOST_TERMS = 100_000
_MOST_GROUPS = 6
_FEW_TEXTS = 100
_CHECKED_EACH = 500


@dataclass(frozen=True)
class Vocabulary:
    """`terms`, and the weight of each: `idf` [terms], float32."""

    terms: tuple[str, ...]
    idf: NDArray[np.float32]

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each term stands."""
        return {term: place for place, term in enumerate(self.terms)}

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """The group of each term, from 0: words or characters, of the text, of the second text or of both."""
        names = [term[:2] if term[0] in "2=" else term[0] for term in self.terms]
        return np.unique(names, return_inverse=True)[1] if names else np.empty(0, dtype=np.int64)


def fit_vocabulary(texts: Sequence[Pair], *, check: Callable[[], None] = go_on) -> Vocabulary:
    """The terms of at least two texts (of one, where there are fewer than 100 texts), the 100,000 commonest at most.

    `check` is called every few hundred texts and may raise.
    """
    found: Counter[str] = Counter()
    for text, second in _checked(texts, check):
        found.update(set(pair_terms(text, second)))
    least = 2 if len(texts) >= _FEW_TEXTS else 1
    kept = sorted((-count, term) for term, count in found.items() if count >= least)[:MOST_TERMS]
    counts = np.array([-count for count, _ in kept], dtype=np.float64)
    idf = np.log((1 + len(texts)) / (1 + counts)) + 1
    return Vocabulary(tuple(term for _, term in kept), idf.astype(np.float32))


def word_features(
    vocabulary: Vocabulary, texts: Sequence[Pair], *, check: Callable[[], None] = go_on
) -> scipy.sparse.csr_matrix:
    """[texts, terms], float32; each row of unit length, or empty where a text has none of the terms.

    `check` as in `fit_vocabulary`.
    """
    columns: list[int] = []
    counts: list[int] = []
    ends = [0]
    for text, second in _checked(texts, check):
        there = Counter(
            place for term in pair_terms(text, second) if (place := vocabulary.places.get(term)) is not None
        )
        columns += there.keys()
        counts += there.values()
        ends.append(len(columns))
    at = np.array(columns, dtype=np.int32)
    values = (1 + np.log(np.array(counts, dtype=np.float32))) * vocabulary.idf[at]
    row = np.repeat(np.arange(len(texts), dtype=np.int64), np.diff(ends))
    of_group = row * _MOST_GROUPS + vocabulary.groups[at]
    sizes = np.sqrt(np.bincount(of_group, weights=values.astype(np.float64) ** 2, minlength=1))
    values = values / sizes[of_group]
    lengths = np.sqrt(np.bincount(row, weights=values**2, minlength=max(1, len(texts))))
    values = (values / lengths[row]).astype(np.float32)
    found = scipy.sparse.csr_matrix((values, at, np.array(ends)), shape=(len(texts), len(vocabulary.terms)))
    found.sort_indices()
    return found


def _checked(texts: Sequence[Pair], check: Callable[[], None]) -> Iterator[Pair]:
    for place, one in enumerate(texts):
        if place % _CHECKED_EACH == 0:
            check()
        yield one
