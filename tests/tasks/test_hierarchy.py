"""Labels that are paths are counted with all that stands above them, and shown under it."""

from __future__ import annotations

import pytest

from lepton_studio.contract.hierarchy import branches, have_paths
from lepton_studio.project.records import Label, Labels
from lepton_studio.tasks.multi_label.annotation import Choices
from lepton_studio.tasks.multi_label.scores import score as score_choices
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.tasks.text_classification.scores import score

NAMES = ("Bank/Card/Lost", "Bank/Card/Stuck", "Bank/Loan", "Home")


def labels(*names: str) -> Labels:
    return tuple(Label(place + 1, name, "#0072b2", "", "", place) for place, name in enumerate(names))


def test_a_near_miss_counts_for_what_both_have_in_common() -> None:
    gold = [Choice((1,)), Choice((3,)), Choice((4,))]
    guess = [Choice((2,)), Choice((1,)), Choice((4,))]
    found = score(gold, guess, labels(*NAMES)).headline
    # Sets with ancestors: {B, BC, BCL} ∩ {B, BC, BCS} = 2, {B, BL} ∩ {B, BC, BCL} = 1, {H} ∩ {H} = 1.
    assert found["hierarchical_precision"] == pytest.approx(4 / 7)
    assert found["hierarchical_recall"] == pytest.approx(4 / 6)
    assert found["hierarchical_f1"] == pytest.approx(8 / 13)
    several = score_choices([Choices((1, 3))], [Choices((2,))], labels(*NAMES)).headline
    assert several["hierarchical_recall"] == pytest.approx(2 / 4)  # Bank counts once


@pytest.mark.parametrize("names", [("N/A", "and/or", "yes"), ("good", "bad"), ("a/", "/a", "//")])
def test_a_stroke_in_a_name_makes_no_tree(names: tuple[str, ...]) -> None:
    assert not have_paths(names)
    assert branches(names) == [("", name) for name in names]
    assert set(score([Choice((1,))], [Choice((2,))], labels(*names)).headline) == {"accuracy", "macro_f1"}


def test_a_label_is_shown_under_what_stands_above_it() -> None:
    assert branches(NAMES) == [("Bank / Card", "Lost"), ("Bank / Card", "Stuck"), ("Bank", "Loan"), ("", "Home")]
