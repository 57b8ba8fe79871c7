"""Whether texts are English, as far as their letters and their small words tell: the built-in model reads no other."""

from __future__ import annotations

import re

_OTHER_SCRIPT = 0.3
"""From this share of letters on that are not Latin a text counts as written in another script."""
_LEAST_WORDS = 4
_WORD = re.compile(r"[^\W\d_]+")


def _these(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ENGLISH = _these(
    "the and is are was were of to in it that this for with not you he she they we his her my your our have has had be "
    "been but on at from by as or what which who will would can could do does did there when how if so no i"
)
_GERMANIC = _these(
    "der das und ist nicht ich ein eine einen mit auf für von zu dem den sich wir sie es im auch noch wurde wird habe "
    "het een niet van ik op zijn voor maar ook met dat te och att det som är inte jag på har med av till ett"
)
_ROMANCE = _these(
    "le la les des une est et que qui pas dans pour sur je vous nous il elle avec ce cette mais du el los las y en un "
    "una por con para se como pero muy está mi su al os não com uma da em eu meu minha foi seu dos che di non per sono "
    "del della si ho mio anche gli"
)
_MORE = _these(
    "nie się jest na w z że jak ale ve bir bu için çok değil ben ile và là của không có cho tôi yang dan tidak ini itu "
    "saya dengan untuk"
)
_OTHERS = (_GERMANIC | _ROMANCE | _MORE) - _ENGLISH


def is_english(text: str) -> bool:
    """Whether a text may well be English; a short one, numbers and codes may be anything.

    Another script: a third of its letters are not Latin. Another language in Latin letters: more of its words are the
    small words of others than of English.
    """
    words = _WORD.findall(text.casefold())
    letters = "".join(words)
    if letters and sum(not _is_latin(one) for one in letters) > _OTHER_SCRIPT * len(letters):
        return False
    if len(words) < _LEAST_WORDS:
        return True
    english = sum(one in _ENGLISH for one in words)
    others = sum(one in _OTHERS for one in words)
    return others <= english or others < 2


def _is_latin(letter: str) -> bool:
    code = ord(letter)
    return code < 0x250 or 0x1E00 <= code < 0x1F00 or 0xFF21 <= code <= 0xFF5A
