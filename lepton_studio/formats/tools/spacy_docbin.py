"""spaCy's DocBin files (`.spacy`): zlib around MessagePack, with the words of all documents as hashes in one table.

The layout is that of version 0.1, as `spacy.tokens.DocBin` of spaCy 3 writes it: https://spacy.io/api/docbin.
Entities are `doc.ents`; spans that nest, and those of any group, are in `doc.spans`.
"""

from __future__ import annotations

import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgpack

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row
from lepton_studio.formats.corpora.flat_spans import flat_spans
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.losses import Losses
from lepton_studio.formats.native_files import unreadable
from lepton_studio.formats.tokens import cut
from lepton_studio.formats.tools.spacy_symbols import SYMBOLS
from lepton_studio.language import tr
from lepton_studio.native.failures import NativeFailure
from lepton_studio.native.reading import values
from lepton_studio.project.marks import Marks, SpanMark

_ORTH, _ENT_IOB, _ENT_TYPE = SYMBOLS["ORTH"], SYMBOLS["ENT_IOB"], SYMBOLS["ENT_TYPE"]
_UNKNOWN, _INSIDE, _OUTSIDE, _BEGIN = range(4)
_SPAN = struct.Struct(">QQQiiii")
"""id, knowledge base, label, first token, token behind, first code point, code point behind."""
_GROUP = "sc"
"""Where spaCy's own span categoriser looks."""
_MASK = (1 << 64) - 1


@lru_cache(maxsize=1 << 16)
def word_hash(word: str) -> int:
    """The number that spaCy knows a word by: its own for its symbols, else MurmurHash64A with seed 1 of its UTF-8.

    The function: Austin Appleby, https://github.com/aappleby/smhasher (public domain).
    """
    if word in SYMBOLS:
        return SYMBOLS[word]
    data = word.encode("utf-8", "surrogatepass")
    factor = 0xC6A4A7935BD1E995
    found = 1 ^ (len(data) * factor & _MASK)
    whole = len(data) - len(data) % 8
    for (block,) in struct.iter_unpack("<Q", data[:whole]):
        block = block * factor & _MASK
        block = (block ^ block >> 47) * factor & _MASK
        found = (found ^ block) * factor & _MASK
    if whole < len(data):
        found = (found ^ int.from_bytes(data[whole:], "little")) * factor & _MASK
    found = (found ^ found >> 47) * factor & _MASK
    return found ^ found >> 47


def detect(head: FileStart) -> float:
    """The ending, and zlib's first byte: the content cannot be seen from the head."""
    return 0.99 if head.suffix == ".spacy" and head.start[:1] == b"\x78" else 0.0


