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

_EXPRESSIONS: dict[OrderKey, str] = {
    "added": "{s}.id",
    "length": "{s}.length",
    "labels": "ifnull({s}.labels, '')",
    "split": "ifnull({s}.split, '')",
    "twins": "{s}.text_hash",
}


def order_sql(order: Order) -> tuple[str, str]:
    """(condition with one value, the id of the sample to start behind; the terms of ORDER BY), for samples `s`."""
    sign, way = ("<", "DESC") if order.descending else (">", "ASC")
    here, there = (_EXPRESSIONS[order.key].format(s=name) for name in "so")
    behind = f"({here}, s.id) {sign} (SELECT {there}, o.id FROM sample o WHERE o.id = ?)"
    return behind, f"{here} {way}, s.id {way}"
