"""A table is read for the task at hand: pairs, translations, ratings, questions, conversations, marks in cells."""

from __future__ import annotations

import csv
import gzip
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import datasets
import pytest

from lepton_studio.formats import Guess, Row, UnreadableFile, read, sniff, sniff_all
from lepton_studio.project.marks import AnswerMark, QuestionMark, SpanMark


def table(folder: Path, columns: Sequence[str], *rows: Sequence[str]) -> Path:
    path = folder / "table.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])
    return path


def lines(folder: Path, *objects: object) -> Path:
    path = folder / "table.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in objects), "utf-8")
    return path


def first(path: Path, *wants: str) -> tuple[Guess, Row]:
    guess = sniff([path], wants=wants)
    row = next(read(guess))
    assert isinstance(row, Row)
    return guess, row


def test_the_two_texts_of_a_pair_are_found_by_their_names(tmp_path: Path) -> None:
    path = table(tmp_path, ["id", "premise", "hypothesis", "label"], ["7", "A man sleeps.", "He rests.", "entailment"])
    guess, row = first(path, "label", "second_text")
    assert (row.text, row.fields["second_text"], row.labels) == ("A man sleeps.", "He rests.", ("entailment",))
    assert row.id == "7" and guess.roles == {"second_text": "hypothesis"}


def test_a_translation_and_a_summary_are_what_to_write(tmp_path: Path) -> None:
    _, row = first(lines(tmp_path, {"translation": {"en": "Good day", "fr": "Bonjour"}}), "target")
    assert (row.text, row.marks.targets, row.fields) == ("Good day", ("Bonjour",), {})
    rows = [["a long article about it", "short"], ["another article of words", "brief"]]
    _, row = first(table(tmp_path, ["article", "highlights"], *rows), "target")
    assert (row.text, row.marks.targets) == ("a long article about it", ("short",))


@pytest.mark.parametrize("column", ["stars", "rating"])
def test_a_column_of_numbers_is_the_rating(tmp_path: Path, column: str) -> None:
    path = table(tmp_path, ["review", column], ["was very good", "4,5"], ["was not so good", "1"], ["odd one", "3"])
    rows = [row for row in read(sniff([path], wants=("rating",))) if isinstance(row, Row)]
    assert [row.marks.rating for row in rows][:2] == [4.5, 1.0] and not rows[0].labels


TWO_PARTS = {
    "rating, label of text,label,rating": ["late again", "refund", "2"],
    "label, rating of text,rating,label": ["late again", "2", "refund"],
    "rating, label of text,urgent,reason": ["late again", "1", "refund"],
    "rating, label of text,rating,class": ["late again", "2", "refund"],
    "target, label of source,target,label": ["late again", "spät, wieder", "refund"],
    "spans, label of text,label,spans": ["late again", "refund", '[{"start": 0, "end": 4, "label": "x"}]'],
}
"""What a task takes of a table with these columns, and a row of it."""


@pytest.mark.parametrize("case", TWO_PARTS)
def test_a_task_that_takes_two_things_gets_both_of_a_table(tmp_path: Path, case: str) -> None:
    wants, _, columns = case.partition(" of ")
    cells = TWO_PARTS[case]
    others = [[f"another text {n}", *(cell.replace("refund", f"why {n % 3}") for cell in cells[1:])] for n in range(8)]
    _, row = first(table(tmp_path, columns.split(","), cells, *others), *wants.split(", "))
    marks = row.marks
    said = {"label": marks.labels, "rating": marks.rating, "target": marks.targets, "spans": marks.spans}
    assert row.text == "late again" and marks.labels == ("refund",)
    assert None not in [said[one] for one in wants.split(", ")]


