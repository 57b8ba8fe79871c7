"""Who goes on and who is taken: by what the folds say, and by no more than they can say."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from lepton_studio.racing.choosing import Contestant, Judged, beaten, choose, halved, is_clear
from lepton_studio.racing.folds import folds_of
from lepton_studio.racing.summing import chosen_weight, sum_held_out
from lepton_studio.racing.telling import difference, score

FOLDS = 5
FIRST = Contestant("quick", 0.01)
LITTLE = Contestant("words", 0.001, few=(-7, 5), many=(-12, 9))
LONG = Contestant("full", 1, few=(1, 5), many=(0, 3))
PAIRS = Contestant("pairs", 1.5, few=(5, 8), many=(0, 3))


def judged(*, n: int, a_label: float = 500, judged_on: int = FOLDS, **right: float) -> Judged:
    """Contestants that are right on these shares of `n` samples, independently; the last one on so many folds only."""
    chance = np.random.default_rng(1)
    of = np.arange(n) % FOLDS
    qualities = {}
    for id, share in right.items():
        made = np.zeros(n)
        made[chance.permutation(n)[: round(share * n)]] = 1
        qualities[id] = made
    last = list(right)[-1]
    qualities[last][of >= judged_on] = np.nan
    known = {one.id: one for one in (FIRST, LITTLE, LONG, PAIRS)}
    return Judged([known[id] for id in right], qualities, of, FOLDS, a_label)


@pytest.mark.parametrize(
    ("facts", "taken", "clear"),
    [
        ({"n": 2000, "quick": 0.7, "full": 0.8}, "full", True),
        ({"n": 2000, "quick": 0.8, "full": 0.7}, "quick", True),
        ({"n": 2000, "quick": 0.8, "full": 0.803}, "quick", False),  # as good: the cheaper one
        ({"n": 60, "quick": 0.7, "full": 0.72}, "quick", False),
        ({"n": 16, "a_label": 8, "quick": 0.7, "pairs": 0.7}, "pairs", False),  # known to be better with few labels
        ({"n": 100, "a_label": 50, "quick": 0.8, "pairs": 0.4}, "quick", True),  # but not here
        ({"n": 2000, "quick": 0.7, "words": 0.8}, "words", True),
    ],
)
def test_who_is_taken_and_whether_that_is_beyond_chance(facts: dict[str, float], taken: str, clear: bool) -> None:
    some = judged(**facts)  # type: ignore[arg-type]
    choice = choose(some, some.contestants)
    assert (choice.taken, choice.is_clear) == (taken, clear)
    assert choice.n == facts["n"]


def test_who_is_behind_beyond_chance_goes_no_further_and_one_fold_says_less_than_all() -> None:
    far = judged(n=1000, quick=0.8, full=0.5)
    assert beaten(far, far.contestants) == {"full": "quick"} and is_clear(far, far.contestants)
    few = judged(n=60, quick=0.8, full=0.65, judged_on=1)
    assert beaten(few, few.contestants) == {} and not is_clear(few, few.contestants)


def test_of_what_takes_long_the_half_goes_on_of_which_most_is_expected() -> None:
    some = judged(n=400, quick=0.7, full=0.8, pairs=0.6)
    assert [one.id for one in halved(some, [LONG, PAIRS])] == ["full"]


def test_the_test_says_that_equals_differ_about_as_often_as_it_should() -> None:
    """Of 400 pairs of contestants that are equally good few are told apart at 5 %: the correction makes it cautious."""
    chance, of, told = np.random.default_rng(2), np.arange(100) % FOLDS, 0
    for _ in range(400):
        one, other = (chance.random((2, 100)) < 0.7).astype(float)
        told += difference(one, other, of=of, folds=FOLDS).behind < 0.05
    assert told / 400 <= 0.05


def test_a_score_says_on_what_it_stands() -> None:
    some = score(np.array([1.0, 1, 0, 1, np.nan, np.nan]), of=np.array([0, 0, 1, 1, 2, 2]), folds=3)
    assert (some.mean, some.n) == (0.75, 4) and some.low < 0.75 < some.high
    assert some.spread == pytest.approx(0.3536, abs=1e-4)


def test_folds_have_as_many_of_each_kind_and_identical_texts_share_one() -> None:
    texts = [f"text {number % 40}" for number in range(50)]
    kinds = ["a" if number % 40 < 20 else "b" for number in range(50)]
    folds = folds_of(texts, kinds, folds=5, seed=1)
    assert all(len({folds[place] for place in range(50) if texts[place] == text}) == 1 for text in texts)
    for fold in range(5):
        counts = Counter(kind for kind, one in zip(kinds, folds, strict=True) if one == fold)
        assert abs(counts["a"] - 6) <= 1 and abs(counts["b"] - 4) <= 1
    assert (folds == folds_of(texts, kinds, folds=5, seed=1)).all()
    assert (folds != folds_of(texts, kinds, folds=5, seed=2)).any()


def test_the_sum_of_two_that_err_on_different_samples_is_better_than_either() -> None:
    chance, n = np.random.default_rng(3), 400
    targets = chance.integers(0, 2, n)

    def said() -> np.ndarray:
        right = np.clip(0.6 + 0.25 * chance.standard_normal(n), 0.01, 0.99)
        found = np.stack([1 - right, right], 1)
        found[targets == 0] = found[targets == 0][:, ::-1]
        return np.asarray(found, np.float32)

    one, other = said(), said()
    of_sum, weight = sum_held_out(one, other, targets, of=np.arange(n) % FOLDS)
    alone = max(float((some.argmax(1) == targets).mean()) for some in (one, other))
    assert of_sum.mean() > alone and 0.3 <= weight <= 0.7
    assert chosen_weight(one, np.full_like(one, 0.5), targets) > 0.5
