"""The value of the task: a number on the project's scale."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lepton_studio.language import tr
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import Labels
from lepton_studio.tasks.base import BadAnnotation


@dataclass(frozen=True, slots=True)
class Rating:
    """A finite number; the scale is what the project's ratings span."""

    value: float


def parse(stored: object, labels: Labels) -> Rating:
    """Read `{"rating": number}`. Raises BadAnnotation for another shape, and for what is no finite number."""
    number = stored.get("rating") if isinstance(stored, dict) else None
    if not isinstance(number, int | float) or isinstance(number, bool) or not math.isfinite(number):
        raise BadAnnotation(tr("An annotation needs a rating, which is a number."))
    return Rating(float(number))


def dump(value: Rating) -> object:
    """The JSON value."""
    return {"rating": value.value}


def from_marks(marks: Marks, ids: Mapping[str, int]) -> Rating | None:
    """The rating that a file gives."""
    return None if marks.rating is None or not math.isfinite(marks.rating) else Rating(float(marks.rating))


def to_marks(value: Rating, names: Mapping[int, str]) -> Marks:
    """Marks for files out."""
    return Marks(rating=value.value)


def words(value: Rating, labels: Labels) -> str:
    """The number, with no more figures than it needs."""
    return f"{value.value:.6g}"
