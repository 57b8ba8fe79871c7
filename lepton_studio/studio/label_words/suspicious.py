"""Words that a model may go by though they have nothing to do with the label: why one is suspected, as plain rules.

What is marked can be right all the same; a person decides. Each mark says what was seen and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from lepton_studio.studio.certainty import LEVEL, fisher
from lepton_studio.studio.label_words.counting import Flags, Term, Terms
from lepton_studio.studio.label_words.units import ADDRESS, CHARACTER, MAIL, MARKUP, NUMBER, SIGN, WORD

Mark = Literal["number", "address", "markup", "template", "function", "name", "misleads"]

_TEMPLATE_WORDS, _TEMPLATE_CHARACTERS, _TEMPLATE_TEXTS = 5, 9, 5
"""So many words or characters, the same in so many texts, are no coincidence."""
_NAME, _NAME_PLACES = 0.8, 3
"""Share of the places inside sentences at which a name has a capital letter; of at least so many."""
_MOST_CAPITALS = 0.15
"""Where more words than this have one (German), capital letters say nothing."""
_ONLY, _NOT_MOST = 0.9, 0.6
"""A word without a meaning counts where such a share of its texts has the label, and not most of all texts have it."""
_LOOKED_AT = 20_000
_LEAST, _OFTEN = 5, 1 / 3
"""What misleads does so in more than this share of so many texts: a word of two related labels does so now and then."""

_FUNCTION_WORDS = """
a an the this that these those it its he him his she her hers we us our they them their i me my mine you your is are was
were be been being am do does did have has had having will would shall should can could may might must and or but if so
as than then of in on at to by for with from into over under about after before up down out off there here who whom
whose which what when where how also just very too well any some such own same both each
的 了 是 在 我 你 他 她 它 们 我们 你们 他们 这 那 这个 那个 和 与 也 就 都 而 及 或 一个
一 个 着 过 吗 呢 吧 啊 之 其 被 把 对 从
"""
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
"""Words that most texts have, whatever they are about. No negations: those do say something."""


@dataclass(frozen=True, slots=True)
class Misled:
    """Of held-out texts with the term that people labelled otherwise, `hits` of `n` got the label; of those without it
    the share `elsewhere` did.
    """

    hits: int
    n: int
    elsewhere: float


@dataclass(frozen=True)
class Suspicions:
    """What is suspicious of these terms."""

    terms: Terms

    def marks(self, term: Term, *, label: str, share: float) -> tuple[Mark, ...]:
        """Why a term may have nothing to do with its label, () for no reason. `share`: of all texts, how many have the
        label.
        """
        units = self.terms.units
        kinds = {term.kind} if not term.size else set(units.kind[term.first : term.first + term.size].tolist())
        names = [units.names[key] for key in units.key[term.first : term.first + term.size].tolist()]
        if kinds <= {NUMBER}:
            return ("number",)
        if kinds <= {ADDRESS, MAIL}:
            return ("address",)
        if kinds <= {MARKUP}:
            return ("markup",)
        characters = int((units.kind[term.first : term.first + term.size] == CHARACTER).sum())
        if (term.size - characters >= _TEMPLATE_WORDS or characters >= _TEMPLATE_CHARACTERS) and (
            term.n >= _TEMPLATE_TEXTS
        ):
            return ("template",)
        if self.is_empty(term):
            return ("function",) if term.hits >= _ONLY * term.n and share <= _NOT_MOST else ()
        if kinds <= {WORD} and self._is_name(term) and " ".join(names) not in label.casefold():
            return ("name",)
        return ()

    def is_empty(self, term: Term) -> bool:
        """Whether it has no meaning of its own: function words and marks."""
        units, places = self.terms.units, slice(term.first, term.first + term.size)
        names = [units.names[key] for key in units.key[places].tolist()]
        kinds = set(units.kind[places].tolist())
        if not names:
            return False
        whole = kinds <= {CHARACTER} and "".join(names) in _FUNCTION
        return whole or kinds <= {SIGN} or all(name in _FUNCTION for name in names)

    @cached_property
    def _capitals_tell(self) -> bool:
        units = self.terms.units
        inside = np.flatnonzero(units.joined & (units.kind == WORD))[:_LOOKED_AT]
        capital = sum(self._is_capital(int(place)) for place in inside)
        return capital <= _MOST_CAPITALS * max(1, len(inside))

    def _is_capital(self, place: int) -> bool:
        units = self.terms.units
        written = units.strings[int(units.string[place])]
        return written[int(units.start[place])].isupper()

    def _is_name(self, term: Term) -> bool:
        """Whether all its words that mean something have a capital letter where no sentence begins."""
        if not self._capitals_tell:
            return False
        units = self.terms.units
        names = [units.names[key] for key in units.key[term.first : term.first + term.size].tolist()]
        means = [at for at, name in enumerate(names) if name not in _FUNCTION]
        inside = term.places[units.joined[term.places + means[0]]][:_LOOKED_AT]
        if len(inside) < _NAME_PLACES:
            return False
        written = [all(self._is_capital(int(place) + at) for at in means) for place in inside]
        return sum(written) >= _NAME * len(written)


def misled(texts: Flags, *, said: Flags, otherwise: Flags, looks: int) -> Misled | None:
    """Whether a run gives the label wrongly more often where a term stands, beyond chance; all [texts]: which have the
    term, which got the label, which are held out and labelled otherwise. `looks`: at so many terms.
    """
    here, there = texts & otherwise, ~texts & otherwise
    hits, n, others, rest = (int(one.sum()) for one in (here & said, here, there & said, there))
    if n < _LEAST or not rest or hits / n <= max(_OFTEN, others / rest):
        return None
    p = fisher(hits, n, other_hits=others, other_n=rest) * looks
    return Misled(hits, n, others / rest) if p < LEVEL else None
