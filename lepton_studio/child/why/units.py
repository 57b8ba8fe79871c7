"""The words of a text that get a weight, and a text without some of them. Places are code points."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
import regex
from numpy.typing import NDArray
from torch import Tensor

from lepton_studio.contract.task import Input
from lepton_studio.heads.pooled import Place
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.scripts import UNSPACED

# A character of a script without spaces; a word of any other, "don't" as one; a mark. No character is torn.
_WORDS = regex.compile(rf"(?=[{UNSPACED}])\X|[^\W{UNSPACED}]+(?:['’][^\W{UNSPACED}]+)*|(?!\s)\X")


def parts_of(given: Input) -> list[str]:
    """Its text, and the second one of a pair."""
    return [given.text, *([given.fields[SECOND_TEXT]] if SECOND_TEXT in given.fields else [])]


def units_of(given: Input, tokens: Sequence[Place | None] | None = None) -> list[Place]:
    """What is weighed as one: words, and where a script has no spaces the model's pieces, or else characters.

    `tokens`: where those stand that the model reads, so that none is torn apart; what no token stands for is left out,
    as the model does not read it.
    """
    found: list[Place] = []
    for part, text in enumerate(parts_of(given)):
        words = [one.span() for one in _WORDS.finditer(text)]
        read = None if tokens is None else sorted((one[1], one[2]) for one in tokens if one and one[0] == part)
        for start, end in _joined(sorted([*words, *(read or ())])):
            if read is None or any(first < end and last > start for first, last in read):
                found.append((part, start, end))
    return found


def unit_of(token: Place, units: Sequence[Place]) -> int:
    """The one in which a token stands; there is one."""
    return next(
        at for at, (part, start, end) in enumerate(units) if part == token[0] and start <= token[1] and token[2] <= end
    )


def added_by_units(by_token: Tensor, places: Sequence[Place | None], units: Sequence[Place]) -> NDArray[np.float64]:
    """What each unit adds [outputs, units]: the sum of its tokens [outputs, tokens], which stand at `places`."""
    weights = np.zeros((len(by_token), len(units)))
    for token, place in enumerate(places):
        if place is not None:
            weights[:, unit_of(place, units)] += by_token[:, token].double().cpu().numpy()
    return weights


def without(given: Input, left_out: Collection[Place]) -> Input:
    """The same without these words, and without the space that one of them leaves behind."""
    texts = [_cut(text, sorted(one[1:] for one in left_out if one[0] == at)) for at, text in enumerate(parts_of(given))]
    fields = {**given.fields, SECOND_TEXT: texts[1]} if len(texts) > 1 else given.fields
    return replace(given, text=texts[0], fields=fields)


def _joined(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those that overlap as one."""
    begun: tuple[int, int] | None = None
    for start, end in spans:
        if begun is not None and start < begun[1]:
            begun = (begun[0], max(begun[1], end))
        elif start < end:
            if begun is not None:
                yield begun
            begun = (start, end)
    if begun is not None:
        yield begun


def _cut(text: str, spans: Sequence[tuple[int, ...]]) -> str:
    kept, at = "", 0
    for start, end in spans:
        kept += text[at:start]
        at = end
        if (not kept or kept[-1].isspace()) and at < len(text) and text[at].isspace():
            at += 1
    return kept + text[at:]
