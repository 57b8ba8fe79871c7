"""What programs count when they count a text: code points, UTF-16 units, bytes, letters as seen, words, what a page
shows.

Each counting gives, for a text, a function from a half-open range of units to one of code points, or None where a range
begins or ends inside a character or outside of the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from html import unescape

Ranges = Callable[[int, int], tuple[int, int] | None]
Counting = Callable[[str], Ranges]

_JOINER = "\u200d"
_WORD = re.compile(r"\S+")
_PAGE = re.compile(r"(<[/!a-zA-Z][^<>]*>)|&#?\w+;|.", re.DOTALL)


def code_points(text: str) -> Ranges:
    """Units are code points already."""
    length = len(text)
    return lambda start, end: (start, end) if 0 <= start <= end <= length else None


def utf16_units(text: str) -> Ranges:
    """As JavaScript, Java and Qt count: characters beyond U+FFFF are two."""
    return _weighed(text, [1 + (char > "\uffff") for char in text]) if _has_astral(text) else code_points(text)


def utf8_bytes(text: str) -> Ranges:
    """As Go, Rust and C count."""
    if text.isascii():
        return code_points(text)
    return _weighed(text, [len(char.encode("utf-8", errors="surrogatepass")) for char in text])


def line_ends_as_one(text: str) -> Ranges:
    """The text has CR LF, the offsets were taken where it was one character."""
    if "\r\n" not in text:
        return code_points(text)
    return _weighed(text, [int(not (char == "\n" and before == "\r")) for before, char in _pairs(text)])


def line_ends_as_two(text: str) -> Ranges:
    """The text has LF, the offsets were taken where it was CR LF."""
    if "\n" not in text:
        return code_points(text)
    return _weighed(text, [1 + (char == "\n" and before != "\r") for before, char in _pairs(text)])


def composed(text: str) -> Ranges:
    """Offsets in the NFC form of the text."""
    return _normalized(text, form="NFC")


def decomposed(text: str) -> Ranges:
    """Offsets in the NFD form of the text."""
    return _normalized(text, form="NFD")


def letters_as_seen(text: str) -> Ranges:
    """Grapheme clusters, after the rules of Unicode's annex 29 as far as the categories of Python tell them."""
    if text.isascii() and "\r" not in text:
        return code_points(text)
    weights, flags = [], 0
    for before, char in _pairs(text):
        is_flag = "\U0001f1e6" <= char <= "\U0001f1ff"
        joined = _extends(char) or (char == "\n" and before == "\r") or (is_flag and flags % 2 == 1)
        joined = joined or (before == _JOINER and char > "\u2000") or _is_hangul_tail(before, char)
        flags = flags + 1 if is_flag else 0
        weights.append(int(not (joined and before)))
    return _weighed(text, weights)


def words(text: str) -> Ranges:
    """Places in the list of words between white space."""
    found = [match.span() for match in _WORD.finditer(text)]

    def ranges(start: int, end: int) -> tuple[int, int] | None:
        return (found[start][0], found[end - 1][1]) if 0 <= start < end <= len(found) else None

    return ranges


def of_page(text: str) -> Ranges:
    """What a browser shows of HTML, in UTF-16 units: tags count nothing, an entity counts as its character."""
    if "<" not in text and "&" not in text:
        return utf16_units(text)
    found: list[tuple[int, int]] = []
    for piece in _PAGE.finditer(text):
        shown = "" if piece[1] else unescape(piece[0])
        found += [piece.span()] * sum(1 + (char > "\uffff") for char in shown)

    def ranges(start: int, end: int) -> tuple[int, int] | None:
        return (found[start][0], found[end - 1][1]) if 0 <= start < end <= len(found) else None

    return ranges


def shown_of_page(source: str) -> str:
    """The words that a piece of HTML shows."""
    return "".join("" if piece[1] else unescape(piece[0]) for piece in _PAGE.finditer(source))


def _pairs(text: str) -> list[tuple[str, str]]:
    return list(zip(("", *text), text, strict=False))


def _has_astral(text: str) -> bool:
    return not text.isascii() and max(text) > "\uffff"


def _weighed(text: str, weights: Sequence[int]) -> Ranges:
    """Ranges of units where character i counts `weights[i]`; of several places with equal counts the last one, which
    is behind what counts nothing."""
    counts = [0]
    for weight in weights:
        counts.append(counts[-1] + weight)

    def place(units: int) -> int | None:
        if not 0 <= units <= counts[-1]:
            return None
        found = bisect_left(counts, units)
        if counts[found] != units:
            return None
        while found < len(weights) and weights[found] == 0:
            found += 1
        return found

    def ranges(start: int, end: int) -> tuple[int, int] | None:
        first, last = place(start), place(end)
        return (first, last) if first is not None and last is not None and first <= last else None

    return ranges


def _normalized(text: str, *, form: str) -> Ranges:
    """Units of the normal form. Characters that melt with others count as none but the last of them."""
    if text.isascii():
        return code_points(text)
    weights: list[int] = []
    piece = ""
    for char in (*text, ""):
        if piece and (not char or not _melts(piece[-1], char)):
            whole = len(unicodedata.normalize(form, piece))  # type: ignore[arg-type]
            weights += [whole, *([0] * (len(piece) - 1))]
            piece = ""
        piece += char
    return _weighed(text, weights)


def _melts(before: str, char: str) -> bool:
    return unicodedata.combining(char) > 0 or _is_hangul_tail(before, char)


def _extends(char: str) -> bool:
    if char.isascii():
        return False
    return (
        unicodedata.category(char) in {"Mn", "Me", "Mc"}
        or char in (_JOINER, "\u200c")
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _is_hangul_tail(before: str, char: str) -> bool:
    leads = "\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"
    return leads and "\u1160" <= char <= "\u11ff"
