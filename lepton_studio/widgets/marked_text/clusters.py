"""Characters as people count them: the extended grapheme clusters of Unicode's annex 29, rules GB3 to GB13.

Qt's QTextBoundaryFinder does the same, but with a Thai letter anywhere in the string it (6.11) breaks at every UTF-16
unit, and it takes flags apart that follow another emoji.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Kind = Literal["other", "control", "extend", "joiner", "spacing", "prepend", "flag", "picture", "consonant", "linker",
               "L", "V", "T", "LV", "LVT"]  # fmt: skip

_PREPEND = re.compile(
    "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2\U000111c3\U0001193f\U00011941"
    "\U00011a3a\U00011a84-\U00011a89\U00011d46\U00011f02]"
)
# Spacing marks (Mc) that extend all the same, and what extends without being a mark.
_EXTEND = re.compile(
    "[\u09be\u09d7\u0b3e\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u1b35\u200c\u302e\u302f\uff9e\uff9f"
    "\U0001133e\U00011357\U000114b0\U000114bd\U000115af\U00011930\U0001d165\U0001d16e-\U0001d172"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
# Spacing marks that stand by themselves.
_APART = re.compile(
    "[\u102b\u102c\u1038\u1062-\u1064\u1067-\u106d\u1083\u1087-\u108c\u108f\u109a-\u109c\u1a61\u1a63\u1a64"
    "\uaa7b\uaa7d\U00011720\U00011721]"
)
_PICTURE = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23fa\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001f0ff\U0001f10d-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
    "\U0001fc00-\U0001fffd]"
)
_LINKER = frozenset("\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d")
_CONSONANT = re.compile(
    "[\u0915-\u0939\u0958-\u095f\u0978-\u097f\u0995-\u09b9\u09dc\u09dd\u09df\u09f0\u09f1\u0a95-\u0ab9\u0af9"
    "\u0b15-\u0b39\u0b5c\u0b5d\u0b5f\u0b71\u0c15-\u0c39\u0c58-\u0c5a\u0d15-\u0d3a]"
)
_SYLLABLE: dict[Kind, tuple[Kind, ...]] = {
    "L": ("L", "V", "LV", "LVT"),
    "V": ("V", "T"),
    "LV": ("V", "T"),
    "T": ("T",),
    "LVT": ("T",),
}


def clusters(text: str) -> list[int]:
    """Where the characters of `text` begin, in code points, and its end; [0] for ""."""
    if not text:
        return [0]
    if text.isascii() and "\r" not in text:
        return list(range(len(text) + 1))
    edges = [0]
    before = kind_of(text[0])
    picture, consonant, flags = before == "picture", before == "consonant", int(before == "flag")
    joins_picture = linked = False
    for place in range(1, len(text)):
        kind = kind_of(text[place])
        whole = (
            (kind in ("extend", "joiner", "spacing", "linker") and before != "control")  # GB9, GB9a
            or (before == "prepend" and kind != "control")  # GB9b
            or kind in _SYLLABLE.get(before, ())  # GB6 to GB8
            or (kind == "picture" and joins_picture)  # GB11
            or (kind == "flag" and before == "flag" and flags % 2 == 1)  # GB12, GB13
            or (kind == "consonant" and linked)  # GB9c
            or (text[place] == "\n" and text[place - 1] == "\r")  # GB3
        )  # fmt: skip
        if not whole:
            edges.append(place)
        joins_picture = kind == "joiner" and picture
        picture = kind == "picture" or (picture and kind in ("extend", "linker"))
        linked = consonant and (kind == "linker" or (linked and kind in ("extend", "joiner")))
        consonant = kind == "consonant" or (consonant and kind in ("extend", "joiner", "linker"))
        flags = flags + 1 if kind == "flag" else 0
        before = kind
    return [*edges, len(text)]


@lru_cache(maxsize=8192)
def kind_of(character: str) -> Kind:
    """Its property Grapheme_Cluster_Break, or what the rules for emoji and for Indic scripts ask beside that."""
    if character == "\u200d":
        return "joiner"
    if _EXTEND.match(character):
        return "extend"
    if _PREPEND.match(character):
        return "prepend"
    if "\U0001f1e6" <= character <= "\U0001f1ff":
        return "flag"
    if character in _LINKER:
        return "linker"
    category = unicodedata.category(character)
    if category in ("Mn", "Me"):
        return "extend"
    if category == "Mc" or character in "\u0e33\u0eb3":
        return "other" if _APART.match(character) else "spacing"
    if category in ("Cc", "Cf", "Zl", "Zp"):
        return "control"
    if _PICTURE.match(character):
        return "picture"
    if _CONSONANT.match(character):
        return "consonant"
    return _hangul(ord(character))


def _hangul(code: int) -> Kind:
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return "T"
    return "other"
