"""Let the model do the rest, replayed: 300 labels, 200 test samples, both drawn by chance; how much it may take at 5 %
risk, and how often more of that is wrong.
"""

from __future__ import annotations

import numpy as np

from lepton_studio.quick import instant
from lepton_studio.studio.instant.automation import prove
from tests.benchmarks.figure import Figure
from tests.benchmarks.labelling.vectors import texts_of
from tests.benchmarks.quick.samples import whole
from tests.benchmarks.quick.sets import SETS

_REPLAYS, _LABELLED, _TESTED, _RISK = 20, 300, 200, 0.05


def automation() -> list[Figure]:
    """20 replays of each set."""
    figures, exceeded, replays = [], 0, 0
    for name in SETS:
        rows, vectors, _ = whole(name)
        known = texts_of([text for text, _ in rows], vectors)
        names = sorted({label for _, label in rows})
        classes = np.array([names.index(label) for _, label in rows])
        shares, errors, setting = [], [], None
        for seed in range(_REPLAYS):
            order = np.random.default_rng(seed).permutation(len(rows))
            labelled, tested, pool = np.split(order, [_LABELLED, _LABELLED + _TESTED])
            decided = instant.Decided(np.sort(labelled), classes[np.sort(labelled)], "choice", len(names))
            if setting is None:
                setting, _ = instant.choose(known, decided, names=None)  # once a set: it takes seconds
            layer = instant.fit(known, decided, setting=setting, start=None)
            said = instant.said(instant.logits_of(known, layer), None, setting=setting, kind="choice")
            sure, is_wrong = said.max(1).astype(np.float64), said.argmax(1) != classes
            proof = prove(sure[pool], sure[tested], is_wrong[tested], risk=_RISK)
            taken = pool[sure[pool] >= proof.threshold] if proof.threshold is not None else pool[:0]
            shares.append(100 * len(taken) / len(pool))
            errors.append(float(is_wrong[taken].mean()) if len(taken) else 0.0)
        over = sum(one > _RISK for one in errors)
        exceeded, replays = exceeded + over, replays + _REPLAYS
        right = 1 - float(is_wrong[pool].mean())
        note = f"n = {_REPLAYS}; mean {np.mean(shares):.0f} %, {over} over 5 % (worst {max(errors):.1%}); "
        note += f"{_LABELLED} labels, {_TESTED} tested, {len(pool):,} unlabelled, {right:.0%} right without a threshold"
        figures.append(Figure.of(f"share taken at 5 % risk, {name}", shares, unit="%", note=note))
    share = 100 * exceeded / replays
    return [*figures, Figure("replays with more than 5 % wrong", share, "%", "<= 5", note=f"n = {replays}")]


FIGURES = [automation]
