"""Finding spans in texts: what the learners share that do. Texts to examples, examples to batches, answers to spans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from lepton_studio.contract.span_values import Span, are_flat, in_order
from lepton_studio.heads.span_pairs import PairHead
from lepton_studio.heads.span_tags import Found, TagHead
from lepton_studio.heads.vectors import token_vectors
from lepton_studio.language import tr
from lepton_studio.training.failures import BadData
from lepton_studio.training.graph import BATCH, LENGTH, Graph, Port
from lepton_studio.training.mark_reading import MarkReading, places_in_row
from lepton_studio.training.models import Encoder
from lepton_studio.training.tokens import Reader, Tokens, Window, pad

Asked = tuple[Window, tuple[Found, ...] | None]
"""A window, and all spans of its text as tokens where they are known."""

_MOST_CUTS = 0.01
"""Share of the marked spans that may begin or end inside a word where words are the units."""
_LEARNED = ("widest", "may_cross", "may_repeat")
"""What the head for nested spans knows beside its weights."""


class SpansModel(nn.Module):
    """Encoder and head: tokens, and which of them are units, to what the head says, in float32."""

    def __init__(self, encoder: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        units: Tensor | None = None,
    ) -> Tensor:
        said: Tensor = self.head(token_vectors(self.encoder, input_ids, attention_mask, token_type_ids), units)
        return said


class SpanFinder:
    """The head on an encoder, with what it must know: which labels, and what its units are.

    `labels` are label ids. `shaped`: the encoder is told how words are written.
    """

    def __init__(
        self, encoder: Encoder, *, labels: Sequence[int], max_length: int, shaped: bool, dropout: float
    ) -> None:
        self.reader = Reader(encoder.tokenizer, max_length=max_length, shaped=shaped)
        self.labels = tuple(labels)
        self.by_words = True
        self._width = encoder.width
        self._dropout = dropout
        self._places = {label: place for place, label in enumerate(labels)}
        self.head: TagHead | PairHead = TagHead(width=encoder.width, labels=len(labels), dropout=dropout)

    @property
    def is_nested(self) -> bool:
        """Whether spans may nest or overlap."""
        return isinstance(self.head, PairHead)

    def nest(self) -> PairHead:
        """Take the head for spans that nest, with new weights."""
        self.head = PairHead(width=self._width, labels=len(self.labels), dropout=self._dropout)
        return self.head

    def split_where_marked(self, texts: Sequence[str], spans: Sequence[Sequence[Span]]) -> None:
        """Read apart from now on what an edge of one of these spans lies in."""
        self.reader.split_where_marked(
            texts, [{one.start for one in some} | {one.end for one in some} for some in spans]
        )

    def windows(self, texts: Sequence[str], spans: Sequence[Sequence[Span]] | None = None) -> list[list[Asked]]:
        """Windows over each text, with its spans where they are given."""
        found = []
        for sample, tokens in enumerate(self.reader.read(texts)):
            target = None if spans is None else self.found(tokens, spans[sample])
            found.append([(window, target) for window in self.reader.windows(tokens)])
        return found

    def place(self, tokens: Tokens, span: Span) -> Found | None:
        """A span by its tokens; None where it holds none (a space), or has a label of another kind."""
        ends = tokens.within(span.start, span.end)
        return None if ends is None or span.label not in self._places else (*ends, self._places[span.label])

    def found(self, tokens: Tokens, spans: Sequence[Span]) -> tuple[Found, ...]:
        """Spans by their tokens; those that cannot be found are left out."""
        return tuple(place for span in spans if (place := self.place(tokens, span)) is not None)

    def prepare(self, train: Iterable[Asked]) -> None:
        """Choose units and head by the spans marked. Raises BadData where there are none."""
        marked = {id(window.tokens): (window.tokens, target or ()) for window, target in train}
        spans = [(tokens, span) for tokens, some in marked.values() for span in some]
        if not spans:
            raise BadData(tr("No spans are marked in the training samples."))
        cut = sum(not _is_of_whole_words(tokens, span) for tokens, span in spans)
        self.by_words = cut <= _MOST_CUTS * len(spans)
        texts = [[self._snapped(tokens, span) for span in some] for tokens, some in marked.values()]
        if all(are_flat(Span(first, last + 1, label) for first, last, label in some) for some in texts):
            return
        head = self.nest()
        head.widest = max(self._units(tokens, span) for tokens, span in spans) - 1
        for some in texts:
            ordered = in_order(Span(first, last + 1, label) for first, last, label in some)
            for place, one in enumerate(ordered):
                for other in ordered[place + 1 :]:
                    head.may_cross |= one.crosses(other)
                    head.may_repeat |= (one.start, one.end) == (other.start, other.end)

    def inputs(self, windows: Sequence[Window], *, length: int) -> dict[str, Tensor]:
        """Ids, units and, where the model is told of them, shapes, filled up to `length`; on the CPU."""
        rows = [self.reader.row(window) for window in windows]
        heads = [one.tokens.heads if self.by_words else one.tokens.solid for one in windows]
        given = {
            "input_ids": pad(rows, length=length, fill=self.reader.padding),
            "units": pad(
                [_part(one, row) for one, row in zip(windows, heads, strict=True)], length=length, fill=0
            ).bool(),
        }
        if self.reader.shaped:
            given["token_type_ids"] = pad([_part(one, one.tokens.shapes) for one in windows], length=length, fill=0)
        return given

    def targets(self, asked: Sequence[Asked], *, units: Tensor) -> Tensor | None:
        """What the head's loss compares with; None where a window has no target."""
        spans = []
        for window, target in asked:
            if target is None:
                return None
            spans.append([self._snapped(window.tokens, span) for span in target])
        return self.head.targets([window for window, _ in asked], spans, units=units)

    def spans(self, windows: Sequence[Window], answers: Sequence[Any]) -> tuple[tuple[Span, ...], float]:
        """The spans of one text from the answers on its windows, and how sure the least sure part of them is."""
        if not windows:
            return (), 1.0
        tokens = windows[0].tokens
        found, sure = self.head.read(windows, answers)
        placed = (
            Span(tokens.starts[first], tokens.ends[tokens.end_of(last) if self.by_words else last], self.labels[label])
            for first, last, label in found
        )
        return in_order(span for span in placed if span.start < span.end), sure

    def reading(self, encoder: Encoder, text: str, span: Span) -> MarkReading | None:
        """How a span is read, in the window that has most context for it; None where none holds it whole."""
        (tokens,) = self.reader.read([text])
        place = self.place(tokens, span)
        if place is None:
            return None
        first, last, label = self._snapped(tokens, place)
        holding = [one for one in self.reader.windows(tokens) if one.first <= first and last < one.last]
        if not holding:
            return None
        window = max(holding, key=lambda one: min(first - one.first, one.last - last))
        row = self.reader.row(window)
        inputs = self.inputs([window], length=len(row))
        shift = window.before - window.first
        units = inputs["units"][0].nonzero().flatten().tolist()
        own = [unit for unit in units if first + shift <= unit <= last + shift]
        behind = next((unit for unit in units if unit > last + shift), None)
        if not own:
            return None
        return MarkReading(
            SpansModel(encoder.model, self.head),
            inputs,
            lambda outputs: self.head.of_mark(outputs, own, label, behind=behind),
            places_in_row(tokens, window.first, window.last, before=window.before, length=len(row)),
            self.reader.padding,
        )

    def graph(self, encoder: Encoder) -> Graph:
        """Encoder and head, to be traced."""
        ports = encoder.ports(typed=self.reader.shaped)
        tags, axes = 1 + 2 * len(self.labels), (BATCH, LENGTH)
        longest = len(self.reader.before) + self.reader.room + len(self.reader.behind)
        model = SpansModel(encoder.model, self.head)
        if self.is_nested:
            ports = (*ports, Port("units", axes, 2, is_flag=True))
            pairs = (BATCH, len(self.labels), LENGTH, LENGTH)
            says = "Their sigmoid is how probable a span of each label is from a first to a last unit."
            return Graph(model, ports, "logits", pairs, longest=longest, says=says)
        says = "Their softmax is the probability of each tag of a token: O, then B and I of each label."
        return Graph(model, ports, "logits", (*axes, tags), longest=longest, says=says)

    def settings(self) -> Mapping[str, Any]:
        """What `restore` needs beside the weights; JSON-able."""
        found = {"by_words": self.by_words, "nested": self.is_nested}
        if isinstance(self.head, PairHead):
            found |= {name: getattr(self.head, name) for name in _LEARNED}
        return found

    def restore(self, stored: Mapping[str, Any]) -> None:
        """Be as the finder that gave these settings, but for the weights."""
        self.by_words = bool(stored["by_words"])
        if stored["nested"]:
            head = self.nest()
            for name in _LEARNED:
                setattr(head, name, stored[name])

    def _units(self, tokens: Tokens, span: Found) -> int:
        first, last, _ = self._snapped(tokens, span)
        return sum((tokens.heads if self.by_words else tokens.solid)[first : last + 1])

    def _snapped(self, tokens: Tokens, span: Found) -> Found:
        first, last, label = span
        return (tokens.head_of(first), tokens.end_of(last), label) if self.by_words else span


def _is_of_whole_words(tokens: Tokens, span: Found) -> bool:
    return bool(tokens.heads[span[0]]) and tokens.ends[tokens.end_of(span[1])] == tokens.ends[span[1]]


def _part(window: Window, of_all: bytes) -> bytes:
    """A window's part of what is said of every token, with 0 for the special tokens in front."""
    return bytes(window.before) + of_all[window.first : window.last]
