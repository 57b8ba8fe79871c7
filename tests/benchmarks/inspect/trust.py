"""How sure tuned models are against how often they are right, before and after the temperature; and whether what is
promised of what a model answers alone is kept.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from lepton_studio.heads.pooled import Pooled
from lepton_studio.quick.linear import fit
from lepton_studio.quick.regression import probabilities
from lepton_studio.runs.job import JobLabel
from lepton_studio.studio.certainty import binomial_tail
from lepton_studio.studio.trust import reliability, share_at
from tests.benchmarks.figure import Figure
from tests.benchmarks.quick.samples import pool
from tests.benchmarks.quick.sets import ALL_SETS
from tests.benchmarks.tasks.methods import seeds
from tests.benchmarks.tasks.tuned import Row, tuned

CALIBRATED = ("TREC", "customer reviews", "emotions", "SST-2", "delivery reviews (Chinese)")
_TRAIN, _VALIDATION, _TEST = 300, 100, 600
PROMISED = ("TREC", "Banking77", "customer reviews", "emotions", "delivery reviews (Chinese)")
_MODELS, _DRAWS, _RISK, _LABELS = 4, 25, 0.1, 300
"""Models of each set, and for each so many draws of the texts that prove what it can be left."""


@contextmanager
def temperatures() -> Iterator[list[float]]:
    """The temperatures that runs choose meanwhile."""
    found: list[float] = []
    whole = Pooled.cool

    def cool(self: Pooled, temperature: float) -> None:
        found.append(temperature)
        whole(self, temperature)

    Pooled.cool = cool  # type: ignore[method-assign]
    try:
        yield found
    finally:
        Pooled.cool = whole  # type: ignore[method-assign]


def calibration() -> list[Figure]:
    """The expected calibration error of runs tuned on 300 texts, their temperature fitted on 100."""
    figures = []
    for name in CALIBRATED:
        model, parts = ALL_SETS[name]
        after, before, notes = [], [], []
        for seed in seeds():
            train, test = parts()
            random.Random(seed).shuffle(train)
            random.Random(0).shuffle(test)
            names = sorted({label for _, label in train})

            def rows(some: Sequence[tuple[str, str]], names: Sequence[str] = names) -> list[Row]:
                return [Row(text, {"labels": [names.index(label)]}) for text, label in some]

            tested = rows(test[:_TEST])
            with temperatures() as chosen:
                run = tuned(
                    "text_classification",
                    labels=[JobLabel(place, one) for place, one in enumerate(names)],
                    train=rows(train[:_TRAIN]),
                    validation=rows(train[_TRAIN : _TRAIN + _VALIDATION]),
                    test=tested,
                    seed=seed,
                    model=model,
                )
            scores = np.array([[line["scores"][str(place)] for place in range(len(names))] for line in run.predictions])
            gold = np.array([line["gold"]["labels"][0] for line in run.predictions])
            right = scores.argmax(1) == gold
            raw = np.maximum(scores, 1e-9) ** chosen[0]
            raw /= raw.sum(1, keepdims=True)
            with_it, without = (reliability(one.max(1).astype(np.float64), right) for one in (scores, raw))
            after.append(100 * with_it.error)
            before.append(100 * without.error)
            notes.append(f"T {chosen[0]:.2f}, by chance up to {100 * with_it.by_chance:.1f}, right {right.mean():.1%}")
        note = f"before {', '.join(f'{one:.1f}' for one in before)}; {'; '.join(notes)}; n = {len(tested)}"
        figures.append(Figure.of(f"{name}: calibration error", after, unit="%", note=note))
        print(figures[-1], file=sys.stderr, flush=True)
    return figures


def promises() -> list[Figure]:
    """Four quick models on 300 labels each: of 25 draws of the texts that prove "at most 10 % wrong", in how many more
    of the other texts is wrong, beyond what chance makes of so few. The promise is about the draw, so a model is fitted
    once for all of its draws; those of one model are no more independent than two halves of 600 texts can be.
    """
    figures = []
    for name in PROMISED:
        data, broken, answered = pool(name, train_on=2 * _LABELS), 0, []
        for seed in range(_MODELS):
            places = data.drawn(_LABELS, seed=seed)
            train, test = data.features(places)
            layer = fit(train, data.classes[places], kind="choice", outputs=data.labels)
            said = probabilities(layer.logits(test), "choice")
            sure, right = said.max(1).astype(np.float64), said.argmax(1) == data.gold
            for draw in range(_DRAWS):
                order = np.random.default_rng((seed, draw)).permutation(len(sure))
                proof, rest = order[: len(order) // 2], order[len(order) // 2 :]
                share = share_at(_RISK, sure[proof], right[proof])
                if share.threshold is None:
                    answered.append(0.0)
                    continue
                taken = rest[sure[rest] >= share.threshold]
                wrong = int((~right[taken]).sum())
                answered.append(100 * len(taken) / len(rest))
                broken += binomial_tail(len(taken) - wrong, n=len(taken), share=1 - _RISK) < 0.05
        n = _MODELS * _DRAWS
        note = (
            f"{broken} of {n} draws ({_MODELS} models); answers {np.mean(answered):.0f} % on average; proven on "
            f"{len(proof)} texts, tried on {len(rest)}"
        )
        figures.append(Figure(f"{name}: promise broken", 100 * broken / n, "% of draws", "<= 5", note=note))
        print(figures[-1], file=sys.stderr, flush=True)
    return figures


FIGURES = [calibration, promises]
