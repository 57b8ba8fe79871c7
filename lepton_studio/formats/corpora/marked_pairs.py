"""Sentences in which a pair is marked by signs, `[[ one ]]` and `<< other >>`, `<e1>`, `[E1]`: two spans, and their
relation in another column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lepton_studio.formats.corpora.tagged_pairs import ENTITY, relations_of
from lepton_studio.project.marks import Marks, SpanMark

_SIGNS = tuple(
    (re.compile(rf"{first} ?(.+?) ?{first_end}", re.DOTALL), re.compile(rf"{second} ?(.+?) ?{second_end}", re.DOTALL))
    for first, first_end, second, second_end in (
        (r"\[\[", r"\]\]", r"<<", r">>"),
        (r"<e1>", r"</e1>", r"<e2>", r"</e2>"),
        (r"\[E1\]", r"\[/E1\]", r"\[E2\]", r"\[/E2\]"),
        (r"<E1>", r"</E1>", r"<E2>", r"</E2>"),
    )
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence without its signs, and the two spans that they marked, the first of the signs first."""

    text: str
    spans: tuple[SpanMark, SpanMark]

    def marks(self, relation: str) -> Marks:
        """The spans with what their relation is called, "" for unknown."""
        return Marks(spans=self.spans, relations=relations_of(relation))


def pair_in(text: object) -> Pair | None:
    """The pair that is marked in a text; None where there is none, or more than one."""
    if not isinstance(text, str) or not any(sign in text for sign in ("[[", "<e1>", "[E1]", "<E1>")):
        return None
    for signs in _SIGNS:
        found = [list(sign.finditer(text)) for sign in signs]
        if all(len(one) == 1 for one in found):
            return _pair(text, found[0][0], found[1][0])
    return None


def has_pairs(rows: Sequence[Mapping[str, object]], column: str) -> bool:
    """Whether nearly all texts of a column have a marked pair."""
    texts = [cell for row in rows if isinstance(cell := row.get(column), str) and cell][:300]
    return bool(texts) and sum(pair_in(text) is not None for text in texts) >= 0.9 * len(texts)


def _pair(text: str, *matches: re.Match[str]) -> Pair | None:
    """The text with both matches replaced by what they enclose."""
    first, second = sorted(matches, key=lambda match: match.start())
    if first.end() > second.start():
        return None
    pieces = [text[: first.start()], first[1], text[first.end() : second.start()], second[1], text[second.end() :]]
    places = {}
    for match, place in ((first, 1), (second, 3)):
        start = sum(map(len, pieces[:place]))
        places[match] = SpanMark(start, start + len(match[1]), ENTITY, match[1])
    return Pair("".join(pieces), (places[matches[0]], places[matches[1]]))
