"""Training texts with some of their words deleted, swapped or repeated."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import regex

from lepton_studio.contract.task import Input
from lepton_studio.methods.hooks import Hooks, Train
from lepton_studio.methods.word_noise import WordNoiseSettings
from lepton_studio.project.marks import SECOND_TEXT

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}"
_WORDS = regex.compile(rf"[{_UNSPACED}]\s*|[^\s{_UNSPACED}]+\s*")
"""A character where a script writes without spaces, else a word, with the spaces behind it."""


class WordNoiseHooks(Hooks):
    """Gives the texts as they are and, behind them, the changed copies of this epoch."""

    settings: WordNoiseSettings

    def examples(self, train: Train, *, epoch: int) -> Sequence[Any]:
        chance = random.Random(f"{self.recipe.seed} {epoch}")
        share, copies = self.settings.changed_words, self.settings.changed_copies
        inputs = [_changed(one, share=share, chance=chance) for _ in range(copies) for one in train.inputs]
        return [*train.examples, *train.encode(inputs, list(train.values) * copies)]


def _changed(given: Input, *, share: float, chance: random.Random) -> Input:
    second = given.fields.get(SECOND_TEXT)
    fields = given.fields
    if second is not None:
        fields = {**fields, SECOND_TEXT: with_noise(second, share=share, chance=chance)}
    return replace(given, text=with_noise(given.text, share=share, chance=chance), fields=fields)


def with_noise(text: str, *, share: float, chance: random.Random) -> str:
    """The text with about that share of its words, and one at least, deleted, swapped with another, or repeated in
    another place, by chance. One of fewer than three words stays as it is.
    """
    words = _WORDS.findall(f"{text} " if " " in text else text)
    if len(words) < 3:
        return text
    for _ in range(max(1, round(share * len(words)))):
        place = chance.randrange(len(words))
        match chance.randrange(3):
            case 0 if len(words) > 2:
                del words[place]
            case 1:
                other = chance.randrange(len(words))
                words[place], words[other] = words[other], words[place]
            case _:
                words.insert(chance.randrange(len(words) + 1), words[place])
    return "".join(words).rstrip()