def describe(head: FileStart) -> Guess:
    """The text and the categories."""
    return Guess(format="spacy_docbin", paths=(head.path,), columns=("text",), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record for each document. Raises UnreadableFile, OSError."""
    try:
        with closing(values("docbin", path)) as found:
            strings, columns = next(found)
            words = {word_hash(word): word for word in strings}
            for place, one in enumerate(found, start=1):
                yield _record(one, place, words=words, columns=columns, path=path)
    except NativeFailure as failure:
        raise unreadable(path, failure, damaged=tr("{file} is not a spaCy 3 DocBin.", file=path.name)) from failure


def _record(one: Any, place: int, *, words: dict[int, str], columns: list[int], path: Path) -> Record | Problem:
    if isinstance(one, str):
        return Problem(str(path), place, tr("The document is damaged."))
    try:
        table, spaces, categories, spans = one
        document = _Document(words, columns, table, spaces)
        return Record(place, {"text": document.text}, marks=document.marks(grouped=spans, categories=categories))
    except (ValueError, LookupError, StopIteration):
        return Problem(str(path), place, tr("The document is damaged."))


@dataclass(slots=True)
class _Document:
    """The words of one document; `table` has a row of `columns` for each."""

    words: dict[int, str]
    columns: list[int]
    table: Sequence[int]
    spaces: bytes
    text: str = ""
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        pieces, at = [], 0
        for word, space in zip(self._column(_ORTH), self.spaces, strict=True):
            spelled = self.words[word]
            self.starts.append(at)
            self.ends.append(at + len(spelled))
            pieces.append(spelled + " " * bool(space))
            at += len(pieces[-1])
        self.text = "".join(pieces)

    def marks(self, *, grouped: Sequence[tuple[int, int, int]], categories: dict[str, float]) -> Marks:
        """Entities, spans of all groups, and the categories of at least one half."""
        within = (self._span(first, behind, label) for label, first, behind in grouped)
        spans = dict.fromkeys([*self._entities(), *within])
        is_said = bool(spans) or any(tag != _UNKNOWN for tag in self._column(_ENT_IOB))
        labels = tuple(name for name, share in categories.items() if share >= 0.5) if categories else None
        ordered = sorted(spans, key=lambda one: (one.start, -one.end, one.label))
        return Marks(labels=labels, spans=tuple(ordered) if is_said else None)

    def _column(self, attribute: int) -> Sequence[int]:
        if attribute not in self.columns:
            return [0] * len(self.spaces)
        return self.table[self.columns.index(attribute) :: len(self.columns)]

    def _entities(self) -> Iterator[SpanMark]:
        begun: int | None = None
        kinds = self._column(_ENT_TYPE)
        for place, tag in enumerate([*self._column(_ENT_IOB), _OUTSIDE]):
            if begun is not None and tag != _INSIDE:
                yield self._span(begun, place, kinds[begun])
                begun = None
            if tag == _BEGIN and kinds[place]:
                begun = place

    def _span(self, first: int, behind: int, label: int) -> SpanMark:
        if not 0 <= first < behind:
            raise ValueError("a span without words")
        start, end = self.starts[first], self.ends[behind - 1]
        return SpanMark(start, end, self.words.get(label) or _symbol(label), self.text[start:end])


def _symbol(number: int) -> str:
    return next(word for word, known in SYMBOLS.items() if known == number)


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """Words are cut at white space, signs and the edges of spans, so that the text comes back whole. Raises OSError.

    Outermost spans become entities; where spans nest, all of them are in the group `sc`. All labels of the project are
    categories of each text that has one.
    """
    losses, strings = Losses(), {""}
    names = [label.name for label in labels if label.kind == "label"]
    tokens, spaces, lengths = array("Q"), bytearray(), array("i")
    categories: list[dict[str, float]] = []
    groups: list[bytes] = []
    for row in rows:
        words, follows, starts = _words(row)
        spans = [span for span in row.marks.spans or () if span.end > span.start]
        losses.add(tr("zero-width marks"), row, len(row.marks.spans or ()) - len(spans))
        strings.update(words, (span.label for span in spans))
        tokens.extend(_rows(words, starts, None if row.marks.spans is None else flat_spans(spans)))
        spaces += bytes(follows)
        lengths.append(len(words))
        chosen = row.marks.labels
        categories.append({} if chosen is None else {name: float(name in chosen) for name in [*names, *chosen]})
        nests = len(flat_spans(spans)) < len(spans)
        groups.append(_group(row, starts, spans) if nests else msgpack.packb({}))
    content = {
        "version": "0.1",
        "attrs": [_ORTH, _ENT_IOB, _ENT_TYPE],
        "tokens": tokens.tobytes(),
        "spaces": bytes(spaces),
        "lengths": lengths.tobytes(),
        "strings": sorted(strings),
        "cats": categories,
        "flags": [{"has_unknown_spaces": False}] * len(lengths),
        "span_groups": groups,
    }
    target.write_bytes(zlib.compress(msgpack.packb(content)))
    return losses.found()


def _words(row: Row) -> tuple[list[str], list[bool], list[int]]:
    """The words of a text, whether one space follows each, and where each begins. Other white space is words too."""
    text, spans = row.text, row.marks.spans or ()
    edges = [edge for span in spans for edge in (span.start, span.end)]
    pieces = _with_gaps(text, cut(text, edges), edges)
    words, follows, starts = [], [], []
    at = 0
    for start, end in pieces:
        if start < at:
            continue  # the space that the word before has taken
        space = text[end : end + 1] == " " and end not in edges
        words.append(text[start:end])
        follows.append(space)
        starts.append(start)
        at = end + space
    return words, follows, starts


def _with_gaps(text: str, places: Sequence[tuple[int, int]], edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The places with the white space between them, a character at a time."""
    at = 0
    for start, end in (*places, (len(text), len(text))):
        yield from ((one, one + 1) for one in range(at, start))
        if end > start:
            yield start, end
        at = end


def _rows(words: Sequence[str], starts: Sequence[int], spans: Sequence[SpanMark] | None) -> Iterator[int]:
    at: dict[int, tuple[int, str]] = {}
    nothing = _UNKNOWN if spans is None else _OUTSIDE
    for span in spans or ():
        inside = [place for place, start in enumerate(starts) if span.start <= start < span.end]
        at |= {place: (_INSIDE if number else _BEGIN, span.label) for number, place in enumerate(inside)}
    for place, word in enumerate(words):
        tag, label = at.get(place, (nothing, ""))
        yield from (word_hash(word), tag, word_hash(label))


def _group(row: Row, starts: Sequence[int], spans: Sequence[SpanMark]) -> bytes:
    packed = []
    for span in spans:
        inside = [place for place, start in enumerate(starts) if span.start <= start < span.end]
        packed.append(_SPAN.pack(0, 0, word_hash(span.label), inside[0], inside[-1] + 1, span.start, span.end))
    group: bytes = msgpack.packb({"name": _GROUP, "attrs": {}, "spans": packed})
    found: bytes = msgpack.packb({group: [_GROUP]})
    return found


FORMAT = Format(
    id="spacy_docbin",
    title="spaCy DocBin",
    detect=detect,
    describe=describe,
    records=records,
    write=write,
    holds=frozenset({"labels", "several_labels", "spans", "nested_spans", "spacing"}),
    suffix=".spacy",
)
