"""Tokens with tags, one a line, a blank line between sentences: the CoNLL family."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.corpora.conll_layout import DOCSTART, FULL_STOPS, Layout, find_layout, is_comment
from lepton_studio.formats.corpora.conll_writing import write_conll
from lepton_studio.formats.corpora.tag_schemes import (
    OUTSIDE,
    find_tag_scheme,
    is_tag,
    loose_notice,
    scheme_notice,
    spans_of,
)
from lepton_studio.formats.guessing.file_start import FileStart, look_at, read_lines
from lepton_studio.formats.splits import split_named
from lepton_studio.formats.tokens import Joined, align, join
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, SpanMark

_FEW_LINES = 3
_SAMPLED_SENTENCES = 1500
_COMMENT = re.compile(r"#\s*([\w.]+)\s*=?\s*(.*)")
_NAMES = {"sent_id", "sentence_id", "id"}
_MISC_TAGS = ("NE", "NER", "Entity", "name")


@dataclass(slots=True)
class Sentence:
    """The lines of one sentence: `row` is the number of its first line, `rows` are its tokens' cells."""

    row: int
    comments: dict[str, str] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    document: int = 0
    broken: str = ""


def detect(head: FileStart) -> float:
    """Columns of words and tags, and sentences apart by blank lines (or a name that says so)."""
    if head.is_folder or not head.text:
        return 0.0
    lines = head.lines()
    layout = find_layout(lines)
    if layout is None:
        return 0.0
    named = head.suffix in {".conll", ".conllu", ".iob", ".iob2", ".bio", ".ner"}
    tokens = [line for line in lines if line.strip()]
    if layout.misc >= 0:
        return 0.97 if named or any(line.startswith("# ") for line in lines) else 0.6
    blank = any(not line.strip() for line in lines[:-1])
    if not (named or blank or layout.stops) or len(tokens) < _FEW_LINES:
        return 0.97 if named else 0.0
    return 0.97


def describe(head: FileStart) -> Guess:
    """One text a sentence. Raises UnreadableFile where the lines are no tokens with tags."""
    lines = head.lines()
    if find_layout(lines) is None:
        raise UnreadableFile(
            tr("{file} has no readable columns of words and tags (B-..., I-..., O).", file=head.path.name)
        )
    documents = any(line.startswith(DOCSTART) for line in lines)
    columns = ("text", "document") if documents else ("text",)
    return Guess(format="conll", paths=(head.path,), encoding=head.encoding, columns=columns, text="text")


