"""How a file counts its offsets, found out by what its marks must cover, and put right.

Programs disagree on what a character is and whether the end of a span belongs to it. Where a file quotes what a mark
covers, the quotes tell; where it does not, marks that leave the text or cut words in two do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from lepton_studio.formats import units
from lepton_studio.language import tr, trn
from lepton_studio.project.marks import AnswerMark, Marks, RelationMark, SpanMark
from lepton_studio.scripts import is_unspaced

T = TypeVar("T")
_Marked = tuple[str, list[SpanMark | AnswerMark]]
_SEARCHED = 1000
"""Texts that every way of counting is tried on."""
_FEW_MARKS = 30
"""Fewer marks without quotes are no proof that a file counts words."""


@dataclass(frozen=True, slots=True)
class _Scheme:
    """One way of counting. `last_belongs`: the end is the last unit of a span, not the one behind it; `first`: the
    number of the first unit."""

    title: str
    counting: units.Counting
    last_belongs: bool = False
    first: int = 0


_SCHEMES: Mapping[str, _Scheme] = {
    "": _Scheme("code points", units.code_points),
    "utf-16": _Scheme("UTF-16 units", units.utf16_units),
    "utf-8": _Scheme("UTF-8 bytes", units.utf8_bytes),
    "inclusive": _Scheme("code points, end included", units.code_points, last_belongs=True),
    "one-line-end": _Scheme("code points, CR LF as one", units.line_ends_as_one),
    "two-line-ends": _Scheme("code points, LF as two", units.line_ends_as_two),
    "graphemes": _Scheme("visible characters", units.letters_as_seen),
    "nfc": _Scheme("composed characters (NFC)", units.composed),
    "nfd": _Scheme("decomposed characters (NFD)", units.decomposed),
    "utf-16-inclusive": _Scheme("UTF-16 units, end included", units.utf16_units, last_belongs=True),
    "utf-8-inclusive": _Scheme("UTF-8 bytes, end included", units.utf8_bytes, last_belongs=True),
    "from-one": _Scheme("code points from 1, end included", units.code_points, last_belongs=True, first=1),
    "page": _Scheme("characters shown on the page, without tags", units.of_page),
    "words": _Scheme("words", units.words),
    "words-inclusive": _Scheme("words, end included", units.words, last_belongs=True),
}
SCHEMES: Mapping[str, str] = {name: scheme.title for name, scheme in _SCHEMES.items()}
"""Every way of counting with its title, the usual one ("") first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The way of counting that fits best: `right` of `total` marks stand right under it, `plain` under code points.

    `quoted`: the file quotes what its marks cover, so that this is known and not guessed.
    """

    scheme: str
    right: int
    total: int
    plain: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Repaired:
    """Marks in code points; `left_out` quotes the marks that do not fit the text and are not among them, `blank` the
    spans that hold nothing, or white space alone, of which nothing could be learnt, `adrift` the relations one end of
    which is no mark."""

    marks: Marks
    left_out: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()
    adrift: tuple[str, ...] = ()

    @property
    def remark(self) -> str:
        """What was left out, in a sentence or two, "" for nothing."""
        said = []
        if self.left_out:
            count, shown = len(self.left_out), _shown(self.left_out)
            said.append(
                trn(
                    "{count} mark does not fit the text and was left out: {marks}.",
                    "{count} marks do not fit the text and were left out: {marks}.",
                    count,
                    marks=shown,
                )
            )
        if self.blank:
            count, shown = len(self.blank), _shown(self.blank)
            said.append(
                trn(
                    "{count} mark holds only white space and was left out: {marks}.",
                    "{count} marks hold only white space and were left out: {marks}.",
                    count,
                    marks=shown,
                )
            )
        if self.adrift:
            count, shown = len(self.adrift), _shown(self.adrift)
            said.append(
                trn(
                    "{count} relation points to a mark that does not exist and was left out: {names}.",
                    "{count} relations point to marks that do not exist and were left out: {names}.",
                    count,
                    names=shown,
                )
            )
        return " ".join(said)


def find_scheme(samples: Sequence[tuple[str, Marks]], *, usual: str = "", chosen: str | None = None) -> Finding:
    """The scheme under which most marks of these texts stand right; `usual` (what this format's program does) or code
    points where others are not better. `chosen`: only say how many do under this one."""
    marked = [(text, pieces) for text, marks in samples if (pieces := _pieces(marks))]
    total = sum(len(pieces) for _, pieces in marked)
    quoted = any(piece.quote for _, pieces in marked for piece in pieces)
    best = usual if chosen is None else chosen
    right = {name: _count(marked, _SCHEMES[name]) for name in dict.fromkeys(("", best))}
    if chosen is None and right[usual] < total:
        best = _best(marked, usual)
        if best not in right:
            right[best] = _count(marked, _SCHEMES[best])
        if right[best] < right[usual] or (not quoted and not _is_sure(best, right, total)):
            best = usual
    return Finding(best, right[best], total, right[""], quoted)


def _best(marked: Sequence[_Marked], usual: str) -> str:
    """The scheme that puts most right of texts with a mark that `usual` puts wrong, and of as many others."""
    fits = [_count([one], _SCHEMES[usual]) == len(one[1]) for one in marked]
    wrong = [one for one, fit in zip(marked, fits, strict=True) if not fit]
    fine = [one for one, fit in zip(marked, fits, strict=True) if fit]
    searched = [*wrong[:_SEARCHED], *fine[:_SEARCHED]]
    right = {name: _count(searched, scheme) for name, scheme in _SCHEMES.items()}
    return max(_SCHEMES, key=lambda name: (right[name], name == usual, name == ""))


def _count(marked: Sequence[_Marked], scheme: _Scheme) -> int:
    """How many marks stand right under the scheme."""
    count = 0
    for text, pieces in marked:
        ranges = scheme.counting(text)
        count += sum(_fits(text, piece, scheme, ranges) for piece in pieces)
    return count


def repair(text: str, marks: Marks, *, scheme: str = "") -> Repaired:
    """The marks in code points with the end behind the last. One that quotes something else than it covers under the
    scheme stays where code points are right for it; else it is left out, as are blank spans, and relations that point
    to no mark. Where all spans or all relations are left out, nothing is known of them: the text is not one that has
    none."""
    if marks.spans is None and not marks.questions and not marks.relations:
        return Repaired(marks)
    chosen = _SCHEMES[scheme]
    ranges = chosen.counting(text)
    left_out: list[str] = []
    blank: list[str] = []
    spans: list[SpanMark] = []
    places: dict[int, int] = {}
    for place, span in enumerate(marks.spans or ()):
        if (at := _found(text, span, chosen, ranges)) is None:
            left_out.append(_named(span))
        elif not text[at[0] : at[1]].strip():
            blank.append(_named(span))
        else:
            places[place] = len(spans)
            spans.append(replace(span, start=at[0], end=at[1]))
    questions = []
    for question in marks.questions or ():
        answers = []
        for answer in question.answers:
            if (at := _found(text, answer, chosen, ranges)) is None:
                left_out.append(_named(answer))
            else:
                answers.append(replace(answer, start=at[0], end=at[1]))
        questions.append(replace(question, answers=tuple(answers)))
    said = marks.relations or ()
    relations = [
        replace(one, head=places[one.head], tail=places[one.tail])
        for one in said
        if one.head in places and one.tail in places
    ]
    adrift = tuple(_link(one) for one in said if not (one.head in places and one.tail in places))
    changed = replace(
        marks,
        spans=_unless_lost(marks.spans, spans),
        relations=_unless_lost(marks.relations, relations),
        questions=None if marks.questions is None else tuple(questions),
    )
    return Repaired(changed, tuple(left_out), tuple(blank), adrift)


def _unless_lost(said: Sequence[T] | None, kept: Sequence[T]) -> tuple[T, ...] | None:
    """What is kept of what a file says; None where all of it was lost."""
    return tuple(kept) if said is not None and (kept or not said) else None


def _link(relation: RelationMark) -> str:
    """A relation by its label and the numbers of its marks, from 0 as its file counts; "?" for one that has none."""
    head, tail = (str(end) if end >= 0 else "?" for end in (relation.head, relation.tail))
    return f"{relation.label} {head} → {tail}".lstrip()


def notice(finding: Finding) -> str:
    """What a person should know of a finding; "" where all is as usual."""
    wrong = finding.total - finding.right
    if finding.scheme and finding.right != finding.plain:
        sentence = tr(
            "Marks in the right place when offsets are counted in {scheme}: {right} of {total} ({plain} in code "
            "points).",
            right=finding.right, total=finding.total, scheme=tr(SCHEMES[finding.scheme]), plain=finding.plain,
        )  # fmt: skip
    elif wrong and finding.quoted:
        sentence = tr("Marks in the right place: {right} of {total}.", right=finding.right, total=finding.total)
    else:
        return ""
    if wrong and finding.quoted:
        sentence += " " + trn("The other one is left out.", "The other {count} are left out.", wrong)
    return sentence


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")


def _pieces(marks: Marks) -> list[SpanMark | AnswerMark]:
    return [*(marks.spans or ()), *(answer for one in marks.questions or () for answer in one.answers)]


def _fits(text: str, piece: SpanMark | AnswerMark, scheme: _Scheme, ranges: units.Ranges) -> bool:
    at = _range(piece, scheme, ranges)
    return at is not None and _stands(text, piece, *at)


def _range(piece: SpanMark | AnswerMark, scheme: _Scheme, ranges: units.Ranges) -> tuple[int, int] | None:
    return ranges(piece.start - scheme.first, piece.end - scheme.first + scheme.last_belongs)


def _found(text: str, piece: SpanMark | AnswerMark, scheme: _Scheme, ranges: units.Ranges) -> tuple[int, int] | None:
    at = _range(piece, scheme, ranges)
    if at is not None and (not piece.quote or _covers(text, piece.quote, *at)):
        return at
    plain = units.code_points(text)(piece.start, piece.end)
    return plain if plain and piece.quote and _covers(text, piece.quote, *plain) else None


def _stands(text: str, piece: SpanMark | AnswerMark, start: int, end: int) -> bool:
    if not 0 <= start <= end <= len(text):
        return False
    return _covers(text, piece.quote, start, end) if piece.quote else _cuts_no_word(text, start, end)


def _covers(text: str, quote: str, start: int, end: int) -> bool:
    """Whether the quote says what stands there; white space, the form of accents and tags of a page may differ."""
    covered = text[start:end]
    if covered == quote or _plain(covered) == _plain(quote):
        return True
    return "<" in covered and _plain(units.shown_of_page(covered)) == _plain(quote)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _cuts_no_word(text: str, start: int, end: int) -> bool:
    """For marks without a quote: not empty, no white space at the edges, no edge inside a word or a character."""
    if start == end or text[start].isspace() or text[end - 1].isspace():
        return False
    return not (_is_inside(text, start) or _is_inside(text, end))


def _is_inside(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    before, behind = text[place - 1], text[place]
    if unicodedata.category(behind) in {"Mn", "Me"} or behind in "\u200d\ufe0f" or before == "\u200d":
        return True
    return _is_letter(before) and _is_letter(behind)


def _is_letter(char: str) -> bool:
    """A letter or digit of a script that puts spaces between words."""
    return char.isalnum() and not is_unspaced(char)


def _is_sure(best: str, counted: Mapping[str, int], total: int) -> bool:
    """Without quotes: another counting must explain all but a few marks, and most of those that code points fail."""
    wrong_plain, wrong_best = total - counted[""], total - counted[best]
    return (
        wrong_best <= 0.02 * total
        and wrong_best < 0.2 * wrong_plain
        and not (best.startswith("words") and total < _FEW_MARKS)
    )


def _named(piece: SpanMark | AnswerMark) -> str:
    label = f" {piece.label}" if isinstance(piece, SpanMark) else ""
    quote = f" “{piece.quote[:40]}”" if piece.quote else ""
    return f"{piece.start}-{piece.end}{label}{quote}"
