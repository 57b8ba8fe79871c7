"""What is counted of a text: words and pairs of words, and the characters in them.

Where a script writes no spaces between words only its characters are counted. What is done here stands in the README
of every exported model too (`recipe.py`), in the same few lines: change both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lepton_studio.scripts import UNSPACED

LONGEST_WORD = 40
"""Characters of a longer one (an address, a number) are not counted; the word itself is."""

# A run of a script without spaces, a word of any other, or a mark such as "!", of a text in lower case.
_PIECES = re.compile(f"[{UNSPACED}]+|[^\\W{UNSPACED}]+|[^\\w\\s]")
_UNSPACED = re.compile(f"[{UNSPACED}]")


def pieces(text: str) -> list[str]:
    """The words of a text, its marks, and runs of a script without spaces, in lower case."""
    return _PIECES.findall(text.lower())


def is_unspaced(piece: str) -> bool:
    """Whether a piece is a run of a script without spaces."""
    return _UNSPACED.match(piece) is not None


def terms(text: str) -> Iterator[str]:
    """The terms of a text, each as often as it is there: "w" and a word or two, "c" and 1 to 5 characters.

    A word's characters come with the space before and behind it, 2 to 5 at once.
    """
    before = ""
    for piece in pieces(text):
        if is_unspaced(piece):
            before = ""
            inside, shortest = piece, 1
        else:
            yield "w" + piece
            if before:
                yield f"w{before} {piece}"
            before = piece
            inside, shortest = f" {piece[:LONGEST_WORD]} ", 2
        for size in range(shortest, 6):
            for start in range(len(inside) - size + 1):
                yield "c" + inside[start : start + size]


def pair_terms(text: str, second: str | None) -> Iterator[str]:
    """The same of a text, or of a pair: those of the second begin with "2", those that both have with "="."""
    if second is None:
        yield from terms(text)
        return
    first, other = list(terms(text)), list(terms(second))
    yield from first
    yield from ("2" + one for one in other)
    yield from ("=" + one for one in sorted(set(first) & set(other)))
