"""Groups that a run treats otherwise: planted differences, none where chance dealt the errors, and fairlearn's figures.

`fairlearn` is of the extra `bench` alone.
"""

from __future__ import annotations

import random

import numpy as np

from lepton_studio.studio.certainty import newcombe
from lepton_studio.studio.fairness import compare_groups
from tests.benchmarks.figure import Figure
from tests.studio.test_fairness import dealt

_DRAWS = 200
_N = 1200
_REPLAYS = 4000


def fairness() -> list[Figure]:
    """Three groups, four labels: 39 comparisons. One group has one label missed more often; or nobody has."""
    figures = []
    for missed in (0.25, 0.4, 0.6):
        found = others = 0
        for seed in range(_DRAWS):
            groups, wrong, gold, said = dealt(_N, seed=seed, missed=missed)
            differ = [one for one in compare_groups(groups, wrong=wrong, gold=gold, said=said) if one.differs]
            found += any((one.group, one.outcome, one.label) == ("f", "missed", 0) for one in differ)
            others += any(one.outcome == "missed" and one.label != 0 for one in differ)
        note = f"n = {_N}, some 100 of group and label, {_DRAWS} draws, 10 % elsewhere; another label named in {others}"
        figures.append(Figure(f"found: {100 * missed:.0f} % missed", 100 * found / _DRAWS, "% of draws", note=note))
    invented = 0
    for seed in range(_DRAWS):
        groups, wrong, gold, said = dealt(_N, seed=seed, missed=0.6)
        random.Random(seed).shuffle(groups)
        invented += any(one.differs for one in compare_groups(groups, wrong=wrong, gold=gold, said=said))
    note = f"n = {_N}, {_DRAWS} draws, 60 % missed of one group and label, then the groups shuffled"
    figures.append(Figure("invented on shuffled groups", 100 * invented / _DRAWS, "% of draws", "<= 5", note=note))
    return figures


def difference_intervals() -> list[Figure]:
    """How often Newcombe's interval holds the true difference: 95 % is promised on average."""
    chance, figures = np.random.default_rng(1), []
    for n, other_n, share, other in ((20, 80, 0.1, 0.05), (40, 60, 0.3, 0.1), (100, 300, 0.24, 0.11)):
        held = 0
        for hits, other_hits in zip(
            chance.binomial(n, share, _REPLAYS), chance.binomial(other_n, other, _REPLAYS), strict=True
        ):
            low, high = newcombe(int(hits), n, other_hits=int(other_hits), other_n=other_n)
            held += low <= share - other <= high
        name = f"interval of {share:.0%} - {other:.0%} holds the truth"
        note = f"n = {n} and {other_n}, {_REPLAYS} draws"
        figures.append(Figure(name, 100 * held / _REPLAYS, "% of draws", ">= 94", note=note))
    return figures


def fairlearn_agrees() -> Figure:
    """The largest deviation from fairlearn over every rate, group, label and gap of 20 draws."""
    from fairlearn.metrics import (
        MetricFrame,
        demographic_parity_difference,
        false_negative_rate,
        false_positive_rate,
        selection_rate,
    )

    rates = {"selected": selection_rate, "missed": false_negative_rate, "invented": false_positive_rate}
    worst, compared = 0.0, 0
    for seed in range(20):
        groups, wrong, gold, said = dealt(600, seed=seed, missed=0.4)
        found = compare_groups(groups, wrong=wrong, gold=gold, said=said)
        for label in range(gold.shape[1]):
            truth, guess = gold[:, label].astype(int), said[:, label].astype(int)
            for outcome, rate in rates.items():
                frame = MetricFrame(metrics=rate, y_true=truth, y_pred=guess, sensitive_features=np.array(groups))
                own = {one.group: one.here.share for one in found if (one.outcome, one.label) == (outcome, label)}
                worst = max([worst, *(abs(own[name] - frame.by_group[name]) for name in own)])
                gap = max(own.values()) - min(own.values())
                worst = max(worst, abs(gap - frame.difference(method="between_groups")))
                compared += len(own) + 1
                if outcome == "selected":
                    whole = demographic_parity_difference(truth, guess, sensitive_features=np.array(groups))
                    worst = max(worst, abs(gap - whole))
    note = f"{compared} figures of 20 draws of 600: MetricFrame.by_group, between_groups, demographic parity"
    return Figure("deviation from fairlearn", worst, "", "<= 1e-12", note=note)


FIGURES = [fairness, difference_intervals, fairlearn_agrees]
