"""Nothing large goes by a slip of the undo key, and every state of the history comes back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from lepton_studio.project.history import now
from lepton_studio.ui.frame.history_card import HistoryCard
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.shared.history_steps import moment
from tests.ui.driving import label_page, make_project, open_window, press, wait_until

CTRL = Qt.KeyboardModifier.ControlModifier


def _toast_button(window: MainWindow) -> QPushButton:
    return next(one for one in window.toast.findChildren(QPushButton) if one.isVisible() and one.text())


def test_an_import_is_undone_by_a_second_press_only_and_redone_from_the_toast(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        assert window.session is not None
        project = window.session.project
        press(window, "1")
        press(window, Qt.Key.Key_Z, modifier=CTRL)
        assert project.sample(1).value is None, "a small step goes at once"
        press(window, Qt.Key.Key_Z, modifier=CTRL)
        assert project.count() == 12 and "Import texts" in window.toast.text and "12 samples" in window.toast.text
        press(window, "2")
        press(window, Qt.Key.Key_Z, modifier=CTRL)
        press(window, Qt.Key.Key_Z, modifier=CTRL)
        assert project.count() == 12, "what was asked before the label is asked again"
        press(window, Qt.Key.Key_Z, modifier=CTRL)
        assert project.count() == 0 and "Undone" in window.toast.text
        _toast_button(window).click()
        assert project.count() == 12, "Redo in the toast"


def test_a_moment_of_another_day_is_said_with_its_day() -> None:
    assert moment(now()).count(":") == 1 and " " not in moment(now())
    assert moment("2024-02-29T11:30:00.000+00:00").endswith(":30") and "2" in moment("2024-02-29T11:30:00.000+00:00")
    assert " " in moment("2024-02-29T11:30:00.000+00:00")


def test_what_is_passed_over_is_told_and_comes_back_from_the_history(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        session = window.session
        assert session is not None
        press(window, "1", "2")
        window.undo()
        window.undo()
        window.undo(sure=True)
        assert session.project.count() == 0
        session.perform(lambda project: project.add_label("new"))
        assert "Import texts" in window.toast.text and session.project.redo_name() is None
        _toast_button(window).click()
        card = window.toast.host.findChild(HistoryCard)
        assert card is not None and card.isVisible() and card.model is not None
        names = [str(card.model.index(place, 0).data()) for place in range(card.model.rowCount())]
        assert names == ["Add label “new”", "Label as card lost", "Label as refund", "Import texts", "The beginning"]
        spot = card.table.visualRect(card.model.index(1, 0)).center()
        QTest.mouseClick(card.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        wait_until(lambda: session.project.history_position() == 3 and session.background.is_idle)
        assert [one.value is not None for one in session.project.samples()][:3] == [True, True, False]
        assert [one.name for one in session.project.labels()] == ["refund", "card lost", "login"]
        assert card.table.currentIndex().row() == 1
        card.go_to(0)
        wait_until(lambda: session.project.count() == 0 and session.background.is_idle)
        card.go_to(4)
        wait_until(lambda: session.project.history_position() == 0 and session.background.is_idle)
        card.go_to(1)
        wait_until(lambda: session.project.count() == 12 and session.background.is_idle)
        press(window, Qt.Key.Key_Escape)
        assert not card.isVisible()
        assert label_page(window).recent.texts() == ["card lost", "refund"]
