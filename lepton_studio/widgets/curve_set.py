"""The curves of one or several runs, by panels: what is there, how far it reaches, what stands at a step. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lepton_studio.widgets.curve_data import CurveData, Floats

Strokes = Literal["line", "dotted", "dashed", "dash-dotted"]

_MARGIN = 0.06
"""Room above and below the curves, as a share of their height."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One series of a run. `smooth`: the slider applies, and the raw values stay faintly visible behind.

    `strokes`: "line" for many points, "dotted" for few (each point is marked), "dashed" and "dash-dotted" for a second
    and a third beside it.
    """

    name: str
    title: str
    strokes: Strokes = "line"
    smooth: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Curves that share one scale; `show` writes a value of it."""

    id: str
    title: str
    curves: tuple[Curve, ...]
    show: Callable[[float], str] = "{:.3f}".format
    from_zero: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A curve of a run that has points."""

    run: int
    curve: Curve
    data: CurveData

    def smoothing(self, chosen: float) -> float:
        """The smoothing that holds for it where this one is chosen."""
        return chosen if self.curve.smooth else 0.0

    def values(self, smoothing: float) -> Floats:
        """Its y values, smoothed where that applies."""
        smoothing = self.smoothing(smoothing)
        return self.data.smooth(smoothing) if smoothing else self.data.y


@dataclass(frozen=True, slots=True)
class End:
    """Where a curve leaves the view (`height`, on its scale), and the value to write there."""

    drawn: Drawn
    title: str
    height: float
    value: str


class CurveSet:
    """The runs and their points; one panel of them is in view."""

    def __init__(self, panels: Sequence[Panel]) -> None:
        self.panels = {panel.id: panel for panel in panels}
        self.panel = panels[0]
        self.runs: dict[int, str] = {}
        """Number of a run that is shown -> its title."""
        self._points: dict[tuple[int, str], CurveData] = {}

    def points(self, run: int, name: str) -> CurveData:
        """The points of one curve, empty where none came yet."""
        return self._points.setdefault((run, name), CurveData())

    def extend(self, run: int, name: str, steps: Iterable[float], values: Iterable[float | None]) -> None:
        """Add many points, ascending by step."""
        self.points(run, name).extend(_floats(steps), _floats(values))

    def forget(self, run: int) -> None:
        """Drop all points of a run."""
        for key in [key for key in self._points if key[0] == run]:
            del self._points[key]

    def drawn(self) -> list[Drawn]:
        """The curves of the panel in view that have points."""
        return [
            Drawn(run, curve, data)
            for run in self.runs
            for curve in self.panel.curves
            if (data := self._points.get((run, curve.name))) is not None and len(data)
        ]

    def extent(self, smoothing: float) -> tuple[tuple[float, float], tuple[float, float]]:
        """The range of steps and that of values that show everything, with a margin above and below."""
        drawn = self.drawn()
        finite = [found for one in drawn if len(found := _finite(one.values(smoothing)))]
        low = min((float(one.min()) for one in finite), default=0.0)
        high = max((float(one.max()) for one in finite), default=1.0)
        low = min(0.0, low) if self.panel.from_zero else low
        margin = (high - low) * _MARGIN or abs(high) * 0.1 or 0.5
        first = min((float(one.data.x[0]) for one in drawn), default=0.0)
        last = max(1.0, *(float(one.data.x[-1]) for one in drawn)) if drawn else 1.0
        return (min(first, last - 1), last), (low - margin * (low != 0), high + margin)

    def nearest_step(self, step: float) -> float | None:
        """The step nearest to this one at which the longest curve has a point; None where nothing is drawn."""
        steps = self._steps()
        if steps is None:
            return None
        index = int(np.clip(np.searchsorted(steps, step), 0, len(steps) - 1))
        if index and step - steps[index - 1] < steps[index] - step:
            index -= 1
        return float(steps[index])

    def step_beside(self, step: float | None, by: int) -> float | None:
        """So many points of the longest curve further than `step`; None for `step` is the last point."""
        steps = self._steps()
        if steps is None:
            return None
        last = len(steps) - 1
        index = last if step is None else int(np.searchsorted(steps, step)) + by
        return float(steps[max(0, min(index, last))])

    def ends(self, right: float, *, pointed: float | None, smoothing: float) -> list[End]:
        """The curves where they cross the step `right`, with their values there, or at the step `pointed`."""
        found = []
        for one in self.drawn():
            held = one.smoothing(smoothing)
            end = one.data.at(right, smoothing=held)
            value = end if pointed is None else one.data.at(pointed, smoothing=held)
            if end is not None and value is not None:
                title = f"{self.runs[one.run]} · {one.curve.title}" if len(self.runs) > 1 else one.curve.title
                found.append(End(one, title, end, self.panel.show(value)))
        return found

    def figures(self) -> list[dict[str, object]]:
        """The points of the panel in view, as they came, a row for each; a value that was no number is None."""
        return [
            {
                "run": title,
                "curve": curve.title,
                "step": float(step),
                "value": None if np.isnan(value) else float(value),
            }
            for number, title in self.runs.items()
            for curve in self.panel.curves
            for points in (self.points(number, curve.name),)
            for step, value in zip(points.x, points.y, strict=True)
        ]

    def _steps(self) -> Floats | None:
        """Those of the longest curve."""
        return max((one.data.x for one in self.drawn()), key=len, default=None)


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _floats(values: Iterable[float | None]) -> Floats:
    if isinstance(values, np.ndarray):
        return values.astype(float)
    return np.array([np.nan if value is None else value for value in values], dtype=float)
