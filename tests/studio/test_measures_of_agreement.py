"""The measures of agreement say what their authors computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepton_studio.studio.agreement.measures import (
    alpha,
    alpha_of_numbers,
    cohen,
    fleiss,
    intervals,
    masi_distances,
    share,
)

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: four observers, twelve units, 0: no answer
RELIABILITY = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
).T
# Fleiss 1971, as in every textbook: ten units, fourteen raters, five categories
FLEISS = np.array(
    [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ],
    dtype=np.float64,
)


def _counts(answers: np.ndarray, values: int) -> np.ndarray:
    return np.stack([(answers == value).sum(axis=1) for value in range(1, values + 1)], axis=1).astype(np.float64)


def _answers(table: list[list[int]]) -> tuple[list[int], list[int]]:
    cells = [(row, column) for row, line in enumerate(table) for column, n in enumerate(line) for _ in range(n)]
    return [row for row, _ in cells], [column for _, column in cells]


def test_alpha_is_that_of_krippendorffs_own_example() -> None:
    assert alpha(_counts(RELIABILITY, 5)).value == pytest.approx(0.743, abs=5e-4)
    numbers = np.where(RELIABILITY == 0, np.nan, RELIABILITY)
    assert alpha_of_numbers(numbers).value == pytest.approx(0.849, abs=5e-4)
    # The same by way of distances, and wherever the scale begins.
    squares = np.subtract.outer(np.arange(5.0), np.arange(5.0)) ** 2
    assert alpha(_counts(RELIABILITY, 5), distances=squares).value == pytest.approx(alpha_of_numbers(numbers).value)
    assert alpha_of_numbers(numbers + 1e6).value == pytest.approx(0.849, abs=5e-4)


def test_kappa_of_many_is_that_of_fleiss() -> None:
    assert fleiss(FLEISS).value == pytest.approx(0.210, abs=5e-4)


def test_kappa_of_two_is_that_of_cohen() -> None:
    # Cohen 1960, table 1: two judges, 200 patients, three diagnoses
    assert cohen(*_answers([[88, 14, 18], [10, 40, 10], [2, 6, 12]])).value == pytest.approx(0.492, abs=5e-4)
    assert cohen(*_answers([[20, 5], [10, 15]])).value == pytest.approx(0.4)


def test_distances_of_label_sets_are_passonneaus() -> None:
    sets = [frozenset({1, 2}), frozenset({1, 2, 3, 4}), frozenset({2, 3}), frozenset({5}), frozenset[int]()]
    found = masi_distances(sets)
    assert found[0, 1] == pytest.approx(1 - 2 / 4 * 2 / 3)  # one is part of the other
    assert found[0, 2] == pytest.approx(1 - 1 / 3 * 1 / 3)  # they overlap
    assert (found[0, 3], found[0, 4], found[4, 4]) == (1, 1, 0)
    assert (found == found.T).all()


def test_where_all_say_the_same_there_is_full_agreement_or_nothing_to_tell() -> None:
    assert cohen([0, 1, 2], [0, 1, 2]).value == alpha(np.array([[2.0, 0], [0, 2]])).value == 1
    for measure in (cohen([0, 0], [0, 0]), alpha(np.array([[2.0, 0], [2, 0]])), fleiss(np.array([[2.0, 0], [2, 0]]))):
        assert math.isnan(measure.value)
        assert all(math.isnan(end) for end in intervals([measure])[0])
    assert math.isnan(share(np.zeros(3), np.zeros(3)).value)


def test_stretches_of_a_text_weigh_by_their_length_and_are_drawn_together() -> None:
    counts, lengths = np.array([[2.0, 0], [1, 1], [0, 2], [2, 0]]), np.array([3.0, 1, 2, 4])
    letter_by_letter = alpha(np.repeat(counts, lengths.astype(int), axis=0))
    grouped = alpha(counts, lengths=lengths, groups=np.array([0, 0, 1, 1]))
    assert grouped.value == pytest.approx(letter_by_letter.value)
    assert len(grouped.rows) == 2


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    chance = np.random.default_rng(1)
    held = 0
    for trial in range(60):
        truth = chance.integers(0, 3, 150)
        first, second = (np.where(chance.random(150) < 0.8, truth, chance.integers(0, 3, 150)) for _ in range(2))
        low, high = intervals([cohen(first.tolist(), second.tolist())], seed=trial)[0]
        held += low <= 0.64 <= high  # 0.8 x 0.8: both copy the truth, else both are chance
    assert 52 <= held <= 60


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40))
def test_two_people_have_the_alpha_of_their_pooled_shares(pairs: list[tuple[int, int]]) -> None:
    """Alpha of two people, many units and no gaps is Scott's pi but for a term in 1/n (Krippendorff 2011)."""
    counts = np.zeros((len(pairs), 4))
    for unit, pair in enumerate(pairs):
        for value in pair:
            counts[unit, value] += 1
    expected = ((counts.sum(axis=0) / counts.sum()) ** 2).sum()
    if expected < 1:
        pi = (np.mean([one == other for one, other in pairs]) - expected) / (1 - expected)
        assert alpha(counts).value == pytest.approx(pi + (1 - pi) / (2 * len(pairs)))
