"""How long a person needs for a text, by its length: what minutes are counted by in this group."""

from __future__ import annotations

SECONDS_A_TEXT, SECONDS_A_WORD = 2.0, 0.25
"""What a decision takes: choosing and pressing, and reading (238 words a minute, Brysbaert 2019, "How many words do we
read per minute?"). Of texts without spaces, as Chinese ones, two characters are a word."""


def seconds_for(text: str) -> float:
    """What a person needs for this text."""
    words = max(len(text.split()), sum(one > "\u2e80" for one in text) / 2)
    return SECONDS_A_TEXT + SECONDS_A_WORD * words
