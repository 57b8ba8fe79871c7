"""The value of the task: a number on the project's scale."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lepton_studio.contract.task import BadAnnotation
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import Labels

_HALF_A_POINT = 0.5
_FINEST = 0.1
_STEPS = (100, 50, 20, 10, 5, 2, 1, 0.5, 0.25, 0.2, 0.1, 0.05, 0.01)
_DIFFERENT, _MANY = 4, 20
"""A step above 1 needs so many different ratings, and so many at all: 2 and 4 are rather of a scale that has a 3."""
_NEARLY_ALL = 0.98


@dataclass(frozen=True, slots=True)
class Rating:
    """A finite number. What a model says has the scale that it learnt too: the `step` in which ratings are given, and
    the `span` from the lowest to the highest; 0 where that is not known, as in what a person gives."""

    value: float
    step: float = 0.0
    span: float = 0.0

    @property
    def tolerance(self) -> float:
        """Off by less it is right: half a step, none finer than a tenth of the span; half a point without a scale."""
        return max(self.step, self.span * _FINEST) / 2 or _HALF_A_POINT


def parse(stored: object, labels: Labels) -> Rating:
    """Read `{"rating": number}`, of a model with "step" and "span" too. Raises BadAnnotation for another shape, and for
    what is no finite number."""
    if not isinstance(stored, dict):
        raise BadAnnotation(tr("An annotation must have a rating, which is a number."))
    return Rating(_number(stored.get("rating")), _number(stored.get("step", 0)), _number(stored.get("span", 0)))


def _number(stored: object) -> float:
    if not isinstance(stored, int | float) or isinstance(stored, bool) or not math.isfinite(stored):
        raise BadAnnotation(tr("An annotation must have a rating, which is a number."))
    return float(stored)


def dump(value: Rating) -> object:
    """The JSON value."""
    scale = {"step": value.step, "span": value.span}
    return {"rating": value.value, **{name: number for name, number in scale.items() if number}}


def accepted(value: Rating) -> Rating:
    """What a person would give who agrees: the rating of the scale that is nearest, the higher one of two."""
    if not value.step:
        return Rating(value.value)
    return Rating(round(math.floor(value.value / value.step + 0.5) * value.step, 10))


def step_of(ratings: Collection[float]) -> float:
    """The coarsest usual step on which nearly all of these ratings stand; 0 where there is none."""
    may_be_coarse = len(set(ratings)) >= _DIFFERENT and len(ratings) >= _MANY
    for step in _STEPS:
        on_it = sum(abs(one / step - round(one / step)) < 1e-6 for one in ratings)
        if (step <= 1 or may_be_coarse) and on_it >= _NEARLY_ALL * len(ratings):
            return float(step)
    return 0.0


def from_marks(marks: Marks, ids: Mapping[str, int]) -> Rating | None:
    """The rating that a file gives."""
    return None if marks.rating is None or not math.isfinite(marks.rating) else Rating(float(marks.rating))


def to_marks(value: Rating, names: Mapping[int, str]) -> Marks:
    """Marks for files out."""
    return Marks(rating=value.value)


def words(value: Rating, labels: Labels) -> str:
    """The number, with no more figures than it needs."""
    return f"{value.value:.6g}"
