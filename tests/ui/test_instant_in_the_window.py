"""A model learns while the person labels: what it suggests, what becomes of it, and how it is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample, Order
from lepton_studio.studio.instant.asking import DRAWN
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.widgets.choice_popup import ChoicePopup
from tests.ui.driving import label_page, open_window, press, wait_until

CARD = ("My card is lost", "I cannot find my card", "The card was stolen yesterday", "Somebody took my bank card")
REFUND = ("I want my money back", "When do I get the refund?", "Please refund this payment", "Return what I paid")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two kinds of texts in turn, of which none is labelled."""
    labels = ("lost card", "refund")
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=labels) as made:
        with made.change("Import") as change:
            pairs = [pair for _ in range(3) for pair in zip(CARD, REFUND, strict=True)]
            change.add_samples(NewSample(f"{text}, number {n}") for n, pair in enumerate(pairs) for text in pair)
        return made.folder


@pytest.fixture
def window(folder: Path) -> Iterator[MainWindow]:
    with open_window(folder) as opened:
        label_page(opened)
        assert opened.session is not None
        opened.session.instant.start()
        yield opened


def _learnt(window: MainWindow, decisions: int) -> None:
    assert window.session is not None
    instant = window.session.instant
    wait_until(lambda: instant.model is not None and instant.model.decisions == decisions, seconds=90)


def _labels(window: MainWindow) -> list[int]:
    assert window.session is not None and window.session.instant.model is not None
    return list(window.session.instant.model.labels)


def test_what_it_suggests_is_accepted_with_enter_and_learnt_from(window: MainWindow) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    _learnt(window, 0)
    wait_until(lambda: page.box._origin.text() == "instant model")
    first = page.queue.current
    assert first is not None
    accepted = 0
    while accepted < 4:
        is_for_test = page.deciding.is_blind
        press(window, Qt.Key.Key_Space if is_for_test else Qt.Key.Key_Return)
        accepted += not is_for_test
    taught = [one for one in session.project.samples(Filter(state="labelled")) if one.split is None]
    assert len(taught) == 4 and first.id in {one.id for one in taught}
    assert all(one.value == {"labels": [2 - one.id % 2]} and one.origin == "suggestion" for one in taught)
    rows = [
        (one, {"labels": [2 - one % 2]}, (2 - one % 2,)) for one in range(1, 25) if one not in {t.id for t in taught}
    ]
    session.perform(lambda project: project.annotate_many(rows[:2]))
    _learnt(window, 6)
    wait_until(lambda: session.background.is_idle)
    assert session.instant.model is not None and session.instant.model.score is not None
    assert page.side._instant.text().startswith("Right on 100% of 6 (95% CI: ")


def test_what_chance_drew_is_asked_without_a_suggestion_and_is_for_the_test(window: MainWindow) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    rows = [(one, {"labels": [2 - one % 2]}, (2 - one % 2,)) for one in range(1, 9)]
    session.perform(lambda project: project.annotate_many(rows))
    _learnt(window, 8)
    wait_until(lambda: session.background.is_idle)
    for _ in range(3):  # what was read ahead before comes first
        press(window, Qt.Key.Key_Right)
        if page.queue.why == DRAWN:
            break
    current = page.queue.current
    assert current is not None and page.queue.why == DRAWN and page.card._why.text() == "Drawn at random, for the test"
    assert page.deciding.suggestion is None and "no suggestion" in page.box._sentence.text()
    press(window, Qt.Key.Key_1)
    asked = session.project.sample(current.id)
    assert asked.value == {"labels": [1]} and asked.split == "test" and asked.origin == "manual"
    wait_until(lambda: session.background.is_idle)
    assert session.instant.model is not None and session.instant.model.decisions == 8  # it is not learnt from
    window.undo()
    undone = session.project.sample(current.id)
    assert undone.value is None and undone.split is None


def test_the_order_that_is_chosen_decides_what_comes_next_and_says_when_to_take_it(window: MainWindow) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    _learnt(window, 0)
    chip = page.filters._order
    chip.click()
    popup = chip.findChildren(ChoicePopup)[0]
    QTest.keyClicks(popup._line, "unlike")
    assert popup._tip.isVisible() and popup._tip.text().startswith("To see early what else there is")
    QTest.keyClick(popup._line, Qt.Key.Key_Return)
    assert page.queue.filter.order == Order("diversity") and chip.text() == "Unlike anything labelled first"
    wait_until(lambda: any(one.why == "different" for one in session.instant.asked), seconds=60)
    press(window, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_1)
    wait_until(lambda: page.card._why.text() == "Unlike anything labelled so far")


