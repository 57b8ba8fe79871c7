"""What is found out about a guess from the rows it gives: the columns, the way of counting, names, preview, doubts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from itertools import islice
from typing import Any

from lepton_studio.formats.base import Guess, Problem, Record, Row
from lepton_studio.formats.corpora.turn_by_turn import find_talk
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.folding import folded
from lepton_studio.formats.guessing import advice
from lepton_studio.formats.guessing.column_roles import guess_table, is_ours
from lepton_studio.formats.guessing.constants import constant_columns
from lepton_studio.formats.guessing.doubts import doubts_of
from lepton_studio.formats.guessing.label_columns import LabelColumns
from lepton_studio.formats.guessing.label_naming import with_names
from lepton_studio.formats.guessing.missing import missing_notices
from lepton_studio.formats.guessing.roles import Roles, guess_roles
from lepton_studio.formats.offsets import find_scheme, notice
from lepton_studio.formats.reading import marks_as_read, read, read_plain, read_records
from lepton_studio.formats.splits import odd_split
from lepton_studio.formats.values import NO_VALUE, as_text
from lepton_studio.project.marks import Marks

PREVIEW_ROWS = 50
_SAMPLED_ROWS = 1000
_SAMPLED_FILES = 4
_CHECKED_ROWS = 20_000


def with_roles(guess: Guess) -> Guess:
    """The guess with what its columns are; a format that says by itself what is marked has said so."""
    if guess.text and (guess.roles or _is_marked(guess)):
        return guess
    rows = [record.cells for record in sample_of(guess)]
    constant = constant_columns(guess, rows)
    found = Roles(guess.text, guess.label) if guess.text else guess_roles(guess.columns, rows, constant=constant)
    known = replace(found, label=guess.label or found.label)
    table = guess_table(
        guess.columns, rows, known, wants=guess.wants, is_typed=not guess.delimiter and guess.format != "excel"
    )
    return replace(
        guess,
        text=table.text,
        **said_of_labels(table, guess.label_names),
        roles=table.roles,
        missing=frozenset() if is_ours(guess.columns) else guess.missing if guess.delimiter else NO_VALUE,
        fold=table.fold,
        split_column=guess.split_column or found.split,
        verdict=found.verdict,
    )


def said_of_labels(found: LabelColumns, names: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a guess that say how labels are told."""
    said = {one.name: getattr(found, one.name) for one in fields(LabelColumns)}
    return {**said, "label_names": found.label_names or names}


def with_offsets(guess: Guess) -> Guess:
    """The guess with the way of counting that makes most marks right, if there are any."""
    if not _has_marks(guess):
        return guess
    finding = find_scheme(_marked(guess), usual=guess.offsets)
    return replace(guess, offsets=finding.scheme)


def _marked(guess: Guess) -> list[tuple[str, Marks]]:
    return list(islice(marks_as_read(guess), _CHECKED_ROWS))


def _has_marks(guess: Guess) -> bool:
    """Whether there is anything whose place in the text the file counts."""
    if guess.text is None or not (guess.by_turn or all_formats()[guess.format].has_offsets):
        return False
    if not {"spans", "questions", "answer"} & set(guess.roles) and not _is_marked(guess):
        return False
    head = islice(marks_as_read(guess), _SAMPLED_ROWS)
    return any(marks.spans or any(one.answers for one in marks.questions or ()) for _, marks in head)


def _is_marked(guess: Guess) -> bool:
    """Whether the format says by itself what is marked, as its first records tell."""
    first = (record for record, _, _ in read_records(guess) if isinstance(record, Record))
    return any(record.marks is not None for record in islice(first, 20))


def sample_of(guess: Guess) -> list[Record]:
    """The first records of the first files."""
    found: list[Record] = []
    for place in range(min(len(guess.paths), _SAMPLED_FILES)):
        alone = replace(guess, paths=guess.paths[place : place + 1])
        records = islice(read_records(alone), _SAMPLED_ROWS)
        found += [record for record, _, _ in records if not isinstance(record, Problem)]
    return found


def with_preview(guess: Guess) -> Guess:
    """The guess with its first rows, what is to be said of it and what is to be asked."""
    sample = sample_of(guess)
    if not guess.by_turn:
        learns_whole = not guess.wants or bool({"turns", "target"} & set(guess.wants))
        is_one = learns_whole or bool({"spans", "tags", "relations", "question", "questions"} & set(guess.roles))
        guess = replace(guess, talk=None if is_one else find_talk(guess.columns, sample))
    cells = (as_text(record.cells.get(guess.split_column or "")) for record in sample)
    odd = dict.fromkeys(cell.strip() for cell in cells if odd_split(cell, {}))
    guess = replace(guess, odd_splits=tuple(odd) if guess.split_column else ())
    is_marked = any(record.marks is not None for record in sample)
    notices = advice.notices(guess, [record.cells for record in sample], is_marked=is_marked)
    told = all_formats()[guess.format].notices
    notices += dict.fromkeys(sentence for path in guess.paths[:_SAMPLED_FILES] for sentence in told(path, guess))
    named = with_names(guess, sample)
    guess = named.guess
    notices += named.notices
    notices += missing_notices(guess, [record.cells for record in sample])
    if guess.text is None:
        return replace(guess, preview=(), notices=tuple(notices), doubts=doubts_of(guess))
    if _has_marks(guess):
        finding = find_scheme(_marked(guess), chosen=guess.offsets)
        notices += [sentence] if (sentence := notice(finding)) else []
    rows = tuple(islice(_preview(guess), PREVIEW_ROWS))
    return replace(guess, preview=rows, notices=tuple(notices), doubts=(*named.doubts, *doubts_of(guess)))


def _preview(guess: Guess) -> Iterator[Row | Problem]:
    if not guess.fold:
        return read(guess)
    return folded(lambda: islice(read_plain(guess), _SAMPLED_ROWS))
