"""The order of runs that wait for their turn, the next one first. Runs are named by their numbers."""

from __future__ import annotations

Order = tuple[int, ...]


def moved(order: Order, run: int, *, by: int) -> Order:
    """`run` so many places later (earlier, below 0), as far as there are places; unchanged where it does not wait."""
    if run not in order:
        return order
    place = max(0, min(len(order) - 1, order.index(run) + by))
    rest = [one for one in order if one != run]
    return (*rest[:place], run, *rest[place:])
