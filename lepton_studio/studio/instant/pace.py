"""How many seconds a person needs for a text, told from those that they have decided on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lepton_studio.project.project import Project

_FEWEST = 30
"""Decisions before which nothing is told."""
_NEWEST = 400
_PAUSE = 4.0
"""Times the median: whoever takes longer was elsewhere."""
_LEAST = 0.3
"""Seconds: what a press alone takes."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds for a text however short, and for each character (code point) of it."""

    a_text: float
    a_character: float


def read_pace(project: Project) -> Pace | None:
    """Of whoever decided last in this project; None where too little is known. A few milliseconds."""
    return pace_of(project.seconds_by_length(limit=_NEWEST))


def pace_of(taken: Sequence[tuple[int, float]]) -> Pace | None:
    """The line through (characters, seconds) that a few odd ones do not move: its slope is the median of those between
    each two (Theil 1950 and Sen 1968). Pauses are cut first. None for fewer than 30 decisions.
    """
    found = np.array(taken, dtype=np.float64).reshape(-1, 2)
    found = found[found[:, 1] <= _PAUSE * np.median(found[:, 1])] if len(found) else found
    if len(found) < _FEWEST:
        return None
    lengths, seconds = found.T
    first, second = np.triu_indices(len(found), 1)
    differ = lengths[first] != lengths[second]
    slopes = (seconds[second] - seconds[first])[differ] / (lengths[second] - lengths[first])[differ]
    slope = max(0.0, float(np.median(slopes))) if len(slopes) else 0.0
    return Pace(max(_LEAST, float(np.median(seconds - slope * lengths))), slope)
