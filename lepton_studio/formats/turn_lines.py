"""Conversations a line each: turns apart by `__eou__`, then, by tabs, what is said of the whole and of each turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lepton_studio.formats.base import Format, Guess, Problem, Record
from lepton_studio.formats.conversations import PARTIES, turns_json
from lepton_studio.formats.head import Head, read_lines
from lepton_studio.language import tr

_END = "__eou__"
_NAMED = ("topic", "acts", "emotions")


def detect(head: Head) -> float:
    """Every line has ends of turns."""
    lines = [line for line in head.lines()[:50] if line.strip()]
    return 0.98 if lines and sum(_END in line for line in lines) > 0.9 * len(lines) else 0.0


def describe(head: Head) -> Guess:
    """The conversation, and a column for each of the cells behind it."""
    more = max((line.count("\t") for line in head.lines()), default=0)
    names = (*_NAMED, *(f"column {place}" for place in range(len(_NAMED) + 2, more + 2)))[:more]
    return Guess(
        format="turn_lines",
        paths=(head.path,),
        encoding=head.encoding,
        columns=("turns", *names),
        text="turns",
        roles={"turns": "turns"},
    )


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record for each conversation. Nobody is named: the two sides are A and B by turns."""
    for number, line in enumerate(read_lines(path, guess.encoding), start=1):
        if not line.strip():
            continue
        said, *more = line.split("\t")
        turns = [turn.strip() for turn in said.split(_END) if turn.strip()]
        if not turns:
            yield Problem(str(path), number, tr("This line has no turn of a conversation."))
            continue
        spoken = turns_json([(PARTIES[place % 2], turn) for place, turn in enumerate(turns)])
        cells: dict[str, object] = {"turns": spoken, **dict(zip(guess.columns[1:], map(str.strip, more), strict=False))}
        yield Record(number, cells, raw=line)


FORMAT = Format(id="turn_lines", title="Conversations, a line each", detect=detect, describe=describe, records=records)
