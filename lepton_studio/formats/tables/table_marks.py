"""From the cells of a table to marks, as the roles of its columns say."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from lepton_studio.formats.base import Guess, Record
from lepton_studio.formats.corpora.conversations import as_lines, before_reply, turns_in, turns_json, unwanted
from lepton_studio.formats.corpora.marked_pairs import pair_in
from lepton_studio.formats.corpora.tag_schemes import spans_of
from lepton_studio.formats.guessing.missing import is_no_value
from lepton_studio.formats.marks_json import BadMarks, questions_from_json, relations_from_json, spans_from_json
from lepton_studio.formats.tables.json_values import reason
from lepton_studio.formats.tables.label_cells import flag_name, flags_in, is_on, list_in
from lepton_studio.formats.tables.token_cells import meant, tags_in, words_in
from lepton_studio.formats.tokens import align, join
from lepton_studio.formats.values import as_text, label_names, says_none
from lepton_studio.language import tr
from lepton_studio.project.marks import MEDIA, SECOND_TEXT, TURNS, AnswerMark, Marks, QuestionMark, SpanMark


@dataclass(slots=True)
class TableRow:
    """What the cells of a row say: marks, fields that tasks read, and sentences on what could not be understood."""

    marks: Marks = Marks()
    fields: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as a sample: `text` for reading, `turns` as the JSON of the field, `targets` the next reply."""

    text: str
    turns: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """Tokens with tags as a text with spans."""

    text: str
    spans: tuple[SpanMark, ...]


def used_columns(guess: Guess) -> set[str]:
    """The columns that are no extra fields."""
    chosen = {guess.text, guess.label, guess.split_column, guess.verdict}
    named = {*guess.more_text, *guess.label_columns, *guess.more_labels, *guess.roles.values()}
    return {name for name in chosen | named if name}


def table_row(record: Record, guess: Guess, *, text: str) -> TableRow:
    """Read the cells beside the text. A cell that is not what its role says costs a remark, not the row."""
    row = TableRow(_labelled(_labels(record, guess)))
    if not guess.roles:
        return row
    if talk := conversation(record, guess):
        row.fields[TURNS] = talk.turns
        row.marks = replace(row.marks, targets=talk.targets or None)
    if "pairs" in guess.roles and (pair := pair_in(record.cells.get(guess.roles["pairs"]))):
        said = pair.marks(as_text(record.cells.get(guess.roles.get("relation", ""))))
        row.marks = replace(row.marks, spans=said.spans, relations=said.relations)
    if tokens := tagged(record, guess):
        row.marks = replace(row.marks, spans=tokens.spans)
    for role, column in guess.roles.items():
        cell = record.cells.get(column)
        if cell is None or cell == "" or is_no_value(cell, guess) or (cell == [] and role.startswith("target")):
            continue
        try:
            _take(row, role, cell, text)
        except (BadMarks, ValueError, KeyError, TypeError) as error:
            why = error if isinstance(error, BadMarks) else tr("its structure is not as expected")
            row.remarks.append(tr("Cannot understand the column {column} ({why}).", column=column, why=why))
    _ask(row, record, guess, text)
    if "wanted" in guess.roles and row.marks.targets and _is_off(record.cells.get(guess.roles["wanted"])):
        row.fields["rejected"] = row.marks.targets[0]
        row.marks = replace(row.marks, targets=None)
        row.remarks.append(unwanted())
    return row


def _is_off(cell: object) -> bool:
    return as_text(cell).strip().lower() in ("false", "0")


@lru_cache(maxsize=4096)  # a column has few labels, each in many rows
def _labelled(labels: tuple[str, ...] | None) -> Marks:
    return Marks(labels=labels)


def _labels(record: Record, guess: Guess) -> tuple[str, ...] | None:
    if guess.label_columns:
        cells = {name: record.cells.get(name) for name in guess.label_columns}
        if all(as_text(cell).strip() == "" or is_on(cell) is None for cell in cells.values()):
            return None
        return tuple(guess.label_names.get(name, name) for name, cell in cells.items() if is_on(cell))
    if guess.label is None:
        return None
    found = _names(record.cells.get(guess.label), guess)
    for column in guess.more_labels:
        found = (*(found or ()), *(_names(record.cells.get(column), guess) or ())) or None
    return None if found is None else tuple(dict.fromkeys(found))


def _names(cell: object, guess: Guess) -> tuple[str, ...] | None:
    """The labels that one cell says; None where it says nothing, () where it says "none of them"."""
    if is_no_value(cell, guess):
        return None
    if guess.label_form == "flags" and (flags := flags_in(cell)) is not None:
        return tuple(flag_name(place, guess.label_names) for place, on in enumerate(flags) if on)
    listed = list_in(cell, loose=guess.label_form == "list")
    if listed is None and isinstance(cell, str) and cell.startswith("{"):
        cell = _json(cell, cell)
    cell = cell if listed is None else listed
    found = label_names(cell, separator=guess.label_separator, names=guess.label_names)
    return found if found or cell == [] or says_none(cell) else None


