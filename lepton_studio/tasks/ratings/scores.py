"""Scores of ratings: errors on the scale of the project, and correlations."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lepton_studio.contract.task import Report
from lepton_studio.project.records import RIGHT, Labels, Verdict
from lepton_studio.tasks.ratings.annotation import Rating

OFF = "off"


def compare(gold: Rating, predicted: Rating) -> tuple[Verdict, ...]:
    """Right, or off by half a step of the scale or more (see `Rating.tolerance`)."""
    return (Verdict(OFF if _is_off(gold, predicted) else RIGHT),)


def quality(gold: Rating, predicted: Rating) -> float:
    """1 / (1 + how many steps it is off)."""
    return 1 / (1 + abs(gold.value - predicted.value) / (2 * predicted.tolerance))


def score(gold: Sequence[Rating], predicted: Sequence[Rating], labels: Labels) -> Report:
    """Mean absolute and root mean squared error; Spearman's and Pearson's correlation.

    A correlation is 0 where the ratings of one side are all the same: nothing is said of their order.
    """
    truths = [one.value for one in gold]
    guesses = [one.value for one in predicted]
    differences = [guess - truth for truth, guess in zip(truths, guesses, strict=True)]
    n = len(differences)
    return Report(
        n=n,
        headline={
            "spearman": pearson(ranks(truths), ranks(guesses)),
            "pearson": pearson(truths, guesses),
            "mae": sum(map(abs, differences)) / max(1, n),
            "rmse": math.sqrt(sum(one * one for one in differences) / max(1, n)),
        },
        errors={OFF: sum(map(_is_off, gold, predicted))},
    )


def _is_off(gold: Rating, predicted: Rating) -> bool:
    return abs(gold.value - predicted.value) >= predicted.tolerance


def pearson(xs: Sequence[float], ys: Sequence[float]) -> float:
    """The product-moment correlation, -1..1; 0 where one side does not vary."""
    n = max(1, len(xs))
    mean_x, mean_y = math.fsum(xs) / n, math.fsum(ys) / n
    together = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    spread = math.sqrt(math.fsum((x - mean_x) ** 2 for x in xs) * math.fsum((y - mean_y) ** 2 for y in ys))
    return max(-1.0, min(1.0, together / spread)) if spread else 0.0


def ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value from 1; equal ones share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            found[place] = (start + 1 + end) / 2
        start = end
    return found
