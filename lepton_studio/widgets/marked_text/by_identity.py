"""What a function makes of each of many values, when from one time to the next most values are the same objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class ByIdentity(Generic[A, B]):
    """Remembers what it made the last time. Thousands of values cost as many look-ups, no more."""

    def __init__(self, make: Callable[[A], B]) -> None:
        self._make = make
        self._made: dict[int, tuple[A, B]] = {}  # the value is kept too, so that no other gets its id

    def of(self, values: Iterable[A]) -> tuple[B, ...]:
        """What is made of each of them, in their order."""
        before, made = self._made, {}
        for value in values:
            found = before.get(id(value))
            made[id(value)] = found if found is not None else (value, self._make(value))
        self._made = made
        return tuple([one[1] for one in made.values()])

    def forget(self) -> None:
        """Make everything anew the next time."""
        self._made = {}
