"""What is drawn on a text: marks on stretches of it, and arcs between marks. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["own", "suggested", "found"]
"""own: a bar with a name under the text. suggested: the same, dashed. found: a tinted ground alone."""


@dataclass(frozen=True, slots=True)
class TextMark:
    """Code points `start` to `end` (exclusive) of the text; `color` is "#rrggbb", `name` stands at its start.

    `id` is the caller's, unique among the marks of a text; the view's signals say it.
    """

    start: int
    end: int
    color: str
    name: str = ""
    kind: Kind = "own"
    id: int = 0


@dataclass(frozen=True, slots=True)
class TextArc:
    """An arrow from one mark to another (marks' ids); a plain line where it is not `directed`."""

    head: int
    tail: int
    color: str
    name: str = ""
    directed: bool = True
    kind: Kind = "own"
    id: int = 0
