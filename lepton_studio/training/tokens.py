"""Texts as tokens that know where they stand in the text, cut into windows where they are too long for the model.

Offsets are code points of the text, as the `tokenizers` library gives them for Python strings.
"""

from __future__ import annotations

import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from lepton_studio.language import tr
from lepton_studio.scripts import is_unspaced
from lepton_studio.training.characters import split_where_marked
from lepton_studio.training.failures import ModelNotFound
from lepton_studio.training.shapes import shapes

_TEXTS_AT_ONCE = 1000
_OVERLAP = 4
"""Neighbouring windows share a fourth of their tokens: each has context on both sides in one of them."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens without special ones: ids, and where each starts and ends (exclusive) without space around it.

    `solid` has a 1 for each token with characters of its own: not for a space, nor a later part of one character.
    `heads` has a 1 where such a token begins a word (a sign, a character of a script without spaces). `shapes`: see
    `training.shapes`; empty where the model is not told.
    """

    ids: array[int]
    starts: array[int]
    ends: array[int]
    solid: bytes
    heads: bytes
    shapes: bytes = b""

    def shows(self, token: int) -> bool:
        """Whether it has characters, of its own or a part of one; a space has none."""
        return self.starts[token] < self.ends[token]

    def within(self, start: int, end: int) -> tuple[int, int] | None:
        """The first and last token of the characters `start` to `end` (exclusive); None where no token is."""
        first = bisect_right(self.ends, start)
        last = bisect_left(self.starts, end) - 1
        return (first, last) if first <= last else None

    def head_of(self, token: int) -> int:
        """The first token of this one's word."""
        return max(self.heads.rfind(1, 0, token + 1), 0)

    def end_of(self, token: int) -> int:
        """The last token of this one's word."""
        following = self.heads.find(1, token + 1)
        return (len(self.ids) if following < 0 else following) - 1


@dataclass(frozen=True, slots=True)
class Window:
    """Tokens `first` to `last` (exclusive) of a text. `before` special tokens stand in front of them in its row.

    `own_first` to `own_last` are the tokens that no other window of the text has more context for.
    """

    tokens: Tokens
    first: int
    last: int
    before: int
    own_first: int
    own_last: int


class Reader:
    """A tokenizer with what a model reads at once. Raises ModelNotFound for a tokenizer that knows no offsets."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, *, max_length: int, shaped: bool = False) -> None:
        if not tokenizer.is_fast:
            raise ModelNotFound(
                tr("This model's tokenizer does not give the positions of its tokens. Choose another model.")
            )
        self._tokenizer = tokenizer
        self.shaped = shaped
        framed = tokenizer("a", return_special_tokens_mask=True)
        ids, special = framed["input_ids"], framed["special_tokens_mask"]
        first = special.index(0) if 0 in special else len(ids)
        self.before: list[int] = ids[:first]
        """Special tokens in front of a text; `behind` are those after it."""
        self.behind: list[int] = ids[len(ids) - special[::-1].index(0) :] if 0 in special else []
        self.room = max(1, max_length - len(self.before) - len(self.behind))
        """Tokens of a text that fit into one window."""

    def split_where_marked(self, texts: Sequence[str], edges: Sequence[Collection[int]]) -> None:
        """See `characters`: from now on a piece that one of these edges lies in is read apart."""
        split_where_marked(self._tokenizer, texts, edges)

    @property
    def padding(self) -> int:
        """The id that fills up a row."""
        return int(self._tokenizer.pad_token_id or 0)

    def read(self, texts: Sequence[str]) -> list[Tokens]:
        """The tokens of each text."""
        found = []
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            some = list(texts[start : start + _TEXTS_AT_ONCE])
            given = self._tokenizer(some, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            for text, ids, offsets in zip(some, given["input_ids"], given["offset_mapping"], strict=True):
                tokens = _tokens(text, ids, offsets)
                found.append(replace(tokens, shapes=shapes(text, tokens.starts)) if self.shaped else tokens)
        return found

    def ids(self, text: str) -> list[int]:
        """The tokens of a text, without special ones."""
        found: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return found

    def windows(self, tokens: Tokens, *, spared: int = 0) -> list[Window]:
        """Windows over all tokens, with room for `spared` more in each; none where there are no tokens."""
        count, room = len(tokens.ids), max(1, self.room - spared)
        if not count:
            return []
        step = max(1, room - room // _OVERLAP)
        firsts = sorted({*range(0, max(1, count - room), step), max(0, count - room)})
        lasts = [min(count, first + room) for first in firsts]
        bounds = [0, *((last + first) // 2 for last, first in zip(lasts, firsts[1:], strict=False)), count]
        return [
            Window(tokens, first, last, len(self.before), bounds[place], bounds[place + 1])
            for place, (first, last) in enumerate(zip(firsts, lasts, strict=True))
        ]

    def row(self, window: Window) -> array[int]:
        """The window's tokens as the model reads them, with the special ones."""
        return array("i", [*self.before, *window.tokens.ids[window.first : window.last], *self.behind])


