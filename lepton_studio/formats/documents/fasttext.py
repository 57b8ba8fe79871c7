"""Lines as fastText reads them: words that begin with `__label__` are labels, wherever they stand in the line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NAME = r"(?:(?!__label__)[^\s,]|,(?!\s|$|__label__))+"
_NAME_UP_TO_A_COMMA = r"(?:(?!__label__)[^\s,])+"


@dataclass(frozen=True, slots=True)
class _Rules:
    """How a label is found in a group of them, and such a group in a line."""

    label: re.Pattern[str]
    group: re.Pattern[str]


def _rules(name: str) -> _Rules:
    group = rf"(?:^|(?<=\s))(?:__label__{name},?\s*)+"
    return _Rules(re.compile(f"__label__({name})", re.IGNORECASE), re.compile(group, re.IGNORECASE))


_PLAIN, _UP_TO_A_COMMA = _rules(_NAME), _rules(_NAME_UP_TO_A_COMMA)


def has_labels(line: str) -> bool:
    """Whether any word of the line is a label."""
    return "__label__" in line.lower() and bool(_PLAIN.group.search(line))


def labels_and_text(line: str, *, comma_ends: bool = False) -> tuple[list[str], str]:
    """The labels of a line and its text without them. `comma_ends`: the text may follow a label behind a comma."""
    if "__label__" not in line.lower():
        return [], line
    rules = _UP_TO_A_COMMA if comma_ends else _PLAIN
    found = [name for match in rules.group.finditer(line) for name in rules.label.findall(match[0])]
    if not found:
        return [], line
    *before, last = rules.group.split(line)
    text = "".join(f"{piece.rstrip()} " for piece in before if piece) + last
    return found, text if last else text.rstrip()


def ends_at_commas(lines: Sequence[str]) -> bool:
    """Whether a comma ends the labels of these lines, as in `__label__late,where is it`: the names up to the comma
    are far fewer than those with what follows it, none is without a comma, or else there would be no text."""
    whole, short, bare, nothing_left = set[str](), set[str](), set[str](), False
    for line in lines:
        names, text = labels_and_text(line)
        for name in names:
            if "," in name:
                whole.add(name)
                short.add(name.partition(",")[0])
                nothing_left = nothing_left or not text.strip()
            else:
                bare.add(name)
    return bool(whole) and (nothing_left or not bare or short <= bare or 2 * len(short) <= len(whole))
