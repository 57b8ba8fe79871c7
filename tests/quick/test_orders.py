"""The orders that texts can be asked in: what comes first in each, and that none of them names a text twice."""

from __future__ import annotations

import numpy as np
import pytest

from lepton_studio.quick import orders
from lepton_studio.quick.hedging import by_chance_alone, loses_to_chance
from lepton_studio.quick.instant import first_setting
from lepton_studio.quick.querying import BATCH, AskOrder, Known, next_texts
from lepton_studio.quick.regression import Floats, Kind
from lepton_studio.quick.views import two_views
from tests.quick.test_querying import Vague, after, all_but


def _floats(*rows: tuple[float, ...]) -> Floats:
    return np.array(rows, dtype=np.float32)


def test_uncertainty_asks_between_two_labels_and_entropy_between_many() -> None:
    two, many, sure = (0.5, 0.49, 0.01), (0.4, 0.3, 0.3), (0.98, 0.01, 0.01)
    said = _floats(two, many, sure)
    assert np.argsort(-orders.uncertainty(said, "choice")).tolist() == [0, 1, 2]
    assert np.argsort(-orders.entropy(said, "choice")).tolist() == [1, 0, 2]
    several = _floats((0.5, 0.01), (0.9, 0.1))
    assert orders.uncertainty(several, "choices").argmax() == orders.entropy(several, "choices").argmax() == 0


def test_a_text_that_may_have_a_label_of_which_there_are_few_comes_first() -> None:
    said = _floats((0.9, 0.1), (0.1, 0.9))
    assert orders.rarity(said, np.array([100, 2]), "choice").argmax() == 1
    assert orders.rarity(said, np.array([2, 100]), "choice").argmax() == 0


def test_of_equally_uncertain_texts_the_one_like_the_others_comes_first() -> None:
    rows = _floats((1, 0), (0.9, 0.1), (1, 0.1), (-1, 0))
    assert orders.density(_floats(*[(0.5, 0.5)] * 4), rows, "choice").argmin() == 3


def test_two_models_that_are_sure_of_different_labels_disagree_most() -> None:
    one, other = _floats((0.9, 0.1), (0.5, 0.5), (0.9, 0.1)), _floats((0.1, 0.9), (0.5, 0.5), (0.9, 0.1))
    found = orders.disagreement(one, other, "choice")
    assert found.argmax() == 0 and found[1] == pytest.approx(0, abs=1e-5) == found[2]
    assert orders.disagreement(_floats((1,), (2,)), _floats((1,), (4,)), "number").tolist() == [0, 2]


def test_each_text_of_a_spread_is_far_from_those_that_are_known_or_chosen() -> None:
    rows = np.arange(11, dtype=np.float32)[:, None]
    assert orders.spread(rows, rows[[0]], count=3).tolist()[:2] == [10, 5]
    assert sorted(orders.spread(rows, rows[:0], count=20)) == list(range(11))
    assert sorted(orders.spread(np.ones((4, 2), np.float32), rows[:0, [0, 0]], count=3)) == [0, 1, 2]


def test_texts_whose_gradients_differ_are_chosen_together() -> None:
    rows = _floats(*[(1, 0)] * 50, (0, 1))
    said = _floats(*[(0.5, 0.5)] * 51)
    chosen = [orders.gradients(said, rows, "choice", count=2, seed=seed) for seed in range(5)]
    assert all(50 in one and len(set(one)) == 2 for one in chosen)
    sure = _floats(*[(1, 0)] * 50, (0.5, 0.5))
    assert all(orders.gradients(sure, rows, "choice", count=1, seed=seed)[0] == 50 for seed in range(5))


def test_a_start_has_the_likeliest_text_of_each_label_and_labels_without_any_come_first() -> None:
    said = _floats((0.9, 0.1), (0.8, 0.2), (0.3, 0.7), (0.4, 0.6))
    assert orders.first_of_each(said, np.array([0, 0]), count=3).tolist() == [0, 2, 1]
    assert orders.first_of_each(said, np.array([0, 5]), count=3).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "order",
    ["gain", "uncertainty", "entropy", "badge", "diversity", "density", "rarity", "disagreement", "random"],
)
@pytest.mark.parametrize("kind", ["choice", "choices", "number"])
def test_every_order_asks_for_free_texts_once_for_every_kind_of_label(order: AskOrder, kind: Kind) -> None:
    world = Vague(spread=0.3)
    decided, found = after(world, np.arange(60), kind=kind)
    views = two_views(world.texts(), decided, setting=first_setting(decided)) if order == "disagreement" else None
    asked = next_texts(
        world.texts(), Known(found, views=views), decided, free=all_but(world, *range(60)), order=order, count=30
    )
    places = [one.place for one in asked]
    assert len(set(places)) == len(places) == 30 and min(places) >= 60
    one_left = next_texts(world.texts(), Known(found, views=views), decided, free=np.arange(world.count) == 70,
                          order=order)  # fmt: skip
    assert [one.place for one in one_left] == [70], "no sample is ever dropped"


def test_short_texts_come_before_long_ones_from_which_as_much_is_learnt() -> None:
    world = Vague(spread=0.3)
    decided, found = after(world, np.arange(40))
    seconds = np.where(np.arange(world.count) % 2, 60, 2).astype(np.float32)
    free = all_but(world, *range(40))
    asked = next_texts(world.texts(), Known(found, seconds=seconds), decided, free=free)
    as_they_are = next_texts(world.texts(), Known(found), decided, free=free)
    short, usual = (np.mean([seconds[one.place] == 2 for one in some]) for some in (asked, as_they_are))
    assert len(asked) == BATCH and short > 0.9 > usual


def test_labels_that_teach_less_than_those_of_the_draw_are_noticed_and_half_of_the_texts_are_any() -> None:
    world = Vague(spread=0.2)
    drawn, rest = world.decided(np.arange(100)), np.arange(100, world.count)
    good, one_sided = world.decided(rest[:50]), world.decided(rest[world.gold[rest] < 2][:50])
    assert not loses_to_chance(world.texts(), good, drawn)
    assert loses_to_chance(world.texts(), one_sided, drawn)
    assert not loses_to_chance(world.texts(), one_sided, drawn.some(np.arange(30))), "too few to tell anything"
    decided, found = after(world, np.arange(60))
    asked = next_texts(world.texts(), Known(found), decided, free=all_but(world, *range(60)), hedges=True)
    assert [one.why == "random" for one in asked[:6]] == [False, True] * 3


def test_how_likely_chance_alone_shows_as_many() -> None:
    """The counts of Pascal's triangle: of ten tosses 45 + 10 + 1 in 1024 show eight heads or more."""
    assert by_chance_alone(8, 10) == 56 / 1024
    assert (by_chance_alone(0, 7), by_chance_alone(1, 1)) == (1.0, 0.5)
