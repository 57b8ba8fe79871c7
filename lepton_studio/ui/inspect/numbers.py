"""Which labels are mixed up most. Plain functions on counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Matrix = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class MixUp:
    """`count` samples labelled `gold` were predicted as `predicted` (positions in the matrix)."""

    gold: int
    predicted: int
    count: int


def mix_ups(matrix: Matrix) -> tuple[MixUp, ...]:
    """The cells beside the diagonal that count anything, the largest first."""
    found = [
        MixUp(row, column, count)
        for row, line in enumerate(matrix)
        for column, count in enumerate(line)
        if count and row != column
    ]
    return tuple(sorted(found, key=lambda one: -one.count))
