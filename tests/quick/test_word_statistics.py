"""Word statistics: what is counted of a text, and a linear layer that is fitted in a moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from lepton_studio.quick.explaining import word_weights
from lepton_studio.quick.linear import Features, fit, usual_weight
from lepton_studio.quick.regression import Kind, probabilities
from lepton_studio.quick.terms import pair_terms
from lepton_studio.quick.words import Pair, fit_vocabulary, word_features

TEXTS = ["the card is lost", "card broken again", "send money abroad", "money sent twice", "card stolen", "money gone"]


@pytest.mark.parametrize(
    ("text", "second", "expected", "missing"),
    [
        ("My Card!", None, ["wmy", "wmy card", "wcard !", "w!", "c my", "ccard ", "c !"], ["wMy", "2wmy"]),
        ("很好吃", None, ["c很", "c很好", "c好吃", "c很好吃"], ["w很", "w很好吃", "c 很", "c很 "]),
        ("iPhone手机", None, ["wiphone", "c手", "c手机"], ["wiphone 手机", "ce手"]),
        ("ไปบ้าน", None, ["cไป"], ["wไปบ้าน"]),
        ("ça va", "va bien", ["wça va", "2wbien", "=wva", "=cva "], ["=wbien", "2wça", "wbien"]),
        ("", "", [], ["w", "2w"]),
        (" \n ", None, [], ["w"]),
        ("x" * 500, None, ["w" + "x" * 500], ["c" + "x" * 6]),
    ],
)
def test_words_and_characters_are_counted_as_their_script_is_written(
    text: str, second: str | None, expected: list[str], missing: list[str]
) -> None:
    found = list(pair_terms(text, second))
    assert set(expected) <= set(found)
    assert not set(missing) & set(found)
    if not expected:
        assert found == []


def test_every_text_has_length_one_whatever_its_length_and_an_empty_one_none() -> None:
    vocabulary = fit_vocabulary([(text, None) for text in TEXTS])
    rows = word_features(vocabulary, [("card", None), ("card " * 300 + "money", None), ("", None), ("qqq", None)])
    lengths = np.sqrt(rows.power(2).toarray().sum(1))
    assert lengths == pytest.approx([1, 1, 0, 0], abs=1e-6)
    assert rows.dtype == np.float32


@pytest.mark.parametrize("texts", [[], [("", None)], [("!", None), ("", "")]])
def test_texts_without_words_make_rows_without_words(texts: list[Pair]) -> None:
    rows = word_features(fit_vocabulary(texts), texts)
    assert rows.shape[0] == len(texts)


def layer_on(texts: Sequence[Pair], targets: Any, *, kind: Kind, outputs: int = 1) -> np.ndarray:
    vocabulary = fit_vocabulary(texts)
    features = Features(word_features(vocabulary, texts))
    return probabilities(fit(features, np.array(targets), kind=kind, outputs=outputs).logits(features), kind)


@pytest.mark.parametrize(
    ("texts", "targets", "outputs"),
    [
        (TEXTS, [0, 0, 1, 1, 0, 1], 2),
        (TEXTS, [0, 0, 1, 1, 0, 1], 5),
        (["很好吃", "好吃", "太慢了", "慢"], [1, 1, 0, 0], 2),
        (["one"], [1], 3),
        (["one", "two", "three"], [2, 2, 2], 3),
        (["", "", "word"], [0, 0, 1], 2),
    ],
)
def test_a_choice_is_learned_from_little_and_what_was_never_seen_is_never_said(
    texts: list[str], targets: list[int], outputs: int
) -> None:
    said = layer_on([(text, None) for text in texts], targets, kind="choice", outputs=outputs)
    assert said.argmax(1).tolist() == targets
    assert said.sum(1) == pytest.approx(np.ones(len(texts)), abs=1e-5)
    never = [place for place in range(outputs) if place not in targets]
    assert np.all(said[:, never] < 1e-6)


def test_several_labels_are_told_one_by_one_also_one_that_all_have_and_one_that_none_has() -> None:
    card = [int("card" in text) for text in TEXTS]
    targets = np.array([[yes, 1, 0] for yes in card])
    said = layer_on([(text, None) for text in TEXTS], targets, kind="choices", outputs=3)
    assert (said >= 0.5).astype(int).tolist() == targets.tolist()


def noisy(n: int) -> tuple[Features, np.ndarray]:
    """Texts of which one in eight is of a rare class, and words that tell it only more often than not."""
    chance = np.random.default_rng(2)
    rare = np.arange(n) % 8 == 0
    texts: list[Pair] = [
        (f"{'card' if chance.random() < (0.6 if yes else 0.2) else 'money'} {chance.integers(9)}", None) for yes in rare
    ]
    return Features(word_features(fit_vocabulary(texts), texts)), rare.astype(np.int64)


@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_a_rare_class_that_counts_more_is_said_more_often(kind: Kind) -> None:
    features, rare = noisy(400)
    targets = rare if kind == "choice" else np.stack([1 - rare, rare], 1)
    said = []
    for weights in (None, np.array([1, 7], dtype=np.float32)):
        layer = fit(features, targets, kind=kind, outputs=2, class_weights=weights)
        said.append(probabilities(layer.logits(features), kind)[:, 1])
    found = [(one > 0.5)[rare == 1].mean() for one in said]
    assert found[1] > found[0] + 0.3
    assert abs(said[0].mean() - rare.mean()) < 0.03, "where all count alike it is held as likely as it is"


def test_what_is_said_is_as_sure_as_it_is_right() -> None:
    features, rare = noisy(2000)
    learned = np.arange(300)
    layer = fit(features.rows(learned), rare[learned], kind="choice", outputs=2)
    said = probabilities(layer.logits(features.rows(np.arange(300, 2000))), "choice")
    assert said.max(1).mean() == pytest.approx((said.argmax(1) == rare[300:]).mean(), abs=0.04)


def test_ratings_are_numbers_on_the_scale_that_they_came_on() -> None:
    said = layer_on([(text, None) for text in TEXTS * 5], [1.0, 1.0, 5.0, 5.0, 1.0, 5.0] * 5, kind="number")[:, 0]
    assert said[0] < 2 and said[2] > 4


def test_a_pair_is_told_by_what_its_texts_have_in_common() -> None:
    names = ["ada", "bob", "cleo", "dan", "eve", "finn", "gus", "hugo"]
    pairs: list[Pair] = [(one, two) for one in names for two in (one, names[names.index(one) - 1])]
    targets = [int(one == two) for one, two in pairs]
    assert layer_on(pairs, targets, kind="choice", outputs=2).argmax(1).tolist() == targets


@pytest.mark.parametrize("n", [30, 2100])
def test_vectors_that_know_it_are_listened_to_and_vectors_of_noise_do_no_harm(n: int) -> None:
    chance = np.random.default_rng(0)
    targets = np.arange(n) % 2
    texts: list[Pair] = [(f"{'card' if yes else 'money'} {chance.integers(50)}", None) for yes in targets]
    noise_of_words: list[Pair] = [(str(chance.integers(50)), None) for _ in targets]
    noise = chance.normal(size=(n, 16)).astype(np.float32)
    knowing = noise + np.float32(6) * targets[:, None].astype(np.float32)
    for given, vectors in ((texts, noise), (noise_of_words, knowing)):
        features = Features(word_features(fit_vocabulary(given), given), vectors)
        layer = fit(features.rows(np.arange(0, n, 3)), targets[::3], kind="choice", outputs=2)
        assert (layer.logits(features).argmax(1) == targets).mean() > 0.9


def test_the_same_layer_comes_out_where_the_texts_are_the_dimensions_and_where_they_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance = np.random.default_rng(1)
    texts: list[Pair] = [(" ".join(chance.choice(list("abcdefgh"), 3)), None) for _ in range(60)]
    targets = np.array([int("a" in text) for text, _ in texts])
    features = Features(word_features(fit_vocabulary(texts), texts), chance.normal(size=(60, 8)).astype(np.float32))
    few = fit(features, targets, kind="choice", outputs=2)
    monkeypatch.setattr("lepton_studio.quick.linear._solved_by_rows", lambda _n: False)
    many = fit(features, targets, kind="choice", outputs=2)
    assert few.logits(features) == pytest.approx(many.logits(features), abs=0.05)


def test_the_words_of_a_text_add_up_to_what_the_model_says() -> None:
    texts: list[Pair] = [(text, None) for text in TEXTS]
    vocabulary = fit_vocabulary(texts)
    layer = fit(Features(word_features(vocabulary, texts)), np.array([0, 0, 1, 1, 0, 1]), kind="choice", outputs=2)
    found = word_weights(("my card again", None), vocabulary=vocabulary, layer=layer)
    said = layer.logits(Features(word_features(vocabulary, [("my card again", None)])))[0]
    assert np.sum([one.adds for one in found], axis=0) + layer.bias == pytest.approx(said, abs=1e-5)
    assert found[0].adds[0] > 0 and "card" in found[0].term


def test_vectors_count_twice_with_few_labels_and_once_with_many() -> None:
    assert [usual_weight(labels) for labels in (1, 50, 1000, 10**6)] == [2, 2, 1, 1]
    assert 1.4 < usual_weight(224) < 1.6
