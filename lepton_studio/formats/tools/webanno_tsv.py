"""WebAnno TSV 3, as INCEpTION writes it: one document a file, with spans and relations of any layer. Read only.

The layout: https://inception-project.github.io/releases/36.0/docs/user-guide.html#sect_webannotsv. Offsets are UTF-16
units of the whole document; the text stands sentence by sentence behind `#Text=`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lepton_studio.formats import units
from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.guessing.file_start import FileStart, read_lines
from lepton_studio.language import tr, trn
from lepton_studio.project.marks import Marks, RelationMark, SpanMark

_FIRST = "#FORMAT=WebAnno TSV 3"
_TOKEN = re.compile(r"(\d+-\d+(?:\.\d+)?)\t(\d+)-(\d+)\t")
_NUMBERED = re.compile(r"(?s)(.*?)(?<!\\)\[(\d+)\]\Z")
_SOURCE = re.compile(r"(\d+-\d+(?:\.\d+)?)(?:\[(\d+)_(\d+)\])?\Z")
_ESCAPED = re.compile(r"\\(->|.)")
_NOTHING, _UNNAMED = "_", "*"
_OF_EVERY_WORD = ("lexmorph", ".Lemma", ".Stem", ".Token", "SurfaceForm", "MorphologicalFeatures")


@dataclass(frozen=True, slots=True)
class _Layer:
    """Columns `first` to `last` (exclusive) belong to it. `kind`: "SP" spans, "RL" relations, "CH" chains."""

    kind: str
    name: str
    features: tuple[str, ...]
    first: int

    @property
    def last(self) -> int:
        return self.first + max(1, len(self.features))

    @property
    def of_slots(self) -> frozenset[str]:
        """The features that name slots, and those behind them, which point to the spans that fill them."""
        roles = [place for place, name in enumerate(self.features) if name.startswith("ROLE_")]
        return frozenset(name for place in roles for name in self.features[place : place + 2])

    @property
    def title(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(slots=True)
class _Found:
    """A span while its lines go by, in UTF-16 units."""

    start: int
    end: int
    label: str
    attributes: dict[str, str]


@dataclass(slots=True)
class _Document:
    layers: list[_Layer]
    text: list[str] = field(default_factory=list)
    length: int = 0  # of the text, in UTF-16 units
    lines: list[str] = field(default_factory=list)  # of the sentence, before its first word
    spans: dict[tuple[str, str], _Found] = field(default_factory=dict)  # (layer, number, or the word's name)
    relations: list[tuple[tuple[str, str], tuple[str, str], str]] = field(default_factory=list)
    left_out: int = 0


def detect(head: FileStart) -> float:
    """The first line says so."""
    return 1.0 if head.text.startswith(_FIRST) else 0.0


def describe(head: FileStart) -> Guess:
    """One column, the text: all else is marks."""
    return Guess(format="webanno_tsv", paths=(head.path,), encoding=head.encoding, columns=("text",), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """The document, as one record. Raises UnreadableFile where a line is none of this format."""
    lines = list(read_lines(path, guess.encoding))
    document, wrong = _document(lines)
    if wrong:
        raise UnreadableFile(not_from_line(path.name, wrong, lines[wrong - 1]))
    text = "".join(document.text)
    if not text:
        yield Problem(str(path), 1, tr("The text is empty."))
        return
    yield Record(1, {"text": text}, raw=lines, marks=_marks(document, text), remark=left_out_remark(document.left_out))


def marks_of(raw: Any, text: str) -> Marks | None:
    """What the lines of a document with this text said."""
    if not isinstance(raw, list) or not raw or not str(raw[0]).startswith(_FIRST):
        return None
    document, _ = _document(raw)
    return _marks(document, text) if "".join(document.text) == text else None


def _document(lines: Sequence[str]) -> tuple[_Document, int]:
    """The lines understood; the number of the first that is none of this format, 0 for none."""
    document = _Document([])
    for number, line in enumerate(lines, start=1):
        if line.startswith("#T_"):
            document.layers.append(_layer(line, document.layers))
        elif line.startswith("#Text="):
            document.lines.append(_plain(line.removeprefix("#Text=")))
        elif not line.startswith("#") and line.strip() and not _take(document, line):
            return document, number
    return document, 0


def _layer(line: str, before: Sequence[_Layer]) -> _Layer:
    kind, _, rest = line.removeprefix("#T_").partition("=")
    name, *features = rest.split("|")
    return _Layer(kind, name, tuple(features), before[-1].last if before else 0)


def _take(document: _Document, line: str) -> bool:
    """One word with what is marked on it; False where the line is none."""
    found = _TOKEN.match(line)
    if found is None:
        return False
    word, start, end = found[1], int(found[2]), int(found[3])
    if document.lines:
        _add_text(document, start)
    cells = line[found.end() :].split("\t")[1:]
    for layer in document.layers:
        columns = cells[layer.first : layer.last]
        if any(cell not in (_NOTHING, "") for cell in columns):
            _mark(document, layer, columns, word=word, start=start, end=end)
    return True


def _add_text(document: _Document, start: int) -> None:
    """The sentence begins at the first word's offset; a document's lines stand between the sentences."""
    sentence = "\n".join(document.lines)
    gap = max(0, start - document.length)
    document.text += ["\n" * gap, sentence]
    document.length += gap + len(sentence.encode("utf-16-le", "surrogatepass")) // 2
    document.lines = []


def _mark(document: _Document, layer: _Layer, columns: Sequence[str], *, word: str, start: int, end: int) -> None:
    if layer.kind == "CH" or any(name.startswith("ROLE_") for name in layer.features):
        document.left_out += 1
    if layer.kind == "RL":
        _relate(document, layer, columns, word=word)
    if layer.kind != "SP" or is_of_every_word(layer.name):
        return
    stacked = [_split(cell) for cell in columns]
    for place in range(max(map(len, stacked))):
        said = [cell[place] if place < len(cell) else (_NOTHING, "") for cell in stacked]
        number = next((number for _, number in said if number), "")
        values = {
            name: value
            for name, (value, _) in zip(layer.features, said, strict=False)
            if value not in (_NOTHING, _UNNAMED, "") and name not in layer.of_slots
        }
        if all(value == _NOTHING for value, _ in said):
            continue
        named = next((name for name in ("value", *values) if name in values), None)
        label = values.pop(named) if named else layer.title
        key = (layer.name, number or word)
        known = document.spans.get(key)
        if known is None:
            document.spans[key] = _Found(start, end, label, values)
        else:
            known.start, known.end = min(known.start, start), max(known.end, end)


def _relate(document: _Document, layer: _Layer, columns: Sequence[str], *, word: str) -> None:
    """`1-1[1_2]` on the line of the tail: the head's word, and the numbers of both spans (0: the only one there)."""
    base = layer.features[-1].removeprefix("BT_")
    for place, (reference, _) in enumerate(_split(columns[-1], numbered=False)):
        source = _SOURCE.match(reference)
        if source is None:
            continue
        values = [_split(cell, numbered=False) for cell in columns[:-1]]
        said = [cell[place][0] for cell in values if place < len(cell) and cell[place][0] not in (_NOTHING, _UNNAMED)]
        head, tail = (number if number not in (None, "0") else "" for number in (source[2], source[3]))
        label = next((value for value in reversed(said)), layer.title)
        document.relations.append(((base, head or source[1]), (base, tail or word), label))


