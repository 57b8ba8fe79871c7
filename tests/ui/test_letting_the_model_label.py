"""The model labels the rest where the test split proves it, a person checks some of that, and can take it back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lepton_studio.instant_files import AUDIT_SHARE
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample, SampleId
from lepton_studio.quick.querying import draws
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.label.automate_card import AutomateCard
from lepton_studio.ui.label.spot_checking import SpotCheckCard
from lepton_studio.widgets.risk_curve import RiskCurve
from tests.ui.driving import label_page, open_window, press, wait_until

TEXTS = ("My card is lost", "I want my money back")
LABELLED, ALL = 140, 190


@pytest.fixture
def window(tmp_path: Path) -> Iterator[MainWindow]:
    """Two kinds of texts in turn: 20 labelled to learn from, 120 to test on, 50 without a label."""
    with Project.create(tmp_path / "Rest.lepton", task="text_classification", labels=("lost card", "refund")) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(f"{TEXTS[n % 2]}, number {n}") for n in range(ALL))
        made.annotate_many((one, {"labels": [2 - one % 2]}, (2 - one % 2,)) for one in range(1, LABELLED + 1))
        made.set_split(range(21, LABELLED + 1), "test")
    with open_window(made.folder) as opened:
        label_page(opened)
        assert opened.session is not None
        opened.session.instant.start()
        yield opened


def _is_answered(project: Project, sample: SampleId) -> bool:
    return project.sample(sample).origin == "manual"


def test_what_the_model_labels_is_proven_checked_and_taken_back(window: MainWindow) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    wait_until(lambda: session.instant.model is not None and session.instant.model.decisions == 20, seconds=90)
    wait_until(lambda: session.instant.read == (ALL, ALL), seconds=90)
    wait_until(lambda: session.background.is_idle)
    next(one for one in page.actions_of_page() if one.id == "automate").run()
    card = AutomateCard.over(page)
    wait_until(lambda: not card.do.isHidden())
    rest = range(LABELLED + 1, ALL + 1)
    kept = int((draws([session.project.sample(id).text for id in rest]) < AUDIT_SHARE).sum())
    taken = len(rest) - kept
    said = f"the model can label {taken} with at most 5% wrong (120 test samples: 0.0% wrong"
    assert kept > 0 and said in card.sentence.text()

    curve = card.findChild(RiskCurve)
    assert curve is not None, "2% takes more test samples"
    assert [(one.risk, one.count) for one in curve.points] == [(0.05, taken), (0.1, taken), (0.2, taken)]
    wait_until(lambda: curve.plot_item().isVisible())
    card.risk.setCurrentIndex(card.risk.findData(0.2))
    assert "at most 20% wrong" in card.sentence.text()
    curve.click(curve.place_of(curve.points[0]))
    assert "at most 5% wrong" in card.sentence.text() and card.risk.currentData() == 0.05
    QTest.keyClick(curve, Qt.Key.Key_Right)
    assert "at most 10% wrong" in card.sentence.text()

    card.do.click()
    offer = SpotCheckCard.over(page)
    wait_until(offer.isVisible)
    assert session.project.count(Filter(state="unlabelled")) == kept
    sample = next(one for one in map(session.project.sample, rest) if one.value is not None)
    assert (sample.value, sample.origin, sample.split) == ({"labels": [2 - sample.id % 2]}, "bulk", "train")
    assert "at most 10% wrong" in str(session.project.undo_name())

    offer.leave.click()
    next(one for one in page.actions_of_page() if one.id == "spot_check").run()
    wait_until(lambda: page.deciding.spot_check.check is not None)
    check = page.deciding.spot_check.check
    assert check is not None and len(check.said) == 30
    for number in range(30):
        current = page.queue.current
        assert current is not None and current.id in check.said and current.value is None
        assert page._why() == "Spot check" and page.deciding.suggestion is None
        right = 2 - current.id % 2
        press(window, str(right if number > 7 else 3 - right))
        wait_until(partial(_is_answered, session.project, current.id))
    wait_until(lambda: "22 of 30 as the model said: at most 4" in offer.title.text() and offer.isVisible())
    assert "hardly by chance" in offer.sentence.text()
    offer.leave.click()
    next(one for one in page.actions_of_page() if one.id == "spot_check").run()
    wait_until(offer.isVisible)

    offer.do.click()
    wait_until(lambda: session.project.count(Filter(state="unlabelled")) == len(rest) - 30)
    assert all(session.project.sample(id).origin == "manual" for id in check.said), "what the person said stays"
    wait_until(lambda: session.background.is_idle)
    assert session.project.automations() == ()
    session.perform(lambda project: project.undo())
    assert session.project.count(Filter(state="unlabelled")) == kept and len(session.project.automations()) == 1
