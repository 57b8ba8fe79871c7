"""SQuAD's JSON, versions 1.1 and 2.0: articles with paragraphs, each with its questions. A paragraph is a sample."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row, UnreadableFile
from lepton_studio.formats.guessing.file_start import FileStart
from lepton_studio.formats.losses import Losses, part_title
from lepton_studio.formats.sources import is_unchanged
from lepton_studio.formats.tables.json_file import load
from lepton_studio.formats.tables.json_objects import OTHER_SHAPE
from lepton_studio.formats.tables.json_values import parse, reason
from lepton_studio.language import tr, trn
from lepton_studio.project.marks import QUESTION, AnswerMark, Marks, QuestionMark

_COLUMNS = ("context", "title")


def detect(head: FileStart) -> float:
    """An object with `data`, in which paragraphs come."""
    start = head.text[: 1 << 16]
    is_object = start.lstrip("\ufeff \r\n\t").startswith("{")
    return 0.98 if is_object and all(f'"{key}"' in start for key in ("data", "paragraphs", "context", "qas")) else 0.0


def describe(head: FileStart) -> Guess:
    """The context and the article's title."""
    return Guess(format="squad", paths=(head.path,), encoding=head.encoding, columns=_COLUMNS, text="context")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record for each paragraph with all its questions. Raises UnreadableFile."""
    try:
        whole = parse(load(path, guess.encoding))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(tr("{file} is not valid JSON ({why}).", file=path.name, why=reason(error))) from error
    number = 0
    for article in _objects(whole, "data"):
        for paragraph in _objects(article, "paragraphs"):
            number += 1
            try:
                questions, lost = _questions(paragraph["qas"])
                cells = {"context": paragraph["context"], "title": article.get("title")}
            except OTHER_SHAPE:
                yield Problem(str(path), number, tr("The paragraph has no text or no questions."))
                continue
            remark = trn("{count} question without a text, or with an answer without a position, was left out.",
                         "{count} questions without a text, or with an answer without a position, were left out.",
                         lost) if lost else ""  # fmt: skip
            raw = {"title": article.get("title"), **paragraph}
            yield Record(number, cells, raw=raw, marks=Marks(questions=questions), remark=remark)


def _objects(found: object, key: str) -> list[dict[str, Any]]:
    """The objects of the list under this key."""
    listed = found.get(key) if isinstance(found, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def marks_of(raw: Any, text: str) -> Marks | None:
    """What a paragraph with this text asked."""
    if not isinstance(raw, dict) or raw.get("context") != text or not isinstance(raw.get("qas"), list):
        return None
    return Marks(questions=_questions(raw["qas"])[0])


def _questions(listed: Sequence[Mapping[str, Any]]) -> tuple[tuple[QuestionMark, ...], int]:
    """The questions of a paragraph, and how many of them could not be understood."""
    found, lost = [], 0
    for stored in listed:
        try:
            found.append(_question(stored))
        except OTHER_SHAPE:
            lost += 1
    return tuple(found), lost


def _question(stored: Mapping[str, Any]) -> QuestionMark:
    """Answers that people gave alike count once; answers of impossible questions are only plausible. A question without
    any is open."""
    impossible = bool(stored.get("is_impossible"))
    found = [] if impossible else stored.get("answers") or ()
    answers = dict.fromkeys(
        AnswerMark(int(one["answer_start"]), int(one["answer_start"]) + len(one["text"]), one["text"])
        for one in found
        if one["text"]
    )
    return QuestionMark(str(stored["question"]), tuple(answers), impossible, str(stored.get("id", "")))


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """Version 2.0; paragraphs of one title that follow each other are one article. Raises OSError."""
    losses = Losses()
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write('{"version": "v2.0", "data": [')
        title: str | None = None
        for row in rows:
            other = row.fields.get("title", "")
            if other != title:
                stream.write(
                    ("]},\n" if title is not None else "\n") + '{"title": ' + _json(other) + ', "paragraphs": ['
                )
            else:
                stream.write(",\n")
            title = other
            losses.add(part_title("fields"), row, sum(name not in ("title", QUESTION) for name in row.fields))
            losses.add(tr("unanswered questions"), row, sum(map(_is_open, row.marks.questions or ())))
            stream.write(_json(_paragraph(row)))
        stream.write(("]}" if title is not None else "") + "]}\n")
    return losses.found()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_open(question: QuestionMark) -> bool:
    return not question.answers and not question.impossible


def _paragraph(row: Row) -> dict[str, object]:
    if isinstance(row.raw, dict) and is_unchanged(row):
        return {name: value for name, value in row.raw.items() if name != "title"}
    questions = [
        {
            "id": one.id or f"{row.row}-{place}",
            "question": one.question,
            "is_impossible": one.impossible,
            "answers": [{"text": row.text[at.start : at.end], "answer_start": at.start} for at in one.answers],
        }
        for place, one in enumerate(row.marks.questions or (), start=1)
        if not _is_open(one)
    ]
    return {"context": row.text, "qas": questions}


FORMAT = Format(
    id="squad",
    title="SQuAD JSON",
    detect=detect,
    describe=describe,
    records=records,
    marks_of=marks_of,
    write=write,
    holds=frozenset({"questions", "several_questions", "fields", "spacing"}),
    suffix=".json",
)
