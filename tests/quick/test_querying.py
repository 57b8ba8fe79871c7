"""Which texts are asked about: typical ones first, then close calls and what may be rare, never two alike."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lepton_studio.quick.hashed import HashedWords
from lepton_studio.quick.instant import Decided, choose, fit, logits_of, said
from lepton_studio.quick.orders import uncertainty
from lepton_studio.quick.querying import BATCH, Known, draws, next_texts
from lepton_studio.quick.regression import Floats, Kind
from tests.quick.test_instant import World


class Vague(World):
    """Only the vectors tell the classes apart, and not all of them."""

    @cached_property
    def words(self) -> HashedWords:
        found = HashedWords()
        found.add([(f"text number {at}", None) for at in range(self.count)])
        return found


def all_but(world: World, *taken: int) -> np.ndarray:
    """[n]: which texts are free."""
    free = np.ones(world.count, bool)
    free[list(taken)] = False
    return free


def test_at_first_each_group_of_texts_is_asked_about_once() -> None:
    world = World(spread=0.05, classes=10)
    asked = next_texts(world.texts(), Known(), world.decided(np.empty(0, np.int64)), free=all_but(world))
    assert [one.why for one in asked[:4]] == ["typical", "random", "typical", "random"]
    assert sorted(world.gold[one.place] for one in asked if one.why == "typical") == list(range(10))


def test_a_group_in_which_nothing_is_decided_comes_before_the_others() -> None:
    world = World(spread=0.05, classes=10)
    known = np.flatnonzero(world.gold < 4)[:8]
    asked = next_texts(world.texts(), Known(), world.decided(known), free=all_but(world, *known))
    typical = [one.place for one in asked if one.why == "typical"]
    assert sorted(world.gold[typical[:6]]) == [4, 5, 6, 7, 8, 9]


def after(world: World, rows: np.ndarray, *, kind: Kind = "choice") -> tuple[Decided, Floats]:
    """These decisions, and what the model says of all texts then."""
    decided = world.decided(rows, kind=kind)
    setting, _ = choose(world.texts(), decided, names=None)
    layer = fit(world.texts(), decided, setting=setting, start=None)
    return decided, said(logits_of(world.texts(), layer), None, setting=setting, kind=kind)


def test_what_is_asked_for_is_unsure_differs_and_is_the_same_again() -> None:
    world = Vague(spread=0.3)
    decided, found = after(world, np.arange(40))
    free = all_but(world, *range(40))
    asked = next_texts(world.texts(), Known(found), decided, free=free)
    places = [one.place for one in asked]
    assert len(set(places)) == len(places) == BATCH and min(places) >= 40
    lead = 1 - uncertainty(found, "choice")
    assert lead[places].mean() < 0.5 * lead[40:].mean()
    assert asked == next_texts(world.texts(), Known(found), decided, free=free)


def test_texts_that_may_have_a_rare_label_come_before_others() -> None:
    world = Vague(spread=0.3)
    rows = np.array([place for place in range(120) if world.gold[place] or place < 8])  # two of the first label only
    decided, found = after(world, rows)
    asked = next_texts(world.texts(), Known(found), decided, free=all_but(world, *rows))
    share = np.mean([world.gold[one.place] == 0 for one in asked])
    rest = np.delete(np.arange(world.count), rows)
    assert share > np.mean(world.gold[rest] == 0)
    assert "rare" in {one.why for one in asked}


def test_only_texts_that_are_free_and_read_are_asked_about() -> None:
    world = World()
    there = np.arange(world.count) < 200
    free = all_but(world, *range(150))
    asked = next_texts(world.texts(there=there), Known(), world.decided(np.empty(0, np.int64)), free=free)
    assert asked and all(150 <= one.place < 200 for one in asked)
    assert next_texts(world.texts(), Known(), world.decided(np.arange(4)), free=np.zeros(world.count, bool)) == []


def test_chance_draws_a_tenth_of_all_texts_and_equal_texts_together() -> None:
    found = draws([f"text {n % 5000}" for n in range(10_000)])
    assert abs(float((found < 0.1).mean()) - 0.1) < 0.02
    assert (found[:5000] == found[5000:]).all()
