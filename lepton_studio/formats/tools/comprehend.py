"""Amazon Comprehend's annotations of entities: a table of places in text files that stand beside it
(https://docs.aws.amazon.com/comprehend/latest/dg/cer-annotation-csv.html)."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.guessing.file_start import FileStart, look_at, read_lines
from lepton_studio.formats.tables.json_file import load
from lepton_studio.formats.tables.json_objects import OTHER_SHAPE
from lepton_studio.formats.tools.exports import span
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, SpanMark

_OF_DOCUMENTS = ["file", "begin offset", "end offset", "type"]
_OF_LINES = ["file", "line", *_OF_DOCUMENTS[1:]]
_Row = Mapping[str, str]


def detect(head: FileStart) -> float:
    """By the names of its columns."""
    return 0.99 if not head.is_folder and _names(head.lines()[:1]) in (_OF_LINES, _OF_DOCUMENTS) else 0.0


def describe(head: FileStart) -> Guess:
    """Raises UnreadableFile where the texts are not beside it."""
    for name in _by_file(head.path, head.encoding):
        _beside(head.path, name)
    return Guess(format="comprehend", paths=(head.path,), encoding=head.encoding, columns=("text",), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record for each line of the text files, or for each file where the table counts no lines. One that the table
    does not name has no entities. Raises UnreadableFile."""
    number = 0
    for name, rows in _by_file(path, guess.encoding).items():
        file = _beside(path, name)
        encoding = look_at(file).encoding
        by_line = all("line" in row for row in rows)
        texts = read_lines(file, encoding) if by_line else iter([load(file, encoding)])
        marked: dict[str, list[_Row]] = defaultdict(list)
        for row in rows:
            marked[row["line"].strip() if by_line else "0"].append(row)
        for line, text in enumerate(texts):
            own = marked.get(str(line), [])
            number += 1
            try:
                spans = tuple(map(_span, own))
            except OTHER_SHAPE:
                yield Problem(str(path), number, tr("Its offsets are not numbers."))
                continue
            raw = {"text": text, "entities": [dict(row) for row in own]}
            yield Record(line + 1, {"text": text}, raw=raw, source=str(file), marks=Marks(spans=spans))


def _by_file(path: Path, encoding: str) -> dict[str, list[_Row]]:
    lines = read_lines(path, encoding)
    names = _names([next(lines, "")])
    found: dict[str, list[_Row]] = {}
    for cells in csv.reader(lines):
        row = dict(zip(names, cells, strict=False))
        if row.get("file"):
            found.setdefault(row["file"].strip(), []).append(row)
    return found


def _span(row: _Row) -> SpanMark:
    return span(row["begin offset"], row["end offset"], row["type"].strip())


def _names(lines: Sequence[str]) -> list[str]:
    try:
        return [name.strip().lower() for cells in csv.reader(lines) for name in cells]
    except csv.Error:
        return []


def _beside(path: Path, name: str) -> Path:
    file = path.parent / Path(name.replace("\\", "/")).name
    if not file.is_file():
        raise UnreadableFile(
            tr(
                "{file} holds entities for Amazon Comprehend; their texts are in {name}. Put that file next to it.",
                file=path.name,
                name=name,
            )
        )
    return file


def is_annotated_beside(path: Path) -> bool:
    """Whether a table beside this text file says what is marked in it."""
    return path.suffix == ".txt" and path.name in _annotated(path.parent, path.parent.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _annotated(folder: Path, _changed: int) -> frozenset[str]:
    """The names of the text files that tables in this folder are about."""
    tables = [table for table in folder.glob("*.csv") if table.is_file() and detect(look_at(table))]
    return frozenset(Path(name).name for table in tables for name in _by_file(table, look_at(table).encoding))


FORMAT = Format(
    id="comprehend", title="Amazon Comprehend (entities)", detect=detect, describe=describe, records=records
)
