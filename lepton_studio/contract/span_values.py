"""A marked span, and lists of them: what the tasks share that mark text. Pure values, no I/O."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lepton_studio.contract.task import BadAnnotation, ids_of
from lepton_studio.language import tr
from lepton_studio.project.marks import SpanMark
from lepton_studio.project.records import Labels
from lepton_studio.words import on_one_line

FINDING_SETTINGS: Mapping[str, object] = {
    "epochs": 3,
    "fewest_steps": 500,
    "batch_size": 8,
    "learning_rate": 2e-4,
    "head_learning_rate": 1e-3,
    "probe": False,
}
"""Settings of the recipe for models that find spans."""
_QUOTED = 40
"""Characters that are shown of a marked passage."""


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start` to `end` (exclusive) of the text, marked with a label by its id."""

    start: int
    end: int
    label: int

    @property
    def order(self) -> tuple[int, int, int]:
        """The key that every list of spans is sorted by: the outer before the inner."""
        return self.start, -self.end, self.label

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def crosses(self, other: Span) -> bool:
        """Whether the two overlap and neither lies in the other."""
        return self.start < other.start < self.end < other.end or other.start < self.start < other.end < self.end


def in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Each of them once, in the order of the text."""
    return tuple(sorted(set(spans), key=lambda span: span.order))


def are_flat(spans: Iterable[Span]) -> bool:
    """Whether no two of them share a character."""
    ordered = in_order(spans)
    return all(one.end <= other.start for one, other in itertools.pairwise(ordered))


def parse_spans(stored: object, labels: Labels) -> list[Span]:
    """Read `[[start, end, label id], ...]` as it stands. Raises BadAnnotation for another shape, an unknown label, an
    empty span, one that stands twice.
    """
    if not isinstance(stored, list) or not all(map(_is_triple, stored)):
        raise BadAnnotation(tr("Marked spans must be a list of [start, end, label]."))
    known = ids_of(labels)
    for start, end, label in stored:
        if not 0 <= start < end:
            raise BadAnnotation(tr("The span from {start} to {end} is empty.", start=start, end=end))
        if label not in known:
            raise BadAnnotation(tr("Label {id} is not in this project.", id=label))
    if len(set(map(tuple, stored))) != len(stored):
        raise BadAnnotation(tr("The same span is marked twice with the same label."))
    return [Span(start, end, label) for start, end, label in stored]


def _is_triple(one: object) -> bool:
    return isinstance(one, list | tuple) and len(one) == 3 and type(one[0]) is type(one[1]) is type(one[2]) is int


def marked(spans: Iterable[Span]) -> list[tuple[int, int, int]]:
    """(start, end, label id) of each: what the widgets know of a span."""
    return [(one.start, one.end, one.label) for one in spans]


def dump_spans(spans: Sequence[Span]) -> list[list[int]]:
    """What `parse_spans` reads."""
    return [[span.start, span.end, span.label] for span in spans]


def relabelled(span: Span, mapping: Mapping[int, int | None]) -> Span | None:
    """The span after its label was merged into another, or None after it was deleted."""
    label = mapping.get(span.label, span.label)
    return None if label is None else Span(span.start, span.end, label)


def from_mark(mark: SpanMark, ids: Mapping[str, int]) -> Span | None:
    """The span that a file's mark stands for; None for an empty one, and where the label is not taken over."""
    label = ids.get(mark.label)
    return None if label is None or not 0 <= mark.start < mark.end else Span(mark.start, mark.end, label)


def to_mark(span: Span, names: Mapping[int, str]) -> SpanMark:
    """The mark that a file out takes."""
    return SpanMark(span.start, span.end, names[span.label])


def span_words(span: Span, text: str, labels: Labels) -> str:
    """What is marked, and as what: "Anna Meier (person)"."""
    return tr("{text} ({label})", text=quoted(span, text), label=name_of(span.label, labels))


def quoted(span: Span, text: str) -> str:
    """The marked words on one line."""
    return on_one_line(text[span.start : span.end], _QUOTED)


def name_of(label: int, labels: Labels) -> str:
    """What a label is called; "" of one that is not among these."""
    return next((one.name for one in labels if one.id == label), "")


def counted(ids: Iterable[int], labels: Labels) -> str:
    """How many of each label, the project's order: "party 2, date 1"."""
    counts = Counter(ids)
    return ", ".join(f"{label.name} {counts[label.id]}" for label in labels if counts[label.id])
