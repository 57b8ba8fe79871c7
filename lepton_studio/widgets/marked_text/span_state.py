"""The spans of a text while a person works on them: their own, those suggested, and which one is selected. No Qt.

Suggestions have handles below 0. Every method that does something to a span says whether there was one to do it to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lepton_studio.widgets.marked_text import span_editing as editing
from lepton_studio.widgets.marked_text.span_editing import Edge, Marked, Step, Steps, Stretch, Stretches


class SpanState:
    """`here`, where a method asks for it, is the code point under the cursor."""

    def __init__(self) -> None:
        self.spans: Stretches = ()
        self.suggested: Stretches = ()
        self._given: frozenset[Marked] = frozenset()
        self.handle: int | None = None
        """The handle of the selected span, own or suggested."""
        self.merged: tuple[int, int] | None = None
        """After `merge`: the handle that stayed and the one that went."""

    def show(self, spans: Iterable[Marked], *, keep: bool) -> None:
        """Other spans, without suggestions; `keep` what is there already as it is, and the selection."""
        old = self.selected if keep else None
        self.spans = editing.stretches(spans, known=self.spans if keep else ())
        self.suggested, self._given = (), frozenset()
        alike = (
            one.handle
            for one in self.spans
            if old and (one.start, one.end, one.label) == (old.start, old.end, old.label)
        )
        self.handle = next(alike, None)

    def suggest(self, spans: Iterable[Marked]) -> None:
        """Other suggestions."""
        self.suggested = tuple(replace(one, handle=-1 - one.handle) for one in editing.stretches(spans))
        self._given = _places(self.suggested)
        if self.handle is not None and self.handle < 0:
            self.handle = None

    @property
    def open_suggestions(self) -> Stretches:
        """The suggestions that are neither marked already nor refused, in order."""
        if not self.suggested:
            return ()
        marked = _places(self.spans)
        return editing.in_order(one for one in self.suggested if (one.start, one.end, one.label) not in marked)

    @property
    def refused(self) -> frozenset[Marked]:
        """Those suggested that are neither open any more nor marked: removed, or made another span."""
        gone = self._given - _places(self.suggested)
        return gone - _places(self.spans) if gone else gone

    @property
    def shown(self) -> Stretches:
        """Own spans and open suggestions."""
        return (*self.spans, *self.open_suggestions)

    @property
    def selected(self) -> Stretch | None:
        """The selected span, own or suggested."""
        return editing.find(self.spans, self.handle) or editing.find(self.open_suggestions, self.handle)

    # ---------------------------------------------------------------------------------------------------- selecting

    def step(self, *, here: int, back: bool, suggestions: bool = False) -> bool:
        """Select the next own span, or the next suggestion."""
        spans = self.open_suggestions if suggestions else self.spans
        found = editing.next_of(spans, self.selected, position=here, back=back)
        self.handle = found.handle if found is not None else self.handle
        return found is not None

    def go_around(self, *, here: int) -> bool:
        """Select the innermost span at the cursor, then those around it one after the other."""
        found = editing.around(self.shown, self.handle, position=here)
        self.handle = found.handle if found is not None else self.handle
        return found is not None

    # ------------------------------------------------------------------------------------------------------- marking

    def mark(self, start: int, end: int, *, label: int) -> None:
        """Give the selected span a label, or mark a range where none is selected; what was marked is selected."""
        old = self.selected
        if old is None:
            self.spans, made = editing.add(self.spans, start, end, label=label)
            self.handle = made.handle
        elif old.handle >= 0:
            self.spans = editing.relabel(self.spans, old.handle, label=label)
        else:
            self.accept(label=label)

    def add(self, wanted: Iterable[Marked]) -> None:
        """Mark several (start, end, label id)."""
        self.spans = editing.add_all(self.spans, wanted)
        self.handle = None

    def move_edge(self, edge: Edge, step: Step, *, here: int, units: Steps) -> bool:
        """Grow or shrink the span worked on by a unit."""
        span = self._worked_on(here)
        if span is not None:
            self.spans = editing.move_edge(self.spans, span.handle, edge=edge, step=step, units=units)
        return span is not None

    def resize(self, handle: int, *, start: int, end: int) -> None:
        """Give a span, or a suggestion that becomes one's own by it, another range."""
        self.handle = handle
        span = self._worked_on(start)
        if span is not None:
            self.spans = editing.resize(self.spans, span.handle, start=start, end=end)

    def split(self, *, here: int, units: Steps) -> bool:
        """Split the span worked on at the cursor; the second part is selected."""
        span = self._worked_on(here)
        if span is not None:
            self.spans, second = editing.split(self.spans, span.handle, at=here, units=units)
            self.handle = second.handle if second is not None else self.handle
        return span is not None

    def merge(self, *, here: int) -> bool:
        """Merge the span worked on with the next of its label."""
        span = self._worked_on(here)
        self.merged = None
        if span is not None:
            self.spans, gone = editing.merge(self.spans, span.handle)
            self.merged = (span.handle, gone) if gone is not None else None
        return span is not None

    def remove(self) -> bool:
        """Remove the selected span; a suggestion is refused, and the next one selected."""
        span = self.selected
        if span is None:
            return False
        if span.handle >= 0:
            self.spans, self.handle = editing.remove(self.spans, span.handle), None
        else:
            self._done_with(span)
        return True

    def accept(self, *, label: int | None = None) -> bool:
        """Make the selected suggestion one's own, with another label if wanted, and select the next suggestion."""
        span = self.selected
        if span is None or span.handle >= 0:
            return False
        after = self._done_with(span)
        self.spans, _made = editing.add(self.spans, span.start, span.end, label=span.label if label is None else label)
        self.handle = after
        return True

    def accept_all(self) -> bool:
        """Make all suggestions one's own."""
        wanted = self.open_suggestions
        self.add((one.start, one.end, one.label) for one in wanted)
        return bool(wanted)

    # ------------------------------------------------------------------------------------------------------- inside

    def _done_with(self, suggestion: Stretch) -> int | None:
        rest = self.open_suggestions
        after = editing.next_of(rest, suggestion, position=suggestion.start)
        self.suggested = editing.remove(self.suggested, suggestion.handle)
        self.handle = after.handle if after is not None and after.handle != suggestion.handle else None
        return self.handle

    def _worked_on(self, here: int) -> Stretch | None:
        """The selected span (a suggestion becomes one's own first), else the innermost own one at the cursor."""
        span = self.selected
        if span is not None and span.handle < 0:
            self.suggested = editing.remove(self.suggested, span.handle)
            self.spans, span = editing.add(self.spans, span.start, span.end, label=span.label)
        if span is None:
            span = next(iter(editing.covering(self.spans, here)), None)
        self.handle = span.handle if span is not None else None
        return span


def _places(spans: Stretches) -> frozenset[Marked]:
    return frozenset((one.start, one.end, one.label) for one in spans)