def notices(path: Path, guess: Guess) -> Sequence[str]:
    """Which scheme the tags follow, and which columns are not read."""
    layout = _layout(path, guess)
    said = []
    for column in layout.tags[:1] if layout.tags else ():
        first = islice(sentences(path, guess.encoding, layout), _SAMPLED_SENTENCES)
        if layout.loose:
            said.append(loose_notice())
            continue
        tags = ([row[column] for row in one.rows] for one in first if not one.broken)
        said.append(f"{path.name}: {scheme_notice(find_tag_scheme(tags))}")
    if layout.stops:
        said.append(tr("The ends of sentences are not marked, so each sentence is taken to end with a full stop."))
    if len(layout.tags) > 1:
        said.append(tr("{count} columns of tags are read as layers of nested spans.", count=len(layout.tags)))
    used = {layout.word, *layout.tags, layout.misc}
    passed = [place for place in range(layout.width) if place not in used and not (layout.word == 1 and place == 0)]
    if passed:
        numbers = ", ".join(str(place + 1) for place in passed)
        said.append(tr("Columns not read: {columns}.", columns=numbers))
    return said


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per sentence; the row is the number of its first line. A sentence with a line that has other columns
    than the rest of the file, or a tag that is none, is a Problem."""
    layout = _layout(path, guess)
    for sentence in sentences(path, guess.encoding, layout):
        if sentence.broken:
            yield Problem(str(path), sentence.row, sentence.broken)
            continue
        yield _record(sentence, layout)


def _record(sentence: Sentence, layout: Layout) -> Record:
    joined, remark = joined_text(sentence, layout)
    spans = []
    for column in layout.tags:
        for one in spans_of([layout.tag(row[column]) or OUTSIDE for row in sentence.rows]):
            start, end = joined.places[one.first][0], joined.places[one.last][1]
            spans.append(SpanMark(start, end, one.label))
    if layout.misc >= 0:
        tags = [_misc_tag(row[layout.misc]) for row in sentence.rows]
        spans += [
            SpanMark(joined.places[one.first][0], joined.places[one.last][1], one.label) for one in spans_of(tags)
        ]
    cells: dict[str, object] = {"text": joined.text}
    if sentence.document:
        cells["document"] = str(sentence.document)
    said = layout.misc < 0 or bool(spans)
    return Record(
        sentence.row,
        cells,
        raw="\n".join(sentence.lines),
        marks=Marks(spans=tuple(sorted(spans, key=lambda one: (one.start, -one.end)))) if said else Marks(),
        split=split_named(sentence.comments.get("split", "")),
        id=next((sentence.comments[name] for name in _NAMES if name in sentence.comments), ""),
        remark=remark,
    )


def joined_text(sentence: Sentence, layout: Layout) -> tuple[Joined, str]:
    """The sentence's text with the places of its tokens: as its comment gives it, else put together; and a remark
    where its comment gives another text than its tokens do."""
    tokens = [row[layout.word] for row in sentence.rows]
    if layout.coded:
        tokens = [token[:-1] if len(token) > 1 else token for token in tokens]
    given = sentence.comments.get("text")
    if "text_json" in sentence.comments:
        with suppress(ValueError, RecursionError):
            given = str(json.loads(sentence.comments["text_json"]))
    if given is not None and (aligned := align(tokens, given)):
        return aligned, ""
    remark = (
        tr("Its tokens do not match its “text” comment, so the text is put together from the tokens.") if given else ""
    )
    gaps = None
    if layout.joined:
        gaps = [False] * len(tokens)
    elif any("SpaceAfter=No" in cell for row in sentence.rows for cell in row[layout.word + 1 :]):
        gaps = [not any("SpaceAfter=No" in cell for cell in row[layout.word + 1 :]) for row in sentence.rows]
    return join(tokens, spaces=gaps), remark


def sentences(path: Path, encoding: str, layout: Layout) -> Iterator[Sentence]:
    """The sentences of a file, broken ones with the sentence for a person in `broken`. Raises OSError."""
    now = Sentence(0)
    document = 0
    headers = int(layout.header)
    for number, line in enumerate(read_lines(path, encoding), start=1):
        if headers and line.strip() and not is_comment(line, layout):
            headers = 0
            continue
        if not line.strip() or line.startswith(DOCSTART):
            if now.rows or now.broken:
                yield now
            document += line.startswith(DOCSTART)
            now = Sentence(0, document=document)
            continue
        now.row = now.row or number
        now.lines.append(line)
        if not now.rows and is_comment(line, layout):
            if match := _COMMENT.match(line):
                now.comments[match[1]] = match[2]
            continue
        _add(now, line, number, layout)
        if layout.stops and now.rows and now.rows[-1][layout.word] in FULL_STOPS:
            yield now
            now = Sentence(0, document=document)
    if now.rows or now.broken:
        yield now


def _add(now: Sentence, line: str, number: int, layout: Layout) -> None:
    cells = layout.cells(line)
    if len(cells) == layout.width and layout.misc < 0 and all(layout.tag(cells[place]) for place in layout.tags):
        now.rows.append(cells)
        return
    if layout.misc >= 0 and cells and not cells[0].isdecimal():
        return  # CoNLL-U: words written as one, and words left out, are told beside the words themselves
    if len(cells) == layout.width - 1 and layout.delimiter and layout.word == 0 and not line.split(layout.delimiter)[0]:
        cells = ["", *cells]
    if len(cells) < layout.width and not (layout.misc < 0 and len(cells) > max(layout.tags)):
        now.broken = now.broken or tr(
            "Line {line} has {found} of {expected} columns.", line=number, found=len(cells), expected=layout.width
        )
    elif wrong := next((cells[place] for place in layout.tags if not layout.tag(cells[place])), None):
        now.broken = now.broken or tr(
            "Line {line}: “{tag}” is not a tag such as B-PER, I-PER or O.", line=number, tag=wrong
        )
    else:
        now.rows.append(cells)


def _misc_tag(cell: str) -> str:
    """The tag that a feature column gives: "NE=B-PER"."""
    for pair in cell.split("|"):
        name, _, value = pair.partition("=")
        if name in _MISC_TAGS and is_tag(value):
            return value
    return OUTSIDE


def _layout(path: Path, guess: Guess) -> Layout:
    layout = find_layout(look_at(path, encoding=guess.encoding).lines())
    if layout is None:
        raise UnreadableFile(tr("{file} has no readable columns of words and tags.", file=path.name))
    return layout


FORMAT = Format(
    id="conll",
    title="CoNLL (tokens with tags)",
    detect=detect,
    describe=describe,
    records=records,
    notices=notices,
    has_offsets=False,
    write=write_conll,
    holds=frozenset({"spans", "spacing", "id", "split"}),
    suffix=".conll",
)
