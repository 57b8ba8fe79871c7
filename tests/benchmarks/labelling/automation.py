"""Let the model do the rest, replayed: 1,000 labels and a test split, both drawn by chance; how much the model may take
at a risk, and how often more of that is wrong: in the first look, in any of the risks that can be chosen, and where a
person looks again with each 25 test samples more, until there is a proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from lepton_studio.quick import instant
from lepton_studio.studio.instant.automation import RISKS, Proof, level_of_look, needed_tests, prove
from tests.benchmarks.figure import Figure
from tests.benchmarks.labelling.vectors import texts_of
from tests.benchmarks.quick.samples import whole
from tests.benchmarks.quick.sets import SETS

_REPLAYS, _LABELLED = 20, 1000
_CASES = tuple(product((100, 200, 400), (0.05, 0.1)))
"""How large the test split is, and the risk that is accepted."""
_EVERY = 25

Replay = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""Of each text without a label, in an order by chance: how sure the model is of it, and whether it is wrong."""


def replays(name: str) -> Iterator[Replay]:
    """20 of a set."""
    rows, vectors, _ = whole(name)
    known = texts_of([text for text, _ in rows], vectors)
    names = sorted({label for _, label in rows})
    classes = np.array([names.index(label) for _, label in rows])
    setting = None
    for seed in range(_REPLAYS):
        order = np.random.default_rng(seed).permutation(len(rows))
        labelled, others = np.sort(order[:_LABELLED]), order[_LABELLED:]
        decided = instant.Decided(labelled, classes[labelled], "choice", len(names))
        if setting is None:
            setting, _ = instant.choose(known, decided, names=None)  # once a set: it takes seconds
        layer = instant.fit(known, decided, setting=setting, start=None)
        said = instant.said(instant.logits_of(known, layer), None, setting=setting, kind="choice")
        yield said.max(1).astype(np.float64)[others], (said.argmax(1) != classes)[others]


def automation() -> list[Figure]:
    """20 replays of each set."""
    return figures_of({name: list(replays(name)) for name in SETS})


def figures_of(replayed: dict[str, list[Replay]]) -> list[Figure]:
    """What the replays of each set come to."""
    every = [one for some in replayed.values() for one in some]
    figures, n = [], len(every)
    for tested, risk in _CASES:
        title, shares, proven, exceeded = f"{tested} test samples, {risk:.0%} risk", [], 0, 0
        for some in replayed.values():
            takes = [_taken(one, _first_look(one, tested=tested, risk=risk), tested=tested) for one in some]
            shares.append(100 * float(np.mean([share for share, _ in takes])))
            proven += sum(share > 0 for share, _ in takes)
            exceeded += sum(wrong > risk for _, wrong in takes)
        each = ", ".join(f"{name} {share:.0f}" for name, share in zip(replayed, shares, strict=True))
        figures.append(Figure.of(f"taken, {title}", shares, unit="%", note=f"means of 20 replays: {each}"))
        note = f"n = {n}; something was taken in {proven}"
        figures.append(Figure(f"more wrong than that, {title}", 100 * exceeded / n, "%", "<= 5", note=note))
    for tested in (100, 400):
        broken = sum(
            any(_taken(one, _first_look(one, tested=tested, risk=risk), tested=tested)[1] > risk for risk in RISKS)
            for one in every
        )
        what = f"more wrong than that at any of {len(RISKS)} risks, {tested} test samples"
        figures.append(Figure(what, 100 * broken / n, "%", "<= 5", note=f"n = {n}"))
    for risk in (0.05, 0.1):
        ends = [_looked_again(one, risk=risk) for one in every]
        found = [(share, wrong) for share, wrong, _ in ends if share]
        looks = np.mean([number for _, _, number in ends])
        what = f"more wrong than that, a look with each {_EVERY} test samples up to 400, {risk:.0%} risk"
        note = f"n = {n}; something was taken in {len(found)}, after {looks:.1f} looks on average"
        figures.append(Figure(what, 100 * sum(wrong > risk for _, wrong in found) / n, "%", "<= 5", note=note))
    return figures


def _first_look(replay: Replay, *, tested: int, risk: float) -> Proof:
    sure, wrong = replay
    return prove(sure[tested:], sure[:tested], wrong[:tested], risk=risk, level=level_of_look(1))


def _looked_again(replay: Replay, *, risk: float) -> tuple[float, float, int]:
    """(share taken, share of it that is wrong, looks) where a person takes the first proof there is."""
    (sure, wrong), number = replay, 0
    for tested in range(_EVERY, 401, _EVERY):
        level = level_of_look(number + 1)
        if tested < needed_tests(risk, level):
            continue
        number += 1
        proof = prove(sure[tested:], sure[:tested], wrong[:tested], risk=risk, level=level)
        if proof.threshold is not None:
            return *_taken(replay, proof, tested=tested), number
    return 0.0, 0.0, number


def _taken(replay: Replay, proof: Proof, *, tested: int) -> tuple[float, float]:
    """(share of the other texts that is taken, share of that which is wrong)."""
    if proof.threshold is None:
        return 0.0, 0.0
    sure, wrong = (one[tested:] for one in replay)
    some = sure >= proof.threshold
    return float(some.mean()), float(wrong[some].mean())


FIGURES = [automation]
