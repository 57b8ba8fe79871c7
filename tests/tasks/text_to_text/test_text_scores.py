"""Scores of written texts, against known figures and the packages that people compare with."""

from __future__ import annotations

import random

import pytest
from rouge_score.rouge_scorer import RougeScorer

from lepton_studio.contract.text_scores import common_length, compare, quality, rouge_l, score, tokenizer_for
from lepton_studio.contract.written import Written
from lepton_studio.project.records import RIGHT


def test_bleu_and_chrf_are_those_that_papers_report() -> None:
    # The example of sacrebleu's own page: BLEU 48.53, chrF2 59.73.
    gold = [
        Written("The dog bit the man.", ("The dog had bit the man.",)),
        Written("It was not unexpected.", ("No one was surprised.",)),
        Written("The man bit him first.", ("The man had bitten the dog.",)),
    ]
    said = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."]
    report = score(gold, [Written(text) for text in said], ())
    assert report.headline["bleu"] == pytest.approx(0.4853, abs=5e-5)
    assert report.headline["chrf"] == pytest.approx(0.5973, abs=5e-5)
    assert report.errors == {"differs": 2}


def test_samples_may_have_different_numbers_of_references() -> None:
    gold = [Written("a red box on the table", ("a box, red",)), Written("the key is here now")]
    assert score(gold, gold, ()).headline == pytest.approx({"chrf": 1.0, "bleu": 1.0, "rouge_l": 1.0})
    second = [Written("a box, red"), Written("the key is here now")]
    assert score(gold, second, ()).headline == pytest.approx({"chrf": 1.0, "bleu": 1.0, "rouge_l": 1.0})


def test_rouge_l_is_that_of_rouge_score() -> None:
    chance = random.Random(1)
    words = ["the", "cat", "sat", "on", "a", "mat", ",", "and", "don't", "3.5", "it_x"]
    theirs = RougeScorer(["rougeL"])
    for _ in range(300):
        gold, guess = (" ".join(chance.choices(words, k=chance.randint(1, 9))) for _ in range(2))
        if gold.strip(" ,"):
            assert rouge_l(Written(gold), Written(guess)) == pytest.approx(theirs.score(gold, guess)["rougeL"].fmeasure)


def test_the_longest_common_subsequence_is_found_in_words_of_any_number() -> None:
    assert common_length("abcbdab", "bdcaba") == 4
    assert common_length("", "abc") == 0
    assert common_length([str(i) for i in range(500)], [str(i) for i in range(0, 500, 3)]) == 167


@pytest.mark.parametrize(
    ("text", "tokenizer"),
    [
        ("Plain words", "13a"),
        ("今天天气很好。", "zh"),
        ("今日はいい天気です。", "char"),
        ("오늘 날씨", "13a"),
        ("", "13a"),
    ],
)
def test_bleu_cuts_chinese_as_papers_on_chinese_do(text: str, tokenizer: str) -> None:
    assert tokenizer_for([text]) == tokenizer


def test_chinese_counts_by_the_character() -> None:
    assert rouge_l(Written("今天天气很好"), Written("今天很好")) == pytest.approx(0.8)


def test_white_space_is_no_error() -> None:
    gold, guess = Written("one  two\nthree"), Written("one two three ")
    assert quality(gold, guess) == 1.0
    assert [verdict.kind for verdict in compare(gold, guess)] == [RIGHT]
    assert [verdict.kind for verdict in compare(gold, Written(""))] == ["differs"]
    assert quality(gold, Written("")) == 0.0
