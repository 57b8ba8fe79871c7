"""Capitals and spaces for a model whose tokenizer loses them: learnt from the texts that it learns to write.

A vocabulary of lower-case word pieces (the built-in encoder's) writes "dear ms hill , you paid £ 3 . 50". Which words
have capitals is their most frequent form after the word before them, else by themselves (truecasing: Lita et al. 2003,
"tRuEcasIng"), else as the source text has it; which neighbours stand apart is what most such neighbours do.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from lepton_studio.scripts import HAN_AND_KANA

_FILE = "spelling.json"
_PROBES = ("The Word isn't 3.5.", "\u4e2d\u6587")
_TOKEN = re.compile(rf"[{HAN_AND_KANA}]|[^\W{HAN_AND_KANA}]+|[^\w\s]")
_IS_HAN = re.compile(f"[{HAN_AND_KANA}]")
_ENDS = frozenset(".!?")
_PAIRED = frozenset('"#*_|')
_CLOSING, _OPENING = frozenset(".,;:!?)]}%'’”»…"), frozenset("([{#$£€'’“«")


def fold_of(tokenizer: PreTrainedTokenizerBase) -> Callable[[str], str] | None:
    """What the tokenizer does to a word before it cuts it; None where texts come out of it as they went in."""
    for probe in _PROBES:
        ids = tokenizer(probe, add_special_tokens=False)["input_ids"]
        if tokenizer.unk_token_id not in ids and str(tokenizer.decode(ids)).strip() != probe:
            break
    else:
        return None
    normalizer = getattr(getattr(tokenizer, "backend_tokenizer", None), "normalizer", None)
    return str if normalizer is None else lambda word: str(normalizer.normalize_str(word)).strip()


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a mark. `is_apart`: a space is before it. `kind`: as its neighbours see it."""

    text: str
    is_apart: bool
    kind: str
    begins: bool


@dataclass(slots=True)
class Spelling:
    """`forms`: folded word, or the word before, a space and it -> how it is written where that is not as it folds.
    `gaps`: kinds of two or three neighbours -> whether a space is before the last. `begins_large`: sentences begin with
    a capital.
    """

    fold: Callable[[str], str]
    forms: Mapping[str, str] = field(default_factory=dict)
    gaps: Mapping[str, bool] = field(default_factory=dict)
    begins_large: bool = False

    @classmethod
    def learnt(cls, texts: Iterable[str], *, fold: Callable[[str], str]) -> Spelling:
        """From the texts to write; `fold` is what the tokenizer does to a word."""
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        gaps: dict[str, Counter[bool]] = defaultdict(Counter)
        beginnings: Counter[bool] = Counter()
        for text in texts:
            tokens = list(_tokens(text))
            for place, token in enumerate(tokens):
                if token.begins:
                    beginnings[token.text[0].isupper()] += token.text[0].isalpha()
                else:
                    seen[fold(token.text)][token.text] += 1
                    seen[f"{fold(tokens[place - 1].text)} {fold(token.text)}"][token.text] += 1
                for key in _neighbours(tokens, place):
                    gaps[key][token.is_apart] += 1
        forms = {key: counts.most_common(1)[0][0] for key, counts in seen.items()}
        return cls(
            fold,
            dict(_telling(forms)),
            {key: counts.most_common(1)[0][0] for key, counts in gaps.items()},
            begins_large=beginnings[True] > beginnings[False],
        )

    def restored(self, text: str, *, source: str) -> str:
        """A text in folded words, written as texts like it are. `source`: what it was written to."""
        in_source = {
            self.fold(one.text): one.text
            for before, one in pairwise(_tokens(source))
            if not one.begins and before.text != ":"
        }
        tokens = list(_tokens(text))
        parts = []
        for place, token in enumerate(tokens):
            folded = self.fold(token.text)
            before = self.fold(tokens[place - 1].text) if place else ""
            form = self.forms.get(f"{before} {folded}") or self.forms.get(folded)
            form = form or in_source.get(folded) or token.text
            if self.begins_large and token.begins:
                form = form[0].upper() + form[1:]
            parts += [" ", form] if place and self._is_apart(tokens, place) else [form]
        return "".join(parts)

    def save(self, folder: Path) -> None:
        """Write it into a model's folder."""
        stored = {"forms": self.forms, "gaps": self.gaps, "begins_large": self.begins_large}
        (folder / _FILE).write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path, *, fold: Callable[[str], str]) -> Spelling:
        """The one saved there; one that has learnt nothing where there is none, or none that can be read."""
        try:
            stored = json.loads((folder / _FILE).read_text("utf-8"))
            return cls(fold, dict(stored["forms"]), dict(stored["gaps"]), bool(stored["begins_large"]))
        except (OSError, ValueError, KeyError, TypeError):
            return cls(fold)

    def _is_apart(self, tokens: Sequence[_Token], place: int) -> bool:
        for key in _neighbours(tokens, place):
            if key in self.gaps:
                return self.gaps[key]
        return tokens[place].is_apart and tokens[place].text not in _CLOSING and tokens[place - 1].text not in _OPENING


def _tokens(text: str) -> Iterator[_Token]:
    before, end = "", 0
    times: Counter[str] = Counter()
    for match in _TOKEN.finditer(text):
        token = match.group()
        times[token] += 1
        kind = "9" if token.isdigit() else "c" if _IS_HAN.match(token) else "a" if token[0].isalnum() else token
        # A mark that opens as well as closes is another one every second time.
        kind += str(times[token] % 2) if token in _PAIRED else ""
        yield _Token(token, match.start() > end, kind, begins=not before or before in _ENDS)
        before, end = token, match.end()


def _neighbours(tokens: Sequence[_Token], place: int) -> list[str]:
    """What a gap before the token at `place` is known by: three neighbours, then two."""
    kinds = [token.kind for token in tokens[max(0, place - 2) : place + 1]]
    return [" ".join(kinds[start:]) for start in range(len(kinds) - 1)]


def _telling(forms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Words that are not written as they fold, and pairs whose word is not written as it is by itself."""
    for key, form in forms.items():
        before, _, word = key.rpartition(" ")
        if form != (forms.get(word, word) if before else word):
            yield key, form
