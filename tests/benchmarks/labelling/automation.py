"""Let the model do the rest, replayed: 1,000 labels and a test split, both drawn by chance; how much the model may take
at a risk, and how often more of that is wrong.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from lepton_studio.quick import instant
from lepton_studio.studio.instant.automation import prove
from tests.benchmarks.figure import Figure
from tests.benchmarks.labelling.vectors import texts_of
from tests.benchmarks.quick.samples import whole
from tests.benchmarks.quick.sets import SETS

_REPLAYS, _LABELLED = 20, 1000
_CASES = tuple(product((100, 400), (0.05, 0.1)))
"""How large the test split is, and the risk that is accepted."""


def automation() -> list[Figure]:
    """20 replays of each set."""
    shares: dict[tuple[int, float], dict[str, float]] = {case: {} for case in _CASES}
    taken, exceeded = dict.fromkeys(_CASES, 0), dict.fromkeys(_CASES, 0)
    for name in SETS:
        rows, vectors, _ = whole(name)
        known = texts_of([text for text, _ in rows], vectors)
        names = sorted({label for _, label in rows})
        classes = np.array([names.index(label) for _, label in rows])
        setting, of_set = None, {case: 0.0 for case in _CASES}
        for seed in range(_REPLAYS):
            order = np.random.default_rng(seed).permutation(len(rows))
            labelled, others = np.sort(order[:_LABELLED]), order[_LABELLED:]
            decided = instant.Decided(labelled, classes[labelled], "choice", len(names))
            if setting is None:
                setting, _ = instant.choose(known, decided, names=None)  # once a set: it takes seconds
            layer = instant.fit(known, decided, setting=setting, start=None)
            said = instant.said(instant.logits_of(known, layer), None, setting=setting, kind="choice")
            sure, is_wrong = said.max(1).astype(np.float64), said.argmax(1) != classes
            for tested, risk in _CASES:
                test, pool = others[:tested], others[tested:]
                proof = prove(sure[pool], sure[test], is_wrong[test], risk=risk)
                if proof.threshold is not None:
                    some = sure[pool] >= proof.threshold
                    of_set[tested, risk] += 100 * float(some.mean()) / _REPLAYS
                    taken[tested, risk] += 1
                    exceeded[tested, risk] += int(is_wrong[pool][some].mean() > risk)
        for case in _CASES:
            shares[case][name] = of_set[case]
    figures, replays = [], _REPLAYS * len(SETS)
    for tested, risk in _CASES:
        case, title = (tested, risk), f"{tested} test samples, {risk:.0%} risk"
        each = ", ".join(f"{name} {share:.0f}" for name, share in shares[case].items())
        figures.append(
            Figure.of(f"taken, {title}", list(shares[case].values()), unit="%", note=f"means of 20 replays: {each}")
        )
        note = f"n = {replays}; something was taken in {taken[case]}"
        figures.append(Figure(f"more wrong than that, {title}", 100 * exceeded[case] / replays, "%", "<= 5", note=note))
    return figures


FIGURES = [automation]
