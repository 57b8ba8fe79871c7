"""What is asked for next: what the model chose, and in between what chance drew for the test."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lepton_studio.studio.instant.asking import DRAWN, Asked, Asking, why_words


def _asking(*, taught: int, tested: int, chosen: int = 40, drawn: int = 20) -> list[str]:
    some = tuple(Asked(n, "unsure") for n in range(chosen))
    return [one.why for one in Asking(some, tuple(range(100, 100 + drawn)), taught, tested).order]


@pytest.mark.parametrize(
    ("taught", "tested", "first"),
    [
        pytest.param(0, 0, 4, id="at first the model learns something"),
        pytest.param(20, 0, 0, id="none is drawn yet"),
        pytest.param(90, 10, 0, id="just a tenth: the next one is due"),
        pytest.param(80, 20, 0, id="more than a tenth"),
    ],
)
def test_a_tenth_is_drawn_by_chance(taught: int, tested: int, first: int) -> None:
    whys = _asking(taught=taught, tested=tested)
    if tested > taught / 9 + 1:
        assert DRAWN not in whys[:40]
    else:
        assert whys.index(DRAWN) == first
    places = [place for place, why in enumerate(whys[:40]) if why == DRAWN]
    assert all(later - sooner > 4 for sooner, later in pairwise(places))


def test_over_many_decisions_the_share_is_kept() -> None:
    taught = tested = 0
    for _ in range(300):
        why = _asking(taught=taught, tested=tested)[0]
        taught, tested = taught + (why != DRAWN), tested + (why == DRAWN)
    assert 25 <= tested <= 35


def test_what_one_side_has_no_more_of_the_other_gives() -> None:
    assert _asking(taught=50, tested=0, chosen=0, drawn=3) == [DRAWN] * 3
    assert _asking(taught=50, tested=0, chosen=3, drawn=0) == ["unsure"] * 3
    assert _asking(taught=0, tested=0, chosen=0, drawn=0) == []


def test_why_is_said_in_a_few_words() -> None:
    assert why_words("unsure", ("refund", "late")) == "Unsure: refund or late"
    assert why_words("unsure", ()) == "The model is unsure here"
    assert why_words(DRAWN, ("refund", "late")) == "Drawn at random, for the test"
    assert why_words("", ("refund", "late")) == ""
