"""WebAnno TSV 2 and its forerunner: words a line, marks as B- and I- in the columns of their layer. Read only.

The first line names the layers, `# layer | feature | feature # layer | feature | AttachTo=layer`; the last column of a
relation names the word of its head. What is stacked stands behind `|`, always at its place. The forerunner has no first
line and ten columns, the fifth with named entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.guessing.file_start import FileStart, read_lines
from lepton_studio.formats.tokens import Joined, align, join
from lepton_studio.formats.tools.webanno_tsv import is_of_every_word, left_out_remark, not_from_line
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, RelationMark, SpanMark

_HEADER = re.compile(r" ?# ?[\w.]+\.[\w.]+ *[|#\n]")
_TOKEN = re.compile(r"(\d+-\d+)\t([^\t]+)\t?")
_OLD_TOKEN = re.compile(r"(\d+)\t([^\t]+)\t")
_OLD_COLUMNS = 8
_NOTHING = {"_", "O", ""}


@dataclass(frozen=True, slots=True)
class _Layer:
    """Columns `first` and on are its features; where it has a `base`, it relates marks of that layer, and one more
    column names the word of the head."""

    name: str
    features: tuple[str, ...]
    first: int
    base: str = ""

    @property
    def title(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def end(self) -> int:
        return self.first + len(self.features) + bool(self.base)


_OLD_LAYERS = (_Layer("NamedEntity", ("value",), 2),)


@dataclass(slots=True)
class _Span:
    start: int
    end: int
    label: str
    attributes: dict[str, str]


@dataclass(slots=True)
class _Document:
    layers: tuple[_Layer, ...] = ()
    is_old: bool = False
    text: list[str] = field(default_factory=list)
    length: int = 0
    spans: list[_Span] = field(default_factory=list)
    open: dict[tuple[str, int], _Span] = field(default_factory=dict)  # (layer, place in the stack)
    begun: dict[tuple[str, str], int] = field(default_factory=dict)  # (layer, word) -> the first span that begins there
    links: list[tuple[str, str, str, str]] = field(default_factory=list)  # layer, word of the head, of the tail, label
    left_out: int = 0


def detect(head: FileStart) -> float:
    """The first line names layers, or begins a sentence with its number."""
    return 1.0 if _HEADER.match(head.text) or head.text.startswith(("#id=", "# webanno.")) else 0.0


def describe(head: FileStart) -> Guess:
    """One column, the text: all else is marks."""
    return Guess(format="webanno_tsv2", paths=(head.path,), encoding=head.encoding, columns=("text",), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """The document, as one record. Raises UnreadableFile where a line is none of this format."""
    lines = list(read_lines(path, guess.encoding))
    document, wrong = _read(lines)
    if wrong:
        raise UnreadableFile(not_from_line(path.name, wrong, lines[wrong - 1]))
    text = "".join(document.text)
    if not text.strip():
        yield Problem(str(path), 1, tr("The text is empty."))
        return
    marks = _marks(document)
    yield Record(1, {"text": text}, raw=lines, marks=marks, remark=left_out_remark(document.left_out))


def marks_of(raw: Any, text: str) -> Marks | None:
    """What the lines of a document with this text said."""
    if not isinstance(raw, list) or not any(str(line).startswith("#text=") for line in raw[:3]):
        return None
    document, wrong = _read(raw)
    return _marks(document) if not wrong and "".join(document.text) == text else None


def _read(lines: Sequence[str]) -> tuple[_Document, int]:
    """The lines understood; the number of the first that is none of this format, 0 for none."""
    document = _Document()
    said: list[str] = []
    words: list[tuple[str, str, list[str]]] = []
    for number, line in enumerate([*lines, ""], start=1):
        if not line.strip():
            if words:
                _sentence(document, "\n".join(said), words)
                said, words = [], []
        elif line.startswith("#text="):
            said = [line.removeprefix("#text=")]
        elif line.startswith("#id="):
            continue
        elif line.lstrip().startswith("#") and number == 1:
            document.layers = _layers(line)
        elif found := _TOKEN.match(line):
            words.append((found[1], found[2], line[found.end() :].split("\t")))
        elif (found := _OLD_TOKEN.match(line)) and line.count("\t") == _OLD_COLUMNS + 1 and not document.layers:
            document.is_old = True
            words.append((found[1], found[2], line[found.end() :].split("\t")))
        elif said and not words:
            said.append(line)  # a sentence may hold line ends
        else:
            return document, number
        wanted = document.layers[-1].end if document.layers else 0
        if words and len(words[-1][2]) < wanted:
            return document, number
    return document, 0


def _layers(line: str) -> tuple[_Layer, ...]:
    found: list[_Layer] = []
    for one in line.split("#"):
        name, *parts = [part.strip() for part in one.split("|")]
        base = next((part.removeprefix("AttachTo=") for part in parts if part.startswith("AttachTo=")), "")
        features = tuple(part for part in parts if part and not part.startswith("AttachTo="))
        if name:
            found.append(_Layer(name, features, found[-1].end if found else 0, base))
    return tuple(found)


def _sentence(document: _Document, said: str, words: Sequence[tuple[str, str, list[str]]]) -> None:
    """The text as it is told, where its words stand in it; else the words with spaces."""
    tokens = [word for _, word, _ in words]
    joined: Joined = align(tokens, said) or join(tokens, spaces=[True] * len(tokens))
    if document.text:
        document.text.append("\n")
        document.length += 1
    document.open.clear()
    for (name, _, cells), (start, end) in zip(words, joined.places, strict=True):
        at = (document.length + start, document.length + end)
        for layer in _OLD_LAYERS if document.is_old else document.layers:
            columns = [cell.split("|") for cell in cells[layer.first : layer.end]]
            if layer.base:
                _relate(document, layer, columns, word=name)
            elif not is_of_every_word(layer.name):
                _mark(document, layer, columns, word=name, at=at)
        if document.is_old:  # relations between words, and a column that this program does not know
            document.left_out += sum(cell not in _NOTHING for cell in (cells[3], cells[5]))
    document.text.append(joined.text)
    document.length += len(joined.text)


def _mark(document: _Document, layer: _Layer, columns: list[list[str]], *, word: str, at: tuple[int, int]) -> None:
    for place, values in enumerate(zip_longest(*columns, fillvalue="_")):
        key = (layer.name, place)
        prefixes = {value[:2] for value in values if value[:2] in ("B-", "I-", "O-")}
        if all(value in _NOTHING for value in values) or prefixes == {"O-"}:
            document.open.pop(key, None)
        elif prefixes == {"I-"} and key in document.open:
            document.open[key].end = at[1]
        else:
            said = {name: _value(value, layer) for name, value in zip(layer.features, values, strict=False)}
            known = {name: value for name, value in said.items() if value}
            named = "value" if "value" in known else next(iter(known), None)
            label = known.pop(named) if named else layer.title
            span = _Span(*at, label, known)
            document.begun.setdefault((layer.name, word), len(document.spans))
            document.spans.append(span)
            document.open.pop(key, None)
            if prefixes:
                document.open[key] = span


def _relate(document: _Document, layer: _Layer, columns: list[list[str]], *, word: str) -> None:
    *features, heads = columns
    for place, head in enumerate(heads):
        if head in _NOTHING:
            continue
        values = [_value(cell[place], layer) for cell in features if place < len(cell)]
        document.links.append((layer.base, head, word, next((one for one in values if one), layer.title)))


def _value(cell: str, layer: _Layer) -> str:
    """What a cell says; "" where it only marks a place, or repeats the layer's name for want of a value."""
    value = cell[2:] if cell[:2] in ("B-", "I-", "O-") else cell
    return "" if value in _NOTHING or value.startswith(layer.name) else value


def _marks(document: _Document) -> Marks:
    relations: dict[RelationMark, None] = {}
    for base, head, tail, label in document.links:
        ends = [document.begun.get((base, word)) for word in (head, tail)]
        if ends[0] is None or ends[1] is None:
            document.left_out += 1
        else:
            relations[RelationMark(ends[0], ends[1], label)] = None
    document.links.clear()
    spans = tuple(SpanMark(one.start, one.end, one.label, attributes=one.attributes) for one in document.spans)
    return Marks(spans=spans, relations=tuple(relations) if relations else None)


FORMAT = Format(
    id="webanno_tsv2",
    title="WebAnno TSV 2",
    detect=detect,
    describe=describe,
    records=records,
    has_offsets=False,
    marks_of=marks_of,
)
