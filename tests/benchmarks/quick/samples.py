"""The data of this group: sets whose texts have one label, with their vectors by the encoder for their language."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from lepton_studio.contract.task import Input
from lepton_studio.heads.pooled import Pooled
from lepton_studio.quick.linear import Features
from lepton_studio.quick.words import Pair, fit_vocabulary, word_features
from lepton_studio.training.inference import outputs
from lepton_studio.training.machine import find_machine
from lepton_studio.training.models import load_encoder
from tests.benchmarks.files import Row
from tests.benchmarks.quick.sets import ALL_SETS, SETS, TESTED

_POOL = 1600
_MOST_POOL, _MOST_TEST = 8000, 2000


@dataclass(frozen=True)
class Pool:
    """Texts with their class and their vector [n, width]; the last `test` of them are for testing."""

    texts: tuple[Pair, ...]
    classes: NDArray[np.int64]
    vectors: NDArray[np.float32]
    test: int

    @property
    def labels(self) -> int:
        """How many classes there are."""
        return int(self.classes.max()) + 1

    def drawn(self, count: int, *, seed: int) -> NDArray[np.int64]:
        """So many places to train on."""
        return np.random.default_rng(seed).permutation(len(self.texts) - self.test)[:count]

    def features(self, train: NDArray[np.int64]) -> tuple[Features, Features]:
        """Words and vectors of the texts to train on, and of those to test on."""
        vocabulary = fit_vocabulary([self.texts[place] for place in train])
        found = []
        for places in (train, np.arange(len(self.texts) - self.test, len(self.texts))):
            words = word_features(vocabulary, [self.texts[place] for place in places])
            found.append(Features(words, self.vectors[places]))
        return found[0], found[1]

    @property
    def gold(self) -> NDArray[np.int64]:
        """The classes of the texts to test on."""
        return self.classes[len(self.texts) - self.test :]


@cache
def pool(name: str, *, train_on: int = _POOL) -> Pool:
    """So many texts to train on and 600 to test on, or all there are."""
    model, rows_of = ALL_SETS[name]
    train, test = rows_of()
    chance = random.Random(1)
    chance.shuffle(train)
    chance.shuffle(test)
    rows = [*train[:train_on], *test[:TESTED]]
    names = sorted({label for _, label in rows})
    classes = np.array([names.index(label) for _, label in rows])
    texts = [text for text, _ in rows]
    return Pool(tuple((text, None) for text in texts), classes, vectors_of(texts, model), min(TESTED, len(test)))


def whole(name: str) -> tuple[list[Row], NDArray[np.float32], int]:
    """(rows, vectors, n): 8,000 texts at most to learn from, which are the first n, and 2,000 to test on, but no more
    than half as many as there are to learn from; where a set's own part for it is smaller, others fill it up.
    """
    model, rows_of = SETS[name]
    train, test = rows_of()
    chance = random.Random(1)
    chance.shuffle(train)
    chance.shuffle(test)
    tested = min(_MOST_TEST, len(train) // 2)
    test, train = [*test, *train[len(test) - tested :]][:tested], train[: min(0, len(test) - tested) or None]
    rows = [*train[:_MOST_POOL], *test]
    return rows, vectors_of([text for text, _ in rows], model), min(_MOST_POOL, len(train))


def vectors_of(texts: Sequence[str], model: str) -> NDArray[np.float32]:
    """[texts, width], by a built-in encoder."""
    encoder, machine = load_encoder(model), find_machine()
    reader = Pooled(encoder, outputs=1, max_length=min(128, encoder.max_length))
    reader.model.to(machine.device)
    found = np.empty((len(texts), encoder.width), dtype=np.float32)
    for positions, vectors, _ in outputs(
        reader.encode([Input(text) for text in texts]),
        lambda batch: reader.features(batch).float().cpu(),
        model=reader.model,
        collate=lambda some: reader.collate(some, targets=None, weight=float(len(some))),
        machine=machine,
        progress=lambda _done, _total: None,
    ):
        found[torch.tensor(positions).numpy()] = vectors.numpy()
    return found
