"""Cells that hold all words of a sentence, and cells that hold all their tags: lists, lists as programs print them, and
words with spaces between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from lepton_studio.formats.corpora.tag_schemes import are_loose_tags, are_tags, is_tag, loose_tag
from lepton_studio.formats.tables.label_cells import list_in
from lepton_studio.formats.values import as_text

Rows = Sequence[Mapping[str, object]]
_SAMPLED = 300


def token_columns(columns: Sequence[str], rows: Rows) -> tuple[str, str] | None:
    """A column of words and one of as many tags."""
    for name in columns:
        tags = _cells(rows, name, tags_in)
        if not tags or not (_are_tags(tags) or _are_numbers(tags)) or all(len(one) == 1 for one in tags):
            continue  # a tag a row is no sentence's
        for other in columns:
            words = _cells(rows, other, words_in) if other != name else []
            if len(words) == len(tags) and all(len(a) == len(b) for a, b in zip(words, tags, strict=True)):
                return other, name
    return None


def words_in(cell: object) -> list[str] | None:
    """The words of a cell; None where it is no string and no list of strings."""
    found = list_in(cell)
    if found is not None:
        return [as_text(one) for one in found] if all(isinstance(one, str) for one in found) else None
    return cell.split() if isinstance(cell, str) and cell.strip() else None


def tags_in(cell: object) -> list[str] | None:
    """The tags of a cell, numbers as they stand; None where it holds none."""
    found = list_in(cell)
    if found is not None:
        return [_whole(one) for one in found] if all(isinstance(one, (str, int, float)) for one in found) else None
    if not isinstance(cell, str):
        return None
    pieces = cell.replace(",", " ").split()
    return pieces if pieces and all(map(is_tag, pieces)) else None


def meant(tags: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """The tags as tags, numbers by the table of names."""
    return [loose_tag(names.get(tag, tag)) for tag in tags]


def unnamed_tags(rows: Rows, column: str) -> set[str]:
    """The numbers that stand for tags in a column; nothing where it has tags."""
    tags = _cells(rows, column, tags_in)
    return {one for some in tags for one in some} if tags and _are_numbers(tags) else set()


def _cells(rows: Rows, name: str, reader: Callable[[object], list[str] | None]) -> list[list[str]]:
    """What the first cells hold; nothing where one of them holds something else."""
    found = []
    for row in rows[:_SAMPLED]:
        one = reader(row.get(name))
        if one is None:
            return []
        found.append(one)
    return found


def _whole(tag: object) -> str:
    return str(int(tag)) if isinstance(tag, float) and tag.is_integer() else as_text(tag)


def _are_tags(tags: Sequence[Sequence[str]]) -> bool:
    every = list(chain.from_iterable(tags))
    return bool(every) and (are_tags(every) or are_loose_tags(every))


def _are_numbers(tags: Sequence[Sequence[str]]) -> bool:
    every = set(chain.from_iterable(tags))
    return len(every) > 1 and all(one.isdecimal() for one in every) and any(len(one) > 1 for one in tags)
