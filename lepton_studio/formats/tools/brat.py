"""brat's standoff files: a text in `NAME.txt`, what is marked on it in `NAME.ann`; one document is one sample.

The lines of `.ann`: https://brat.nlplab.org/standoff.html. Offsets are code points of the text file, the end exclusive.
An event is its trigger with a relation for each role; equivalences are relations; notes, references and attributes of
a mark are its attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.bounds import whole_text
from lepton_studio.formats.documents.documents import natural
from lepton_studio.formats.encoding import detect_encoding
from lepton_studio.formats.guessing.file_start import FileStart, read_lines, with_mark
from lepton_studio.formats.tools.brat_writing import write_brat
from lepton_studio.language import tr, trn
from lepton_studio.project.marks import Marks, RelationMark, SpanMark

_LINE = re.compile(r"([TREAMN]\d+|#\S*|\*)\t\S+ ")
_SPAN = re.compile(r"(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?\Z", re.DOTALL)
_RELATION = re.compile(r"(R\d+)\t(\S+) \S+?:(\S+) \S+?:(\S+)\s*\Z")
_EVENT = re.compile(r"(E\d+)\t(\S+?):(T\d+)((?: \S+?:\S+)*)\s*\Z")
_ATTRIBUTE = re.compile(r"[AM]\d+\t(\S+) (\S+)(?: (.*))?\Z")
_NOTE = re.compile(r"#\S*\t\S+ (\S+)\t(.*)\Z", re.DOTALL)
_REFERENCE = re.compile(r"N\d+\t\S+ (\S+) (\S+)(?:\t.*)?\Z")
_EQUIVALENT = re.compile(r"\*\t(\S+) (.+)\Z")


@dataclass(slots=True)
class _Document:
    """What the lines of a `.ann` file say, by their names ("T1", "E2")."""

    text: str
    spans: dict[str, SpanMark] = field(default_factory=dict)
    relations: list[tuple[str, str, str, str]] = field(default_factory=list)  # name, label, head, tail
    triggers: dict[str, str] = field(default_factory=dict)  # event -> its trigger
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)  # target -> name -> value
    broken: list[int] = field(default_factory=list)
    in_pieces: int = 0
    not_placed: int = 0


def detect(head: FileStart) -> float:
    """A folder with `.ann` files, such a file, or a text with one beside it."""
    if head.is_folder:
        return 0.97 if next(head.path.rglob("*.ann"), None) is not None else 0.0
    twin = head.path.with_suffix(".txt" if head.suffix == ".ann" else ".ann")
    return 0.97 if head.suffix in {".ann", ".txt"} and twin.is_file() else 0.0


def describe(head: FileStart) -> Guess:
    """The text; a sample is called as its file."""
    return Guess(format="brat", paths=(head.path,), encoding=head.encoding, columns=("text",), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record for each document, in the order of the file names; a text without `.ann` is a sample without marks."""
    if path.is_dir():
        files = sorted((one for one in path.rglob("*.ann") if one.with_suffix(".txt").is_file()), key=natural)
    elif path.suffix == ".ann" and path.with_suffix(".txt") in guess.paths:
        return
    else:
        files = [path.with_suffix(".ann")]
    for number, file in enumerate(files, start=1):
        yield _record(file, number=number)


def _record(file: Path, *, number: int) -> Record | Problem:
    source = file.with_suffix(".txt")
    try:
        with source.open(encoding=_encoding(source), newline="") as stream:
            document = _Document(whole_text(stream, source))
        lines = list(read_lines(file, _encoding(file))) if file.stat().st_size else []
    except UnicodeError:
        return Problem(str(source), number, tr("The text is not valid UTF-8."))
    _take_all(document, lines)
    cells: dict[str, object] = {"text": document.text}
    marks = _marks(document)
    return Record(
        number, cells, raw=lines, source=str(source), marks=marks, remark=_remark(document, file), id=source.stem
    )


def marks_of(raw: Any, text: str) -> Marks | None:
    """What the lines of a `.ann` file said of its text."""
    if not isinstance(raw, list) or not any(isinstance(line, str) and _LINE.match(line) for line in raw):
        return None
    document = _Document(text)
    _take_all(document, raw)
    return _marks(document)


