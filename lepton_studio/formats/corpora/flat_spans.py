"""Which spans a format without nesting can keep: those that do not touch a longer or earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class _Piece(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


P = TypeVar("P", bound=_Piece)


def flat_spans(spans: Sequence[P]) -> list[P]:
    """The outermost of overlapping spans, in the order of the text; of two that cross, or are alike, the first.

    Spans of no length are kept only by formats that can say them, so they go too.
    """
    kept: list[P] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if span.end > span.start and (not kept or span.start >= kept[-1].end):
            kept.append(span)
    return kept
