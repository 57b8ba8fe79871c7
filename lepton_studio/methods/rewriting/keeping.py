"""Which rewritings are worth learning from: pure functions on texts and vectors. No torch."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Literal

Reason = Literal["cut", "empty", "equal", "length", "script", "meaning"]
"""Why one is left out: its text is longer than the model reads; it has no words; it is the text, or another rewriting
of it; it is far longer or shorter; it is in another script; it answers a question in place of asking it, or is too far
from the text to the base model.
"""

_LONGEST, _SHORTEST, _SLACK = 2.5, 0.4, 15
"""Times as long as its text a rewriting may be, and characters more or less, which is what counts in short ones."""
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“", "「": "」"}
_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "IDEOGRAPHIC": "CJK"}
_ANNOUNCED = re.compile(r'[^"“”]*[:\uff1a]\s*["“]([^"“”]+)["”]\.?')
_ASKS = ("?", "\uff1f", "\u061f")
_PARAGRAPH = re.compile(r"\n\s*\n")


def cleaned(written: str, *, text: str) -> str:
    """What a model wrote, without what it says around it: where the text is one paragraph, its first one is taken (the
    next where that announces it: "Here it is:"); of what is announced and quoted the quotation; and quotation marks
    that the text has not are taken off.
    """
    found = written.strip()
    if not _PARAGRAPH.search(text.strip()):
        parts = [part.strip() for part in _PARAGRAPH.split(found) if part.strip()]
        announces = len(parts) > 1 and parts[0].endswith((":", "\uff1a")) and not text.strip().endswith((":", "\uff1a"))
        found = parts[announces] if parts else ""
    if (told := _ANNOUNCED.fullmatch(found)) and not _ANNOUNCED.fullmatch(text.strip()):
        found = told[1].strip()
    if len(found) > 1 and _QUOTES.get(found[0]) == found[-1] and not text.strip().startswith(found[0]):
        found = found[1:-1].strip()
    return found


def normalised(text: str) -> str:
    """The letters and digits of a text, in one case and one form: equal for texts that say the same word by word."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum())


def why_dropped(new: str, *, text: str) -> Reason | None:
    """What speaks against a rewriting of a text by its words alone; None where nothing does."""
    plain = normalised(new)
    if not plain:
        return "empty"
    if plain == normalised(text):
        return "equal"
    if not _SHORTEST * len(text) - _SLACK <= len(new) <= _LONGEST * len(text) + _SLACK:
        return "length"
    if main_script(text) not in ("", main_script(new)):
        return "script"
    return "meaning" if text.rstrip().endswith(_ASKS) and not any(one in new for one in _ASKS) else None


def main_script(text: str) -> str:
    """The script that most letters of a text are of, by its name in Unicode; "" where it has no letters."""
    names = (unicodedata.name(one, "").partition(" ")[0] for one in text if one.isalpha())
    found = Counter(_TOGETHER.get(name, name) for name in names)
    return found.most_common(1)[0][0] if found else ""


def closeness(cosine: float, *, usual: float) -> float:
    """A cosine on a scale where 0 is as alike as two texts of the project usually are (`usual`), and 1 the same: some
    encoders give any two texts 0.8.
    """
    return (cosine - usual) / max(1e-6, 1.0 - usual)
