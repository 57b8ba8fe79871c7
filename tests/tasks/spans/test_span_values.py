"""Marked spans: the values, their scores, and dictionaries that suggest them."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from seqeval.metrics import classification_report

from lepton_studio.contract.span_patterns import read_patterns
from lepton_studio.contract.span_values import Span, are_flat, in_order
from lepton_studio.contract.task import BadAnnotation
from lepton_studio.project.marks import Marks, SpanMark
from lepton_studio.project.records import Label, Labels
from lepton_studio.tasks.spans.annotation import Spans, from_marks, parse, relabel, words
from lepton_studio.tasks.spans.scores import compare, score

LABELS: Labels = tuple(Label(10 * (i + 1), name, "", "", "", i) for i, name in enumerate(("person", "place", "date")))
WORDS = 12


def drawn(chance: random.Random, *, nested: bool) -> Spans:
    """Some spans over WORDS words of one character each."""
    spans: list[Span] = []
    for _ in range(chance.randint(0, 5)):
        start = chance.randrange(WORDS)
        span = Span(start, chance.randint(start + 1, WORDS), chance.choice(LABELS).id)
        if nested or are_flat([*spans, span]):
            spans.append(span)
    return Spans(in_order(spans))


def tags(value: Spans) -> list[str]:
    """The words' BIO tags."""
    found = ["O"] * WORDS
    for span in value.spans:
        for place in range(span.start, span.end):
            found[place] = f"{'B' if place == span.start else 'I'}-{span.label}"
    return found


def test_the_figures_are_those_that_seqeval_gives() -> None:
    chance = random.Random(5)
    gold = [drawn(chance, nested=False) for _ in range(60)]
    predicted = [value if chance.random() < 0.4 else drawn(chance, nested=False) for value in gold]
    report = score(gold, predicted, LABELS)
    rows = classification_report(
        [tags(value) for value in gold], [tags(value) for value in predicted], output_dict=True, zero_division=0
    )
    for row in (*report.per_class, *report.averages):
        name = next((str(label.id) for label in LABELS if label.name == row.label), f"{row.label} avg")
        theirs = rows[name]
        ours = (row.precision, row.recall, row.f1, row.support)
        assert ours == pytest.approx(tuple(theirs[key] for key in ("precision", "recall", "f1-score", "support")))
    assert report.headline["f1"] == pytest.approx(rows["micro avg"]["f1-score"])


def test_every_span_stands_in_exactly_one_verdict() -> None:
    chance = random.Random(6)
    for _ in range(300):
        gold, predicted = drawn(chance, nested=True), drawn(chance, nested=True)
        verdicts = compare(gold, predicted)
        assert sorted(one.gold for one in verdicts if one.gold) == sorted(span.label for span in gold.spans)
        assert sorted(one.predicted for one in verdicts if one.predicted) == sorted(s.label for s in predicted.spans)


@pytest.mark.parametrize(
    ("predicted", "kinds"),
    [
        ([Span(0, 4, 10)], ["right"]),
        ([Span(0, 4, 20)], ["type"]),
        ([Span(0, 6, 10)], ["boundary"]),
        ([Span(0, 6, 10), Span(1, 3, 10)], ["boundary", "invented"]),
        ([Span(0, 6, 20)], ["invented", "missed"]),
        ([Span(8, 9, 10)], ["missed", "invented"]),
        ([Span(0, 4, 10), Span(0, 4, 20)], ["right", "invented"]),
    ],
)
def test_an_error_is_called_by_what_is_wrong(predicted: Sequence[Span], kinds: Sequence[str]) -> None:
    assert [one.kind for one in compare(Spans((Span(0, 4, 10),)), Spans(in_order(predicted)))] == kinds


def test_a_merge_leaves_no_span_twice_and_a_text_without_spans_stays_looked_at() -> None:
    value = Spans((Span(0, 4, 10), Span(0, 4, 20), Span(6, 8, 20)))
    assert relabel(value, {20: 10}) == Spans((Span(0, 4, 10), Span(6, 8, 10)))
    assert relabel(value, {10: None, 20: None}) is None
    assert relabel(Spans(), {10: None}) == Spans()
    assert words(value, LABELS) == "person 1, place 2"


@pytest.mark.parametrize(
    "spans", [[[0, 0, 10]], [[-1, 2, 10]], [[0, 2, 99]], [[0, 2, 10], [0, 2, 10]], [[0, 2]], [[0, 2.5, 10]]]
)
def test_spans_that_cannot_be_are_refused(spans: object) -> None:
    with pytest.raises(BadAnnotation):
        parse({"spans": spans}, LABELS)


def test_a_mark_that_holds_nothing_is_not_taken_from_a_file() -> None:
    marks = Marks(spans=(SpanMark(2, 2, "place"), SpanMark(0, 3, "place"), SpanMark(0, 3, "unknown")))
    assert from_marks(marks, {"place": 20}) == Spans((Span(0, 3, 20),))


NEW_YORK = """
{"label": "place", "pattern": "new york"}
{"label": "Place", "pattern": [{"lower": "new"}, {"LOWER": "york"}, {"lower": "city"}]}
"""
TEXT = "😀 In New York City\r\nand 北京大学 on 5 MAY; new yorkers"


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.jsonl", NEW_YORK, ["New York City"]),
        ("a.jsonl", '{"label": "date", "pattern": [{"is_digit": true}, {"lower": "may"}]}', ["5 MAY"]),
        ("a.csv", "北京,place\nno such label,thing\n", ["北京"]),
        ("a.txt", "new york\tplace\nmay\tdate\n", ["New York", "MAY"]),
        ("Place.txt", "york city\n北京大学\n", ["York City", "北京大学"]),
    ],
)  # fmt: skip
def test_a_dictionary_marks_the_longest_words_it_knows(
    tmp_path: Path, name: str, content: str, found: list[str]
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    spans = read_patterns(tmp_path / name, LABELS)(TEXT)
    assert [TEXT[span.start : span.end] for span in spans] == found


_BROKEN_RULE = '{"label": "place", "pattern": [{"text": {"REGEX": "("}}]}'


@pytest.mark.parametrize(
    "content",
    [
        "word",
        "a,thing",
        '{"label": "place", "pattern": [{"shape": "Xx"}]}',
        "",
        _BROKEN_RULE,
        "x" * 200_000 + ",place",
        '{"label": "place", "pattern": ' + "[" * 5000,
    ],
)
def test_a_file_that_is_no_dictionary_is_refused_with_a_sentence(tmp_path: Path, content: str) -> None:
    csv.field_size_limit(100_000_000)  # as reading a table leaves it for the whole process
    path = tmp_path / ("a.jsonl" if "{" in content else "a.csv")
    path.write_text(content, "utf-8")
    with pytest.raises(BadAnnotation, match=r"\.$"):
        read_patterns(path, LABELS)


def test_a_rule_that_takes_too_long_on_a_word_leaves_it_and_the_others_are_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"label": "place", "pattern": [{"text": {"REGEX": "^(a|aa)+$"}}]}', "utf-8")
    spans = read_patterns(path, LABELS)("a" * 60 + "b aaa")
    assert [(span.start, span.end) for span in spans] == [(62, 65)]
