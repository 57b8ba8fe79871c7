"""Answers are counted as SQuAD counts them, and stand in every script where the file says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lepton_studio.formats import read, sniff_all
from lepton_studio.formats.base import Row
from lepton_studio.project.records import RIGHT
from lepton_studio.tasks.question_answering import TASK
from lepton_studio.tasks.question_answering.annotation import Answer, Answers, Question
from lepton_studio.tasks.question_answering.no_answer import choose_threshold
from lepton_studio.tasks.question_answering.normal import best_scores
from lepton_studio.tasks.question_answering.scores import compare, score


def said(words: str) -> Answer:
    return Answer(0, len(words), words)


@pytest.mark.parametrize(
    ("answer", "golds", "exact", "f1"),
    [
        # Worked by hand with the rules of the official script: lower case, no ASCII punctuation, no a/an/the.
        ("The Saxon Garden.", ["saxon garden"], 1, 1),
        ("Saxon Garden in Warsaw", ["the Saxon Garden"], 0, 2 * (2 / 4) * 1 / (2 / 4 + 1)),
        ("10:15", ["10 15", "1015"], 1, 1),
        ("well-known poet", ["wellknown", "a poet"], 0, 2 / 3),
        ("the the cat", ["cat cat"], 0, 2 * 1 * 0.5 / 1.5),
        ("", ["somewhere"], 0, 0),
        ("", [], 1, 1),
        ("something", [], 0, 0),
        ("an", ["the"], 1, 1),  # both are nothing but an article
        ("“Sofia”", ["Sofia"], 0, 0),  # only ASCII punctuation goes in English
        # Chinese by character, without its punctuation.
        ("摩摩斯（Momus）", ["摩摩斯 (Momus)"], 1, 1),
        ("华沙，萨克森花园", ["萨克森花园"], 0, 2 * 5 / (7 + 5)),
    ],
)
def test_scores_are_those_of_the_official_script(answer: str, golds: list[str], exact: float, f1: float) -> None:
    assert best_scores(answer, golds=golds) == pytest.approx((exact, f1))


def test_a_report_counts_questions_and_says_what_is_wrong() -> None:
    gold = Answers(
        (
            Question("a", (said("red car"), said("car"))),
            Question("b", (said("red car"),)),
            Question("c", (said("red car"),)),
            Question("d", (said("red car"),)),
            Question("e", impossible=True),
            Question("f", impossible=True),
            Question("open"),
        )
    )
    guess = Answers(
        (
            Question("f", (said("blue"),)),
            Question("a", (said("the car"),)),
            Question("b", (said("car"),)),
            Question("c", (said("bus"),)),
            Question("d", impossible=True),
            Question("e", impossible=True),
            Question("open", (said("x"),)),
        )
    )
    kinds = [one.kind for one in compare(gold, guess)]
    assert kinds == [RIGHT, "overlap", "wrong", "missed", RIGHT, "invented"]
    report = score([gold], [guess], ())
    assert report.headline == pytest.approx(
        {"f1": (1 + 2 / 3 + 1) / 6, "exact_match": 2 / 6, "answered_f1": (1 + 2 / 3) / 4, "unanswerable": 0.5}
    )
    assert report.errors == {"overlap": 1, "wrong": 1, "missed": 1, "invented": 1}


def test_no_answer_is_said_from_where_most_is_right() -> None:
    found = [(5.0, 1.0, False), (3.0, 0.5, False), (2.0, 0.0, True), (1.0, 0.2, False), (0.0, 0.0, True)]
    assert choose_threshold(found) == pytest.approx(2.5)  # 1 + 0.5 + both without an answer, of 5
    assert choose_threshold([one for one in found if not one[2]]) is None


@pytest.mark.parametrize("language", ["en", "zh", "ar"])
def test_every_answer_of_a_file_stands_where_the_text_says_it(shared_data: Path, language: str) -> None:
    (guess,) = sniff_all([shared_data / "xquad" / f"xquad.{language}.json"], wants=TASK.wants)
    rows = list(read(guess))
    values: list[tuple[str, Any]] = []
    for row in rows:
        assert isinstance(row, Row)
        values.append((row.text, TASK.from_marks(row.marks, {})))
    questions = [(text, question) for text, value in values for question in value.questions]
    assert (len(rows), len(questions)) == (240, 1190)
    for text, question in questions:
        assert question.id
        for answer in question.answers:
            assert text[answer.start : answer.end] == answer.text
    gold = [TASK.parse(TASK.dump(value), ()) for _, value in values]
    assert score(gold, gold, ()).headline == {"f1": 1.0, "exact_match": 1.0}
