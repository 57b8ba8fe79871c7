"""How sure a run is against how often it is right; the arrays are drawn, so that what is true of them is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lepton_studio.studio.trust import reliability, reliability_words, risk_curve, share_at, share_words, trust
from tests.ui.tuned_project import tuned_project


def drawn(n: int, *, power: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Certainties, and whether each was right: as often as it says with power 1, less often above."""
    chance = np.random.default_rng(seed)
    sure = chance.uniform(0.4, 1.0, n)
    return sure, chance.random(n) < sure**power


@pytest.mark.parametrize(
    ("power", "says", "is_off"),
    [(1.0, "taken at its word", False), (4.0, "too confident", True), (0.1, "right more often", True)],
)
def test_it_says_whether_a_model_is_as_often_right_as_it_is_sure(power: float, says: str, is_off: bool) -> None:
    found = reliability(*drawn(1500, power=power))
    assert found.is_off is is_off
    assert says in reliability_words(found)
    assert found.interval.low <= found.error <= found.interval.high or not is_off
    assert sum(one.n for one in found.bins) == found.n == 1500
    assert all(one.low <= one.said <= one.high for one in found.bins)


def test_of_a_model_that_is_as_right_as_it_says_chance_alone_explains_the_error_19_times_of_20() -> None:
    off = sum(reliability(*drawn(200, power=1.0, seed=seed)).is_off for seed in range(60))
    assert off <= 8  # 3 are expected


@pytest.mark.parametrize("sure", [[1.0] * 50, [0.7] * 50, [0.5] * 30 + [1.0] * 30, [0.9]])
def test_equal_certainties_stay_in_one_bin_and_no_bin_is_empty(sure: list[float]) -> None:
    found = reliability(np.array(sure), np.ones(len(sure), dtype=bool))
    assert all(one.n for one in found.bins)
    assert len(found.bins) <= len(set(sure))


def test_the_share_it_answers_holds_what_is_promised_and_is_kept_back_where_nothing_can_be_shown() -> None:
    sure, right = drawn(2000, power=1.0, seed=3)
    share = share_at(0.1, sure, right)
    assert share.threshold is not None
    assert share.bound <= 0.1 and share.wrong / share.n <= share.bound
    assert share.n == (sure >= share.threshold).sum()
    assert f"{share.n:,} of 2,000" in share_words(share)
    assert "it takes 149 at least" in share_words(share_at(0.02, sure[:100], right[:100]))
    assert share_at(0.02, sure[:100], right[:100]).threshold is None


def test_the_curve_ends_with_everything_answered() -> None:
    sure, right = drawn(500, power=2.0)
    curve = risk_curve(sure, right)
    assert curve[-1][0] == 500
    assert curve[-1][1] == pytest.approx((~right).mean())
    assert [count for count, _ in curve] == sorted({count for count, _ in curve})


def test_a_run_is_told_by_the_labels_of_today(tmp_path: Path) -> None:
    with tuned_project(tmp_path / "p.lepton", each=60) as project:
        found = trust(project, project.runs()[0], "test")
        assert found is not None and found.reliability is not None
        assert found.n == found.reliability.n == 36
