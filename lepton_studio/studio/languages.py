"""What texts are written in, as far as their letters and their small words tell."""

from __future__ import annotations

import re
from typing import Literal

from lepton_studio.scripts import HAN, KANA

Language = Literal["English", "Chinese", "Japanese", "Korean", "Thai", "Greek", "Hebrew", "other", ""]
"""Those that small words or letters tell for sure; "other" is not English, "" may be any."""

_OTHER_SCRIPT = 0.3
"""From this share of letters on that are not Latin a text counts as written in another script."""
_KANA = 0.1
"""From this share of kana on, a text in Chinese characters is Japanese."""
_LEAST_WORDS = 4
_LOOKED_AT = 2000
"""Characters of a text."""
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS: dict[Language, re.Pattern[str]] = {
    "Chinese": re.compile(f"[{HAN}]"),
    "Japanese": re.compile(f"[{KANA}]"),
    "Korean": re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"),
    "Thai": re.compile("[\u0e00-\u0e7f]"),
    "Greek": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "Hebrew": re.compile("[\u0590-\u05ff]"),
}


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


def language_of(text: str) -> Language:
    """What a text is written in; a short one in Latin letters, numbers and codes may be anything: "".

    Another script: a third of its letters are not Latin. Another language in Latin letters: more of its words are the
    small words of others than of English. Only the beginning of a long text is looked at.
    """
    words = _WORD.findall(text[:_LOOKED_AT].casefold())
    letters = "".join(words)
    foreign = "".join(one for one in letters if not _is_latin(one))
    if letters and len(foreign) > _OTHER_SCRIPT * len(letters):
        return _by_script(foreign)
    if len(words) < _LEAST_WORDS:
        return ""
    english = sum(one in _ENGLISH for one in words)
    others = sum(one in _OTHERS for one in words)
    if others > english and others >= 2:
        return "other"
    return "English" if english else ""


def is_english(text: str) -> bool:
    """Whether a text may well be English."""
    return language_of(text) in ("", "English")


def _by_script(foreign: str) -> Language:
    counts = {language: len(script.findall(foreign)) for language, script in _SCRIPTS.items()}
    if counts["Japanese"] >= _KANA * (counts["Japanese"] + counts["Chinese"]) > 0:
        counts["Japanese"] += counts.pop("Chinese")
    language, count = max(counts.items(), key=lambda one: one[1])
    return language if count > len(foreign) / 2 else "other"


def _is_latin(letter: str) -> bool:
    code = ord(letter)
    return code < 0x250 or 0x1E00 <= code < 0x1F00 or 0xFF21 <= code <= 0xFF5A
