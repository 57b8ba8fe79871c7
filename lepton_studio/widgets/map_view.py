"""Which part of a map is in view, and where on the screen: a frozen value, and functions on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF

_MARGIN = 24
"""Pixels around all points."""
_NEAREST, _FARTHEST = 200_000.0, 5.0

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MapView:
    """A place of the map stands at `scale` times it, in pixels, from (`left`, `top`); what is up on the map is up."""

    scale: float = 100.0
    left: float = 0.0
    top: float = 0.0

    @classmethod
    def of(cls, places: Floats, *, width: int, height: int) -> MapView:
        """All of these places, [n, 2], as large as they can be."""
        low, high = (places.min(0), places.max(0)) if len(places) else (np.array([-1, -1]), np.array([1, 1]))
        span = np.maximum(high - low, 1e-3)
        room = np.maximum(np.array([width, height]) - 2 * _MARGIN, 1)
        scale = float((room / span).min())
        middle = (low + high) / 2
        return cls(scale, width / 2 - scale * float(middle[0]), height / 2 + scale * float(middle[1]))

    def pixels(self, places: Floats) -> Floats:
        """Where they stand, [n, 2]."""
        found = np.empty((len(places), 2), np.float32)
        found[:, 0] = places[:, 0] * self.scale + self.left
        found[:, 1] = self.top - places[:, 1] * self.scale
        return found

    def pixel(self, place: Floats) -> QPointF:
        """Where one stands."""
        return QPointF(float(place[0]) * self.scale + self.left, self.top - float(place[1]) * self.scale)

    def moved(self, by: QPointF) -> MapView:
        """So many pixels on."""
        return replace(self, left=self.left + by.x(), top=self.top + by.y())

    def zoomed(self, factor: float, *, about: QPointF) -> MapView:
        """Nearer or farther; what stands at this pixel stays there."""
        scale = min(_NEAREST, max(_FARTHEST, self.scale * factor))
        share = scale / self.scale
        return MapView(scale, about.x() - (about.x() - self.left) * share, about.y() - (about.y() - self.top) * share)


def disc(radius: int) -> list[tuple[int, int]]:
    """The pixels of a disc, from its middle."""
    reach = range(-radius, radius + 1)
    return [(x, y) for y in reach for x in reach if x * x + y * y <= radius * (radius + 0.8)]
