"""What the editor of relations does to links, as functions on values: no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from lepton_studio.contract.span_values import Span
from lepton_studio.language import tr
from lepton_studio.tasks.relations.annotation import Linked
from lepton_studio.tasks.relations.rules import AnyLabel, Rules

Tie = tuple[int, int, int]
"""(head, tail, relation): handles of spans, which stay the same while a span is changed, and a label id."""
Ties = tuple[Tie, ...]


class Marked(Protocol):
    """A marked span; `handle` names it."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def label(self) -> int: ...
    @property
    def handle(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Linking:
    """An arrow being made: from a span, to one where it is chosen already, as a relation where that is."""

    head: int
    tail: int | None
    relation: int | None

    def to(self, tail: int) -> Linking:
        """To another span."""
        return replace(self, tail=tail)

    def as_relation(self, relation: int) -> Linking:
        """As another relation."""
        return replace(self, relation=relation)

    def allowed(self, spans: Sequence[Marked], rules: Rules) -> tuple[int, ...]:
        """The relations that may go from its head to its tail."""
        labels = {one.handle: one.label for one in spans}
        if self.tail is None or self.head not in labels or self.tail not in labels:
            return ()
        return rules.allowed(labels[self.head], labels[self.tail])

    def only_relation(self, spans: Sequence[Marked], rules: Rules) -> int | None:
        """The relation it is to be: the one chosen if it is allowed, else the only one that is; None: to be chosen."""
        allowed = self.allowed(spans, rules)
        if self.relation in allowed:
            return self.relation
        return allowed[0] if self.relation is None and len(allowed) == 1 else None

    def next_tail(self, spans: Sequence[Marked], rules: Rules, *, back: bool) -> Linking:
        """To the next span in the text (the one before, `back`) that it may go to; unchanged where there is none."""
        places = {one.handle: place for place, one in enumerate(spans)}
        here = places.get(self.head)
        if here is None:
            return replace(self, tail=None)
        labels = {one.label for one in spans if self._fits(spans[here].label, one.label, rules)}
        fitting = [one.handle for one in spans if one.label in labels and one.handle != self.head]
        if not fitting:
            return replace(self, tail=None)
        if self.tail in fitting:
            return replace(self, tail=fitting[(fitting.index(self.tail) + (-1 if back else 1)) % len(fitting)])
        after = [one for one in fitting if places[one] > here]
        before = [one for one in fitting if places[one] < here]
        return replace(self, tail=(before[-1:] or after[-1:] if back else after[:1] or before[:1])[0])

    def words(self, text: str, spans: Sequence[Marked], rules: Rules, labels: Mapping[int, AnyLabel]) -> str:
        """What it is and what to do next, in a sentence."""
        texts = {one.handle: text[one.start : one.end] for one in spans}
        head = texts.get(self.head, "")
        if self.tail is None:
            return tr("No span here can be linked to “{head}”. Press Esc to cancel.", head=head)
        tail = texts.get(self.tail, "")
        relation = self.only_relation(spans, rules)
        if relation is None or self.relation is None:
            allowed = ", ".join(labels[one].name for one in self.allowed(spans, rules))
            return tr("“{head}” → “{tail}”: which relation? {names}", head=head, tail=tail, names=allowed)
        name = labels[relation].name
        return tr(
            "“{head}” {relation} “{tail}”: press Enter to link, Tab for the next span",
            head=head,
            relation=name,
            tail=tail,
        )

    def _fits(self, head: int, tail: int, rules: Rules) -> bool:
        """Whether it may go from a span with the one label to one with the other."""
        allowed = rules.allowed(head, tail)
        return self.relation in allowed if self.relation is not None else bool(allowed)


def retied(ties: Sequence[Tie], spans: Sequence[Marked], rules: Rules) -> Ties:
    """Without ties whose spans are gone or that say the same twice; those without a direction go forward."""
    places = {one.handle: place for place, one in enumerate(spans)}
    kept: dict[Tie, None] = {}
    for head, tail, relation in ties:
        if head not in places or tail not in places or head == tail:
            continue
        turned = not rules.is_directed(relation) and places[head] > places[tail]
        kept[(tail, head, relation) if turned else (head, tail, relation)] = None
    return tuple(kept)


def linked(spans: Iterable[Marked], ties: Iterable[Tie], rules: Rules) -> Linked:
    """The value that these spans and ties are."""
    by_handle = {one.handle: Span(one.start, one.end, one.label) for one in spans}
    triples = ((by_handle[head], by_handle[tail], relation) for head, tail, relation in ties)
    return Linked.of(by_handle.values(), triples).turned(rules)


def ties_of(value: Linked, spans: Iterable[Marked]) -> Ties:
    """The links of a value as ties between these spans; those whose spans are not among them are left out."""
    handles = {(one.start, one.end, one.label): one.handle for one in spans}
    its = [handles.get((one.start, one.end, one.label)) for one in value.spans]
    ties = ((its[link.head], its[link.tail], link.label) for link in value.relations)
    return tuple((head, tail, relation) for head, tail, relation in ties if head is not None and tail is not None)


def next_tie(ties: Ties, places: Sequence[int], current: int | None, *, of: int | None, back: bool) -> int | None:
    """The place after (before) `current` among `places`; without a current one the first (last), of those of the span
    with the handle `of` where it has any. A place below 0 is no own tie.
    """
    if not places:
        return None
    if current in places:
        return places[(places.index(current) + (-1 if back else 1)) % len(places)]
    its_own = [place for place in places if place >= 0 and of in ties[place][:2]]
    return (its_own or list(places))[-1 if back else 0]


def reach(one: Marked, other: Marked) -> tuple[int, int]:
    """From where the first of two begins to where the last ends."""
    return min(one.start, other.start), max(one.end, other.end)
