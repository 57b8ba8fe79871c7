"""TF-IDF of texts that come in a little at a time: what `words.py` counts, in columns that need no vocabulary.

A term's column is a hash of it (Weinberger and others 2009, "Feature Hashing for Large Scale Multitask Learning"), so
that a text is counted once, whatever comes after it. Each group of terms (words, characters, those of a second text)
has columns of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np
import scipy  # its parts are loaded where they are first used
from numpy.typing import NDArray

from lepton_studio.quick.regression import Floats
from lepton_studio.quick.terms import pair_terms
from lepton_studio.quick.words import Pair

COLUMNS = 1 << 16
"""Of each group: a thousand short texts have about half as many different terms."""
_GROUPS = ("w", "c", "2w", "2c", "=w", "=c")


def column_of(term: str) -> int:
    """Where a term of `pair_terms` is counted."""
    group = term[:2] if term[0] in "2=" else term[0]
    return _GROUPS.index(group) * COLUMNS + crc32(term.encode("utf-8", "surrogatepass")) % COLUMNS


class HashedWords:
    """The rows of the texts so far, in their order. One thread."""

    def __init__(self, *, pairs: bool = False) -> None:
        """`pairs`: second texts count too."""
        self.pairs = pairs
        self.columns = COLUMNS * (len(_GROUPS) if pairs else 2)
        self._at: list[NDArray[np.int32]] = []
        self._counts: list[NDArray[np.float32]] = []
        self._lengths: list[int] = []
        self._idf = np.ones(self.columns, np.float32)
        self._matrix: scipy.sparse.csr_matrix | None = None

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, texts: Sequence[Pair]) -> None:
        """Count the terms of more texts."""
        for text in texts:
            found = Counter(map(column_of, self.terms(text)))
            self._at.append(np.fromiter(found.keys(), np.int32, len(found)))
            self._counts.append(np.fromiter(found.values(), np.float32, len(found)))
            self._lengths.append(len(found))
        self._matrix = None

    def terms(self, text: Pair) -> Iterator[str]:
        """What is counted of a text, each term as often as it is there."""
        return pair_terms(text[0], text[1] if self.pairs else None)

    def weights(self, text: Pair) -> dict[int, float]:
        """Column -> value of any text's row, by what was known of the columns when the matrix was made last."""
        found = Counter(map(column_of, self.terms(text)))
        at, counts = (
            np.fromiter(found.keys(), np.int32, len(found)),
            np.fromiter(found.values(), np.float32, len(found)),
        )
        return dict(zip(at.tolist(), _unit_rows(at, counts, [len(found)], idf=self._idf).tolist(), strict=True))

    def matrix(self, rows: int) -> scipy.sparse.csr_matrix:
        """[rows, columns], float32, of unit length, each group too; empty for texts that are not counted yet."""
        if self._matrix is None:
            self._matrix = self._weighted()
        missing = rows - len(self)
        ends = np.concatenate([self._matrix.indptr, np.full(missing, self._matrix.indptr[-1])])
        parts = (self._matrix.data, self._matrix.indices, ends)
        return scipy.sparse.csr_matrix(parts, shape=(rows, self.columns), copy=False)

    def _weighted(self) -> scipy.sparse.csr_matrix:
        at = np.concatenate([np.empty(0, np.int32), *self._at])
        counts = np.concatenate([np.empty(0, np.float32), *self._counts])
        self._at, self._counts = [at], [counts]
        texts = len(self)
        inside = np.bincount(at, minlength=self.columns)
        self._idf = (np.log((1 + texts) / (1 + inside)) + 1).astype(np.float32)
        values = _unit_rows(at, counts, self._lengths, idf=self._idf)
        ends = np.concatenate([[0], np.cumsum(self._lengths, dtype=np.int64)])
        return scipy.sparse.csr_matrix((values, at, ends), shape=(texts, self.columns))


def _unit_rows(at: NDArray[np.int32], counts: Floats, lengths: Sequence[int], *, idf: Floats) -> Floats:
    """The values of rows of so many columns each: TF-IDF, of unit length, each group too."""
    row = np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    values = (1 + np.log(counts)) * idf[at]
    of_group = row * len(_GROUPS) + at // COLUMNS
    values /= np.sqrt(np.bincount(of_group, weights=values**2, minlength=1))[of_group]
    values /= np.sqrt(np.bincount(row, weights=values**2, minlength=1))[row]
    return values.astype(np.float32)