def test_what_is_shown_of_a_sample_stays_while_it_is_in_view(window: MainWindow) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    _learnt(window, 0)
    wait_until(lambda: session.background.is_idle)
    current = page.queue.current
    assert current is not None and (shown := page.suggestions.of(current)) is not None
    rows = [(one, {"labels": [1 + one % 2]}, (1 + one % 2,)) for one in range(5, 17)]  # the other way round
    session.perform(lambda project: project.annotate_many(rows))
    _learnt(window, 12)
    wait_until(lambda: session.background.is_idle)
    stayed = page.suggestions.of(current)
    assert stayed is not None and stayed.value == shown.value
    press(window, Qt.Key.Key_Right, Qt.Key.Key_Left)
    assert page.queue.current is not None and page.queue.current.id == current.id
    seen_anew = page.suggestions.of(current)
    assert seen_anew is not None and seen_anew.value != shown.value


def test_labels_are_renamed_merged_and_taken_back_and_samples_come_and_go(window: MainWindow) -> None:
    page, session = label_page(window), window.session
    assert session is not None
    rows = [(one, {"labels": [2 - one % 2]}, (2 - one % 2,)) for one in range(1, 9)]
    session.perform(lambda project: project.annotate_many(rows))
    _learnt(window, 8)
    session.perform(lambda project: project.rename_label(1, "card gone"))
    session.perform(lambda project: project.merge_labels(2, 1, relabel=session.relabeller({2: 1})))
    wait_until(lambda: session.background.is_idle)
    assert _labels(window) == [1]
    window.undo()
    wait_until(lambda: session.background.is_idle)
    assert session.instant.model is not None and _labels(window) == [1, 2]
    said = session.instant.model.suggestion(9)
    assert said is not None and said.value.labels == (1,)
    session.perform(lambda project: project.remove_samples([1, 2]))
    wait_until(lambda: session.background.is_idle)
    assert session.instant.model.decisions == 6 and session.instant.model.suggestion(1) is None
    assert page.queue.current is not None


def test_it_is_switched_off_for_good_and_reads_nothing_of_a_project_that_is_only_read(
    window: MainWindow, folder: Path
) -> None:
    session = window.session
    assert session is not None
    work = session.instant._work
    assert work is not None and work.folder.exists()
    actions = {one.id: one for one in label_page(window).actions_of_page()}
    actions["instant"].run()
    wait_until(lambda: session.background.is_idle)
    assert not window.settings.instant and session.instant.model is None and not work.folder.exists()
    session.perform(lambda project: project.annotate(1, {"labels": [1]}, labels=(1,)))
    assert session.background.is_idle


def test_labels_that_may_be_wrong_are_shown_the_likeliest_first_with_what_was_meant(folder: Path) -> None:
    wrong = {8, 15}
    with Project.open(folder) as project:
        for sample in range(1, 25):
            label = 1 + (sample + 1) % 2
            label = 3 - label if sample in wrong else label
            project.annotate(sample, {"labels": [label]}, labels=(label,))
    with open_window(folder) as window:
        page, session = label_page(window), window.session
        assert session is not None
        next(one for one in page.actions_of_page() if one.id == "suspects").run()
        wait_until(lambda: session.instant.suspects is not None, seconds=90)
        suspects = session.instant.suspects
        assert suspects is not None
        wait_until(lambda: page.queue.filter.ids == tuple(suspects.by_sample))
        first = page.queue.current
        assert first is not None and first.id == suspects.found[0].sample and first.id in wrong
        assert page._why() == "This label may be wrong"
        meant = suspects.found[0].suggestion
        assert page.deciding.suggestion == meant and first.value != session.task.dump(meant.value)
        press(window, Qt.Key.Key_Return)
        wait_until(lambda: session.project.sample(first.id).value == session.task.dump(meant.value))
        second = page.queue.current
        assert second is not None and {first.id, second.id} == wrong
