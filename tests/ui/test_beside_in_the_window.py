"""What stands below the labels of a short text: samples like it, the words that count, the next texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.settings import Settings
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.label.page import LabelPage
from tests.ui.driving import label_page, open_window, press, wait_until

CARD = ("My card is lost", "I cannot find my card", "The card was stolen yesterday", "Somebody took my bank card")
REFUND = ("I want my money back", "When do I get the refund?", "Please refund this payment", "Return what I paid")
LONG = " ".join(["My card is lost, and this is a long story."] * 60)


def _project(folder: Path, task: str = "text_classification") -> Path:
    """Two kinds of texts in turn; those of the first 16 are labelled, the 25th is long."""
    with Project.create(folder / f"{task}.lepton", task=task, labels=("lost card", "refund")) as made:
        with made.change("Import") as change:
            pairs = [pair for _ in range(3) for pair in zip(CARD, REFUND, strict=True)]
            texts = [f"{text}, number {n}" for n, pair in enumerate(pairs) for text in pair]
            change.add_samples(map(NewSample, [*texts, LONG]))
        made.annotate_many((one, {"labels": [2 - one % 2]}, (2 - one % 2,)) for one in range(1, 17))
        return made.folder


@pytest.fixture
def window(tmp_path: Path) -> Iterator[MainWindow]:
    with open_window(_project(tmp_path)) as opened:
        yield opened


def _show(window: MainWindow, sample: int) -> LabelPage:
    """The page with this sample, and all that can stand beside it."""
    page, session = label_page(window), window.session
    assert session is not None
    session.instant.start()
    wait_until(lambda: session.instant.model is not None and session.instant.model.decisions, seconds=90)
    page.go_to_sample(sample)
    wait_until(lambda: session.instant.beside(sample) is not None and page.work.beside.next)
    wait_until(lambda: page.work.beside.words or not page.work.beside.near)
    wait_until(lambda: session.background.is_idle)
    return page


def _labels_stand(page: LabelPage) -> QRect:
    return page.editor.geometry()


def test_neighbours_words_and_next_texts_come_without_moving_the_labels(window: MainWindow) -> None:
    page = label_page(window)
    stood = _labels_stand(page)
    assert not page.work.beside.near and not page.work.beside.words
    _show(window, 17)
    beside = page.work.beside
    assert beside.fold.isVisible() and _labels_stand(page) == stood
    assert beside.near[0].sample in (1, 9) and {one.label for one in beside.near} == {"lost card"}
    assert "card" in beside.words.split(" · ")
    assert all(page.queue.current is not None and one.sample != page.queue.current.id for one in beside.next)
    assert beside.next

    _show(window, 25)
    assert not page.suggestions.is_reading and beside.near and "card" in beside.words.split(" · ")
    assert _labels_stand(page) == stood, "the room of a text is the same for all texts of a project"

    QTest.mouseClick(beside._near.lines[0], Qt.MouseButton.LeftButton)
    assert page.queue.current is not None and page.queue.current.id == beside._near.lines[0].line.sample


def test_one_key_takes_the_label_of_the_nearest_and_it_is_undone(window: MainWindow) -> None:
    page = _show(window, 18)
    session = window.session
    assert session is not None
    assert page.work.beside.near[0].label == "refund"
    nearest = page.work.beside.near[0].sample
    session.perform(lambda project: project.annotate(nearest, {"labels": [1]}, labels=(1,)))  # another opinion of it
    wait_until(lambda: session.background.is_idle)
    page = _show(window, 18)
    assert page.work.beside.near[0].label == "lost card", "what it has now"
    press(window, Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ShiftModifier)
    taken = session.project.sample(18)
    assert taken.value == {"labels": [1]} and taken.origin == "manual"
    assert page.queue.current is not None and page.queue.current.id != 18
    window.undo()
    assert session.project.sample(18).value is None


def test_it_is_folded_away_and_stays_so(window: MainWindow, tmp_path: Path) -> None:
    page = _show(window, 17)
    stood, beside = _labels_stand(page), page.work.beside
    press(window, Qt.Key.Key_E, modifier=Qt.KeyboardModifier.ControlModifier)
    assert not beside.near and not beside.next and not window.settings.beside and _labels_stand(page) == stood
    session = window.session
    assert session is not None
    before = session.project.sample(17)
    press(window, Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ShiftModifier)
    assert session.project.sample(17) == before, "what nobody sees is not taken"
    press(window, Qt.Key.Key_E, modifier=Qt.KeyboardModifier.ControlModifier)
    assert beside.near and window.settings.beside
    with open_window(_project(tmp_path / "other"), settings=Settings(beside=False)) as other:
        assert not label_page(other).work.beside.fold.is_open()


def test_nothing_stands_beside_what_chance_drew_for_the_test(window: MainWindow) -> None:
    page = _show(window, 17)
    page.queue._why[19] = "drawn"
    page.go_to_sample(19)
    assert page.deciding.is_blind and not page.work.beside.near and not page.work.beside.words


def test_of_several_labels_the_nearest_sets_are_taken_and_the_sample_stays(tmp_path: Path) -> None:
    with open_window(_project(tmp_path, "multi_label")) as window:
        page = _show(window, 17)
        assert window.session is not None and page.work.beside.near[0].label == "lost card"
        press(window, Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ShiftModifier)
        assert window.session.project.sample(17).value == {"labels": [1]}
        assert page.queue.current is not None and page.queue.current.id == 17
