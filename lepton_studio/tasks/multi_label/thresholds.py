"""From which probability on a label holds: chosen on validation, label by label, for the best F1.

A label seen rarely would get a threshold by chance, so each is drawn towards the one that is best for all labels
together, the more so the fewer samples have it (cf. Yang 2001, "A study of thresholding strategies for text
categorization", https://doi.org/10.1145/383952.383975, where thresholds of rare labels are kept from overfitting).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

USUAL = 0.5
_AS_MANY = 10.0
"""With so many samples of a label, half of its threshold is its own."""
_LEAST, _MOST = 0.02, 0.98


def choose_thresholds(probabilities: Sequence[Sequence[float]], *, there: Sequence[Sequence[bool]]) -> list[float]:
    """A threshold for each label. Both arguments: a row a sample, a column a label."""
    columns = list(zip(probabilities, there, strict=True))
    if not columns:
        return []
    every = [pair for row, truth in columns for pair in zip(row, truth, strict=True)]
    common = best_threshold(every)
    if common is None:
        return [USUAL] * len(columns[0][0])
    found = []
    for label in range(len(columns[0][0])):
        pairs = [(row[label], truth[label]) for row, truth in columns]
        own = best_threshold(pairs)
        seen = sum(truth for _, truth in pairs)
        share = seen / (seen + _AS_MANY)
        found.append(common if own is None else _logistic(share * _logit(own) + (1 - share) * _logit(common)))
    return [round(one, 4) for one in found]


def best_threshold(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """The threshold of the best F1 over (probability, whether it holds), halfway between two probabilities; None where
    nothing holds. Among equals the one with most room around it.
    """
    support = sum(truth for _, truth in pairs)
    if not support:
        return None
    ordered = sorted(pairs, reverse=True)
    best, threshold, hits = (-1.0, 0.0), USUAL, 0
    for taken, (probability, truth) in enumerate(ordered, 1):
        hits += truth
        following = ordered[taken][0] if taken < len(ordered) else 0.0
        f1 = 2 * hits / (taken + support)
        if following < probability and (f1, probability - following) > best:
            best, threshold = (f1, probability - following), (probability + following) / 2
    return min(_MOST, max(_LEAST, threshold))


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _logistic(number: float) -> float:
    return 1 / (1 + math.exp(-number))
