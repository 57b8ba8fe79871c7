"""Before the first label: how often the labels' names tell the right one, and which texts have none of the labels.

Of each set its own test texts. Strangers are questions of TREC among texts of Banking77, and, nearer, texts of ten of
its intents that have no label. Recall is at 5 % false alarms: the threshold lies where one of twenty others is taken
for a stranger.
"""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import NDArray

from lepton_studio.models.built_in import ENGLISH
from lepton_studio.quick import instant, orders
from lepton_studio.quick.regression import Floats
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import banking77, trec
from tests.benchmarks.labelling.vectors import texts_of
from tests.benchmarks.quick.samples import vectors_of
from tests.benchmarks.quick.sets import SETS

_NAMES = {
    "ABBR": "abbreviation", "DESC": "description", "ENTY": "entity", "HUM": "person", "LOC": "place", "NUM": "number",
    "pos": "positive", "neg": "negative",
}  # fmt: skip
_NUMBERED = {"emotions": ("anger", "joy", "optimism", "sadness"), "delivery reviews (Chinese)": ("差评", "好评")}
_MOST = 2000
_FALSE_ALARMS = 0.05
_POOL, _STRANGERS, _UNNAMED = 3000, 1000, 10
_LABELLED = (100, 300, 1000)


def zero_labels() -> list[Figure]:
    """Accuracy by the labels' names: as the vectors are, with the mean taken off, and as the instant model does it."""
    figures = []
    for title, (model, rows_of) in SETS.items():
        rows = rows_of()[1]
        random.Random(1).shuffle(rows)
        rows = rows[:_MOST]
        labels = sorted({label for _, label in rows})
        gold = np.array([labels.index(label) for _, label in rows])
        vectors = vectors_of([text for text, _ in rows], model)
        names = vectors_of([_said(title, one) for one in labels], model)
        texts = texts_of([text for text, _ in rows], vectors)
        found = {
            "raw": _cosines(vectors, names),
            "mean taken off": _cosines(vectors - vectors.mean(0), names - names.mean(0)),
            "by the instant model": instant.near_names(texts, names),
        }
        best = max(_share(scores, gold) for scores in found.values())
        note = f"n = {len(rows):,}, {len(labels)} labels"
        figures += [
            Figure(f"no label, {title}, {how}", _share(scores, gold), "%", _not_far_below(best, how), note=note)
            for how, scores in found.items()
        ]
        first = orders.first_of_each(found["by the instant model"], np.zeros(len(labels), int), count=len(labels))
        chance = np.random.default_rng(0)
        drawn = [len(set(gold[chance.permutation(len(rows))[: len(labels)]])) for _ in range(20)]
        note = f"of {len(labels)} labels among the first {len(labels)} texts; at random {np.mean(drawn):.1f}"
        figures.append(Figure(f"no label, {title}, different labels at first", len(set(gold[first])), "", note=note))
        print(figures[-2], figures[-1], flush=True)
    return figures


def none_of_these() -> list[Figure]:
    """Of strangers among other texts, how many are told as such: by the names alone, and by what is labelled."""
    rows, far = banking77("train"), [text for text, _ in trec("train")][:_STRANGERS]
    random.Random(0).shuffle(rows)
    names = sorted({label for _, label in rows})
    unnamed = set(random.Random(1).sample(names, _UNNAMED))
    named = [one for one in names if one not in unnamed]
    pool = [row for row in rows if row[1] not in unnamed][:_POOL]
    near = [text for text, label in rows if label in unnamed][:_STRANGERS]
    vectors = vectors_of([*(text for text, _ in pool), *far, *near], ENGLISH.id)
    of_names = vectors_of([one.replace("_", " ") for one in named], ENGLISH.id)
    kinds = {
        "questions from elsewhere": slice(len(pool), len(pool) + len(far)),
        "intents without a label": slice(len(pool) + len(far), None),
    }
    figures = []
    for kind, where in kinds.items():
        some = np.concatenate([vectors[: len(pool)], vectors[where]])
        texts = texts_of([text for text, _ in pool] + [""] * (len(some) - len(pool)), some)
        nearness = instant.near_names(texts, of_names).max(1)
        said = [("no label", _recall(-nearness, after=0, pool=len(pool)))]
        for count in _LABELLED:
            classes = np.array([named.index(label) for _, label in pool[:count]])
            decided = instant.Decided(np.arange(count), classes, "choice", len(named))
            strange = instant.strangeness(texts, decided)
            assert strange is not None
            said.append((f"{count:,} labels", _recall(strange, after=count, pool=len(pool))))
        note = f"n = {len(some) - len(pool):,} among {len(pool):,} texts with {len(named)} labels"
        figures += [Figure(f"{kind}, {when}", recall, "%", note=note) for when, recall in said]
    return figures


def _recall(strange: Floats, *, after: int, pool: int) -> float:
    """In per cent, of the texts behind the first `pool`; false alarms are counted behind those that are labelled."""
    bound = np.quantile(strange[after:pool], 1 - _FALSE_ALARMS)
    return 100 * float((strange[pool:] > bound).mean())


def _said(title: str, label: str) -> str:
    return _NUMBERED[title][int(label)] if title in _NUMBERED else _NAMES.get(label, label).replace("_", " ")


def _not_far_below(best: float, how: str) -> str:
    return f">= {best - 2.5:.1f}" if how == "by the instant model" else ""


def _cosines(vectors: Floats, names: Floats) -> Floats:
    def directions(rows: Floats) -> Floats:
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6))

    return np.asarray(directions(vectors) @ directions(names).T)


def _share(scores: Floats, gold: NDArray[np.int64]) -> float:
    return 100 * float((scores.argmax(1) == gold).mean())


FIGURES = [zero_labels, none_of_these]
