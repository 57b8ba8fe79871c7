"""The names of labels that a file gives as numbers: found beside it, checked against all numbers where need be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from lepton_studio.formats.base import Doubt, Guess, Record
from lepton_studio.formats.guessing.label_tables import LabelTable, table_beside
from lepton_studio.formats.reading import read_records
from lepton_studio.formats.tables.label_cells import flags_in
from lepton_studio.formats.tables.table_marks import table_row
from lepton_studio.formats.tables.token_cells import unnamed_tags
from lepton_studio.language import tr

_COUNTED_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class NamedGuess:
    """The guess with its names, and what to say or to ask of them."""

    guess: Guess
    notices: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = field(default=())


def with_names(guess: Guess, sample: Sequence[Record]) -> NamedGuess:
    """Look for a table of names beside the file, unless the guess knows those of its labels."""
    if guess.label is None and "tags" not in guess.roles:
        return NamedGuess(guess)
    codes = _codes(guess, sample)
    if codes & {*guess.label_names, *guess.label_names.values()}:
        return NamedGuess(guess)
    table = table_beside(guess.paths[0], codes)
    if not table.is_clear:
        every = (record for record, _, _ in islice(read_records(guess), _COUNTED_ROWS) if isinstance(record, Record))
        table = table_beside(guess.paths[0], _codes(guess, every))
    named = replace(guess, label_names=table.names)
    if not table.names:
        return NamedGuess(named)
    said = (tr("The label names are taken from {file}.", file=table.file),)
    return NamedGuess(named, said, () if table.is_clear else (_unclear(table),))


def _unclear(table: LabelTable) -> Doubt:
    first, last = next(iter(table.names.items())), list(table.names.items())[-1]
    sentence = tr(
        "{file} has more label names than there are numbers, and none of these says where counting starts: {first} "
        "is read as “{first_name}”, {last} as “{last_name}”.",
        file=table.file, first=first[0], first_name=first[1], last=last[0], last_name=last[1],
    )  # fmt: skip
    return Doubt("label_names", sentence)


def _codes(guess: Guess, records: Iterable[Record]) -> set[str]:
    """The labels as they stand in the file; for vectors of 0 and 1 their places, for tags of tokens their numbers."""
    if "tags" in guess.roles:
        return unnamed_tags([record.cells for record in records], guess.roles["tags"])
    if guess.label_form == "flags":
        lengths = {len(flags) for record in records if (flags := flags_in(record.cells.get(guess.label or "")))}
        return {str(place) for place in range(max(lengths, default=0))}
    bare = replace(guess, label_names={})
    return {name for record in records for name in table_row(record, bare, text="").marks.labels or ()}
