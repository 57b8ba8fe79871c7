"""More like this, on the Label page and in the table of the Data page, with a real child that reads the texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from lepton_studio.project.project import Project
from lepton_studio.project.records import AS_ADDED, AS_GIVEN, NewSample
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.frame.main_window import MainWindow
from tests.ui.driving import label_page, open_window, press, wait_until

CARD = ("My card is lost", "I cannot find my card", "The card was stolen yesterday", "Somebody took my bank card")
REFUND = ("I want my money back", "When do I get the refund?", "Please refund this payment", "Return what I paid")


@pytest.fixture
def window(tmp_path: Path) -> Iterator[MainWindow]:
    with Project.create(tmp_path / "Post.lepton", task="text_classification", labels=("lost card", "refund")) as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(text) for pair in zip(CARD, REFUND, strict=True) for text in pair)
        made.annotate(1, {"labels": [1]}, labels=(1,))
    with open_window(tmp_path / "Post.lepton") as opened:
        yield opened


def test_the_label_page_goes_on_with_the_unlabelled_samples_most_like_the_one_in_view(window: MainWindow) -> None:
    page = label_page(window)
    page.go_to_sample(1)
    action = next(one for one in page.actions_of_page() if one.id == "similar")
    action.run()
    wait_until(lambda: page.queue.filter.order == AS_GIVEN)
    which = page.queue.filter
    assert which.state == "unlabelled" and which.ids is not None and set(which.ids[:3]) == {3, 5, 7}
    assert page.queue.current is not None and page.queue.current.id == which.ids[0]
    page.queue.forward()
    assert page.queue.current.id == which.ids[1], "in the order of nearness"

    page.filters._own.click()
    wait_until(lambda: page.queue.filter.ids is None)
    assert page.queue.filter.order == AS_ADDED


def test_the_table_shows_the_samples_most_like_the_one_of_a_row(window: MainWindow) -> None:
    window.open_page("data")
    page = window.page
    assert isinstance(page, DataPage)
    table = page.table
    wait_until(lambda: table.model.rowCount() == 8)
    table.show_similar(1)
    wait_until(lambda: table.model.filter.order == AS_GIVEN and not table.model.is_reading)
    shown = [table.model.sample_at(place).id for place in range(table.model.rowCount())]
    assert shown[0] == 2 and set(shown[1:4]) == {4, 6, 8} and len(shown) == 8

    table.view.horizontalHeader().setSortIndicator(0, table.view.horizontalHeader().sortIndicatorOrder())
    wait_until(lambda: not table.model.is_reading)
    by_length = [table.model.sample_at(place).text for place in range(table.model.rowCount())]
    assert by_length in (sorted(by_length, key=len), sorted(by_length, key=len, reverse=True))


def test_texts_nearly_equal_to_the_last_one_are_labelled_alike_with_one_key(tmp_path: Path) -> None:
    texts = (
        "My card is lost, what now?",
        "Please refund me",
        "my card is lost - what now",
        "My card is lost; what now?!",
    )
    folder = tmp_path / "Post.lepton"
    made = Project.create(folder, task="text_classification", labels=("lost card", "refund"))
    with made, made.change("Import") as change:
        change.add_samples(map(NewSample, (*texts, *CARD, *REFUND)))
    with open_window(folder) as window:
        page, session = label_page(window), window.session
        assert session is not None
        session.instant.start()
        wait_until(lambda: session.instant.read == (12, 12), seconds=90)
        page.go_to_sample(1)
        press(window, "1")
        wait_until(lambda: page.deciding.nearly_equal.can_label)
        press(window, Qt.Key.Key_D, modifier=Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        wait_until(lambda: session.project.sample(4).value is not None)
        labelled = [one for one in range(1, 13) if session.project.sample(one).value is not None]
        assert labelled == [1, 3, 4] and session.project.sample(3).value == {"labels": [1]}
        assert not page.deciding.nearly_equal.can_label
        window.undo()
        assert [session.project.sample(one).value for one in (1, 3, 4)] == [{"labels": [1]}, None, None]
