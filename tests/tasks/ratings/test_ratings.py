"""Ratings: correlations are scipy's, and every number of a scale can be given by keys."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from scipy.stats import pearsonr, spearmanr

from lepton_studio.contract.task import Input
from lepton_studio.project.records import Scale
from lepton_studio.tasks.ratings.annotation import Rating, accepted, dump, parse, step_of
from lepton_studio.tasks.ratings.editor import RatingEditor
from lepton_studio.tasks.ratings.scale import scale_of
from lepton_studio.tasks.ratings.scores import compare, score


@pytest.mark.parametrize("seed", range(3))
def test_correlations_are_those_of_scipy_with_all_their_ties(seed: int) -> None:
    chance = random.Random(seed)
    truth = [float(chance.randint(1, 5)) for _ in range(60)]
    guess = [round(one + chance.gauss(0, 1), 1) for one in truth]
    found = score([Rating(one) for one in truth], [Rating(one) for one in guess], ()).headline
    assert found["spearman"] == pytest.approx(spearmanr(truth, guess).statistic)
    assert found["pearson"] == pytest.approx(pearsonr(truth, guess).statistic)


def test_errors_are_on_the_scale_of_the_ratings() -> None:
    report = score([Rating(1), Rating(4), Rating(5)], [Rating(1.2), Rating(4.5), Rating(3)], ())
    assert report.headline["mae"] == pytest.approx((0.2 + 0.5 + 2) / 3)
    assert report.headline["rmse"] == pytest.approx(math.sqrt((0.04 + 0.25 + 4) / 3))
    assert report.errors == {"off": 2}


@pytest.mark.parametrize(
    ("given", "step"),
    [([1, 2, 4, 5], 1), ([2, 4], 1), ([1, 2.5, 4], 0.5), ([3.2, 3.75, 4], 0.05), ([10, 20, 40, 90] * 5, 10),
     ([5, 15, 20, 80] * 5, 5), ([1, 3, 7, 9] * 5, 1), ([1] * 99 + [1.37], 1), ([1 / 3, 2 / 3], 0)],
)  # fmt: skip
def test_the_step_of_a_scale_is_the_coarsest_on_which_its_ratings_stand(given: list[float], step: float) -> None:
    assert step_of(given) == step


def test_what_a_model_says_is_kept_as_a_person_would_give_it() -> None:
    assert [accepted(Rating(said, 1, 4)).value for said in (3.71, 3.5, 2.49, 1.0)] == [4, 4, 2, 1]
    assert accepted(Rating(3.71, 0.5, 4)) == Rating(3.5) and accepted(Rating(0.37, 0.1, 1)) == Rating(0.4)
    assert accepted(Rating(3.71)) == Rating(3.71), "a model of before says nothing of the scale"
    said = Rating(73.4, 1, 100)
    assert parse(dump(said), ()) == said and dump(accepted(said)) == {"rating": 73.0}


@pytest.mark.parametrize(
    ("said", "off"), [(Rating(73, 1, 100), 5), (Rating(3, 1, 4), 0.5), (Rating(0.5, 0.01, 1), 0.05)]
)
def test_a_rating_is_wrong_from_half_a_step_of_its_scale_on(said: Rating, off: float) -> None:
    assert compare(Rating(said.value + 0.99 * off), said)[0].kind == "right"
    assert compare(Rating(said.value + 1.01 * off), said)[0].kind == "off"


def test_ratings_that_are_all_the_same_have_no_order() -> None:
    same = [Rating(0.1)] * 3
    assert score(same, [Rating(1), Rating(2), Rating(3)], ()).headline["spearman"] == 0.0


@pytest.fixture
def editor() -> Iterator[RatingEditor]:
    app = QApplication.instance() or QApplication([])
    made = RatingEditor()
    made.show()
    made.activateWindow()
    app.processEvents()
    yield made
    made.close()
    made.deleteLater()


def test_a_number_between_is_typed_with_a_point_or_a_comma(editor: RatingEditor) -> None:
    seen: list[Rating] = []
    editor.edited.connect(seen.append)
    editor.set_scale(Scale(-5, 5))
    editor.show_sample(Input("text"), None)
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_4)
    for first, more in ((Qt.Key.Key_Period, "5"), (Qt.Key.Key_Minus, "2,25"), (Qt.Key.Key_Comma, "x")):
        QTest.keyClick(editor, first)
        QTest.keyClicks(editor.line, more)
        QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert seen == [Rating(4.0), Rating(0.5), Rating(-2.25)]


@pytest.mark.parametrize(
    ("ratings", "scale"),
    [
        ([1, 2, 3, 4, 5, 99], (1, 5)),
        ([1, 2, 3, 4, 5, 5, 0.12], (1, 5)),
        ([1, 2, 7], (1, 7)),
        ([9, 7, 3], (1, 10)),
        ([0.2, 0.7], (0, 1)),
        ([-0.5, 0.3], (-1, 1)),
        ([2.4, 3.8, 0], (0, 5)),
        ([50, 70, 10], (0, 100)),
        ([1000, 2000], (1000, 2000)),
        ([1, 2, 3, 99], (0, 100)),  # too few to call one a slip
        ([], (1, 5)),
    ],
)
def test_the_scale_is_the_usual_one_that_holds_the_ratings_but_for_slips(ratings: list[float], scale: object) -> None:
    found = scale_of(Counter(float(one) for one in ratings))
    assert (found.low, found.high) == scale


def test_only_ratings_of_the_scale_can_be_given(editor: RatingEditor) -> None:
    seen: list[Rating] = []
    editor.edited.connect(seen.append)
    editor.show_sample(Input("text"), None)
    editor.setFocus()
    for first, more in ((Qt.Key.Key_Period, "12"), (Qt.Key.Key_Minus, "1"), (Qt.Key.Key_Comma, "x")):
        QTest.keyClick(editor, first)
        QTest.keyClicks(editor.line, more)
        QTest.keyClick(editor.line, Qt.Key.Key_Return)
        assert seen == [] and editor.said.text() and editor.line.text(), "it says why, and what was typed stays"
        editor.line.clear()
        editor.setFocus()
    editor.line.setText("99")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert seen == [] and editor.said.text() == "99 is not on the scale from 1 to 5."
    editor.set_scale(Scale(1, 10))
    editor.show_sample(Input("text"), Rating(99.0))
    assert editor.said.text() == "99 is not on the scale from 1 to 10."
    editor.show_sample(Input("another"), None)
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_0)
    assert seen == [Rating(10.0)] and editor.said.text() == ""
    editor.set_scale(Scale(0, 100))
    editor.show_sample(Input("third"), None)
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_8)
    QTest.keyClicks(editor.line, "7")
    QTest.keyClick(editor.line, Qt.Key.Key_Return)
    assert seen[-1] == Rating(87.0)
    wanted: list[Scale] = []
    editor.scale_wanted.connect(wanted.append)
    editor.scale_chip.chosen.emit(Scale(1, 7))
    assert wanted == [Scale(1, 7)] and editor.scale == Scale(0, 100), "the page decides"
