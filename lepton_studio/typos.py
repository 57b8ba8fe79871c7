"""Texts as a hurried person types them."""

from __future__ import annotations

import random

import regex

_WORDS = regex.compile(r"\p{L}{4,}")


def with_typos(text: str, *, share: float, chance: random.Random) -> str:
    """The text with about that share of its words of four letters or more, one at least, mistyped: two letters inside
    swapped, one left out, or one typed twice.
    """
    words = list(_WORDS.finditer(text))
    count = min(len(words), max(1, round(share * len(words))))
    for word in sorted(chance.sample(words, count), key=lambda one: -one.start()):
        at = chance.randrange(word.start() + 1, word.end() - 1)
        one, other = text[at], text[at + 1]
        typed = chance.choice((other + one, other, one + one + other))
        text = text[:at] + typed + text[at + 2 :]
    return text
