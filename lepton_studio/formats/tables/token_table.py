"""Tables with a token a row: its word, its tag, and which sentence it is of; CSV, TSV and their kin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record, UnreadableFile
from lepton_studio.formats.corpora.conll_layout import FULL_STOPS, TAG_NAMES, WORD_NAMES, find_layout, names_columns
from lepton_studio.formats.corpora.tag_schemes import (
    are_loose_tags,
    are_tags,
    find_tag_scheme,
    is_tag,
    loose_notice,
    loose_tag,
    scheme_notice,
    spans_of,
)
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.tables.delimited import cut_rows, find_dialect, table_rows
from lepton_studio.formats.tables.header import column_names
from lepton_studio.formats.tokens import join
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks, SpanMark

_SAMPLED_ROWS = 3000
_FEW_ROWS = 4
_SENTENCE = re.compile(
    r"(sent(ence)?s?|sid|doc(ument)?|file|article|text|utterance|tweet|post)[\s_#.-]*(id|idx|no|nr|num|number)?\s*#?"
)


@dataclass(frozen=True, slots=True)
class _Layout:
    """Places of columns. `sentence`: those whose cells change, or are filled, where a sentence begins; none: blank rows
    stand between sentences (`blank`), or else each ends with a full stop."""

    word: int
    tag: int
    sentence: tuple[int, ...]
    header: bool
    loose: bool
    blank: bool
    names: tuple[str, ...]


@dataclass(slots=True)
class _Sentence:
    """The tokens and tags of a sentence from the row `row` on."""

    row: int
    key: tuple[str, ...] = ()
    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    broken: str = ""


def detect(head: FileStart) -> float:
    """Rows of a word and a tag with a header or ids of sentences; those between tabs without ids are CoNLL's."""
    if head.is_folder or not head.text or head.text.lstrip()[:1] in "{[":
        return 0.0
    dialect = find_dialect(head)
    if dialect.width < 2:
        return 0.0
    layout = _find(_first_rows(head))
    if layout is None:
        return 0.0
    if not layout.sentence and dialect.delimiter == "\t" and find_layout(head.lines()) is not None:
        return 0.0
    return 0.98


def describe(head: FileStart) -> Guess:
    """One text a sentence. Raises UnreadableFile where the rows are no tokens with tags."""
    dialect = find_dialect(head)
    layout = _find(_first_rows(head))
    if layout is None:
        raise UnreadableFile(tr("{file} has no readable columns of words and tags.", file=head.path.name))
    return Guess(
        format="token_table",
        paths=(head.path,),
        encoding=head.encoding,
        delimiter=dialect.delimiter,
        quoting=dialect.quoting,
        escapes=dialect.escapes,
        header_rows=int(layout.header),
        columns=("text",),
        text="text",
    )


