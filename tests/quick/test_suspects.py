"""Likely label errors: what speaks against a label, by a model that has not seen it."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from lepton_studio.quick.instant import Decided, Setting, Texts
from lepton_studio.quick.suspects import doubts, held_out_of_all


def test_a_wrong_label_is_doubted_more_than_a_right_one_of_a_hard_text() -> None:
    said = np.array([[0.9, 0.05, 0.05], [0.02, 0.95, 0.03], [0.4, 0.35, 0.25], [0.02, 0.03, 0.95]], np.float32)
    doubt, rival = doubts(said, np.array([0, 0, 0, 2]), kind="choice")
    assert doubt.argsort().tolist()[::-1][:2] == [1, 2]
    assert (rival > 0.5).tolist() == [False, True, False, False]


def test_a_label_that_is_often_given_for_another_is_doubted_before_one_that_is_not() -> None:
    """200 texts of the second class have the first label; the third is as likely, and confused with none."""
    sure = np.eye(3, dtype=np.float32)[np.repeat([0, 1, 2, 1], 200)] * 0.8 + np.float32(0.2 / 3)
    given = np.repeat([0, 1, 2, 0], 200)
    hard = np.array([[0.5, 0.5, 0], [0.5, 0, 0.5]], np.float32)
    doubt, _ = doubts(np.concatenate([sure, hard]), np.concatenate([given, [0, 0]]), kind="choice")
    assert doubt[-2] > doubt[-1]


def test_of_several_labels_the_least_likely_counts_and_of_a_rating_how_far_it_is() -> None:
    several = np.array([[0.9, 0.1], [0.9, 0.8]], np.float32)
    doubt, rival = doubts(several, np.array([[1, 0], [1, 0]]), kind="choices")
    assert np.allclose(doubt, [0.1, 0.8]) and (rival > 0.5).tolist() == [False, True]
    rated, rival = doubts(np.array([[3.0], [3.0], [3.0]], np.float32), np.array([3, 4, 5]), kind="number", error=0.8)
    assert (np.diff(rated) > 0).all() and (rival > 0.5).tolist() == [False, False, True]


def test_no_label_speaks_for_itself() -> None:
    """Two clusters; every ninth label is wrong. What is said of these must not have learnt it."""
    chance = np.random.default_rng(0)
    truth = np.arange(200) % 2
    vectors = (chance.normal(size=(200, 8)) * 0.3 + np.where(truth, 1, -1)[:, None]).astype(np.float16)
    texts = Texts.of(sparse.csr_matrix((200, 4), dtype=np.float32), vectors, np.ones(200, bool))
    is_wrong = np.arange(200) % 9 == 0
    given = np.where(is_wrong, 1 - truth, truth)
    decided = Decided(np.arange(200), given, "choice", 2)
    said = held_out_of_all(texts, decided, setting=Setting(200, 1.0, 10.0), names=None)
    assert (said.argmax(1) == truth).mean() > 0.98
    doubt, rival = doubts(said, given, kind="choice")
    assert is_wrong[np.argsort(-doubt)[: is_wrong.sum()]].mean() > 0.9 and (rival[is_wrong] > 0.5).mean() > 0.9
