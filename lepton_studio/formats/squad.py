"""SQuAD's JSON, 1.1 and 2.0: articles of paragraphs with questions and the answers that stand in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from lepton_studio.formats.base import Format, Guess, Loss, OutLabel, Problem, Record, Row, UnreadableFile
from lepton_studio.formats.head import Head
from lepton_studio.formats.json_file import load
from lepton_studio.formats.losses import Losses, part_title
from lepton_studio.language import tr
from lepton_studio.project.marks import QUESTION, AnswerMark, Marks, QuestionMark


def detect(head: Head) -> float:
    """By the names of its parts."""
    if head.is_folder or not head.text.lstrip("\ufeff ").startswith("{"):
        return 0.0
    names = ('"paragraphs"', '"context"', '"data"')
    return 0.99 if all(name in head.text for name in names) else 0.0


def describe(head: Head) -> Guess:
    """One text a paragraph; its title is an extra field."""
    return Guess(format="squad", paths=(head.path,), encoding=head.encoding, columns=("text", "title"), text="text")


def records(path: Path, guess: Guess) -> Iterator[Record | Problem]:
    """A record per paragraph, in the file's order. Raises UnreadableFile where it is no SQuAD."""
    try:
        whole = json.loads(load(path, guess.encoding))
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(tr("{file} is not valid JSON ({why}).", file=path.name, why=error)) from error
    articles = whole.get("data") if isinstance(whole, dict) else None
    if not isinstance(articles, list):
        raise UnreadableFile(tr("{file} holds no articles under “data”.", file=path.name))
    number = 0
    for article in articles:
        found = article.get("paragraphs") if isinstance(article, dict) else None
        for paragraph in found if isinstance(found, list) else ():
            number += 1
            try:
                yield _record(paragraph, str(article.get("title") or ""), number)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                why = f"{type(error).__name__}: {error}"
                yield Problem(str(path), number, tr("This paragraph cannot be read ({why}).", why=why))


def _record(paragraph: Mapping[str, Any], title: str, number: int) -> Record:
    questions = tuple(_question(one) for one in paragraph.get("qas") or ())
    cells = {"text": paragraph["context"], "title": title}
    return Record(number, cells, raw={**paragraph, "title": title}, marks=Marks(questions=questions))


def _question(one: Mapping[str, Any]) -> QuestionMark:
    answers = []
    for answer in one.get("answers") or ():
        start, words = int(answer["answer_start"]), str(answer["text"])
        answers.append(AnswerMark(start, start + len(words), words))
    distinct = tuple(dict.fromkeys(answers))
    return QuestionMark(str(one["question"]), distinct, bool(one.get("is_impossible")), str(one.get("id", "")))


def write(target: Path, rows: Iterable[Row], labels: Sequence[OutLabel]) -> tuple[Loss, ...]:
    """SQuAD 2.0: an article for each title in a row (a sample without one is its own), a paragraph for each sample.
    Raises OSError."""
    losses = Losses()
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write('{"version": "v2.0", "data": [')
        open_title: str | None = None
        for number, row in enumerate(rows):
            title = row.fields.get("title", "")
            losses.add(part_title("fields"), row, sum(name not in ("title", QUESTION) for name in row.fields))
            if number and title and title == open_title:
                stream.write(",\n")
            else:
                stream.write(("]},\n" if number else "\n") + f'{{"title": {_json(title)}, "paragraphs": [\n')
            stream.write(_json(_paragraph(row)))
            open_title = title
        stream.write(("]}" if open_title is not None else "") + "\n]}\n")
    return losses.found()


def _paragraph(row: Row) -> dict[str, object]:
    questions = [
        {
            "id": one.id or f"{row.id or row.row}-{place}",
            "question": one.question,
            "is_impossible": one.impossible,
            "answers": [{"text": row.text[at.start : at.end], "answer_start": at.start} for at in one.answers],
        }
        for place, one in enumerate(row.marks.questions or (), start=1)
    ]
    return {"context": row.text, "qas": questions}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


FORMAT = Format(
    id="squad",
    title="SQuAD (JSON)",
    detect=detect,
    describe=describe,
    records=records,
    write=write,
    holds=frozenset({"questions", "several_questions", "fields", "spacing"}),
    suffix=".json",
)
