"""A text cut into what is counted of it: words, characters of scripts without spaces, numbers, addresses, HTML."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lepton_studio.scripts import UNSPACED

SIGN, WORD, CHARACTER, NUMBER, ADDRESS, MAIL, MARKUP = range(7)
"""Kinds of units."""

_UNIT = re.compile(
    rf"((?:https?://|www\.)[^\s<>{UNSPACED}]+)"
    rf"|([\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    rf"|(</?[a-zA-Z][^<>]{{0,200}}>|&(?:[a-zA-Z]{{2,8}}|\#\d{{2,5}});)"
    rf"|(\d+(?:[.,:/]\d+)*(?![^\W_{UNSPACED}]))"
    rf"|([^\W_{UNSPACED}]+(?:['’][^\W_{UNSPACED}]+)*)"
    rf"|([{UNSPACED}])"
    rf"|(\S)"
)
_KINDS = (ADDRESS, MAIL, MARKUP, NUMBER, WORD, CHARACTER, SIGN)
_TAG = re.compile(r"</?([a-z][a-z0-9]*)")
_JOINED = (WORD, CHARACTER, NUMBER)
_CHECKED_EACH = 500

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """The units of `n` texts in their order, all arrays [units]: `key` numbers those that are equal (places in
    `names`), `kind`, which of `strings` each stands in and from where to where (code points); `text` [strings] numbers
    the text that a string is of. `joined`: only white space stands between it and the unit before, and both can be
    parts of one phrase.
    """

    n: int
    names: tuple[str, ...]
    strings: tuple[str, ...]
    text: Ints
    key: Ints
    kind: Ints
    string: Ints
    start: Ints
    end: Ints
    joined: NDArray[np.bool_]

    def written(self, first: int, count: int) -> str:
        """`count` units from one on as they are written there, on one line."""
        string = self.strings[self.string[first]]
        return " ".join(string[self.start[first] : self.end[first + count - 1]].split())


def cut(texts: Sequence[Sequence[str]], *, check: Callable[[], object] = lambda: None) -> Units:
    """The units of texts of one or more parts (a text and its second one). `check` is called every few hundred texts
    and may raise.
    """
    names: dict[str, int] = {}
    strings: list[str] = []
    columns = [array("q") for _ in range(5)]
    key, kind, string, start, end = columns
    text = array("q")
    for number, parts in enumerate(texts):
        if number % _CHECKED_EACH == 0:
            check()
        for part in parts:
            text.append(number)
            for match in _UNIT.finditer(part):
                of = _KINDS[(match.lastindex or 1) - 1]
                name = _named(match[0], of)
                key.append(names.setdefault(name, len(names)))
                kind.append(of)
                string.append(len(strings))
                start.append(match.start())
                end.append(match.end())
            strings.append(part)
    keys, kinds, of_string, starts, ends = (np.array(one, np.int64) for one in columns)
    joins = np.isin(kinds, _JOINED)
    joined = np.zeros(len(joins), np.bool_)
    joined[1:] = joins[1:] & joins[:-1] & (of_string[1:] == of_string[:-1])
    return Units(
        n=len(texts),
        names=tuple(names),
        strings=tuple(strings),
        text=np.array(text, np.int64),
        key=keys,
        kind=kinds,
        string=of_string,
        start=starts,
        end=ends,
        joined=joined,
    )


def _named(written: str, kind: int) -> str:
    """What it is counted as: small letters; an address by its host, a tag by its name."""
    name = written.casefold()
    if kind == ADDRESS:
        return (
            name.removeprefix("https://").removeprefix("http://").removeprefix("www.").split("/")[0].rstrip(".,;:!?)")
        )
    if kind == MARKUP and (tag := _TAG.match(name)):
        return f"<{tag[1]}>"
    return name.replace("’", "'")
