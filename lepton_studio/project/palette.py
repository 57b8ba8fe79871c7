"""The colours and keys that new labels get."""

from __future__ import annotations

import colorsys
from collections.abc import Collection
from functools import cache

OKABE_ITO = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#555555")
"""Colours that people with any colour vision tell apart (Okabe and Ito, "Color Universal Design", 2008), a dark grey in
place of black."""

RESERVED_KEYS = frozenset("fn/? ")
"""Keys of the label page itself: flag, note, search, help and the space bar."""

DEFAULT_KEYS = tuple("123456789") + tuple(one for one in "abcdefghijklmnopqrstuvwxyz" if one not in RESERVED_KEYS)

_TINTS = ((0.62, 0.55), (0.38, 0.60), (0.75, 0.45), (0.50, 0.70))
_SPREAD = 504
_GOLDEN_ANGLE = 0.381966  # of a turn: successive hues fall into the largest gap


def color_at(place: int) -> str:
    """The colour of the label at a place, "#rrggbb"; they come again after some hundred."""
    return _colors()[place % len(_colors())]


def free_color(taken: Collection[str]) -> str:
    """The first colour that no label has; one that some have where all are taken."""
    return next((color for color in _colors() if color not in taken), color_at(len(taken)))


@cache
def _colors() -> tuple[str, ...]:
    """The Okabe-Ito colours, then hues spread by the golden angle in four tints: colours can hardly be told apart long
    before there are no more."""
    found = dict.fromkeys(OKABE_ITO)
    for step in range(_SPREAD):
        lightness, saturation = _TINTS[step % len(_TINTS)]
        rgb = colorsys.hls_to_rgb((0.07 + step * _GOLDEN_ANGLE) % 1.0, lightness, saturation)
        found.setdefault("#" + "".join(f"{round(part * 255):02x}" for part in rgb))
    return tuple(found)


def free_key(taken: Collection[str]) -> str:
    """The first default key that no label has, or "" when all are taken."""
    return next((key for key in DEFAULT_KEYS if key not in taken), "")
