"""What a person must be asked about a guess before anything comes in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lepton_studio.formats.base import Doubt, Guess, Record
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.reading import marks_as_read, read_records
from lepton_studio.formats.tables.label_cells import joiner_of
from lepton_studio.formats.tables.token_cells import unnamed_tags
from lepton_studio.formats.values import as_text
from lepton_studio.language import tr

_FEW_LABELS = 10
"""So many labels can be looked through, however few samples there are."""
_SAMPLED_ROWS = 1000
_SAMPLED_FILES = 4
_COUNTED_ROWS = 200_000


def doubts_of(guess: Guess) -> tuple[Doubt, ...]:
    """The questions that this guess leaves open. Reads the first rows; all of them where those look odd."""
    of_columns = (*_of_texts(guess), *_of_labels(guess), *_of_tags(guess)) if guess.text is not None else ()
    of_format = all_formats()[guess.format].doubts
    said = dict.fromkeys(one for path in guess.paths[:_SAMPLED_FILES] for one in of_format(path, guess))
    return (*said, *of_columns)


def _of_texts(guess: Guess) -> Iterator[Doubt]:
    """A text that is a list or an object would come in as its source."""
    if {"texts", "tags", "turns"} & set(guess.roles) or guess.talk is not None or guess.text is None:
        return
    cells = [record.cells.get(guess.text) for record, _, _ in islice(read_records(guess), _SAMPLED_ROWS)
             if isinstance(record, Record)]  # fmt: skip
    if 2 * sum(isinstance(cell, (list, dict)) for cell in cells) > len(cells):
        sentence = tr("The column {column} holds lists, not texts: they would be imported as JSON.", column=guess.text)
        yield Doubt("text", sentence)


def _of_tags(guess: Guess) -> Iterator[Doubt]:
    """Tags that are numbers, and nothing names them."""
    if "tags" not in guess.roles or guess.label_names:
        return
    column = guess.roles["tags"]
    rows = (record.cells for record, _, _ in islice(read_records(guess), _SAMPLED_ROWS) if isinstance(record, Record))
    if unnamed_tags(list(rows), column):
        yield Doubt(
            "tags",
            tr(
                "The tags in {column} are numbers, and nothing says what they mean. Put a file labels.txt "
                "next to the data, with one tag name per line, starting with tag 0 (O, B-PER ...).",
                column=column,
            ),
        )


def _of_labels(guess: Guess) -> Iterator[Doubt]:
    """More labels than a third of the samples are rather ids, texts or keywords."""
    if guess.wants and "label" not in guess.wants:
        return
    labels, samples = _count(guess, rows=_SAMPLED_ROWS)
    if not _are_many(labels, samples):
        return
    labels, samples = _count(guess, rows=_COUNTED_ROWS)
    if not _are_many(labels, samples):
        return
    if guess.label is None:
        sentence = tr("There are {labels} different labels on {samples} samples.", labels=labels, samples=samples)
    else:
        sentence = tr(
            "The column {column} would give {labels} different labels for {samples} samples.",
            column=guess.label,
            labels=labels,
            samples=samples,
        )
    if guess.label is not None and not guess.label_separator and (joiner := _joiner(guess)):
        may = tr("Its cells look like several labels joined by “{separator}”.", separator=joiner)
        yield Doubt("label_separator", f"{sentence} {may}")
        return
    yield Doubt("label", f"{sentence} {tr('That many are more likely to be names, texts or keywords than labels.')}")


def _joiner(guess: Guess) -> str:
    """What may join several labels in the cells of the label column."""
    records = (record for record, _, _ in islice(read_records(guess), _SAMPLED_ROWS) if isinstance(record, Record))
    cells = (as_text(record.cells.get(guess.label or "")).strip() for record in records)
    return joiner_of({cell for cell in cells if cell})


def _are_many(labels: int, samples: int) -> bool:
    return labels > _FEW_LABELS and 3 * labels > samples


def _count(guess: Guess, *, rows: int) -> tuple[int, int]:
    """(different labels, samples with a label) in the first rows."""
    labels: set[str] = set()
    texts: set[int] = set()
    for text, marks in islice(marks_as_read(guess), rows):
        if marks.labels:
            labels.update(marks.labels)
            texts.add(hash(text))
    return len(labels), len(texts)
