"""Regular expressions that people type: compiled only where that is harmless, with a limit on how long they take."""

from __future__ import annotations

import re
from math import prod
from typing import Any

import regex

from lepton_studio.errors import StudioError
from lepton_studio.language import tr

_REPEATS = re.compile(r"\{\s*(\d+)?\s*(?:,\s*(\d+)?)?\s*\}")
_MOST_REPEATS = 20_000
"""Of a pattern as a whole: (a{1000}){1000} takes the parser all the memory there is."""


class TooSlow(StudioError):
    """A regular expression takes too long on a text; says so in a sentence."""


class BadExpression(StudioError):
    """It is no regular expression; says so in a sentence."""


def too_slow() -> TooSlow:
    """What to raise where a search ends with TimeoutError."""
    return TooSlow(tr("This regular expression takes too long on a text. Try a simpler one."))


def compiled(pattern: str, *, ignores_case: bool = False) -> Any:
    """A pattern of the package `regex`, whose searches take a `timeout`. Raises TooSlow, BadExpression."""
    repeats = (max(int(least or 1), int(most or 1)) for least, most in _REPEATS.findall(pattern))
    if prod(repeats) > _MOST_REPEATS:
        raise too_slow()
    try:
        return regex.compile(pattern, regex.IGNORECASE if ignores_case else 0)
    except regex.error as broken:
        place = getattr(broken, "pos", None)
        if place is None:
            raise BadExpression(tr("This is not a valid regular expression.")) from broken
        sentence = tr("This is not a valid regular expression (see character {n}).", n=place + 1)
        raise BadExpression(sentence) from broken
    except (RecursionError, OverflowError) as broken:
        raise BadExpression(tr("This is not a valid regular expression.")) from broken
