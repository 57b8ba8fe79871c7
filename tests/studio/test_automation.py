"""Let the model do the rest: never more than was accepted, proven on samples that chance chose."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lepton_studio.studio.certainty import binomial_tail, upper_bound
from lepton_studio.studio.instant.automation import needed_tests, prove


def test_the_bound_is_that_of_clopper_and_pearson() -> None:
    assert upper_bound(0, n=59) == pytest.approx(1 - 0.05 ** (1 / 59))
    assert upper_bound(1, n=60) == pytest.approx(0.0766, abs=1e-4)  # the quantile 0.95 of Beta(2, 59)
    assert upper_bound(3, n=3) == 1 and upper_bound(0, n=0) == 1
    assert binomial_tail(2, n=5, share=0.3) == pytest.approx(
        sum(math.comb(5, k) * 0.3**k * 0.7 ** (5 - k) for k in range(3))
    )


def test_with_too_few_test_samples_nothing_is_taken_and_with_one_more_all_is() -> None:
    assert needed_tests(0.05) == 59 and needed_tests(0.1) == 29
    pool = np.linspace(0.5, 1, 1000)
    few = prove(pool, np.full(58, 0.99), np.zeros(58, bool), risk=0.05)
    assert few.threshold is None
    enough = prove(pool, np.full(59, 0.99), np.zeros(59, bool), risk=0.05)
    assert enough.threshold == 0.5 and enough.n == 59 and enough.bound <= 0.05


def test_what_the_model_is_wrong_on_is_left_to_the_person() -> None:
    chance = np.random.default_rng(0)
    pool, tested = chance.uniform(0, 1, 5000), chance.uniform(0, 1, 1000)
    found = prove(pool, tested, tested < 0.5, risk=0.05)
    assert found.threshold is not None and 0.45 < found.threshold < 0.55
    assert found.wrong / found.n < found.bound <= 0.05
    assert prove(pool, tested, np.ones(1000, bool), risk=0.05).threshold is None


@pytest.mark.parametrize("boast", [0.6, 1.0, 1.5])
def test_a_model_that_boasts_or_is_modest_takes_too_much_in_one_of_twenty_cases_at_most(boast: float) -> None:
    """It says p and is right with p ** boast: 400 test samples, 400 times."""
    chance, exceeded = np.random.default_rng(1), 0
    for _ in range(400):
        said = chance.beta(4, 1, 2400)
        wrong = chance.uniform(size=2400) > said**boast
        found = prove(said[400:], said[:400], wrong[:400], risk=0.1)
        if found.threshold is not None:
            exceeded += int(np.mean(1 - said[400:][said[400:] >= found.threshold] ** boast) > 0.1)
    assert exceeded <= 0.05 * 400 + 9, "two standard errors"
