"""Twin labels: names that a person takes for one, as they differ only in Unicode form, in case, in characters that
cannot be seen or in white space."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from lepton_studio.language import tr

_NEVER_SHOWN = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF])
"""Soft hyphens, zero-width spaces and joiners, marks of direction, byte order marks."""
_JOINERS = (0x200C, 0x200D)
"""Invisible, and yet part of how Persian, Hindi and emoji are written: told apart as twins, never taken away."""
_CLEANED = {code: None for code in _NEVER_SHOWN if code not in _JOINERS}
_SHOWN_GROUPS = 5


def twin_key(name: str) -> str:
    """What all twins of a name have in common."""
    plain = unicodedata.normalize("NFKC", name).translate(_NEVER_SHOWN)
    folded = unicodedata.normalize("NFKC", plain.casefold())  # folding takes letters apart: "ΐ"
    return " ".join(folded.split())


def cleaned(name: str) -> str:
    """The name as it is stored where twins are merged: composed, without what cannot be seen."""
    return " ".join(unicodedata.normalize("NFC", name).translate(_CLEANED).split()) or name


def twins_among(names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The groups of names that are twins of each other, in order of appearance."""
    groups: dict[str, dict[str, None]] = {}
    for name in names:
        groups.setdefault(twin_key(name), {}).setdefault(name)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def in_words(groups: Iterable[tuple[str, ...]]) -> str:
    """The groups for a sentence, with what cannot be seen made visible: “Spam” = “spam␣”."""
    said = [" = ".join(f"“{visible(name)}”" for name in group) for group in groups]
    more = [tr("{count} more", count=len(said) - _SHOWN_GROUPS)] if len(said) > _SHOWN_GROUPS else []
    return "; ".join([*said[:_SHOWN_GROUPS], *more])


def visible(name: str) -> str:
    """The name with code points in place of what cannot be seen, "␣" for white space at its ends or of another kind."""
    inner = range(len(name) - len(name.lstrip()), len(name.rstrip()))
    form = "" if unicodedata.is_normalized("NFC", name) else f" ({tr('accents as separate characters')})"
    return "".join(_visible(char, place in inner) for place, char in enumerate(name)) + form


def _visible(char: str, is_inner: bool) -> str:
    if ord(char) in _NEVER_SHOWN:
        return f"⟨U+{ord(char):04X}⟩"
    return "␣" if char.isspace() and not (char == " " and is_inner) else char
