"""What is done to the texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from lepton_studio.studio.changed_texts.swaps import with_other_names, with_other_pronouns
from lepton_studio.studio.languages import language_of
from lepton_studio.typos import with_typos

SHARE = 0.1
"""Of the words: so many are mistyped, and so many replaced by similar ones."""
_NOTHING_NEW = {
    "English": "That is all I wanted to write today.",
    "Chinese": "我今天想写的就是这些。",
}


@dataclass(frozen=True, slots=True)
class TextChange:
    """A change that should not matter to the answer.

    `change(text, chance)`: the changed text, or the text as it is where there is nothing to change; None: the run's own
    model is asked for it (`Reword`).
    """

    id: str
    change: Callable[[str, Random], str] | None


def _mistyped(text: str, chance: Random) -> str:
    return with_typos(text, share=SHARE, chance=chance)


def _with_a_sentence(text: str, _chance: Random) -> str:
    more = _NOTHING_NEW.get(language_of(text))
    if more is None or not text.strip():
        return text
    return f"{text}{'' if language_of(text) == 'Chinese' else ' '}{more}"


ROBUSTNESS = (
    TextChange("typos", _mistyped),
    TextChange("capitals", lambda text, _chance: text.upper()),
    TextChange("similar", None),
    TextChange("sentence", _with_a_sentence),
)
SWAPS = (
    TextChange("pronouns", lambda text, _chance: with_other_pronouns(text)),
    TextChange("names", lambda text, _chance: with_other_names(text)),
)
