"""TF-IDF: texts as sparse rows of unit length over a vocabulary.

Sublinear term frequencies times smoothed inverse document frequencies, as in Manning, Raghavan and Schütze 2008,
"Introduction to Information Retrieval", chapter 6. Words, characters, and what the second text of a pair has, are
groups of unit length each before the row is: a long text's many characters would drown its words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from lepton_studio.quick.terms import pair_terms

Pair = tuple[str, str | None]
"""A text, and its second text where it has one."""

MOST_TERMS = 100_000
_FEW_TEXTS = 100


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`terms` with the weight of each (`idf`: [terms], float32). `groups`: the group of each, a small number."""

    terms: tuple[str, ...]
    idf: NDArray[np.float32]

    @property
    def groups(self) -> tuple[str, ...]:
        """What each term counts: all of its beginning that says so ("w", "c", "2w", "=c")."""
        return tuple(group_of(one) for one in self.terms)


def group_of(term: str) -> str:
    """ "w" or "c", behind a "2" or "=" where the term is of the second text or of both."""
    return term[:2] if term[0] in "2=" else term[0]


def fit_vocabulary(texts: Sequence[Pair]) -> Vocabulary:
    """The terms of at least two texts (of one, where there are fewer than 100 texts), the 100,000 commonest at most."""
    found: Counter[str] = Counter()
    for text, second in texts:
        found.update(set(pair_terms(text, second)))
    least = 2 if len(texts) >= _FEW_TEXTS else 1
    kept = sorted((-count, term) for term, count in found.items() if count >= least)[:MOST_TERMS]
    counts = np.array([-count for count, _ in kept], dtype=np.float64)
    idf = np.log((1 + len(texts)) / (1 + counts)) + 1
    return Vocabulary(tuple(term for _, term in kept), idf.astype(np.float32))


def word_features(vocabulary: Vocabulary, texts: Sequence[Pair]) -> sparse.csr_matrix:
    """[texts, terms], float32; each row of unit length, or empty where a text has none of the terms."""
    place = {term: position for position, term in enumerate(vocabulary.terms)}
    groups = sorted(set(vocabulary.groups))
    number = {group: position for position, group in enumerate(groups)}
    group_at = np.array([number[one] for one in vocabulary.groups], dtype=np.int32)
    columns: list[int] = []
    counts: list[int] = []
    ends = [0]
    for text, second in texts:
        there = Counter(at for term in pair_terms(text, second) if (at := place.get(term)) is not None)
        columns += there.keys()
        counts += there.values()
        ends.append(len(columns))
    at = np.array(columns, dtype=np.int32)
    values = (1 + np.log(np.array(counts, dtype=np.float32))) * vocabulary.idf[at]
    row = np.repeat(np.arange(len(texts), dtype=np.int64), np.diff(ends))
    of_group = row * max(1, len(groups)) + group_at[at]
    sizes = np.sqrt(np.bincount(of_group, weights=values.astype(np.float64) ** 2, minlength=1))
    values = values / sizes[of_group]
    lengths = np.sqrt(np.bincount(row, weights=values**2, minlength=max(1, len(texts))))
    values = (values / lengths[row]).astype(np.float32)
    found = sparse.csr_matrix((values, at, np.array(ends)), shape=(len(texts), len(vocabulary.terms)))
    found.sort_indices()
    return found
