"""How answers are compared: as SQuAD's official script normalises and counts them, Chinese by character.

Rajpurkar, Jia and Liang 2018, "Know What You Don't Know", https://arxiv.org/abs/1806.03822. Chinese and Japanese have
no spaces: there each character is a token and all punctuation goes, as in MLQA (Lewis et al. 2020,
https://arxiv.org/abs/1910.07475); a text without such characters is counted exactly as SQuAD does.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

from lepton_studio.scripts import HAN_AND_KANA

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_TOKEN = re.compile(f"[{HAN_AND_KANA}]|[^\\s{HAN_AND_KANA}]+")
_HAS_UNSPACED = re.compile(f"[{HAN_AND_KANA}]")
_PUNCTUATION = frozenset(string.punctuation)


def normalised(answer: str) -> str:
    """Lower case, without punctuation and English articles, one space between tokens."""
    lower = answer.lower()
    everywhere = _HAS_UNSPACED.search(lower) is not None
    kept = "".join(
        character
        for character in lower
        if character not in _PUNCTUATION and not (everywhere and unicodedata.category(character).startswith("P"))
    )
    return " ".join(_TOKEN.findall(_ARTICLES.sub(" ", kept)))


def is_exact(answer: str, *, gold: str) -> bool:
    """Whether the two are the same once normalised."""
    return normalised(answer) == normalised(gold)


def token_f1(answer: str, *, gold: str) -> float:
    """F1 of the tokens that the two share, 0..1; where either has none, whether both do."""
    found, there = normalised(answer).split(), normalised(gold).split()
    if not found or not there:
        return float(found == there)
    same = sum((Counter(found) & Counter(there)).values())
    return 2 * same / (len(found) + len(there))


def best_scores(answer: str, *, golds: Sequence[str]) -> tuple[float, float]:
    """(exact match, F1), each the best over all right answers; none of them, or "" for `answer`, is "no answer"."""
    allowed = [gold for gold in golds if normalised(gold)] or [""]
    exact = max(float(is_exact(answer, gold=gold)) for gold in allowed)
    return exact, max(token_f1(answer, gold=gold) for gold in allowed)