def notices(path: Path, guess: Guess) -> Sequence[str]:
    """Which scheme the tags follow, what parts the sentences, and which columns are not read."""
    layout = _layout(path, guess)
    first = islice(_sentences(path, guess, layout), _SAMPLED_ROWS)
    scheme = scheme_notice(find_tag_scheme(one.tags for one in first if isinstance(one, _Sentence)))
    said = [loose_notice() if layout.loose else scheme]
    if not layout.sentence and not layout.blank:
        said.append(tr("The ends of sentences are not marked, so each sentence is taken to end with a full stop."))
    used = {layout.word, layout.tag, *layout.sentence}
    if passed := [name for place, name in enumerate(layout.names) if place not in used]:
        said.append(tr("Columns not read: {columns}.", columns=", ".join(passed)))
    return said


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per sentence; its row is that of its first token."""
    layout = _layout(path, guess)
    for one in _sentences(path, guess, layout):
        if isinstance(one, Problem):
            yield one
        elif one.broken:
            yield Problem(str(path), one.row, one.broken)
        else:
            joined = join(one.words)
            spans = tuple(
                SpanMark(joined.places[span.first][0], joined.places[span.last][1], span.label)
                for span in spans_of(one.tags)
            )
            raw = {"tokens": one.words, "tags": one.tags}
            yield Record(one.row, {"text": joined.text}, raw=raw, marks=Marks(spans=spans), id=" ".join(one.key))


def _sentences(path: Path, guess: Guess, layout: _Layout) -> Iterator[_Sentence | Problem]:
    now = _Sentence(0)
    last = max(layout.word, layout.tag)
    for number, cells in table_rows(path, guess):
        if isinstance(cells, Problem):
            yield cells
            continue
        if number <= guess.header_rows:
            continue
        is_blank = not any(cell.strip() for cell in cells)
        key = tuple(cells[place].strip() for place in layout.sentence if place < len(cells))
        begins = not layout.sentence and is_blank
        begins = begins or (bool(layout.sentence) and any(key) and bool(now.words) and key != now.key)
        begins = begins or (
            not layout.sentence and not layout.blank and now.words[-1:] != [] and now.words[-1] in FULL_STOPS
        )
        if begins and (now.words or now.broken):
            yield now
            now = _Sentence(0)
        if is_blank:
            continue
        now.row = now.row or number
        now.key = key if any(key) else now.key
        word = cells[layout.word].strip() if len(cells) > layout.word else ""
        tag = _tag(cells[layout.tag].strip(), layout) if len(cells) > last else None
        if tag is None:
            wrong = cells[layout.tag].strip() if len(cells) > layout.tag else ""
            now.broken = now.broken or tr("Line {line}: “{tag}” is not a tag such as B-PER, I-PER or O.",
                                          line=number, tag=wrong)  # fmt: skip
        elif word:
            now.words.append(word)
            now.tags.append(tag)
    if now.words or now.broken:
        yield now


def _tag(cell: str, layout: _Layout) -> str | None:
    if layout.loose:
        return loose_tag(cell)
    return cell if is_tag(cell) else None


def _first_rows(head: FileStart) -> list[list[str]]:
    rows = cut_rows(head.text, find_dialect(head), limit=_SAMPLED_ROWS)
    return rows if head.complete or len(rows) >= _SAMPLED_ROWS else rows[:-1]


def _layout(path: Path, guess: Guess) -> _Layout:
    rows = [row for _, row in islice(table_rows(path, guess), _SAMPLED_ROWS) if not isinstance(row, Problem)]
    layout = _find(rows)
    if layout is None:
        raise UnreadableFile(tr("{file} has no readable columns of words and tags.", file=path.name))
    return layout


def _find(rows: Sequence[Sequence[str]]) -> _Layout | None:
    """What the columns of these rows are; None where they are no tokens with tags."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    width = max(map(len, filled), default=0)
    if width < 2 or sum(len(row) == width for row in filled) < 0.95 * len(filled):
        return None
    header = names_columns(filled[0])
    body = [[cell.strip() for cell in row] for row in filled[header:] if len(row) == width]
    if len(body) < _FEW_ROWS:
        return None
    names = [cell.strip().lower() for cell in filled[0]] if header else [""] * width
    columns = list(zip(*body, strict=True))
    strict = [place for place in range(width) if are_tags(columns[place]) and not any(" " in c for c in columns[place])]
    loose = [place for place in range(width) if header and are_loose_tags(columns[place])]
    tags = strict or loose
    if not tags:
        return None
    tag = next((place for place in reversed(tags) if names[place] in TAG_NAMES), tags[-1])
    sentence = tuple(place for place in range(width) if place != tag and _parts(names[place], columns[place], header))
    words = [place for place in range(width) if place not in (tag, *sentence) and _are_words(columns[place])]
    if not words:
        return None
    named = [place for place in words if names[place] in WORD_NAMES]
    word = named[0] if named else max(words, key=lambda place: (len(set(columns[place])), -place))
    blank = any(not any(cell.strip() for cell in row) for row in rows[1:-1])
    if tag not in strict and not sentence and not blank:
        return None
    shown = column_names(filled[0]) if header else column_names([""] * width)
    return _Layout(word, tag, sentence, header, tag not in strict, blank, shown)


def _parts(name: str, cells: Sequence[str], named: bool) -> bool:
    """Whether a column says which sentence a token is of: by its name, or numbers that hardly change; filled in every
    row, or where a sentence begins."""
    runs = 1 + sum(before != after for before, after in pairwise(cells) if after)
    if runs > 0.6 * len(cells):
        return False
    if named:
        return bool(_SENTENCE.fullmatch(name)) and name not in WORD_NAMES
    return all(cell.isdecimal() or not cell for cell in cells) and any(cells)


def _are_words(cells: Sequence[str]) -> bool:
    """Whether these are single words, and many different ones."""
    several = sum(" " in cell for cell in cells)
    numbers = sum(cell.isdecimal() for cell in cells)
    return several <= 0.02 * len(cells) and numbers < 0.5 * len(cells) and len(set(cells)) > 2


FORMAT = Format(
    id="token_table",
    title="Table of tokens, one per row",
    detect=detect,
    describe=describe,
    records=records,
    notices=notices,
    has_offsets=False,
)
