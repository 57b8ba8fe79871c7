"""What stands beside a text, on arrays: its nearest decided neighbours and the words that count."""

from __future__ import annotations

import numpy as np
import pytest

from lepton_studio.quick.beside import nearest, speaking
from lepton_studio.quick.hashed import HashedWords
from lepton_studio.quick.instant import Decided, Texts, first_setting, fit
from lepton_studio.quick.linear import Linear
from lepton_studio.quick.regression import Kind


def test_the_nearest_are_by_cosine_around_the_mean_and_never_the_text_itself() -> None:
    moved = np.array([[1, 0], [0.9, 0.1], [0, 1], [-1, 0], [5, 1]], np.float32)
    vectors, mean = (moved + 7).astype(np.float16), np.full(2, 7, np.float32)
    (found,) = nearest(vectors, mean, of=np.array([0]), among=np.array([0, 1, 2, 3, 4]), most=3)
    assert [place for place, _ in found] == [1, 4, 2]
    assert found[0][1] == pytest.approx(0.994, abs=0.005) and found[2][1] == pytest.approx(0, abs=0.005)
    assert nearest(vectors, mean, of=np.array([0]), among=np.array([], np.int64), most=3) == [[]]


def _layer(rows: list[str], targets: list[int], *, kind: Kind = "choice") -> tuple[HashedWords, Linear]:
    words = HashedWords()
    words.add([(one, None) for one in rows])
    vectors = np.zeros((len(rows), 4), np.float16)
    texts = Texts.of(words.matrix(len(rows)), vectors, np.zeros(len(rows), bool))
    outputs = 1 if kind == "number" else max(targets) + 1
    decided = Decided(np.arange(len(rows)), np.array(targets), kind, outputs)
    return words, fit(texts, decided, setting=first_setting(decided), start=None)


def test_a_row_by_itself_is_the_row_of_the_matrix_and_its_sum_is_the_logit() -> None:
    rows = ["The card is lost", "The card is here", "A refund is due", "银行卡丢了"]
    words, layer = _layer(rows, [0, 0, 1, 0])
    matrix = words.matrix(len(rows))
    for at, text in enumerate(rows):
        alone = words.weights((text, None))
        assert dict(zip(matrix[at].indices.tolist(), matrix[at].data.tolist(), strict=True)) == pytest.approx(alone)
    assert layer.of_words.shape[1] == matrix.shape[1]


def test_the_words_that_set_a_label_apart_are_named_as_the_text_writes_them() -> None:
    rows = [f"The {what} is {one} today" for one in ("red", "blue") for what in ("Card", "Refund")]
    words, layer = _layer(rows, [0, 1, 0, 1])
    said = [speaking((rows[0], None), words=words, layer=layer, kind="choice", output=one, most=3) for one in (0, 1)]
    assert said[0][0] == "Card"
    assert "Card" not in said[1]


def test_in_chinese_a_few_characters_in_a_row_are_a_word() -> None:
    rows = ["我的银行卡丢了", "银行卡找不到", "我要退款", "什么时候退款"]
    words, layer = _layer(rows, [0, 0, 1, 1])
    found = speaking(("请问退款要多久", None), words=words, layer=layer, kind="choice", output=1, most=3)
    assert found[0] == "退款"


def test_of_a_number_words_count_in_the_way_that_it_went() -> None:
    rows = ["wonderful film", "wonderful book", "awful film", "awful book"]
    words, layer = _layer(rows, [5, 5, 1, 1], kind="number")
    for text in rows:
        found = speaking((text, None), words=words, layer=layer, kind="number", output=0, most=1)
        assert found == [text.split()[0]]
