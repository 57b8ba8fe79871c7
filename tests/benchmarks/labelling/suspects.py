"""Likely label errors beside `cleanlab` on the same probabilities: human errors, and others put in by chance.

The exact way of counting in what is confused was chosen on these two sets.
"""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lepton_studio.quick import instant
from lepton_studio.quick.regression import Floats
from lepton_studio.quick.suspects import doubts, held_out_of_all
from tests.benchmarks.figure import Figure
from tests.benchmarks.files import banking77, shared_data
from tests.benchmarks.labelling.vectors import texts_of
from tests.benchmarks.quick.samples import vectors_of

_INJECTED = 0.08
_CLEANLAB = ("self_confidence", "normalized_margin", "confidence_weighted_entropy")


def label_errors() -> list[Figure]:
    """Precision at k, for as many suspects as there are errors."""
    yoruba, truth, given = _yoruba()
    rows = banking77("train")
    names = sorted({label for _, label in rows})
    right = np.array([names.index(label) for _, label in rows])
    chance = np.random.default_rng(0)
    is_wrong = chance.random(len(right)) < _INJECTED
    moved = np.where(is_wrong, (right + chance.integers(1, len(names), len(right))) % len(names), right)
    texts = [text for text, _ in rows]
    return [
        *_precision(
            "Yoruba headlines, human errors", yoruba, vectors_of(yoruba, "built-in-multilingual"), truth, given
        ),
        *_precision("Banking77, 8 % injected", texts, vectors_of(texts, "built-in"), right, moved),
    ]


def ranking() -> Figure:
    """100,000 labels of 20 classes ranked."""
    chance = np.random.default_rng(0)
    said, given = chance.dirichlet(np.ones(20), 100_000).astype(np.float32), chance.integers(0, 20, 100_000)
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        doubts(said, given, kind="choice")[0].argsort()
        seconds.append(time.perf_counter() - began)
    return Figure.of("100,000 x 20 ranked", seconds, unit="s", target="<= 2")


def _precision(
    title: str, texts: list[str], vectors: Floats, truth: NDArray[np.int64], given: NDArray[np.int64]
) -> list[Figure]:
    from cleanlab.rank import get_label_quality_scores

    known = texts_of(texts, vectors)
    decided = instant.Decided(np.arange(len(given)), given, "choice", int(max(given.max(), truth.max())) + 1)
    setting, _ = instant.choose(known, decided, names=None)
    said = held_out_of_all(known, decided, setting=setting, names=None)
    is_wrong, k = given != truth, int((given != truth).sum())
    own = float(is_wrong[np.argsort(-doubts(said, given, kind="choice")[0], kind="stable")[:k]].mean())
    whole = np.maximum(said.astype(np.float64), 1e-9)
    whole /= whole.sum(1, keepdims=True)
    theirs = {
        name: float(is_wrong[np.argsort(get_label_quality_scores(given, whole, method=name), kind="stable")[:k]].mean())
        for name in _CLEANLAB
    }
    best = max(theirs.values())
    note = ", ".join(f"{name} {share:.1%}" for name, share in theirs.items())
    note = f"n = {len(given):,}, k = {k}; cleanlab: {note}; {(said.argmax(1) == truth).mean():.1%} told rightly"
    return [Figure(f"precision at k, {title}", 100 * own, "%", f">= {100 * best}", note=note)]


def _yoruba() -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Headlines, their labels, and those that a word list gave them."""
    folder = shared_data() / "noise_yoruba_newsclass"
    clean, noisy = (_rows(folder / name) for name in ("train_clean.tsv", "train_clean_noisy_labels.tsv"))
    assert [one["news_title"] for one in clean] == [one["news_title"] for one in noisy]
    names = sorted({one["label"] for one in (*clean, *noisy)})
    truth, given = (np.array([names.index(one["label"]) for one in rows]) for rows in (clean, noisy))
    return [one["news_title"] for one in clean], truth, given


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as read:
        return list(csv.DictReader(read, delimiter="\t", quoting=csv.QUOTE_NONE))


FIGURES = [label_errors, ranking]
