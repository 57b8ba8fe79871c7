"""From a guess to rows: each format's records, with the guess's roles applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from lepton_studio.formats.base import Guess, Problem, Record, Row, UnreadableFile
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.splits import split_named
from lepton_studio.formats.values import as_text, is_broken, label_names
from lepton_studio.language import tr
from lepton_studio.project.marks import Marks
from lepton_studio.project.records import Split


def read(guess: Guess) -> Iterator[Row | Problem]:
    """All rows of all files of the guess, streamed, in file order. Raises UnreadableFile, also half-way."""
    for record, source, position in read_records(guess):
        if isinstance(record, Problem):
            yield record
        else:
            yield _row(record, guess, source=source, position=position)


def read_records(guess: Guess) -> Iterator[tuple[Record | Problem, str, int]]:
    """Records before roles are applied, with the source and the position of their path in the guess."""
    records = all_formats()[guess.format].records
    for position, path in enumerate(guess.paths):
        for record in readable(path, guess, records):
            source = (record.source if isinstance(record, Record) else "") or str(path)
            yield record, source, position


def readable(
    path: Path, guess: Guess, records: Callable[[Path, Guess], Iterator[Record | Problem]]
) -> Iterator[Record | Problem]:
    """The records of one file, with what the system says against it turned into UnreadableFile."""
    try:
        yield from records(path, guess)
    except (UnicodeError, LookupError) as error:
        raise UnreadableFile(
            tr("{file} is not in the encoding {encoding}. Choose another one.", file=path.name, encoding=guess.encoding)
        ) from error
    except OSError as error:
        raise UnreadableFile(cannot_open(path, error)) from error


def cannot_open(path: Path, error: OSError) -> str:
    """The sentence for a path that the system refuses."""
    if isinstance(error, FileNotFoundError):
        return tr("There is no file {file}.", file=path)
    if isinstance(error, PermissionError):
        return tr("You are not allowed to read {file}.", file=path)
    return tr("{file} cannot be read: {why}.", file=path, why=error.strerror or error)


def _row(record: Record, guess: Guess, *, source: str, position: int) -> Row | Problem:
    cells = record.cells
    text = _text(record, guess)
    if not text.strip():
        return Problem(source, record.row, tr("The text is empty."))
    labels: tuple[str, ...] = ()
    if guess.label is not None:
        labels = label_names(cells.get(guess.label), separator=guess.label_separator, names=guess.label_names)
    elif position < len(guess.file_labels) and guess.file_labels[position]:
        labels = (guess.file_labels[position],)
    used = {guess.text, guess.label, guess.split_column, guess.verdict, *guess.more_text}
    fields = {name: value for name, cell in cells.items() if name not in used and (value := _field(cell))}
    if is_broken(text) or any(map(is_broken, labels)) or any(is_broken(name + value) for name, value in fields.items()):
        encoding = guess.encoding or "Unicode"
        return Problem(source, record.row, tr("It holds characters that are not valid {encoding}.", encoding=encoding))
    labels, remark = _judged(labels, as_text(cells.get(guess.verdict)) if guess.verdict else "")
    return Row(
        text,
        Marks(labels=labels or None),
        _split(record, guess, position=position),
        fields,
        source,
        record.row,
        record.raw,
        remark,
    )


def _text(record: Record, guess: Guess) -> str:
    text = as_text(record.cells.get(guess.text or ""))
    if not guess.more_text:
        return text
    pieces = [text, *(as_text(record.cells.get(name)) for name in guess.more_text)]
    return guess.joiner.join(piece for piece in pieces if piece)


def _field(cell: object) -> str:
    return "" if cell is None or cell == [] or cell == {} else as_text(cell)


def _split(record: Record, guess: Guess, *, position: int) -> Split | None:
    named = split_named(as_text(record.cells.get(guess.split_column))) if guess.split_column else None
    return named or (guess.splits[position] if position < len(guess.splits) else None)


def _judged(labels: tuple[str, ...], verdict: str) -> tuple[tuple[str, ...], str]:
    """The labels that stand after a Prodigy answer, and the remark for a person."""
    if verdict == "reject":
        return (), tr("Rejected in Prodigy (not {label}): taken in without a label.", label=", ".join(labels))
    if verdict == "ignore":
        return (), tr("Ignored in Prodigy: taken in without a label.")
    return labels, ""
