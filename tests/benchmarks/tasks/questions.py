"""How well the question answering task's own recipe answers on XQuAD, English: a few hundred questions to learn from.

Split by article, so that no text of the test was seen: every fourth of the 48 articles is the test, of the others every
ninth is for validation. Exact match and F1 as SQuAD's official script counts them.
"""

from __future__ import annotations

import json
from functools import cache

from tests.benchmarks.figure import Figure
from tests.benchmarks.files import shared_data
from tests.benchmarks.tasks.tuned import Row, Tuned, over_seeds, tuned


def articles(language: str) -> list[list[Row]]:
    """The paragraphs of each article, each with all its questions."""
    stored = json.loads((shared_data() / "xquad" / f"xquad.{language}.json").read_text("utf-8"))
    return [[paragraph(one) for one in article["paragraphs"]] for article in stored["data"]]


def paragraph(stored: dict) -> Row:
    """A text with its questions as the task stores them."""
    questions = []
    for one in stored["qas"]:
        answers = [
            {"start": at["answer_start"], "end": at["answer_start"] + len(at["text"]), "text": at["text"]}
            for at in one["answers"]
        ]
        questions.append({"question": one["question"], "answers": answers, "id": one["id"]})
    return Row(stored["context"], {"questions": questions})


def questions_xquad() -> list[Figure]:
    """F1 and exact match of the same runs."""
    found = articles("en")
    test = [row for article in found[::4] for row in article]
    rest = [article for place, article in enumerate(found) if place % 4]
    validation = [row for article in rest[::9] for row in article]
    train = [row for place, article in enumerate(rest) if place % 9 for row in article]

    @cache
    def run(seed: int) -> Tuned:
        return tuned("question_answering", labels=(), train=train, validation=validation, test=test, seed=seed)

    return [
        over_seeds(run, name="XQuAD-en by article, F1", target="", score=lambda report: report.headline["f1"]),
        over_seeds(
            run, name="XQuAD-en by article, exact match", target="", score=lambda report: report.headline["exact_match"]
        ),
    ]


FIGURES = [questions_xquad]
