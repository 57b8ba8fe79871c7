"""What models of other programs said of the texts in a file, beside what people said: told by the format itself, or by
a column of a table that a person, or its name, says is one of suggestions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lepton_studio.formats.base import Foreign, Guess, Record
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.marks_json import BadMarks
from lepton_studio.formats.misshapen import MISSHAPEN
from lepton_studio.formats.offsets import repair
from lepton_studio.formats.reading import read_records
from lepton_studio.formats.tables.table_marks import table_row
from lepton_studio.formats.values import as_text, confidence
from lepton_studio.project.marks import Marks

_TOLD_BY = ("label", "rating", "spans", "target")
"""What a column can say alone, of what a task wants."""


def has_foreign(guess: Guess) -> bool:
    """Whether these files may say what a model said."""
    return "suggestion" in guess.roles or all_formats()[guess.format].foreign_of is not None


def foreign_of(raw: object, text: str, guess: Guess, *, wants: Sequence[str]) -> Foreign | None:
    """What a model said of this text in the source row `raw` of a file, offsets in code points; None where none did, or
    where it cannot be read.
    """
    look = all_formats()[guess.format].foreign_of
    try:
        if "suggestion" in guess.roles:
            found = _of_column(raw, text, guess, wants=wants)
        else:
            found = None if look is None else look(raw, text, wants)
    except (BadMarks, *MISSHAPEN):
        return None
    return found and replace(found, marks=repair(text, found.marks, scheme=guess.offsets).marks)


def labels_suggested(guess: Guess, *, most: int) -> tuple[str, ...]:
    """The labels that the column of suggestions names, in their order; () where there are more than `most`, as in a
    column of free answers. Reads all rows. Raises UnreadableFile.
    """
    column = guess.roles.get("suggestion")
    if column is None:
        return ()
    named: dict[str, None] = {}
    records = (record for record, _, _ in read_records(guess) if isinstance(record, Record))
    names = (name for one in records for name in _marks(one.cells.get(column), "", guess, what="label").labels or ())
    for name in names:
        named.setdefault(name)
        if len(named) > most:
            return ()
    return tuple(named)


def _of_column(raw: object, text: str, guess: Guess, *, wants: Sequence[str]) -> Foreign | None:
    column, what = guess.roles["suggestion"], next((one for one in _TOLD_BY if one in wants), None)
    cell = _cell(raw, column)
    if what is None or as_text(cell).strip() == "":
        return None
    sure = confidence(_cell(raw, guess.roles["confidence"])) if "confidence" in guess.roles else None
    return Foreign(column, _marks(cell, text, guess, what=what), sure)


def _marks(cell: object, text: str, guess: Guess, *, what: str) -> Marks:
    """What the cell says, read as those of the guess's own labels are."""
    alone = replace(guess, label=None, more_labels=(), label_columns=(), roles={})
    alone = replace(alone, label="said") if what == "label" else replace(alone, roles={what: "said"})
    return table_row(Record(0, {"said": cell}), alone, text=text).marks


def _cell(raw: object, column: str) -> object:
    """The cell of a source row; of one with objects in it by the path that its column is called by."""
    if isinstance(raw, Mapping) and column not in raw and "." in column:
        first, rest = column.split(".", 1)
        return _cell(raw.get(first), rest)
    return raw.get(column) if isinstance(raw, Mapping) else None
