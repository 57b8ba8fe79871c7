"""Scripts that put no space between words, as classes of regular expressions: for use inside square brackets."""

from __future__ import annotations

import re

KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f\U0001b000-\U0001b16f"
HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

HAN_AND_KANA = KANA + HAN
"""Chinese and Japanese: each character is compared, counted and marked by itself."""

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff" + HAN_AND_KANA
"""Thai, Lao, Burmese and Khmer too: where a word ends is not seen from the characters."""

_IS_UNSPACED = re.compile(f"[{UNSPACED}]")


def is_unspaced(character: str) -> bool:
    """Whether the character belongs to such a script."""
    return _IS_UNSPACED.match(character) is not None
