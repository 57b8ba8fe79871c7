"""The value of the task: marked spans, and the links between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lepton_studio.contract.span_values import (
    Span,
    counted,
    dump_spans,
    from_mark,
    in_order,
    name_of,
    parse_spans,
    quoted,
    relabelled,
    span_words,
    to_mark,
)
from lepton_studio.contract.task import BadAnnotation, Part
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, RelationMark
from lepton_studio.project.records import Labels
from lepton_studio.tasks.relations.rules import Rules

Triple = tuple[Span, Span, int]
"""A link by what it links: head, tail, label id. The spans of a text are all different."""


@dataclass(frozen=True, slots=True)
class Link:
    """A relation from the span at place `head` to the one at place `tail` of `Linked.spans`."""

    head: int
    tail: int
    label: int


@dataclass(frozen=True, slots=True)
class Linked:
    """Spans sorted by `Span.order`, each once; relations sorted by head, tail, label, each once.

    A relation without a direction has `head` < `tail`: `turned` sees to it, and `parse` does so by itself.
    """

    spans: tuple[Span, ...] = ()
    relations: tuple[Link, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[Span], triples: Iterable[Triple] = ()) -> Linked:
        """From spans and links in any order. A link of a span that is not there, or with itself, goes."""
        ordered = in_order(spans)
        places = {span: place for place, span in enumerate(ordered)}
        links = {
            Link(places[head], places[tail], label)
            for head, tail, label in triples
            if head in places and tail in places and head != tail
        }
        return cls(ordered, _sorted(links))

    def triples(self) -> Iterator[Triple]:
        """Its links with their spans."""
        for link in self.relations:
            yield self.spans[link.head], self.spans[link.tail], link.label

    def with_spans(self, moved: Mapping[Span, Span | None]) -> Linked:
        """With spans changed (old -> new) or deleted (old -> None), links taken along; a deleted span's links go."""
        triples = ((moved.get(head, head), moved.get(tail, tail), label) for head, tail, label in self.triples())
        return Linked.of(
            (span for old in self.spans if (span := moved.get(old, old)) is not None),
            ((head, tail, label) for head, tail, label in triples if head is not None and tail is not None),
        )

    def turned(self, rules: Rules) -> Linked:
        """With the links of relations that have no direction going forward in the text."""
        if all(link.head < link.tail or rules.is_directed(link.label) for link in self.relations):
            return self
        places = (
            (link.head, link.tail, link.label)
            if rules.is_directed(link.label)
            else (min(link.head, link.tail), max(link.head, link.tail), link.label)
            for link in self.relations
        )
        return Linked.of(self.spans, ((self.spans[head], self.spans[tail], label) for head, tail, label in places))


def parse(stored: object, labels: Labels) -> Linked:
    """Read `{"spans": [[start, end, label id], ...], "relations": [[head place, tail place, label id], ...]}`.

    Raises BadAnnotation for another shape, an unknown label, a label of the other kind, a link to nowhere or to itself.
    """
    if not isinstance(stored, dict) or "spans" not in stored:
        raise BadAnnotation(tr("An annotation must be a list of marked spans."))
    rules = Rules.of(labels)
    spans = parse_spans(stored["spans"], labels)
    names = {label.id: label.name for label in labels}
    for span in spans:
        if span.label not in rules.spans:
            raise BadAnnotation(tr("{name} is a relation; it cannot mark a span.", name=names[span.label]))
    links = _parse_links(stored.get("relations", []))
    for link in links:
        if not (0 <= link.head < len(spans) and 0 <= link.tail < len(spans)) or link.head == link.tail:
            raise BadAnnotation(tr("A relation must link two marked spans."))
        if link.label not in names:
            raise BadAnnotation(tr("Label {id} is not in this project.", id=link.label))
        if link.label not in rules.relations:
            raise BadAnnotation(tr("{name} is not a relation; it cannot link two spans.", name=names[link.label]))
    order = sorted(range(len(spans)), key=lambda place: spans[place].order)
    places = {old: new for new, old in enumerate(order)}
    placed = {Link(places[one.head], places[one.tail], one.label) for one in links}
    return Linked(tuple(spans[place] for place in order), _sorted(placed)).turned(rules)


def _sorted(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(sorted(links, key=lambda link: (link.head, link.tail, link.label)))


def _parse_links(stored: object) -> list[Link]:
    if not isinstance(stored, list) or not all(
        isinstance(one, list | tuple) and len(one) == 3 and all(type(number) is int for number in one) for one in stored
    ):
        raise BadAnnotation(tr("Relations must be a list of [head, tail, label]."))
    links = [Link(*one) for one in stored]
    if len(set(links)) != len(links):
        raise BadAnnotation(tr("Two spans are linked twice by the same relation."))
    return links


def dump(value: Linked) -> object:
    """The JSON value."""
    return {
        "spans": dump_spans(value.spans),
        "relations": [[link.head, link.tail, link.label] for link in value.relations],
    }


def labels_in(value: Linked) -> tuple[int, ...]:
    """The label ids of its spans and links, each once."""
    return tuple(dict.fromkeys([span.label for span in value.spans] + [link.label for link in value.relations]))


def relabel(value: Linked, mapping: Mapping[int, int | None]) -> Linked | None:
    """The value after labels of spans or links were merged or deleted; None when no span is left."""
    moved = value.with_spans({span: relabelled(span, mapping) for span in value.spans})
    triples = ((head, tail, mapping.get(label, label)) for head, tail, label in moved.triples())
    left = Linked.of(moved.spans, ((head, tail, label) for head, tail, label in triples if label is not None))
    return None if value.spans and not left.spans else left


def from_marks(marks: Marks, ids: Mapping[str, int]) -> Linked | None:
    """What a file says of spans and relations; None: nothing of spans."""
    if marks.spans is None:
        return None
    spans = [from_mark(mark, ids) for mark in marks.spans]
    triples = (
        (spans[one.head], spans[one.tail], ids.get(one.label))
        for one in marks.relations or ()
        if 0 <= one.head < len(spans) and 0 <= one.tail < len(spans)
    )
    return Linked.of(
        (span for span in spans if span is not None),
        (
            (head, tail, label)
            for head, tail, label in triples
            if head is not None and tail is not None and label is not None
        ),
    )


def to_marks(value: Linked, names: Mapping[int, str]) -> Marks:
    """Marks for files out."""
    return Marks(
        spans=tuple(to_mark(span, names) for span in value.spans),
        relations=tuple(RelationMark(link.head, link.tail, names[link.label]) for link in value.relations),
    )


def words(value: Linked, labels: Labels) -> str:
    """How many links of each label, or how many spans where none is linked."""
    if value.relations:
        return counted((link.label for link in value.relations), labels)
    return counted((span.label for span in value.spans), labels) or tr("nothing marked")


def parts(value: Linked, text: str, labels: Labels) -> Sequence[Part[Linked]]:
    """Each link with its two spans, then each span."""
    links = [
        Part(
            Linked.of((head, tail), ((head, tail, label),)),
            tr(
                "{head} → {relation} → {tail}",
                head=quoted(head, text),
                relation=name_of(label, labels),
                tail=quoted(tail, text),
            ),
        )
        for head, tail, label in value.triples()
    ]
    return [*links, *(Part(Linked((span,)), span_words(span, text, labels)) for span in value.spans)]
