"""Tokens with tags and relations: number, word, tag, names of relations, numbers of their tokens (CoNLL04)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.corpora.conll import Sentence
from lepton_studio.formats.corpora.conll_layout import Layout
from lepton_studio.formats.corpora.tag_schemes import is_tag, spans_of
from lepton_studio.formats.guessing.file_start import FileStart, read_lines
from lepton_studio.formats.tokens import join
from lepton_studio.language import tr, trn
from lepton_studio.project.marks import Marks, RelationMark, SpanMark

_LAYOUT = Layout("\t", 5, 1, (2,))
_MARK = "#doc"
_NONE, _NOTHING = "N", "['N']"


def detect(head: FileStart) -> float:
    """Five columns, the last two lists."""
    if head.is_folder or not head.text:
        return 0.0
    rows = [line.split("\t") for line in head.lines()[:200] if line.strip() and not line.startswith("#")]
    right = [len(row) == 5 and row[0].isdecimal() and is_tag(row[2]) and row[4].startswith("[") for row in rows]
    return 0.99 if rows and all(right) else 0.0


def describe(head: FileStart) -> Guess:
    """One text a document."""
    return Guess(format="linked_conll", paths=(head.path,), encoding=head.encoding, columns=("text",), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per document; documents begin with `#doc`. A relation goes from the span that ends at its token to the
    one that ends at the token it names."""
    for one in _documents(path, guess.encoding):
        if one.broken:
            yield Problem(str(path), one.row, one.broken)
            continue
        try:
            yield _record(one)
        except (ValueError, SyntaxError, TypeError):
            yield Problem(str(path), one.row, tr("Cannot read its relations: they are not lists of names."))


def _documents(path: Path, encoding: str) -> Iterator[Sentence]:
    now = Sentence(0)
    for number, line in enumerate(read_lines(path, encoding), start=1):
        if line.startswith(_MARK) or not line.strip():
            if now.rows or now.broken:
                yield now
            now = Sentence(number, lines=[line])
            continue
        now.row = now.row or number
        now.lines.append(line)
        cells = _LAYOUT.cells(line)
        if len(cells) == _LAYOUT.width and is_tag(cells[2]):
            now.rows.append(cells)
        else:
            now.broken = now.broken or tr("Line {line} is not a number, a word, a tag and two lists.", line=number)
    if now.rows or now.broken:
        yield now


def _record(one: Sentence) -> Record:
    joined = join([row[1] for row in one.rows])
    found = spans_of([row[2] for row in one.rows])
    spans = [SpanMark(joined.places[span.first][0], joined.places[span.last][1], span.label) for span in found]
    by_last = {span.last: place for place, span in enumerate(found)}
    relations, lost = [], 0
    for number, row in enumerate(one.rows):
        if row[3] == _NOTHING:
            continue
        names, tails = ast.literal_eval(row[3]), ast.literal_eval(row[4])
        for name, tail in zip(names, tails, strict=True):
            if name == _NONE:
                continue
            if number in by_last and tail in by_last:
                relations.append(RelationMark(by_last[number], by_last[tail], str(name)))
            else:
                lost += 1
    remark = (
        trn(
            "{count} relation whose tokens do not end a span was left out.",
            "{count} relations whose tokens do not end a span were left out.",
            lost,
        )
        if lost
        else ""
    )
    identity = next((line.removeprefix(_MARK).strip() for line in one.lines if line.startswith(_MARK)), "")
    marks = Marks(spans=tuple(spans), relations=tuple(relations))
    return Record(one.row, {"text": joined.text}, "\n".join(one.lines), marks=marks, remark=remark, id=identity)


FORMAT = Format(
    id="linked_conll",
    title="CoNLL with relations (CoNLL04)",
    detect=detect,
    describe=describe,
    records=records,
    has_offsets=False,
)
