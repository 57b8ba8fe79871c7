"""Words that programs write where there is no value, and words that only may mean that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from lepton_studio.formats.base import Guess
from lepton_studio.formats.values import as_text
from lepton_studio.language import trn

_UNCLEAR = frozenset({"null", "None", "NA", "N/A", "n/a", "<null>"})


def missing_notices(guess: Guess, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Which words in the columns of text and label are taken for no value, and which might mean that."""
    said = []
    for column in (guess.text, guess.label):
        if column is None:
            continue
        words = Counter(cell.strip() for row in rows if isinstance(cell := row.get(column), str))
        for word in sorted(guess.missing & set(words)):
            said.append(
                trn(
                    "“{word}” in the column {column} is read as a missing value ({count} row).",
                    "“{word}” in the column {column} is read as a missing value ({count} rows).",
                    words[word],
                    word=word,
                    column=column,
                )
            )
        for word in sorted((_UNCLEAR - guess.missing) & set(words)) if column == guess.label else ():
            said.append(
                trn(
                    "“{word}” in the column {column} is read as a label ({count} row).",
                    "“{word}” in the column {column} is read as a label ({count} rows).",
                    words[word],
                    word=word,
                    column=column,
                )
            )
    return said


def is_no_value(cell: object, guess: Guess) -> bool:
    """Whether a cell is a word for no value."""
    return isinstance(cell, str) and bool(guess.missing) and cell.strip() in guess.missing


def text_or_nothing(cell: object, guess: Guess) -> str:
    """A cell as text, "" where its word means no value."""
    return "" if is_no_value(cell, guess) else as_text(cell)
