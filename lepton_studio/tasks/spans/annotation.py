"""The value of the task: the marked spans of a text, which may nest and overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lepton_studio.contract.span_values import (
    Span,
    counted,
    dump_spans,
    from_mark,
    in_order,
    parse_spans,
    relabelled,
    span_words,
    to_mark,
)
from lepton_studio.contract.task import BadAnnotation, Part
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import Labels


@dataclass(frozen=True, slots=True)
class Spans:
    """All spans of a text, each once, sorted by `Span.order`; none where a person found nothing."""

    spans: tuple[Span, ...] = ()


def parse(stored: object, labels: Labels) -> Spans:
    """Read `{"spans": [[start, end, label id], ...]}`. Raises BadAnnotation, see `parse_spans`."""
    if not isinstance(stored, dict) or "spans" not in stored:
        raise BadAnnotation(tr("An annotation must be a list of marked spans."))
    return Spans(in_order(parse_spans(stored["spans"], labels)))


def dump(value: Spans) -> object:
    """The JSON value."""
    return {"spans": dump_spans(value.spans)}


def labels_in(value: Spans) -> tuple[int, ...]:
    """The label ids it refers to, each once."""
    return tuple(dict.fromkeys(span.label for span in value.spans))


def relabel(value: Spans, mapping: Mapping[int, int | None]) -> Spans | None:
    """The spans after labels were merged (old id -> new id) or deleted (old id -> None); None when none is left."""
    kept = in_order(span for one in value.spans if (span := relabelled(one, mapping)) is not None)
    return None if value.spans and not kept else Spans(kept)


def from_marks(marks: Marks, ids: Mapping[str, int]) -> Spans | None:
    """What a file says of the spans; None: nothing."""
    if marks.spans is None:
        return None
    return Spans(in_order(span for mark in marks.spans if (span := from_mark(mark, ids)) is not None))


def to_marks(value: Spans, names: Mapping[int, str]) -> Marks:
    """Marks for files out."""
    return Marks(spans=tuple(to_mark(span, names) for span in value.spans))


def words(value: Spans, labels: Labels) -> str:
    """How many spans of each label."""
    return counted((span.label for span in value.spans), labels) or tr("nothing marked")


def parts(value: Spans, text: str, labels: Labels) -> Sequence[Part[Spans]]:
    """Each span."""
    return [Part(Spans((span,)), span_words(span, text, labels)) for span in value.spans]
