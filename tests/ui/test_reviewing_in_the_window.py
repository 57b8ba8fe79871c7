"""Labels are looked at again in the window: contradictions pair by pair, and those that a model doubts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.label.contradictions_card import ContradictionsCard
from lepton_studio.ui.label.reviewing import AMBIGUOUS, KEEP
from lepton_studio.ui.label.sample_history_card import SampleHistoryCard
from tests.project.steps import add, choice, new
from tests.ui.driving import label_page, open_window, press, wait_until
from tests.ui.test_instant_in_the_window import CARD, REFUND

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def contrary(tmp_path: Path) -> Path:
    """Three pairs of texts that contradict each other."""
    with Project.create(tmp_path / "Pairs.lepton", task="text_classification", labels=("refund", "card lost")) as made:
        rows = []
        for text in ("My card is lost", "Money back please", "Where is it now"):
            rows += [new(text, 1), new(f"{text.upper()}!", 2)]
        add(made, rows)
        return made.folder


def _card(window: MainWindow) -> ContradictionsCard:
    page = label_page(window)
    next(one for one in page.actions_of_page() if one.id == "contradictions").run()
    card = ContradictionsCard.over(page)
    wait_until(lambda: card._work is None)
    return card


def test_contradictions_are_settled_pair_by_pair_with_one_key_each(contrary: Path) -> None:
    with open_window(contrary) as window:
        session = window.session
        assert session is not None
        project, card = session.project, _card(window)
        assert card.sentence.text().startswith("Pair 1 of 3") and card.first.text() == "Both “refund” (1)"
        assert [side.label.text() for side in card.sides] == ["refund", "card lost"]
        assert any(piece.kind == "added" for piece in card.sides[1].text.shown)
        press(window, "2")
        assert project.sample(1).value == project.sample(2).value == choice(2)
        assert project.undo_name() == "Label both as card lost" and card.sentence.text().startswith("Pair 2 of 3")
        press(window, "k")
        press(window, "a")
        assert project.sample(5).value == choice(1) and project.sample(5).flagged
        assert project.sample(6).note == "Ambiguous: see sample 5."
        assert card.sentence.text() == "All 3 pairs settled." and not card.keep.isVisible()
        press(window, Qt.Key.Key_Escape)
        assert not card.isVisible()
        card = _card(window)
        assert card.sentence.text() == "No contradictions among 6 labelled texts."
        press(window, Qt.Key.Key_Escape)
        for _ in range(3):
            window.undo()
        card = _card(window)
        assert card.sentence.text().startswith("Pair 1 of 3"), "what is undone is asked again"
        card.open.click()
        page = label_page(window)
        assert page.queue.filter.ids == (1, 2) and page.queue.current is not None and not card.isVisible()


def test_labels_in_doubt_are_kept_fixed_or_ambiguous_and_not_asked_again(tmp_path: Path) -> None:
    wrong = {8, 15, 18, 21}
    labels = ("lost card", "refund")
    with Project.create(tmp_path / "Test.lepton", task="text_classification", labels=labels) as made:
        with made.change("Import") as change:
            pairs = [pair for _ in range(4) for pair in zip(CARD, REFUND, strict=True)]
            change.add_samples(NewSample(f"{text}, number {n}") for n, pair in enumerate(pairs) for text in pair)
        for sample in range(1, 33):
            label = 1 + (sample + 1) % 2
            label = 3 - label if sample in wrong else label
            made.annotate(sample, {"labels": [label]}, labels=(label,))
    with open_window(made.folder) as window:
        page, session = label_page(window), window.session
        assert session is not None
        page.reviewing.find_suspects()
        wait_until(lambda: page.reviewing.is_asking, seconds=120)
        bar, first = page.reviewing.bar, page.queue.current
        assert first is not None and first.id in wrong and bar.isVisible() and bar.counted.text() == ""
        assert bar.asked.text().startswith("Is “") and "The model says “" in bar.asked.text()
        asked = page.queue.filter.ids
        assert asked is not None and len(asked) >= 3
        press(window, Qt.Key.Key_Return)  # what the model says
        wait_until(lambda: bar.counted.text() == "1 of 1 reviewed was wrong")
        second = page.queue.current
        assert second is not None and second.id != first.id
        press(window, Qt.Key.Key_Return, modifier=CTRL)
        wait_until(lambda: bar.counted.text() == "1 of 2 reviewed were wrong")
        assert session.project.sample(second.id).value == second.value
        third = page.queue.current
        assert third is not None and third.id not in (first.id, second.id)
        press(window, Qt.Key.Key_G, modifier=CTRL | SHIFT)
        wait_until(lambda: session.project.sample(third.id).flagged)
        assert session.project.sample(third.id).note == "Ambiguous"
        assert (KEEP, AMBIGUOUS) == ("Ctrl+Return", "Ctrl+Shift+G")
        assert session.project.confirmed() == {first.id, second.id, third.id}
        window.undo()
        window.undo()
        assert session.project.confirmed() == {first.id} and bar.counted.text() == "1 of 1 reviewed was wrong"
        window.redo()
        page.reviewing.find_suspects()
        wait_until(lambda: session.instant.suspects is not None, seconds=120)
        wait_until(lambda: session.background.is_idle)
        now = page.queue.filter.ids
        assert now is not None and second.id not in now and first.id not in now
        page.show_samples(type(page.queue.filter)())
        assert not bar.isVisible() and not page.reviewing.is_asking


def test_an_earlier_state_of_a_sample_is_brought_back_from_its_history(contrary: Path) -> None:
    with open_window(contrary) as window:
        page, session = label_page(window), window.session
        assert session is not None
        page.go_to_sample(1)
        press(window, "2")
        page.go_to_sample(1)
        press(window, "f")
        press(window, Qt.Key.Key_H, modifier=CTRL | SHIFT)
        card = SampleHistoryCard.over(page)
        wait_until(lambda: card.table.rowCount() == 3)
        column = [_cell(card, row, 2) for row in range(3)]
        assert column == ["Flag", "Label as card lost", "Import file.csv"]
        assert _cell(card, 0, 4) == "card lost · flagged" and _cell(card, 2, 3) == "a file"
        press(window, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return)
        assert not card.isVisible()
        now = session.project.sample(1)
        assert (now.value, now.flagged) == (choice(1), False)
        window.undo()
        assert session.project.sample(1).flagged and session.project.sample(1).value == choice(2)


def _cell(card: SampleHistoryCard, row: int, column: int) -> str:
    item = card.table.item(row, column)
    assert item is not None
    return item.text()
