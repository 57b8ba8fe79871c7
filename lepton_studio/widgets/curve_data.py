"""The points behind one curve: appended in O(1) amortised, smoothed only where new. No Qt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BLOCK = 64


class CurveData:
    """Growing x (ascending steps) and y; NaN where a value was not a number.

    A step at or before the last one means that a run was resumed there: the points from it on are replaced.
    """

    def __init__(self) -> None:
        self._x: Floats = np.empty(64)
        self._y: Floats = np.empty(64)
        self._smooth: Floats = np.empty(64)
        self._size = 0
        self._smoothed_to = 0
        self._smoothing = 0.0

    def __len__(self) -> int:
        return self._size

    @property
    def x(self) -> Floats:
        """A view of the steps; valid until the next append."""
        return self._x[: self._size]

    @property
    def y(self) -> Floats:
        """A view of the raw values; valid until the next append."""
        return self._y[: self._size]

    def append(self, step: float, value: float | None) -> None:
        """Add one point."""
        if self._size and step <= self._x[self._size - 1]:
            self._cut(step)
        if self._size == len(self._x):
            self._grow(self._size + 1)
        self._x[self._size] = step
        self._y[self._size] = np.nan if value is None else value
        self._size += 1

    def extend(self, steps: Floats, values: Floats) -> None:
        """Add many points, ascending by step, at once."""
        if not len(steps):
            return
        if self._size and steps[0] <= self._x[self._size - 1]:
            self._cut(float(steps[0]))
        end = self._size + len(steps)
        if end > len(self._x):
            self._grow(end)
        self._x[self._size : end] = steps
        self._y[self._size : end] = values
        self._size = end

    def smooth(self, smoothing: float) -> Floats:
        """The values smoothed with weight `smoothing` (0: raw, towards 1: smoother); valid until the next append.

        An exponential moving average with the bias correction of Adam (Kingma and Ba, 2015, section 3): the first
        values are not pulled towards zero. NaN stays NaN and does not enter the average.
        """
        if smoothing <= 0:
            return self.y
        if smoothing != self._smoothing:
            self._smoothing, self._smoothed_to = smoothing, 0
        start = self._smoothed_to
        if start < self._size:
            fresh = self._y[start : self._size]
            finite = np.isfinite(fresh)
            seen = int(np.isfinite(self._y[:start]).sum()) if start else 0
            last = self._last_average(start, seen)
            out = np.full(len(fresh), np.nan)
            out[finite] = _average(fresh[finite], smoothing, last=last, seen=seen)
            self._smooth[start : self._size] = out
            self._smoothed_to = self._size
        return self._smooth[: self._size]

    def at(self, step: float, *, smoothing: float) -> float | None:
        """The (smoothed) value at the last point not after `step`; None before the first, and for a NaN."""
        index = int(np.searchsorted(self.x, step, side="right")) - 1
        if index < 0:
            return None
        value = float(self.smooth(smoothing)[index])
        return value if np.isfinite(value) else None

    def _last_average(self, start: int, seen: int) -> float:
        """The average before its bias correction at the last finite point before `start`."""
        done = self._smooth[:start]
        finite = np.flatnonzero(np.isfinite(done[-4096:]))
        if not len(finite):
            finite = np.flatnonzero(np.isfinite(done))
            if not len(finite):
                return 0.0
            return float(done[finite[-1]] * (1 - self._smoothing**seen))
        return float(done[-4096:][finite[-1]] * (1 - self._smoothing**seen))

    def _cut(self, step: float) -> None:
        self._size = int(np.searchsorted(self.x, step, side="left"))
        self._smoothed_to = min(self._smoothed_to, self._size)

    def _grow(self, needed: int) -> None:
        room = max(needed, 2 * len(self._x))
        for name in ("_x", "_y", "_smooth"):
            bigger = np.empty(room)
            bigger[: self._size] = getattr(self, name)[: self._size]
            setattr(self, name, bigger)


def _average(values: Floats, smoothing: float, *, last: float, seen: int) -> Floats:
    """Bias-corrected average of `values`, going on from `last` after `seen` earlier ones; block by block."""
    count = len(values)
    if not count:
        return values
    blocks = -(-count // _BLOCK)
    padded = np.zeros(blocks * _BLOCK)
    padded[:count] = values
    offsets = np.arange(_BLOCK)
    age = offsets[:, None] - offsets
    weights = np.where(age >= 0, smoothing ** np.abs(age), 0) * (1 - smoothing)
    averages = padded.reshape(blocks, _BLOCK) @ weights.T
    carry, fade = last, smoothing ** (offsets + 1)
    carries = np.empty(blocks)
    for block in range(blocks):
        carries[block] = carry
        carry = float(averages[block, -1] + carry * fade[-1])
    averages += carries[:, None] * fade
    powers = seen + 1 + np.arange(count)
    corrected: Floats = averages.reshape(-1)[:count] / (1 - smoothing**powers)
    return corrected


def thinned(x: Floats, y: Floats, *, low: float, high: float, pixels: int) -> tuple[Floats, Floats]:
    """What can be seen of a curve from `low` to `high` on so many pixels: the lowest and highest value of each column.

    One more point on either side, so that the line runs out of the view. At most some 4 points a pixel.
    """
    start = max(0, int(np.searchsorted(x, low, side="left")) - 1)
    stop = min(len(x), int(np.searchsorted(x, high, side="right")) + 1)
    x, y = x[start:stop], y[start:stop]
    each = len(x) // max(1, 2 * pixels)
    if each < 2:
        return x, y
    whole = len(x) // each * each
    blocks = y[:whole].reshape(-1, each)
    seen_y = np.column_stack((np.fmin.reduce(blocks, axis=1), np.fmax.reduce(blocks, axis=1))).reshape(-1)
    seen_x = np.repeat(x[:whole:each], 2)
    return np.concatenate((seen_x, x[whole:])), np.concatenate((seen_y, y[whole:]))
