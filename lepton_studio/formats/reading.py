"""From a guess to rows: each format's records, with the guess's roles applied and offsets put right."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from lepton_studio.formats.base import Guess, Problem, Record, Row, UnreadableFile
from lepton_studio.formats.corpora.conversations import as_lines, turns_in
from lepton_studio.formats.corpora.marked_pairs import pair_in
from lepton_studio.formats.corpora.turn_by_turn import by_turn
from lepton_studio.formats.discovery import all_formats
from lepton_studio.formats.folding import folded
from lepton_studio.formats.guessing.missing import text_or_nothing
from lepton_studio.formats.misshapen import MISSHAPEN, is_too_deep, not_foreseen, refused
from lepton_studio.formats.offsets import repair
from lepton_studio.formats.packed import source_name
from lepton_studio.formats.refusal import cannot_open as cannot_open
from lepton_studio.formats.splits import odd_split, split_meant
from lepton_studio.formats.tables.table_marks import TableRow, conversation, table_row, tagged, used_columns
from lepton_studio.formats.values import as_text, is_broken
from lepton_studio.language import tr
from lepton_studio.project.marks import MEDIA, QUESTION, Marks
from lepton_studio.project.records import Split


def read(guess: Guess) -> Iterator[Row | Problem]:
    """All rows of all files of the guess, streamed, in file order. Raises UnreadableFile, also half-way.

    Where the guess folds, a sample comes once its last row has been read.
    """
    with refused(guess.paths):
        if guess.fold:
            yield from folded(lambda: read_plain(guess))
        else:
            yield from read_plain(guess)


def read_plain(guess: Guess) -> Iterator[Row | Problem]:
    """The rows as they stand, nothing folded. Raises UnreadableFile."""
    return (row for _, row in read_beside(guess))


def read_beside(guess: Guess) -> Iterator[tuple[Record | Problem, Row | Problem]]:
    """Each record as it stands in its file, and the row that it gives. Nothing is folded. Raises UnreadableFile."""
    used = used_columns(guess)
    for record, source, position in read_records(guess):
        if isinstance(record, Problem):
            yield record, record
        else:
            yield record, _row_or_problem(record, guess, used, source=source, position=position)


def read_records(guess: Guess) -> Iterator[tuple[Record | Problem, str, int]]:
    """Records before roles are applied, with the source and the position of their path in the guess."""
    records = all_formats()[guess.format].records
    for position, path in enumerate(guess.paths):
        for whole in readable(path, guess.of_file, records):
            source = source_name((whole.source if isinstance(whole, Record) else "") or str(path))
            each: Iterable[Record | Problem] = (whole,)
            if guess.talk and guess.by_turn:
                each = by_turn(whole, guess.talk, source=str(path))
            elif "texts" in guess.roles and isinstance(whole, Record):
                each = _each_text(whole, guess.roles["texts"])
            for record in each:
                yield record, source, position


def _each_text(whole: Record, column: str) -> Iterator[Record]:
    """A record for each text in the list of this column."""
    cell = whole.cells.get(column)
    for text in cell if isinstance(cell, list) else [cell]:
        yield replace(whole, cells={**whole.cells, column: text})


def readable(
    path: Path, guess: Guess, records: Callable[[Path, Guess], Iterator[Record | Problem]]
) -> Iterator[Record | Problem]:
    """The records of one file, with what the system says against it turned into UnreadableFile."""
    try:
        with refused((path,)):
            yield from records(path, guess)
    except UnreadableFile as error:
        if isinstance(error.__cause__, UnicodeError) or type(error.__cause__) is LookupError:
            raise UnreadableFile(
                tr("{file} is not encoded as {encoding}. Choose another encoding.", file=path.name,
                   encoding=guess.encoding)
            ) from error  # fmt: skip
        raise
    except OSError as error:
        raise UnreadableFile(cannot_open(path, error)) from error


def text_of(record: Record, guess: Guess) -> str:
    """The text that the guess's columns give; of a conversation what stands before the reply; "" where a column of
    files stands for it."""
    if guess.text is not None and guess.text == guess.roles.get("media"):
        return ""
    if guess.roles and (talk := conversation(record, guess)):
        return talk.text
    if guess.roles and (tokens := tagged(record, guess)):
        return tokens.text
    cell = record.cells.get(guess.text or "")
    if guess.text is not None and guess.roles.get("pairs") == guess.text and (pair := pair_in(cell)):
        return pair.text
    is_talk = guess.talk is not None and guess.text == guess.talk.column and not isinstance(cell, str)
    text = as_lines(turns_in(cell) or ()) if is_talk else text_or_nothing(cell, guess)
    if not guess.more_text:
        return text
    pieces = [text, *(as_text(record.cells.get(name)) for name in guess.more_text)]
    return guess.joiner.join(piece for piece in pieces if piece)


def _row_or_problem(record: Record, guess: Guess, used: Container[str], *, source: str, position: int) -> Row | Problem:
    if is_too_deep(record.raw):
        return Problem(source, record.row, tr("Its lists and objects are nested too deeply."))
    try:
        return _row(record, guess, used, source=source, position=position)
    except MISSHAPEN:
        not_foreseen(source)
        return Problem(source, record.row, tr("It has content that cannot be understood."))


def _row(record: Record, guess: Guess, used: Container[str], *, source: str, position: int) -> Row | Problem:
    text = text_of(record, guess)
    said = table_row(record, guess, text=text)
    if not (text.strip() or said.fields.get(MEDIA)):
        return Problem(source, record.row, tr("The text is empty."))
    marks = merged(record.marks, said)
    if marks.labels is None and position < len(guess.file_labels) and guess.file_labels[position]:
        marks = replace(marks, labels=(guess.file_labels[position],))
    misplaced = ""
    if marks.spans is not None or marks.questions or marks.relations:
        repaired = repair(text, marks, scheme=guess.offsets)
        marks, misplaced = _quoted(repaired.marks, text), repaired.remark
    fields = {name: value for name, cell in record.cells.items() if name not in used and (value := _field(cell))}
    fields |= said.fields
    if marks.questions:
        fields[QUESTION] = "\n".join(" ".join(one.question.split()) for one in marks.questions)
    if _any_broken(text, marks, fields):
        encoding = guess.encoding or "Unicode"
        return Problem(source, record.row, tr("It has characters that are not valid {encoding}.", encoding=encoding))
    remarks = [one for one in (record.remark, *said.remarks, misplaced, _odd_split(record, guess)) if one]
    marks, skipped = _judged(marks, as_text(record.cells.get(guess.verdict)) if guess.verdict else "")
    return Row(
        text,
        marks,
        record.split or _split(record, guess, position=position),
        fields,
        source,
        record.row,
        record.raw,
        " ".join(remarks),
        skipped=record.skipped or said.skipped or skipped,
        id=record.id or as_text(record.cells.get("id")),
    )


def merged(own: Marks | None, table: TableRow) -> Marks:
    """What the format says itself; the columns fill in what it does not say."""
    if own is None:
        return table.marks
    names = ("labels", "spans", "relations", "questions", "targets", "rating")
    missing = {name: getattr(table.marks, name) for name in names if getattr(own, name) is None}
    return replace(own, **missing, rejected=own.rejected or table.marks.rejected)


def marks_as_read(guess: Guess) -> Iterator[tuple[str, Marks]]:
    """Texts with their marks before offsets are put right, of the records that can be read."""
    for record, _, _ in read_records(guess):
        if isinstance(record, Record) and (text := text_of(record, guess)):
            yield text, merged(record.marks, table_row(record, guess, text=text))


def _quoted(marks: Marks, text: str) -> Marks:
    """With answers that quote exactly what they cover: what an answer says is its words."""
    if not marks.questions:
        return marks
    questions = tuple(
        replace(one, answers=tuple(replace(at, quote=text[at.start : at.end]) for at in one.answers))
        for one in marks.questions
    )
    return replace(marks, questions=questions)


def _any_broken(text: str, marks: Marks, fields: dict[str, str]) -> bool:
    spans = [span.label for span in marks.spans or ()]
    words = (text, *(marks.labels or ()), *(marks.targets or ()), *marks.rejected, *spans, *fields, *fields.values())
    return is_broken("".join(words))


def _field(cell: object) -> str:
    return "" if cell is None or cell == [] or cell == {} else as_text(cell)


def _split(record: Record, guess: Guess, *, position: int) -> Split | None:
    if guess.split_column and (cell := as_text(record.cells.get(guess.split_column)).strip()):
        return split_meant(cell, guess.split_words)
    return guess.splits[position] if position < len(guess.splits) else None


def _odd_split(record: Record, guess: Guess) -> str:
    """The sentence for a word in the column of splits that names none."""
    cell = as_text(record.cells.get(guess.split_column)) if guess.split_column and not record.split else ""
    if not odd_split(cell, guess.split_words):
        return ""
    return tr("“{word}” in the column {column} is not a split: imported without one.", word=cell.strip(),
              column=guess.split_column)  # fmt: skip


def _judged(marks: Marks, verdict: str) -> tuple[Marks, bool]:
    """The marks that stand after an answer, and whether it puts the sample aside: what is rejected does not hold."""
    if verdict == "reject":
        return replace(marks, labels=None, rejected=(*marks.rejected, *(marks.labels or ()))), False
    if verdict == "ignore":
        return replace(marks, labels=None), True
    return marks, False
