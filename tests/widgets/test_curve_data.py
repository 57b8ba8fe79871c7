"""The points of a curve and their smoothing."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lepton_studio.widgets.curve_data import CurveData, thinned


def slow_average(values: list[float], smoothing: float) -> list[float]:
    """The definition, value by value."""
    average, seen, out = 0.0, 0, []
    for value in values:
        if math.isnan(value):
            out.append(math.nan)
            continue
        seen += 1
        average = smoothing * average + (1 - smoothing) * value
        out.append(average / (1 - smoothing**seen))
    return out


@pytest.mark.parametrize("smoothing", [0.1, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("pieces", [(300,), (1, 2, 63, 64, 65, 105), (299, 1)])
def test_smoothing_is_the_same_however_the_points_arrive(smoothing: float, pieces: tuple[int, ...]) -> None:
    values = list(np.random.default_rng(1).normal(2, 1, 300))
    for gap in (0, 7, 64, 65, 299):
        values[gap] = math.nan
    curve, start = CurveData(), 0
    for piece in pieces:
        curve.extend(np.arange(start, start + piece, dtype=float), np.array(values[start : start + piece]))
        start += piece
        curve.smooth(smoothing)
    np.testing.assert_allclose(curve.smooth(smoothing), slow_average(values, smoothing), rtol=1e-9)


def test_the_first_smoothed_value_is_the_first_value_and_not_near_zero() -> None:
    curve = CurveData()
    curve.append(1, 5.0)
    assert curve.smooth(0.99)[0] == pytest.approx(5.0)


def test_a_loss_that_was_not_a_number_is_a_gap_and_spoils_nothing_after_it() -> None:
    curve = CurveData()
    for step, value in enumerate([1.0, None, 1.0]):
        curve.append(step, value)
    assert math.isnan(curve.y[1])
    assert curve.smooth(0.5)[2] == pytest.approx(1.0)
    assert curve.at(1, smoothing=0.0) is None


def test_a_resumed_run_takes_the_place_of_the_steps_after_its_checkpoint() -> None:
    curve = CurveData()
    for step in range(10):
        curve.append(step, 1.0)
    curve.smooth(0.9)
    for step in range(6, 8):
        curve.append(step, 3.0)
    assert list(curve.x) == [0, 1, 2, 3, 4, 5, 6, 7]
    assert list(curve.y[6:]) == [3.0, 3.0]
    np.testing.assert_allclose(curve.smooth(0.9), slow_average([1.0] * 6 + [3.0] * 2, 0.9))


def test_a_value_between_two_points_is_the_one_before_and_none_before_the_first() -> None:
    curve = CurveData()
    curve.extend(np.array([10.0, 20.0]), np.array([1.0, 2.0]))
    assert [curve.at(step, smoothing=0.0) for step in (9, 10, 19, 20, 99)] == [None, 1.0, 1.0, 2.0, 2.0]


def test_a_thinned_curve_keeps_its_highest_and_lowest_points_and_its_end() -> None:
    x = np.arange(100_000, dtype=float)
    y = np.sin(x / 100)
    y[31_415], y[92_653], y[500:600] = 9.0, -9.0, np.nan
    seen_x, seen_y = thinned(x, y, low=0, high=1e9, pixels=500)
    assert len(seen_x) == len(seen_y) < 2500
    assert (np.nanmax(seen_y), np.nanmin(seen_y)) == (9.0, -9.0)
    assert (seen_x[0], seen_x[-1], seen_y[-1]) == (0.0, pytest.approx(99_999, abs=100), pytest.approx(y[-1], abs=0.5))
    assert list(np.sort(seen_x)) == list(seen_x)


def test_a_close_look_shows_every_point_and_runs_out_of_the_view() -> None:
    x = np.arange(1000, dtype=float)
    seen_x, _ = thinned(x, x, low=500, high=510, pixels=300)
    assert list(seen_x) == list(range(499, 512))
