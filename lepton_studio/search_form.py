"""What texts and searches are compared in: without case, accents on letters, and kinds of quotes and dashes. No I/O.

Each character by itself, so that a place in the form is a place in the text.
"""

from __future__ import annotations

import unicodedata

_ALIKE = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u2039\u203a\u02bc\uff07",
    '"': "\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u301d\u301e\uff02",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212",
    " ": "\u00a0\u202f\u2007",
    "": "\u00ad\u200b\u200c\u200d\u2060\ufeff",
    "o": "\u00f8\u00d8",
    "l": "\u0142\u0141",
    "d": "\u0111\u0110",
    "ae": "\u00e6\u00c6",
    "oe": "\u0153\u0152",
}
_HANGUL = range(0xAC00, 0xD7A4)


class _Forms(dict[int, str]):
    """Code point -> form, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if code not in _HANGUL:  # a syllable is no letter with an accent
            parts = unicodedata.normalize("NFKD", character)
            character = "".join(one for one in parts if not "\u0300" <= one <= "\u036f").casefold()
        self[code] = character
        return character


_FORMS = _Forms({ord(one): form for form, others in _ALIKE.items() for one in others})


def search_form(text: str) -> str:
    """The form of a text: it holds that of each of its parts."""
    return text.replace("`", "'").lower() if text.isascii() else text.translate(_FORMS)