def test_questions_of_one_text_are_one_sample(tmp_path: Path) -> None:
    text = "Maria joined Acme in Lyon."
    answers = {"text": ["Maria"], "answer_start": [0]}
    path = tmp_path / "squad.parquet"
    table = [
        {"id": "a", "title": "", "context": text, "question": "Who?", "answers": answers},
        {"id": "b", "title": "", "context": text, "question": "Why?", "answers": {"text": [], "answer_start": []}},
        {"id": "c", "title": "", "context": "Maria.", "question": "Who?", "answers": answers},
    ]
    datasets.Dataset.from_list(table).to_parquet(str(path))
    guess = sniff([path], wants=("question", "answer"))
    rows = [row for row in read(guess) if isinstance(row, Row)]
    assert guess.fold and [len(row.marks.questions or ()) for row in rows] == [2, 1]
    assert rows[0].marks.questions == (
        QuestionMark("Who?", (AnswerMark(0, 5, "Maria"),), id="a"), QuestionMark("Why?", impossible=True, id="b"),
    )  # fmt: skip
    assert rows[0].fields["question"] == "Who?\nWhy?"


def test_messages_are_turns_with_the_last_reply_to_learn(tmp_path: Path) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Where is my parcel?"},
        {"role": "assistant", "content": "On its way."},
    ]
    path = tmp_path / "chats.parquet"
    datasets.Dataset.from_list([{"messages": messages}]).to_parquet(str(path))
    _, row = first(path, "turns", "target")
    assert row.text == "system: Be brief.\nuser: Where is my parcel?" and row.marks.targets == ("On its way.",)
    assert json.loads(row.fields["turns"]) == messages[:2]


def test_tokens_with_class_labels_are_text_with_spans(tmp_path: Path) -> None:
    names = datasets.ClassLabel(names=["O", "B-PER", "I-PER"])
    features = datasets.Features({"tokens": datasets.List(datasets.Value("string")), "ner_tags": datasets.List(names)})
    data = {"tokens": [["Maria", "Lopez", "left", "."]], "ner_tags": [[1, 2, 0, 0]]}
    datasets.DatasetDict({"test": datasets.Dataset.from_dict(data, features=features)}).save_to_disk(
        str(tmp_path / "ner")
    )
    _, row = first(tmp_path / "ner", "spans")
    assert (row.text, row.marks.spans, row.split) == ("Maria Lopez left .", (SpanMark(0, 11, "PER"),), "test")


def test_several_labels_in_a_cell_are_told_apart_by_what_joins_them(tmp_path: Path) -> None:
    rows = [["one text", "a;b"], ["two text", "b"], ["three text", "a;c"], ["four text", "c"]]
    guess, row = first(table(tmp_path, ["text", "labels"], *rows), "label")
    assert guess.label_separator == ";" and row.labels == ("a", "b")
    rows = [["one text", "Sci, Tech"], ["two text", "World"], ["three text", "Sci, Tech"]]
    assert first(table(tmp_path, ["text", "labels"], *rows), "label")[1].labels == ("Sci, Tech",)


def test_packed_files_are_read_like_any_other(tmp_path: Path) -> None:
    for name, content in (("train.en.gz", "One.\nTwo.\n"), ("train.de.gz", "Eins.\nZwei.\n")):
        with gzip.open(tmp_path / name, "wt", encoding="utf-8") as stream:
            stream.write(content)
    rows = [row for row in read(sniff([tmp_path], wants=("target",))) if isinstance(row, Row)]
    assert [(row.text, row.marks.targets, row.split) for row in rows] == [
        ("One.", ("Eins.",), "train"), ("Two.", ("Zwei.",), "train"),
    ]  # fmt: skip
    archive = tmp_path / "project.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("ana.jsonl", '{"id": 1, "text": "Maria left", "label": [[0, 5, "PER"]], "Comments": []}\n')
    (guess,) = sniff_all([archive], wants=("spans",))
    assert guess.format == "doccano" and guess.paths[0].parent.name == "project.zip"
    assert next(iter(read(guess))).source == str(archive / "ana.jsonl"), "told by the name that the person knows"
    archive.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(UnreadableFile, match=r"Cannot unpack project\.zip"):
        sniff_all([archive])
