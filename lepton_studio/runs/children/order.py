"""The order of runs that wait for their turn: who is next, who moves up or down. Runs are named by their numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

Order = tuple[int, ...]
"""Runs that wait, the next one first."""


def in_order(kept: Sequence[int], waiting: Collection[int]) -> Order:
    """The runs that wait, in the order that was kept; those that it does not know come last, the oldest first."""
    known = [run for run in dict.fromkeys(kept) if run in waiting]
    return (*known, *sorted(run for run in waiting if run not in known))


def moved(order: Order, run: int, *, by: int) -> Order:
    """`run` so many places later (earlier, below 0), as far as there are places; unchanged where it does not wait."""
    if run not in order:
        return order
    place = max(0, min(len(order) - 1, order.index(run) + by))
    rest = [one for one in order if one != run]
    return (*rest[:place], run, *rest[place:])