def _take(row: TableRow, role: str, cell: object, text: str) -> None:
    """Put what one cell says into the row. Raises what its readers raise."""
    marks = row.marks
    if role == "spans":
        row.marks = replace(marks, spans=spans_from_json(_json(cell)))
    elif role == "relations":
        row.marks = replace(marks, relations=relations_from_json(_json(cell)))
    elif role == "questions":
        row.marks = replace(marks, questions=questions_from_json(_json(cell)))
    elif role.startswith("target"):
        row.marks = replace(marks, targets=(*(marks.targets or ()), *_texts(cell)))
    elif role == "more_targets":
        row.marks = replace(marks, targets=(*(marks.targets or ()), *_texts(_json(cell))))
    elif role == "rating":
        row.marks = replace(marks, rating=number(cell))
    elif role == "rejected":
        row.marks = replace(marks, rejected=_texts(_json(cell, cell)))
    elif role == "skipped":
        row.skipped = bool(is_on(cell))
    elif role == "second_text":
        row.fields[SECOND_TEXT] = as_text(cell)
    elif role == "media":
        row.fields[MEDIA] = as_text(cell).strip()
    elif role == "turns" and TURNS not in row.fields:
        turns = turns_in(cell)
        if turns is None:
            raise BadMarks(tr("not a conversation"))
        row.fields[TURNS] = turns_json(turns)


def _ask(row: TableRow, record: Record, guess: Guess, text: str) -> None:
    """The question of a row with its answers, from the columns "question" and "answer"."""
    asked = as_text(record.cells.get(guess.roles.get("question", ""))).strip()
    if not asked:
        return
    name = as_text(record.cells.get("id"))
    cell = record.cells.get(guess.roles.get("answer", ""))
    cell = _without_nulls(_json(cell, cell))
    if cell is None or cell == "":
        row.marks = replace(row.marks, questions=(QuestionMark(asked, id=name),))
        return
    answers, lost = answers_in(cell, text)
    if lost:
        row.remarks.append(tr("The answer “{answer}” is not in the text.", answer=lost[0]))
    impossible = not answers and not lost
    row.marks = replace(row.marks, questions=(QuestionMark(asked, answers, impossible, name),))


def _without_nulls(cell: object) -> object:
    """An answer cell without answers that are null; None where there are only such: nobody has answered yet."""
    if isinstance(cell, Mapping):
        texts = cell.get("text")
        return None if texts is None or (isinstance(texts, list) and texts and not any(map(_says, texts))) else cell
    if isinstance(cell, (list, tuple)):
        kept = [one for one in cell if _says(one.get("text") if isinstance(one, Mapping) else one)]
        return kept if kept or not cell else None
    return cell


def _says(words: object) -> bool:
    return words is not None and words != ""


def answers_in(cell: object, text: str) -> tuple[tuple[AnswerMark, ...], list[str]]:
    """The answers a cell gives, and those that cannot be found: `{"text": [...], "answer_start": [...]}`, a list of
    `{"text", "answer_start"}`, or only words, which are looked for in the text."""
    pairs: list[tuple[str, int | None]] = []
    if isinstance(cell, Mapping):
        texts, starts = cell.get("text"), cell.get("answer_start")
        texts = list(texts) if isinstance(texts, (list, tuple)) else [texts] if texts else []
        starts = list(starts) if isinstance(starts, (list, tuple)) else [starts] * len(texts)
        pairs = [(str(words), _place(start)) for words, start in zip(texts, starts, strict=False)]
    elif isinstance(cell, (list, tuple)):
        for one in cell:
            if isinstance(one, Mapping):
                pairs.append((str(one.get("text", "")), _place(one.get("answer_start", one.get("start")))))
            else:
                pairs.append((as_text(one), None))
    else:
        pairs = [(as_text(cell), None)]
    found, lost = [], []
    for words, start in pairs:
        if start is None:
            start = text.find(words)
        if not words or start < 0:
            lost.append(words)
        else:
            found.append(AnswerMark(start, start + len(words), words))
    return tuple(dict.fromkeys(found)), lost


def conversation(record: Record, guess: Guess) -> Conversation | None:
    """Where the column of turns is the text too: the turns up to the last reply, and that reply as what to learn."""
    column = guess.roles.get("turns")
    turns = turns_in(record.cells.get(column)) if column is not None and column == guess.text else None
    if turns is None:
        return None
    context, reply = (turns, None) if "target" in guess.roles else before_reply(turns)
    return Conversation(as_lines(context), turns_json(context), () if reply is None else (reply,))


def tagged(record: Record, guess: Guess) -> Tagged | None:
    """Where the text is a list of tokens and the column "tags" tells which of them belong together."""
    column = guess.roles.get("tags")
    if column is None:
        return None
    cell = record.cells.get(guess.text or "")
    tokens, tags = words_in(cell), tags_in(record.cells.get(column))
    if tokens is None or tags is None or len(tokens) != len(tags):
        return None
    joined = (align(tokens, cell) if isinstance(cell, str) and list_in(cell) is None else None) or join(tokens)
    found = spans_of(meant(tags, guess.label_names))
    spans = (SpanMark(joined.places[one.first][0], joined.places[one.last][1], one.label) for one in found)
    return Tagged(joined.text, tuple(spans))


def number(cell: object) -> float:
    """A finite number as people write it. Raises BadMarks."""
    written = as_text(cell).strip()
    try:
        found = float(written.replace(",", "."))
    except ValueError as error:
        raise BadMarks(tr("“{written}” is not a number", written=written[:40])) from error
    if not math.isfinite(found):
        raise BadMarks(tr("not a finite number"))
    return found


def _place(value: object) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0 else None


def _texts(cell: object) -> tuple[str, ...]:
    return tuple(map(as_text, cell)) if isinstance(cell, (list, tuple)) else (as_text(cell),)


_RAISE = object()


def _json(cell: object, otherwise: object = _RAISE) -> object:
    """A cell of JSON as its value; `otherwise` where it is none, else BadMarks."""
    if not isinstance(cell, str):
        return cell
    if otherwise is not _RAISE and not cell.lstrip().startswith(("[", "{")):
        return otherwise
    try:
        return json.loads(cell)
    except (ValueError, RecursionError) as error:
        if otherwise is not _RAISE:
            return otherwise
        raise BadMarks(reason(error)) from error