def _take_all(document: _Document, lines: Sequence[str]) -> None:
    for row, line in enumerate(lines, start=1):
        if line.strip() and not _take(document, line):
            document.broken.append(row)


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        return with_mark(detect_encoding(path, stream.read(1 << 16)))


def _take(document: _Document, line: str) -> bool:
    """Understand one line; False where it is none of the kinds."""
    if found := _SPAN.match(line):
        document.spans[found[1]] = _span(document, *found.groups())
    elif found := _EVENT.match(line):
        document.triggers[found[1]] = found[3]
        for role in found[4].split():
            name, _, target = role.partition(":")
            document.relations.append((found[1], name, found[3], target))
    elif found := _RELATION.match(line):
        document.relations.append((found[1], found[2], found[3], found[4]))
    elif found := _EQUIVALENT.match(line):
        document.relations += [("", found[1], one, other) for one, other in pairwise(found[2].split())]
    elif found := _ATTRIBUTE.match(line):
        document.attributes.setdefault(found[2], {})[found[1]] = found[3] or "yes"
    elif found := _NOTE.match(line):
        document.attributes.setdefault(found[1], {})["note"] = found[2].strip()
    elif found := _REFERENCE.match(line):
        document.attributes.setdefault(found[1], {})["reference"] = found[2]
    else:
        return False
    return True


def _span(document: _Document, name: str, label: str, places: str, quote: str | None) -> SpanMark:
    """A mark in pieces becomes one that covers them all; pieces that only a line end parts are one anyhow."""
    pieces = [tuple(map(int, piece.split())) for piece in places.split(";")]
    start, end = pieces[0][0], pieces[-1][1]
    if len(pieces) == 1:
        return SpanMark(start, end, label, quote or "", id=name)
    gaps = (document.text[one[1] : other[0]] for one, other in pairwise(pieces))
    if any(gap.strip() for gap in gaps):
        document.in_pieces += 1
        return SpanMark(start, end, label, id=name, attributes={"pieces": places})
    return SpanMark(start, end, label, id=name)


def _marks(document: _Document) -> Marks:
    for target, attributes in document.attributes.items():
        name = document.triggers.get(target, target)
        if name in document.spans:
            span = document.spans[name]
            merged = {**span.attributes, **attributes}
            document.spans[name] = SpanMark(span.start, span.end, span.label, span.quote, span.id, None, merged)
        else:
            document.not_placed += 1
    places = {name: place for place, name in enumerate(document.spans)}
    relations = []
    for name, label, *ends in document.relations:
        head, tail = (places.get(document.triggers.get(one, one)) for one in ends)
        if head is None or tail is None:
            document.not_placed += 1
        else:
            relations.append(RelationMark(head, tail, label, name))
    spans = tuple(document.spans.values())
    is_known = bool(spans) or not (document.broken or document.not_placed)
    return Marks(spans=spans if is_known else None, relations=tuple(relations))


def _remark(document: _Document, file: Path) -> str:
    said: list[str] = []
    if document.broken:
        lines = _listed(document.broken)
        said.append(tr("Lines of {file} that could not be understood: {lines}.", file=file.name, lines=lines))
    if document.in_pieces:
        said.append(
            trn(
                "{count} mark in several pieces became one mark that covers all of them.",
                "{count} marks in several pieces became marks that cover all of them.",
                document.in_pieces,
            )
        )
    if document.not_placed:
        said.append(
            trn(
                "{count} relation, note or attribute that does not belong to a span was left out.",
                "{count} relations, notes or attributes that do not belong to a span were left out.",
                document.not_placed,
            )
        )
    return " ".join(said)


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:5])) + (" ..." if len(numbers) > 5 else "")


FORMAT = Format(
    id="brat",
    title="brat standoff",
    detect=detect,
    describe=describe,
    records=records,
    marks_of=marks_of,
    write=write_brat,
    holds=frozenset({"spans", "nested_spans", "relations", "spacing", "attributes", "id", "note"}),
)
