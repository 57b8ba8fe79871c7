"""Texts that are labelled come again, blind and among the others; how often the answer is the same is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from lepton_studio.ui.label.page import LabelPage
from lepton_studio.ui.label.self_agreement_card import SelfAgreementCard
from tests.project.steps import choice
from tests.ui.driving import label_page, make_project, open_window, press, wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_project(tmp_path)


def _ask_always(page: LabelPage) -> None:
    """After each answer, once two more were given."""
    again = page.deciding.again
    again.gap = 2
    again.ask(1.0)
    wait_until(lambda: bool(again._pool))


def test_a_text_comes_again_without_its_label_and_keeps_the_first_answer(folder: Path) -> None:
    with open_window(folder) as window:
        page, session = label_page(window), window.session
        assert session is not None
        project = session.project
        press(window, "1", "1", "1", "1")
        _ask_always(page)
        press(window, "1")
        asked = page.queue.current
        assert asked is not None and asked.id in (1, 2) and asked.value is None and asked.origin is None
        assert page.deciding.is_blind and page.deciding.suggestion is None and page._why() == ""
        press(window, "2")
        assert project.sample(asked.id).value == choice(1), "the first answer stays"
        (found,) = project.reviews("again")
        assert (found.sample, found.before, found.after) == (
            asked.id,
            choice(1),
            choice(2),
        ) and found.seconds is not None
        assert window.toast.text == "You labelled this sample “refund” before. It keeps that label."
        following = page.queue.current
        assert following is not None and following.id == 6 and not page.deciding.again.is_asked(6), "never two in a row"
        wait_until(lambda: page.side.again.text().startswith("Same answer on 0% of 1 asked again"))
        press(window, "1")
        second = page.queue.current
        assert second is not None and second.id in (1, 2) and second.id != asked.id, "each is asked again once"
        press(window, Qt.Key.Key_Space)
        assert not project.sample(second.id).skipped and len(project.reviews("again")) == 1
        page.go_to_sample(asked.id)
        assert page.queue.current is not None and page.queue.current.value == choice(1)
        for _ in range(2):
            window.undo()
        assert project.reviews("again") == [], "what is undone does not count"


def test_how_often_to_ask_is_chosen_on_the_card_and_kept_with_the_project(folder: Path) -> None:
    with open_window(folder) as window:
        page, session = label_page(window), window.session
        assert session is not None and session.project.ask_again() == 0.0
        page.reviewing.show_self_agreement()
        card = SelfAgreementCard.over(page)
        wait_until(lambda: card.sentence.text() == "Nothing was asked again yet.")
        assert [card.share.itemText(place) for place in range(3)] == [
            "Never repeat a question",
            "Repeat 2% of questions",
            "Repeat 5% of questions",
        ]
        card.share.setCurrentIndex(1)
        assert session.project.ask_again() == 0.02 and session.project.undo_name() is not None
        press(window, Qt.Key.Key_Escape)
    with open_window(folder) as window:
        assert label_page(window).deciding.again.share == 0.02
