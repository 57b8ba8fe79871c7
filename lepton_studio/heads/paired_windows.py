"""A question and a text as one row of two segments; a long text gives several rows that overlap."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from lepton_studio.training.tokens import Reader, Tokens

_OVERLAP = 3
"""Neighbouring windows share a third of their tokens."""


@dataclass(frozen=True, slots=True)
class PairedWindow:
    """Tokens `first` to `last` (exclusive) of the text `tokens`, behind `before` other tokens in their row.

    `segment`: where the second segment begins in the row, None where the model is not told. `question`: the words of
    the question, and `number` its place among those of its text.
    """

    tokens: Tokens
    first: int
    last: int
    before: int
    segment: int | None
    question: str
    number: int

    def readable(self) -> bytes:
        """1 for each token of the text, from the beginning of the row on."""
        return bytes(self.before) + bytes([1]) * (self.last - self.first)

    def edges(self) -> bytes:
        """For each of its tokens 1 where a word begins, 2 where one ends, 3 for both. A space is of no word."""
        tokens, found = self.tokens, bytearray(self.last - self.first)
        begins = next((tokens.heads[place] for place in range(self.last, len(tokens.ids)) if tokens.shows(place)), 1)
        for place in range(self.last - 1, self.first - 1, -1):
            if tokens.shows(place):
                found[place - self.first] = tokens.heads[place] + 2 * begins
                begins = tokens.heads[place]
        return bytes(found)


class PairReader:
    """Makes the rows. Raises ModelNotFound for a tokenizer that knows no offsets."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, *, max_length: int) -> None:
        self.reader = Reader(tokenizer, max_length=max_length)
        told = "token_type_ids" in tokenizer.model_input_names
        framed = tokenizer("a", "a", return_special_tokens_mask=True, return_token_type_ids=True)
        ids, special, types = framed["input_ids"], framed["special_tokens_mask"], framed["token_type_ids"]
        one = len(tokenizer("a", add_special_tokens=False)["input_ids"])
        before = special.index(0)
        behind = special[::-1].index(0)
        self._before: list[int] = ids[:before]
        self._between: list[int] = ids[before + one : len(ids) - behind - one]
        self._behind: list[int] = ids[len(ids) - behind :]
        # Where the types change, counted from the first token behind the question.
        self._turn = types.index(1) - before - one if told and 1 in types else None
        self._room = max_length - len(ids) + 2 * one
        self._longest_question = max(1, self._room // 3)
        self.null = ids.index(tokenizer.cls_token_id) if tokenizer.cls_token_id in ids[:before] else 0
        """The place in every row that stands for "no answer"."""

    def windows(self, tokens: Tokens, *, question: str, number: int) -> Iterator[tuple[array[int], bool, PairedWindow]]:
        """Rows, each with its window and whether its question was cut; one row where the text has no tokens."""
        asked = self.reader.ids(question.strip())
        cut = len(asked) > self._longest_question
        asked = asked[: self._longest_question]
        room = max(1, self._room - len(asked))
        count = len(tokens.ids)
        step = max(1, room - room // _OVERLAP)
        before = len(self._before) + len(asked) + len(self._between)
        segment = None if self._turn is None else len(self._before) + len(asked) + self._turn
        for first in range(0, max(1, count - room + step), step):
            last = min(count, first + room)
            row = [*self._before, *asked, *self._between, *tokens.ids[first:last], *self._behind]
            yield array("i", row), cut, PairedWindow(tokens, first, last, before, segment, question, number)
