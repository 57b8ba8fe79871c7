"""What the columns of a CoNLL-like file are: words, tags, and what is not read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lepton_studio.formats.corpora.tag_schemes import are_loose_tags, are_tags, is_tag, loose_tag, split_tag

WORD_NAMES = frozenset(
    {"word", "words", "token", "tokens", "form", "text", "surface", "wort", "mot", "palabra", "词", "字"}
)
TAG_NAMES = frozenset(
    {
        "tag", "tags", "ner", "ner_tag", "ner_tags", "label", "labels", "entity", "entities", "ne", "iob", "iob2",
        "bio", "iob_tag", "bio_tag", "slot", "slots", "named_entity", "entity_tag", "gold", "标签",
    }
)  # fmt: skip
DOCSTART = "-DOCSTART-"
_COMMENT = re.compile(
    r"#\s?(text|text_json|sent_id|sentence_id|id|newdoc|newpar|doc|document|global|split|note|lang)\b"
)
_SAYS = re.compile(r"#\s?\w+ = ")
_CHUNKS = {"NP", "VP", "PP", "ADVP", "ADJP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP"}
_CODED_CHARACTER = re.compile(r"(?s).\d")
_UNIVERSAL = 10
_SAMPLED_LINES = 3000
_MANY_TOKENS = 20
FULL_STOPS = frozenset(".!?。\uff01\uff1f")


@dataclass(frozen=True, slots=True)
class Layout:
    """`delimiter` "" is any white space. `tags` are the columns of tags: several are layers of nested spans.

    `misc` is a column of features (CoNLL-U), -1 for none; `coded`: each token is a character and the digit of its
    place in its word; `joined`: tokens are characters, so that nothing stands between them; `loose`: tags are written
    otherwise than B-PER, I-PER and O; `header`: the first line names the columns; `stops`: there are no blank lines,
    and a full stop ends a sentence.
    """

    delimiter: str = ""
    width: int = 2
    word: int = 0
    tags: tuple[int, ...] = (1,)
    misc: int = -1
    coded: bool = False
    joined: bool = False
    loose: bool = False
    header: bool = False
    stops: bool = False

    def tag(self, cell: str) -> str | None:
        """The tag that a cell is, None for none."""
        if self.loose:
            return loose_tag(cell)
        return cell if is_tag(cell) else None

    def cells(self, line: str) -> list[str]:
        """The cells of a line."""
        cells = line.split(self.delimiter) if self.delimiter else line.split()
        while len(cells) > self.width and not cells[-1].strip():
            cells.pop()  # a delimiter behind the last cell
        return [cell.strip() for cell in cells] if self.delimiter else cells


def is_comment(line: str, layout: Layout | None = None) -> bool:
    """Whether a line is about the sentence; a token may be a "#" too."""
    if not line.startswith("#"):
        return False
    if _SAYS.match(line):
        return True
    if layout is not None and layout.delimiter and line.count(layout.delimiter) + 1 == layout.width:
        return False
    return bool(_COMMENT.match(line)) or (layout is not None and len(layout.cells(line)) != layout.width)


def find_layout(lines: Sequence[str]) -> Layout | None:
    """The layout of these lines (the first thousands of them); None where they are no tokens with tags."""
    lines = lines[:_SAMPLED_LINES]
    tokens = [line for line in lines if line.strip() and not _COMMENT.match(line) and not line.startswith(DOCSTART)]
    if not tokens:
        return None
    delimiter = "\t" if sum("\t" in line for line in tokens) > 0.9 * len(tokens) else ""
    rows = [line.split(delimiter) if delimiter else line.split() for line in tokens]
    widths = sorted(len(row) for row in rows)
    width = widths[len(widths) // 2]
    if delimiter and all(not row[-1].strip() for row in rows if len(row) == width):
        width -= 1
    usual = [[cell.strip() for cell in row[:width]] for row in rows if len(row) >= width]
    if width < 2 or len(usual) < 0.8 * len(rows) or sum(len(row) > width + 1 for row in rows) > 0.2 * len(rows):
        return None
    header = len(usual) > 1 and usual[0] == [cell.strip() for cell in rows[0][:width]] and names_columns(usual[0])
    columns = list(zip(*usual[header:], strict=True))
    first = next((place for place, cells in enumerate(columns) if any(cells)), 0)
    word = first + 1 if width > first + 2 and _counts(columns[first]) else first
    if width == _UNIVERSAL and word == 1 and first == 0:
        return Layout("\t", width, 1, (), misc=width - 1) if delimiter else None
    if (found := _tags(columns, word)) is None:
        return None
    word, tags, loose = found
    words = columns[word]
    stops = not loose and len(tokens) >= _MANY_TOKENS and all(map(str.strip, lines)) and bool(FULL_STOPS & set(words))
    coded = sum(bool(_CODED_CHARACTER.fullmatch(one)) for one in words) > 0.95 * len(words) and len(words) > 20
    single = sum(len(one) == 1 for one in words) > 0.95 * len(words) and not all(one.isascii() for one in words)
    return Layout(
        delimiter, width, word, tags, coded=coded, joined=coded or single, loose=loose, header=header, stops=stops
    )


def _tags(columns: Sequence[Sequence[str]], word: int) -> tuple[int, tuple[int, ...], bool] | None:
    """(the column of words, those of tags, whether these are loose). Tags stand behind the words, or before them."""
    behind = range(word + 1, len(columns))
    tags = [place for place in behind if are_tags(columns[place])]
    if tags:
        if tags != list(range(tags[0], len(columns))) or tags[0] != word + 1:
            tags = [place for place in tags if not _are_chunks(columns[place])][-1:] or tags[-1:]
        return word, tuple(tags), False
    if len(columns) > word + 1 and are_tags(columns[word]):
        return max(behind, key=lambda place: len(set(columns[place]))), (word,), False
    loose = [place for place in behind if are_loose_tags(columns[place])]
    if loose:
        return word, (loose[-1],), True
    if len(columns) > word + 1 and are_loose_tags(columns[word]):
        return max(behind, key=lambda place: len(set(columns[place]))), (word,), True
    return None


def names_columns(cells: Sequence[str]) -> bool:
    """Whether these cells name columns of words or tags, with no tag among them."""
    plain = [cell.strip().lower() for cell in cells]
    return any(cell in WORD_NAMES | TAG_NAMES for cell in plain) and not any(
        is_tag(cell) or cell == "o" for cell in cells
    )


def _counts(cells: Sequence[str]) -> bool:
    """Whether a column numbers the tokens: 1, 2, 3 ... with ranges and empty nodes as CoNLL-U has them."""
    numbers = sum(bool(re.fullmatch(r"\d+([-.]\d+)?", cell)) for cell in cells)
    return numbers > 0.98 * len(cells) and any(cell in ("0", "1") for cell in cells)


def _are_chunks(cells: Sequence[str]) -> bool:
    labels = {split_tag(cell)[1] for cell in cells} - {""}
    return bool(labels) and len(labels - _CHUNKS) <= 0.2 * len(labels)
