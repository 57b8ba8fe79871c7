"""Columns that are never preset as the label: dates, ids, and what says something else in nearly every row."""

from __future__ import annotations

import re
from collections.abc import Collection

_DATE = re.compile(
    r"\s*(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\.? ?[A-Za-zäéû]{3,9}\.?,? ?\d{2,4}"
    r"|[A-Za-zäéû]{3,9}\.? \d{1,2},? \d{4}|\d{4}年\d{1,2}月\d{1,2}日|\d{1,2}:\d{2})([T ,]+\d{1,2}:\d{2}.*|:\d{2}.*)?\s*"
)
_UUID = re.compile(r"\s*\{?[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?\s*")
_MOMENTS = {"date", "datetime", "time", "timestamp", "created", "updated", "modified", "datum", "fecha", "data", "dato",
            "uhrzeit", "日期", "时间"}  # fmt: skip
_IDS = {"id", "ids", "uid", "uuid", "guid", "nr", "no", "num", "number", "key", "编号", "号码"}
_ENOUGH = 10
"""Fewer rows tell nothing of how often a value comes back."""


def are_moments(values: Collection[str]) -> bool:
    """Whether the cells are dates or times, whatever the column is called."""
    return bool(values) and sum(bool(_DATE.fullmatch(value)) for value in values) >= 0.9 * len(values)


def is_identity(name: str, values: Collection[str]) -> bool:
    """Whether the column names things or moments: by its last word ("order_id", "createdAt" by its first), or by
    cells that are UUIDs."""
    words = [word.lower() for word in re.split(r"[\W_]+|(?<=[a-z])(?=[A-Z])", name) if word]
    if words and (words[-1] in _IDS or words[0] in _MOMENTS or words[-1] in _MOMENTS):
        return True
    return bool(values) and all(_UUID.fullmatch(value) for value in values)


def is_near_unique(*, distinct: int, filled: int) -> bool:
    """Whether nearly every row has a value of its own."""
    return filled > _ENOUGH and distinct >= 0.9 * filled
