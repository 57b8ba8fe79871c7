r"""Backslashes in tables: before quotation marks (Spark, MySQL, PHP), or before all that has a meaning (the text dumps
of PostgreSQL and MySQL, where `\N` is no value)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

Escapes = Literal["", "quotes", "all"]
r"""What a backslash in a cell means: itself; a quotation mark behind it is text; `\n`, `\t` and `\\` too."""

_QUOTE = "\ufdd0"
"""Stands for an escaped quotation mark while the rows are cut: a code point that no text may hold."""
_ESCAPED_QUOTE = re.compile(r'(?<!\\)((?:\\\\)*)\\"')
_ANY = re.compile(r"\\(.)", re.DOTALL)
_MEANINGS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "v": "\v", "f": "\f", "0": "\0"}
_NULL_CELL = re.compile(r"(?:^|\t)\\N(?=\t|\r?$)", re.MULTILINE)


def escapes_quotes(text: str, delimiter: str) -> bool:
    r"""Whether a quoted cell goes on behind a `\"`, or ends with `\""`: in plain CSV neither has a meaning."""
    if '\\"' not in text:
        return False
    edge = re.escape(delimiter)
    goes_on = rf'(?:^|{edge})"[^"\n]*(?<!\\)\\"(?!"|{edge}|\r?$)'
    ends = rf'(?:^|{edge})"[^"\n]*(?<!\\)\\"[^"\n]*(?:(?<!\\)\\"[^"\n]*)*"(?={edge}|\r?$)'
    return bool(re.search(goes_on, text, re.MULTILINE) or re.search(ends, text, re.MULTILINE))


def writes_nulls(text: str) -> bool:
    r"""Whether some cells between tabs are `\N`."""
    return bool(_NULL_CELL.search(text))


def escaped_quotes(lines: Iterable[str]) -> Iterator[str]:
    """The lines with a stand-in for each escaped quotation mark, for `unescaped` to take back."""
    for line in lines:
        yield _ESCAPED_QUOTE.sub(rf"\1{_QUOTE}", line) if '\\"' in line else line


def unescaped(rows: Iterable[list[str]], escapes: Escapes) -> Iterator[list[str]]:
    """The rows with what their backslashes mean."""
    for row in rows:
        if escapes == "quotes":
            yield [cell.replace(_QUOTE, '"') for cell in row]
        else:
            yield [cell if cell == r"\N" or "\\" not in cell else _ANY.sub(_meaning, cell) for cell in row]


def _meaning(match: re.Match[str]) -> str:
    return _MEANINGS.get(match[1], match[1])
