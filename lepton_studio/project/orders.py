"""In which order samples are read, page by page behind the last one of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OrderKey = Literal["added", "length", "labels", "split", "twins"]


@dataclass(frozen=True, slots=True)
class Order:
    """`twins`: identical texts stand together. Samples that are equal by the key stand as they were added."""

    key: OrderKey = "added"
    descending: bool = False


AS_ADDED = Order()

Stretch = tuple[str, str, tuple[object, ...]]
"""(condition on samples `s`, terms of ORDER BY, values of the condition)."""

COLUMNS: dict[OrderKey, str] = {
    "added": "id",
    "length": "length",
    "labels": "labels",
    "split": "split",
    "twins": "text_hash",
}


def stretches(order: Order, *, behind: tuple[object, int] | None) -> list[Stretch]:
    """The queries that give the rows, one after another.

    `behind`: the key and the id of the sample to start behind. Those without a key are a stretch of their own, so
    that each is walked along an index where there is one.
    """
    column = f"s.{COLUMNS[order.key]}"
    sign, way = ("<", "DESC") if order.descending else (">", "ASC")
    keyed: Stretch = (f"{column} IS NOT NULL", f"{column} {way}, s.id {way}", ())
    bare: Stretch = (f"{column} IS NULL", f"s.id {way}", ())
    if behind is None:
        both = [bare, keyed]
        return both[::-1] if order.descending else both
    key, id = behind
    rest: Stretch
    if key is None:
        rest = (f"{bare[0]} AND s.id {sign} ?", bare[1], (id,))
        return [rest] if order.descending else [rest, keyed]
    rest = (f"({column}, s.id) {sign} (?, ?)", keyed[1], (key, id))
    return [rest, bare] if order.descending else [rest]
