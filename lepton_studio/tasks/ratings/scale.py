"""The scale that ratings are given on: the usual one that holds those that are there, but for slips. No Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lepton_studio.language import tr
from lepton_studio.project.records import Scale

SCALES = tuple(
    Scale(float(low), float(high))
    for low, high in ((1, 5), (0, 5), (1, 7), (1, 10), (0, 10), (-5, 5), (-1, 1), (0, 1), (0, 100), (-100, 100))
)
"""The first that holds all ratings is theirs; the first of all where there are none."""

_FINE = (Scale(0, 1), Scale(-1, 1))
"""Scales of fractions: whole numbers alone are not of them."""
_SLIPS = 0.02
_ENOUGH = 5
"""Of fewer ratings none is called a slip."""


def scale_of(ratings: Mapping[float, int]) -> Scale:
    """The scale of these ratings (rating -> how many). Few that lie far beyond all others are slips, not of it."""
    if not ratings:
        return SCALES[0]
    total = sum(ratings.values())
    has_fractions = any(not one.is_integer() for one in ratings)
    within = [scale for scale in SCALES if has_fractions or scale not in _FINE]
    fine = [scale for scale in _FINE if scale in within]
    for scale in (*sorted(fine, key=_width), *(one for one in within if one not in _FINE)):
        beyond = {one: count for one, count in ratings.items() if not scale.holds(one)}
        few = sum(beyond.values()) <= max(1, _SLIPS * total) and total >= _ENOUGH
        if not beyond or (few and all(_is_slip(one, scale, ratings) for one in beyond)):
            return scale
    return Scale(float(math.floor(min(ratings))), float(math.ceil(max(ratings))))


def off_scale(rating: float, scale: Scale) -> str:
    """Why this rating cannot be given; "" where it can."""
    if scale.holds(rating):
        return ""
    said = {"number": f"{rating:g}", "low": f"{scale.low:g}", "high": f"{scale.high:g}"}
    return tr("{number} is not on the scale from {low} to {high}.", **said)


def _width(scale: Scale) -> float:
    return scale.high - scale.low


def _is_slip(rating: float, scale: Scale, ratings: Mapping[float, int]) -> bool:
    """Whether it lies farther off than the scale is wide, or is a fraction beyond whole numbers alone."""
    far = max(scale.low - rating, rating - scale.high) > _width(scale)
    others = (one for one in ratings if scale.holds(one))
    return far or (not rating.is_integer() and all(one.is_integer() for one in others))
