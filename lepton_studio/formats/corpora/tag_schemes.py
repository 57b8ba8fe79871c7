"""Tags of tokens as spans and back: BIO and its many kin, told apart by what stands where.

IOB1, IOB2, IOE1 and IOE2 after Tjong Kim Sang and Veenstra, "Representing text chunks" (1999); BIOES is also written
IOBES, BILOU says L for E and U for S, BMES says M for I.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lepton_studio.language import tr, trn

OUTSIDE = "O"
UNNAMED = "entity"
"""The label of tags that have none."""
_TAG = re.compile(r"([BIESLUWM])(?:[-_](.+))?")
_OUTSIDE = frozenset({"o", "", "0", "_", "-"})
_NAME = re.compile(r"[^\W\d][\w.&/+:#-]{0,60}")
_FEW_NAMES = 12
_STARTS, _ENDS, _ALONE = set("BSUW"), set("ELSUW"), set("SUW")


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """Tokens `first` to `last`, both belonging to it."""

    first: int
    last: int
    label: str


@dataclass(frozen=True, slots=True)
class SchemeFound:
    """The name of a scheme, and how many entities begin otherwise than it says."""

    name: str
    irregular: int = 0


@lru_cache(maxsize=4096)  # a corpus has few tags, each a million times
def is_tag(word: str) -> bool:
    """Whether this can be a tag."""
    return word == OUTSIDE or bool(_TAG.fullmatch(word))


def loose_tag(word: str) -> str:
    """The tag that a word means where tags are written otherwise: "o" and nothing at all are O, "b-per" is B-per, and
    a bare name is I-name, so that neighbours of one name are one span."""
    if is_tag(word):
        return word
    if word in _OUTSIDE:
        return OUTSIDE
    raised = word[:1].upper() + word[1:]
    return raised if word[1:2] in "-_" and is_tag(raised) else f"I-{word}"


def are_tags(cells: Sequence[str]) -> bool:
    """Whether these are tags, O among them, or at least two kinds of them."""
    tags = sum(map(is_tag, cells))
    named = any(split_tag(cell)[0] != OUTSIDE for cell in cells)
    single = {cell for cell in cells if cell != OUTSIDE and len(cell) == 1}
    return tags > 0.98 * len(cells) and (named or OUTSIDE in cells) and not single - {"B", "I"}


def are_loose_tags(cells: Sequence[str]) -> bool:
    """Whether these are tags written otherwise (`loose_tag`): many are O or o, the others a few names."""
    outside = sum(cell in (OUTSIDE, "o") for cell in cells)
    names = Counter(cell for cell in cells if cell not in _OUTSIDE and cell != OUTSIDE)
    few = len(names) <= max(_FEW_NAMES, 0.1 * names.total())
    are_names = all(map(_NAME.fullmatch, names)) and any(len(name) > 1 for name in names)
    return are_names and outside >= 0.2 * len(cells) and few


def spans_of(tags: Sequence[str]) -> list[TokenSpan]:
    """The entities that tags of any scheme say. An entity begins at B, S or U, behind another entity or label, and
    behind E, L, S or U; an I that follows nothing begins one too."""
    found: list[TokenSpan] = []
    before_prefix, before_label = OUTSIDE, ""
    for place, tag in enumerate(tags):
        prefix, label = split_tag(tag)
        if prefix != OUTSIDE:
            goes_on = before_prefix != OUTSIDE and before_label == label and before_prefix not in _ENDS
            if goes_on and prefix not in _STARTS:
                found[-1] = TokenSpan(found[-1].first, place, label)
            else:
                found.append(TokenSpan(place, place, label))
        before_prefix, before_label = prefix, label
    return found


@lru_cache(maxsize=4096)
def split_tag(tag: str) -> tuple[str, str]:
    """("B", "PER") of "B-PER"; ("O", "") for what is no tag."""
    match = _TAG.fullmatch(tag)
    return (match[1], match[2] or UNNAMED) if match else (OUTSIDE, "")


def bio_tags(spans: Iterable[TokenSpan], count: int) -> list[str]:
    """IOB2 tags of `count` tokens; the spans do not overlap."""
    tags = [OUTSIDE] * count
    for span in spans:
        tags[span.first : span.last + 1] = [f"B-{span.label}", *[f"I-{span.label}"] * (span.last - span.first)]
    return tags


def find_tag_scheme(sentences: Iterable[Sequence[str]]) -> SchemeFound:
    """The scheme of these tags: by the letters in use, then by what entities begin and end with."""
    letters, starts, ends, alone, needless = Counter[str](), Counter[str](), Counter[str](), Counter[str](), 0
    for tags in sentences:
        prefixes = [split_tag(tag)[0] for tag in tags]
        letters.update(prefixes)
        behind = -1
        for span in spans_of(tags):
            first, last = prefixes[span.first], prefixes[span.last]
            starts[first] += 1
            ends[last] += 1
            alone[first] += span.first == span.last
            needless += first == "B" and not (behind == span.first - 1 and span.first > 0)
            behind = span.last
    used = set(letters) - {OUTSIDE}
    if used & set("LU"):
        return SchemeFound("BILOU", starts["I"] + starts["L"])
    if "M" in used:
        return SchemeFound("BMES", starts["M"] + starts["E"])
    if used & set("SW") or {"B", "E"} <= used:
        return SchemeFound("BIOES", starts["I"] + starts["E"] + alone["B"])
    if "E" in used:
        always = ends["I"] == 0
        return SchemeFound("IOE2" if always else "IOE1")
    if needless and needless >= starts["I"]:
        return SchemeFound("BIO (IOB2)", starts["I"])
    return SchemeFound("IOB1" if used else "", needless)


def loose_notice() -> str:
    """What a person is told of tags that are only names."""
    return tr("The tags do not say where a span begins, so neighbouring tokens with the same tag are one span.")


def scheme_notice(found: SchemeFound) -> str:
    """What a person is told of a scheme."""
    if not found.name:
        return ""
    sentence = tr("The tags are read as {scheme}.", scheme=found.name)
    if found.irregular:
        sentence += " " + trn(
            "{count} span does not follow it and is imported as it stands.",
            "{count} spans do not follow it and are imported as they stand.",
            found.irregular,
        )
    return sentence
