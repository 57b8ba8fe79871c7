"""Training texts with words replaced by their neighbours in the model's table of words."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import regex
import torch
import torch.nn.functional as F
from torch import Tensor

from lepton_studio.methods.hooks import ChangedCopies, Net
from lepton_studio.methods.synonyms import SynonymsSettings

_BEGINNINGS = "\u2581\u0120"
"""Signs by which tokenizers mark that a piece begins a word."""
_HAN = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]{2,}")
_LETTERS = regex.compile(r"\p{L}{4,}")
"""Shorter ones are mostly articles, pronouns and the like."""
_DENIALS = {
    "ain", "aren", "couldn", "didn", "doesn", "hadn", "hasn", "isn", "mustn", "needn", "never", "nobody", "none",
    "nothing", "shouldn", "wasn", "weren", "wouldn",
}  # fmt: skip
"""English words, as tokenizers cut them, that turn a sentence around: they stay, and come in no other's place."""
_SCRIPTS = ("Han", "Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Thai", "Hangul", "Devanagari")
_OF_SCRIPT = {name: regex.compile(rf"\p{{{name}}}+") for name in _SCRIPTS}
_MOST = 8
"""Neighbours of a word that are kept."""
_ROWS_AT_ONCE = 256


class SynonymsHooks(ChangedCopies):
    """Which words are replaced, and by which of their neighbours, is drawn anew for each epoch."""

    settings: SynonymsSettings

    def wrap(self, net: Net) -> None:
        # The table as its makers left it: it does not learn.
        table: Any = net.model.get_input_embeddings().weight
        self._neighbours = Neighbours(table, net.tokenizer, closeness=self.settings.synonym_closeness)

    @property
    def copies(self) -> int:
        return self.settings.replaced_copies

    def get_ready(self, texts: Sequence[str]) -> None:
        self._neighbours.look_up(texts)

    def changed(self, text: str, *, chance: random.Random) -> str:
        return self._neighbours.replaced(text, share=self.settings.replaced_words, chance=chance)


class Neighbours:
    """Of words that are one piece of the tokenizer, those whose rows of the table are most like theirs.

    `table` [pieces, width] is copied nowhere and must not change. `closeness`: the least cosine, once the mean of all
    words is taken away (all rows have much in common). A word's neighbours are of its script and begin a word as it
    does. In scripts without spaces words are pieces of two signs or more.
    """

    def __init__(self, table: Tensor, tokenizer: Any, *, closeness: float) -> None:
        self._table, self._tokenizer, self._closeness = table, tokenizer, closeness
        self._near: dict[str, tuple[str, ...]] = {}
        """Beside each word that was looked up, its neighbours, the nearest first."""
        self._words: dict[tuple[str, str], list[tuple[int, str]]] | None = None
        """(sign of a beginning, script) -> (piece, word)."""

    def look_up(self, texts: Sequence[str]) -> None:
        """Find the neighbours of all words of these texts that have not been looked up before."""
        new = {piece: word for text in texts for piece, word, *_ in self._pieces(text) if word not in self._near}
        by_kind: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for piece, word in new.items():
            self._near[word] = ()
            by_kind.setdefault(_kind(self._token(piece), word), []).append((piece, word))
        for kind, some in by_kind.items():
            self._look_up_kind(some, among=self._all_words().get(kind, []))

    def of(self, word: str) -> tuple[str, ...]:
        """The neighbours of a word that was looked up, the nearest first; none where it has none."""
        return self._near.get(word, ())

    def replaced(self, text: str, *, share: float, chance: random.Random) -> str:
        """The text with about that share of its words, one at least, replaced; as it is where none has neighbours."""
        pieces = list(self._pieces(text))
        able = [(start, end, word) for _, word, start, end in pieces if self.of(word)]
        if not able:
            return text
        count = min(len(able), max(1, round(share * len(pieces))))
        for start, end, word in sorted(chance.sample(able, count), reverse=True):
            other = chance.choice(self.of(word))
            text = text[:start] + _as_written(other, like=text[start:end]) + text[end:]
        return text

    def _pieces(self, text: str) -> list[tuple[int, str, int, int]]:
        """(piece, word, start, end) of the words of a text that are one piece each."""
        given = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        found = []
        for piece, (start, end) in zip(given["input_ids"], given["offset_mapping"], strict=True):
            while start < end and text[start].isspace():
                start += 1
            written = text[start:end]
            if _HAN.fullmatch(written) or (_LETTERS.fullmatch(written) and not _goes_on(text, start, end)):
                found.append((piece, _word(self._token(piece)), start, end))
        return found

    def _token(self, piece: int) -> str:
        found: str = self._tokenizer.convert_ids_to_tokens(piece)
        return found

    def _all_words(self) -> dict[tuple[str, str], list[tuple[int, str]]]:
        if self._words is None:
            self._words = {}
            for token, piece in self._tokenizer.get_vocab().items():
                word = _word(token)
                if piece < len(self._table) and (_HAN.fullmatch(word) or _LETTERS.fullmatch(word)):
                    self._words.setdefault(_kind(token, word), []).append((piece, word))
        return self._words

    @torch.no_grad()
    def _look_up_kind(self, some: Sequence[tuple[int, str]], *, among: Sequence[tuple[int, str]]) -> None:
        if len(among) < 2:
            return
        rows = self._table.detach().float().cpu()
        candidates = rows[torch.tensor([piece for piece, _ in among])]
        mean = rows.mean(0)
        candidates = F.normalize(candidates - mean, dim=-1)
        for first in range(0, len(some), _ROWS_AT_ONCE):
            part = some[first : first + _ROWS_AT_ONCE]
            wanted = F.normalize(rows[torch.tensor([piece for piece, _ in part])] - mean, dim=-1)
            cosines, places = (wanted @ candidates.T).topk(min(_MOST + 1, len(among)), dim=-1)
            for (_, word), near, at in zip(part, cosines.tolist(), places.tolist(), strict=True):
                found = [among[place][1] for cosine, place in zip(near, at, strict=True) if cosine >= self._closeness]
                self._near[word] = tuple(one for one in found if not _is_denied(word, one))[:_MOST]


def _is_denied(word: str, other: str) -> bool:
    """Whether one may be the other's denial (happy and unhappy: one ends with the other), or is the same word."""
    one, two = word.casefold(), other.casefold()
    return (
        one == two
        or one in _DENIALS
        or two in _DENIALS
        or (not _HAN.fullmatch(word) and (one.endswith(two) or two.endswith(one)))
    )


def _word(token: str) -> str:
    return token.lstrip(_BEGINNINGS)


def _kind(token: str, word: str) -> tuple[str, str]:
    """What a word and its neighbours have in common: how it begins (not where there are no spaces), and its script."""
    script = next((name for name, one in _OF_SCRIPT.items() if one.fullmatch(word)), "")
    return ("" if script in ("Han", "Thai") or token == word else token[0], script)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether the word is longer than this piece of it."""
    return bool((start and text[start - 1].isalnum()) or (end < len(text) and text[end].isalnum()))


def _as_written(word: str, *, like: str) -> str:
    """With capitals where the word had them in whose place it comes."""
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