def _tokens(text: str, ids: Sequence[int], offsets: Sequence[tuple[int, int]]) -> Tokens:
    starts, ends = array("i"), array("i")
    solid, heads = bytearray(), bytearray()
    reached = 0
    for start, end in offsets:
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if start >= end or end <= reached:
            start, end, has_own = starts[-1] if starts and end > start else reached, reached, False
        else:
            start, has_own = max(start, starts[-1] if starts else 0), True
        solid.append(has_own)
        heads.append(has_own and start >= reached and not _is_inside(text, start))
        starts.append(start)
        ends.append(end)
        reached = end
    return Tokens(array("i", ids), starts, ends, bytes(solid), bytes(heads))


def _is_inside(text: str, place: int) -> bool:
    """Whether a word goes on from the character before `place`."""
    return place > 0 and _is_of_word(text[place - 1]) and (_is_of_word(text[place]) or _is_mark(text[place]))


def _is_of_word(character: str) -> bool:
    if character.isascii():
        return character.isalnum() or character == "_"
    if is_unspaced(character):
        return False
    return character.isalnum() or _is_mark(character)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def pad(rows: Sequence[Sequence[int]], *, fill: int, length: int | None = None, left: bool = False) -> Tensor:
    """Rows of numbers made one length (that of the longest unless told), on the right or on the left: int64,
    [rows, length]."""
    if length is None:
        length = max(1, *(len(row) for row in rows))
    filled = torch.full((len(rows), length), fill, dtype=torch.int64)
    for place, row in enumerate(rows):
        if row:
            at = length - len(row) if left else 0
            filled[place, at : at + len(row)] = _numbers(row)
    return filled


def _numbers(row: Sequence[int]) -> Tensor:
    if isinstance(row, bytes | array):  # without a Python number for each
        return torch.frombuffer(bytearray(row), dtype=torch.uint8 if isinstance(row, bytes) else torch.int32)
    return torch.tensor(row)


def mask_of(rows: Sequence[Sequence[int]], *, length: int | None = None, left: bool = False) -> Tensor:
    """1 where a row has a number, 0 where `pad` fills it up: int64, [rows, length]."""
    return pad([b"\1" * len(row) for row in rows], fill=0, length=length, left=left)


def attention_mask(rows: Sequence[Sequence[int]]) -> dict[str, Tensor]:
    """The mask by the name that models know it by; nothing where all rows are of one length: attention is faster
    without.
    """
    return {} if len({len(row) for row in rows}) == 1 else {"attention_mask": mask_of(rows)}


def padded(rows: Sequence[Sequence[int]], *, fill: int) -> dict[str, Tensor]:
    """Rows of tokens as models take them, made as long as the longest, with `attention_mask`."""
    return {"input_ids": pad(rows, fill=fill), **attention_mask(rows)}
