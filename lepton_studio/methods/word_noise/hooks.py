"""Training texts with some of their words deleted, swapped or repeated."""

from __future__ import annotations

import random

import regex

from lepton_studio.methods.hooks import ChangedCopies
from lepton_studio.methods.word_noise import WordNoiseSettings

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}"
_WORDS = regex.compile(rf"[{_UNSPACED}]\s*|[^\s{_UNSPACED}]+\s*")
"""A character where a script writes without spaces, else a word, with the spaces behind it."""


class WordNoiseHooks(ChangedCopies):
    """The changed copies of an epoch are others than those of the one before."""

    settings: WordNoiseSettings

    @property
    def copies(self) -> int:
        return self.settings.changed_copies

    def changed(self, text: str, *, chance: random.Random) -> str:
        return with_noise(text, share=self.settings.changed_words, chance=chance)


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
