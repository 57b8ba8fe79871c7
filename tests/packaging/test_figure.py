"""A figure says honestly whether it was met."""

from __future__ import annotations

import math

import pytest

from tests.benchmarks.__main__ import table
from tests.benchmarks.figure import Figure


@pytest.mark.parametrize(
    ("value", "target", "met"),
    [
        (1.4, "<= 1.5", True),
        (1.6, "<= 1.5", False),
        (94.0, ">= 94", True),
        (93.9, ">= 94", False),
        (math.nan, "", False),
    ],
)
def test_a_reader_sees_whether_a_figure_reaches_its_target(value: float, target: str, met: bool) -> None:
    assert Figure("start", value, "s", target).met is met


def test_repeats_are_told_as_median_and_spread() -> None:
    figure = Figure.of("start", [1.0, 3.0, 1.5], unit="s", target="<= 1.5")
    assert (figure.value, figure.spread, figure.met) == (1.5, 2.0, True)
    assert "yes" in table([figure])


def test_a_figure_that_was_not_measured_is_null_for_machines() -> None:
    assert Figure("start", math.nan, "s").to_json()["value"] is None
