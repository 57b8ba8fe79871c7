"""Which lane each of several intervals takes, so that no two in one lane meet: interval colouring, inner ones first."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence


def lanes(intervals: Sequence[tuple[float, float]], *, gap: float = 0.0) -> list[int]:
    """The lane, from 0, of each interval (from, to), in their order.

    Short intervals choose first and take the lowest lane that is free, so that an interval lies in a higher lane than
    all that it holds. Two in one lane are at least `gap` apart. Intervals of the same width keep their order.
    """
    taken: list[list[tuple[float, float]]] = []
    chosen = [0] * len(intervals)
    for place in sorted(range(len(intervals)), key=lambda one: intervals[one][1] - intervals[one][0]):
        start, end = intervals[place]
        lane = at = 0
        while lane < len(taken):
            at = bisect(taken[lane], (start, end))
            neighbours = taken[lane][max(0, at - 1) : at + 1]  # those of a lane are apart: no other comes into question
            if not any(start < other[1] + gap and other[0] < end + gap for other in neighbours):
                break
            lane += 1
        if lane == len(taken):
            taken.append([])
            at = 0
        taken[lane].insert(at, (start, end))
        chosen[place] = lane
    return chosen
