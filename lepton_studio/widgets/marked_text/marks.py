"""What is drawn on a text: marks on stretches of it, and arcs between marks. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lepton_studio.language import tr

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


_TEXT_MOST, _MARKS_MOST, _QUOTED = 4000, 50, 60


def in_words(text: str, *, marks: Sequence[TextMark], arcs: Sequence[TextArc]) -> str:
    """The text, then its marks and arcs in words, as a screen reader says them; what is suggested is called so."""
    quoted = {one.id: text[one.start : min(one.end, one.start + _QUOTED)] for one in marks}
    said = [
        _or_suggested(f"{quoted[one.id]}: {one.name}", one.kind)
        for one in sorted(marks, key=lambda one: one.start)[:_MARKS_MOST]
        if one.name
    ]
    said += [
        _or_suggested(f"{quoted[one.head]} {one.name} {quoted[one.tail]}", one.kind)
        for one in arcs[:_MARKS_MOST]
        if one.head in quoted and one.tail in quoted
    ]
    return "\n".join(part for part in (text[:_TEXT_MOST], "; ".join(said)) if part)


def _or_suggested(said: str, kind: Kind) -> str:
    return tr("{said} (suggested)", said=said) if kind == "suggested" else said
