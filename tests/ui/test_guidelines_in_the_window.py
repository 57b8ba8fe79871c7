"""The guidelines are written and read over the page, and samples become examples with one key."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget

from lepton_studio.project.guidelines import examples_of
from lepton_studio.ui.label.guidelines_card import GuidelinesCard
from lepton_studio.ui.label.page import LabelPage
from lepton_studio.widgets.choice_popup import ChoicePopup
from tests.ui.driving import label_page, make_project, open_window, press, wait_until

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def _beside(page: LabelPage) -> list[str]:
    inside = page.side.meanings.words.widget()
    assert inside is not None
    return [one.text() for one in inside.findChildren(QLabel)]


def test_the_page_is_written_kept_and_read_again(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page, session = label_page(window), window.session
        assert session is not None
        press(window, Qt.Key.Key_F2)
        card = GuidelinesCard.over(page)
        assert card.isVisible() and card.is_writing, "nothing is written yet"
        press(window, "# Refunds <b>only</b>")
        card.switch.click()
        assert session.project.guidelines() == "# Refunds <b>only</b>"
        assert not card.is_writing and "Refunds" in card.page.toPlainText() and "<b>" not in card.page.toHtml()
        press(window, Qt.Key.Key_Escape)
        assert not card.isVisible()
        press(window, Qt.Key.Key_F2)
        assert card.isVisible() and not card.is_writing
        card.switch.click()
        press(window, "More. ")
        press(window, Qt.Key.Key_Escape)
        assert session.project.guidelines() == "More. # Refunds <b>only</b>", "closing keeps it"


def test_a_sample_becomes_an_example_and_stands_beside_the_next_ones(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page, session = label_page(window), window.session
        assert session is not None
        assert not page.side.meanings.isVisible()
        press(window, "1")
        press(window, Qt.Key.Key_Backspace)
        press(window, Qt.Key.Key_E, modifier=CTRL_SHIFT)
        assert [one.sample for one in examples_of(session.project.label(1)).good] == [1]
        assert session.project.undo_name() == "Add an example of “refund”"
        assert page.side.meanings.isVisible() and any("✓ This is message number 0" in one for one in _beside(page))
        press(window, Qt.Key.Key_X, modifier=CTRL_SHIFT)
        popup = page.card.findChild(ChoicePopup)
        assert popup is not None
        shown = popup.findChild(QListWidget)
        assert shown is not None
        assert [shown.item(place).text() for place in range(shown.count())] == ["card lost", "login"]
        popup.chosen.emit(3)
        popup.close()
        assert [one.sample for one in examples_of(session.project.label(3)).bad] == [1]
        press(window, Qt.Key.Key_D, modifier=Qt.KeyboardModifier.ControlModifier)
        assert not page.side.meanings.words.isVisible()
        window.undo()
        window.undo()
        wait_until(lambda: not page.side.meanings.isVisible())
