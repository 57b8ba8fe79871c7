"""What can be done to spans marked in a text, as functions on values: no Qt.

A list of spans is a sorted tuple of `Stretch`, each with a handle that stays the same while its edges and label change,
so that what refers to a span (a selection, a relation) goes on referring to it. Functions that make or remove
stretches return the new tuple; they return the same one where there is nothing to do.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

Edge = Literal["start", "end"]
Step = Literal["out", "in"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Code points `start` to `end` (exclusive), marked with a label by its id. `handle` is unique in its tuple."""

    start: int
    end: int
    label: int
    handle: int


Stretches = tuple[Stretch, ...]
Marked = tuple[int, int, int]
"""Start, end, label id."""


class Steps(Protocol):
    """Steps through a text by units; see `Units`."""

    def holding(self, position: int) -> tuple[int, int] | None: ...
    def after(self, position: int) -> tuple[int, int] | None: ...
    def before(self, position: int) -> tuple[int, int] | None: ...


def stretches(spans: Iterable[Marked], *, known: Stretches = ()) -> Stretches:
    """Spans in the order of the text. Those that are `known` are taken as they are, others get handles of their own."""
    ordered = sorted(set(spans), key=lambda one: (one[0], -one[1], one[2]))
    before = {(one.start, one.end, one.label): one for one in known}
    handles = itertools.count(1 + max((one.handle for one in known), default=-1))
    return tuple([before.get(span) or Stretch(*span, next(handles)) for span in ordered])


def in_order(spans: Iterable[Stretch]) -> Stretches:
    """Sorted as they are read: by start, the outer before the inner."""
    return tuple(sorted(spans, key=_order))


def find(spans: Stretches, handle: int | None) -> Stretch | None:
    """The stretch with this handle."""
    return next((one for one in spans if one.handle == handle), None)


def add(spans: Stretches, start: int, end: int, *, label: int) -> tuple[Stretches, Stretch]:
    """Mark a range; the stretch that stands there with this label already is returned as it is."""
    same = next((one for one in spans if (one.start, one.end, one.label) == (start, end, label)), None)
    if same is not None:
        return spans, same
    made = Stretch(start, end, label, 1 + max((one.handle for one in spans), default=-1))
    return in_order((*spans, made)), made


def add_all(spans: Stretches, wanted: Iterable[Marked]) -> Stretches:
    """Mark several ranges; those that are marked with their label already stay as they are."""
    return stretches([*((one.start, one.end, one.label) for one in spans), *wanted], known=spans)


def remove(spans: Stretches, handle: int) -> Stretches:
    """Without this stretch."""
    return tuple(one for one in spans if one.handle != handle)


def relabel(spans: Stretches, handle: int, *, label: int) -> Stretches:
    """With another label; a stretch that stood there with that label gives way."""
    old = find(spans, handle)
    return spans if old is None or old.label == label else _put(spans, replace(old, label=label))


def move_edge(spans: Stretches, handle: int, *, edge: Edge, step: Step, units: Steps) -> Stretches:
    """Move one edge of a stretch by a unit, outwards or inwards. It never becomes empty; an edge inside a unit goes to
    the next border of a unit.
    """
    old = find(spans, handle)
    if old is None:
        return spans
    if edge == "start":
        inside = units.holding(old.start - 1) if step == "out" else None
        unit = inside or (units.before(old.start) if step == "out" else units.after(old.start + 1))
        moved = replace(old, start=unit[0]) if unit is not None else old
    else:
        inside = units.holding(old.end) if step == "out" else None
        unit = inside or (units.after(old.end) if step == "out" else units.before(old.end - 1))
        moved = replace(old, end=unit[1]) if unit is not None else old
    return _put(spans, moved) if moved.start < moved.end and moved != old else spans


def resize(spans: Stretches, handle: int, *, start: int, end: int) -> Stretches:
    """With another range, which is not empty."""
    old = find(spans, handle)
    return spans if old is None or start >= end else _put(spans, replace(old, start=start, end=end))


def split(spans: Stretches, handle: int, *, at: int, units: Steps) -> tuple[Stretches, Stretch | None]:
    """Cut a stretch before the unit that begins at `at`; what is between the units (spaces) belongs to neither part.
    The first part keeps the handle; the second one is returned too, None where `at` is not inside.
    """
    old = find(spans, handle)
    if old is None or not old.start < at < old.end:
        return spans, None
    before = units.before(at)
    end = before[1] if before is not None and before[1] > old.start else at
    return add(_put(spans, replace(old, end=end)), at, old.end, label=old.label)


def merge(spans: Stretches, handle: int) -> tuple[Stretches, int | None]:
    """Make one of a stretch and the next of its label, which begins later; also the handle that went, None for none."""
    old = find(spans, handle)
    if old is None:
        return spans, None
    after = (one for one in spans if one.label == old.label and one.handle != handle and _order(one) > _order(old))
    other = next(after, None)
    if other is None:
        return spans, None
    joined = replace(old, end=max(old.end, other.end))
    return _put(remove(spans, other.handle), joined), other.handle


def covering(spans: Iterable[Stretch], position: int) -> list[Stretch]:
    """The stretches that hold the code point, the innermost first."""
    return sorted(
        (one for one in spans if one.start <= position < one.end), key=lambda one: (one.end - one.start, one.handle)
    )


def next_of(spans: Sequence[Stretch], current: Stretch | None, *, position: int, back: bool = False) -> Stretch | None:
    """The stretch after (before) `current`, or without one the next that begins at `position` or later (the last that
    begins before it); from the last it goes on with the first.
    """
    if not spans:
        return None
    ordered = in_order(spans)
    if current is not None and current in ordered:
        return ordered[(ordered.index(current) + (-1 if back else 1)) % len(ordered)]
    if back:
        return next((one for one in reversed(ordered) if one.start < position), ordered[-1])
    return next((one for one in ordered if one.start >= position), ordered[0])


def around(spans: Iterable[Stretch], current: int | None, *, position: int) -> Stretch | None:
    """Of those that hold the position, the one around the stretch with the handle `current`; the innermost after the
    outermost, and where `current` is none of them.
    """
    nested = covering(spans, position)
    if not nested:
        return None
    place = next((place for place, one in enumerate(nested) if one.handle == current), -1)
    return nested[(place + 1) % len(nested)]


def _put(spans: Stretches, changed: Stretch) -> Stretches:
    others = (
        one
        for one in spans
        if one.handle != changed.handle
        and (one.start, one.end, one.label) != (changed.start, changed.end, changed.label)
    )
    return in_order((*others, changed))


def _order(one: Stretch) -> tuple[int, int, int, int]:
    return one.start, -one.end, one.label, one.handle