def _split(cell: str, *, numbered: bool = True) -> list[tuple[str, str]]:
    """(value, number of its span or "") of each of the values stacked in a cell."""
    found = []
    for value in re.split(r"(?<!\\)\|", cell):
        match = _NUMBERED.match(value) if numbered else None
        found.append((_plain(match[1]), match[2]) if match else (_plain(value), ""))
    return found


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda match: {"t": "\t", "n": "\n", "r": "\r"}.get(match[1], match[1]), value)


def _marks(document: _Document, text: str) -> Marks:
    ranges = units.utf16_units(text)
    places: dict[tuple[str, str], int] = {}
    spans: list[SpanMark] = []
    for key, found in document.spans.items():
        at = ranges(found.start, found.end)
        if at is None or found.start == found.end:
            document.left_out += 1
            continue
        places[key] = len(spans)
        spans.append(SpanMark(*at, found.label, text[at[0] : at[1]], attributes=found.attributes))
    relations = []
    for head, tail, label in document.relations:
        if head in places and tail in places:
            relations.append(RelationMark(places[head], places[tail], label))
        else:
            document.left_out += 1
    is_known = bool(spans) or not document.left_out
    return Marks(spans=tuple(spans) if is_known else None, relations=tuple(relations))


def not_from_line(file: str, number: int, line: str) -> str:
    """Why a file is refused."""
    return tr("{file} is not valid WebAnno TSV from line {line} on: {words}", file=file, line=number, words=line[:60])


def is_of_every_word(layer: str) -> bool:
    """Whether this layer says something of every word, and nothing that a person marked."""
    return any(part in layer for part in _OF_EVERY_WORD)


def left_out_remark(count: int) -> str:
    """A sentence on what was left out, "" for nothing."""
    if not count:
        return ""
    return trn(
        "{count} annotation of a kind that is not supported was left out (links of slots and chains, zero-width marks, "
        "relations between words).",
        "{count} annotations of kinds that are not supported were left out (links of slots and chains, zero-width "
        "marks, relations between words).",
        count,
    )


FORMAT = Format(
    id="webanno_tsv", title="WebAnno TSV 3", detect=detect, describe=describe, records=records, marks_of=marks_of
)
