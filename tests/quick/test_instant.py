"""The instant model on arrays: what it makes of names, decisions, strangers and texts that are not read yet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lepton_studio.quick import instant
from lepton_studio.quick.hashed import COLUMNS, HashedWords, column_of
from lepton_studio.quick.instant import Decided, Setting, Texts
from lepton_studio.quick.linear import Features, fit
from lepton_studio.quick.regression import Floats, Kind
from lepton_studio.quick.words import fit_vocabulary, word_features

_WIDTH = 24


@dataclass(frozen=True)
class World:
    """Texts of some classes: vectors in clouds about a centre each, far from where all numbers are 0; a word or two
    of the class in each text."""

    count: int = 400
    classes: int = 4
    spread: float = 0.25

    @cached_property
    def gold(self) -> NDArray[np.int64]:
        return np.arange(self.count) % self.classes

    @cached_property
    def centres(self) -> Floats:
        return np.asarray(np.random.default_rng(1).normal(size=(self.classes, _WIDTH)) / 5 + 1, np.float32)

    @cached_property
    def vectors(self) -> Floats:
        noise = np.random.default_rng(2).normal(size=(self.count, _WIDTH)) * self.spread
        return np.asarray(self.centres[self.gold] + noise, np.float32)

    @cached_property
    def words(self) -> HashedWords:
        found = HashedWords()
        found.add([(f"text about thing{one} number {at}", None) for at, one in enumerate(self.gold)])
        return found

    def texts(self, *, there: NDArray[np.bool_] | None = None) -> Texts:
        there = np.ones(self.count, bool) if there is None else there
        return Texts.of(self.words.matrix(self.count), self.vectors.astype(np.float16) * there[:, None], there)

    def decided(self, rows: NDArray[np.int64], *, kind: Kind = "choice") -> Decided:
        targets: NDArray[Any] = self.gold[rows]
        if kind == "choices":
            targets = np.eye(self.classes, dtype=np.int64)[targets]
        return Decided(rows, targets, kind, 1 if kind == "number" else self.classes)


def _right(said: Floats, world: World) -> float:
    return float((said.argmax(1) == world.gold).mean())


def test_words_counted_a_little_at_a_time_are_those_counted_at_once() -> None:
    texts = [("My card is lost!", None), ("lost and found", None), ("", None), ("我的信用卡丢了", None)]
    known = fit_vocabulary(texts)
    at_once = word_features(known, texts).toarray()
    words = HashedWords()
    for one in texts:
        words.add([one])
    found = words.matrix(6).toarray()
    columns = [column_of(term) for term in known.terms]
    assert len(set(columns)) == len(columns), "no two of these share a column"
    assert np.allclose(found[:4, columns], at_once, atol=1e-5)
    assert not found[4:].any() and found.shape == (6, 2 * COLUMNS)
    paired = HashedWords(pairs=True)
    paired.add([("a card", "another card")])
    groups = np.unique(paired.matrix(1).indices // COLUMNS)
    assert groups.tolist() == [0, 1, 2, 3, 4, 5], "of the text, of the second one, and of both"


def test_names_count_while_labels_are_few_and_labels_count_once_they_are_many() -> None:
    world = World(spread=0.2)
    texts = world.texts()
    names = instant.near_names(texts, world.centres + 0.05)
    assert _right(names, world) > 0.9
    few = world.decided(np.arange(8) * 5)  # of two of the four classes hardly any
    setting, held = instant.choose(texts, few, names=names)
    assert held is not None and setting.share > 0 and setting.labels == 8
    layer = instant.fit(texts, few, setting=setting, start=None)
    both = instant.said(instant.logits_of(texts, layer), names, setting=setting, kind="choice")
    assert _right(both, world) > 0.9 and np.allclose(both.sum(1), 1, atol=1e-4)
    wrong = names[:, ::-1]  # names that say nothing
    setting, _ = instant.choose(texts, world.decided(np.arange(200)), names=wrong)
    assert setting.share <= 0.05


def test_of_few_names_the_mean_is_what_they_are_about_and_of_many_what_they_share() -> None:
    few, many = World(classes=4, spread=0.05), World(classes=20, spread=0.05)
    two = World(classes=2, spread=0.05)
    for world, is_moved in ((two, True), (few, False), (many, True)):
        texts, vectors, names = world.texts(), world.vectors, world.centres
        if is_moved:
            vectors, names = vectors - texts.mean, names - names.mean(0)
        expected = vectors @ names.T / np.outer(np.linalg.norm(vectors, axis=1), np.linalg.norm(names, axis=1))
        found = instant.near_names(texts, world.centres)
        assert (found.argmax(1) == expected.argmax(1)).all() and 0.1 < found.std(1).mean() < 1
    one_sided = few.centres - 3 * few.centres[[0, 0, 0, 0]] * np.array([[0], [1], [1], [1]], np.float32)
    moved = instant.cosines(few.texts(), instant._of_length_1(one_sided - one_sided.mean(0)))
    assert np.allclose(instant.near_names(few.texts(), one_sided), moved), "as they are, all texts are nearest to one"
    half = few.texts(there=np.arange(few.count) % 2 == 0)
    assert not instant.near_names(half, few.centres)[1::2].any()


@pytest.mark.parametrize("kind", ["choice", "choices", "number"])
def test_a_layer_that_goes_on_from_the_last_one_is_as_good_as_one_from_the_beginning(kind: Kind) -> None:
    world = World(spread=0.6)
    texts, setting = world.texts(), Setting(100, 1.0, 10.0)
    layer = None
    for count in range(60, 101, 5):
        layer = instant.fit(texts, world.decided(np.arange(count), kind=kind), setting=setting, start=layer)
    assert layer is not None
    anew = instant.fit(texts, world.decided(np.arange(100), kind=kind), setting=setting, start=None)
    found, expected = (instant.logits_of(texts, one) for one in (layer, anew))
    if kind == "number":
        assert np.allclose(found, expected, atol=1e-3)
    else:
        assert (found.argmax(1) == expected.argmax(1)).mean() > 0.97
    given = Features(world.words.matrix(world.count), world.vectors)
    quick = fit(given.rows(np.arange(100)), world.decided(np.arange(100), kind=kind).targets, kind=kind, outputs=4)
    if kind != "number":
        assert _right(found, world) > _right(quick.logits(given), world) - 0.05


def test_texts_without_a_vector_are_told_by_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(spread=0.6)
    there = np.arange(world.count) < 200
    for known in (there, np.zeros(world.count, bool)):
        texts = world.texts(there=known)
        layer = instant.fit(texts, world.decided(np.arange(40)), setting=Setting(40, 1.0, 100.0), start=None)
        said = instant.logits_of(texts, layer)
        assert (said.argmax(1) == world.gold)[200:].mean() > 0.95
    monkeypatch.setattr(instant, "MOST_ROWS", 30)  # of more decisions the layer is a sum of some
    texts = world.texts()
    layer = instant.fit(texts, world.decided(np.arange(200)), setting=Setting(200, 1.0, 100.0), start=None)
    assert _right(instant.logits_of(texts, layer), world) > 0.9


def test_one_in_twenty_labelled_texts_is_taken_for_a_stranger_and_nearly_every_stranger_is() -> None:
    world = World(count=440, spread=0.1)
    world.vectors[400:] = np.random.default_rng(3).normal(size=(40, _WIDTH)) + 1
    far = instant.strangeness(world.texts(), world.decided(np.arange(200)))
    assert far is not None and (far[200:400] > 1).mean() < 0.15 and (far[400:] > 1).mean() > 0.9
    assert instant.strangeness(world.texts(), world.decided(np.arange(10))) is None
