"""Long texts are read to their end with keys, and what is read can be copied, in every editor and table."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QLabel

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.tasks import all_tasks
from lepton_studio.ui.frame.history_card import HistoryCard
from lepton_studio.ui.label.copying import selected_text
from lepton_studio.widgets.bubbles import Bubbles
from lepton_studio.widgets.marked_text import MarkedText
from lepton_studio.widgets.sample_view import SampleView
from tests.ui.driving import label_page, make_project, open_window, press, wait_until

CTRL = Qt.KeyboardModifier.ControlModifier
LONG = "\n".join(f"user: paragraph {n} has 🙂 some words in it, so that the text is long." for n in range(150))


def _clipboard() -> str:
    return QGuiApplication.clipboard().text()


@pytest.mark.parametrize("task", sorted(all_tasks()))
def test_a_long_text_is_scrolled_and_copied_by_keys(tmp_path: Path, task: str) -> None:
    labels = ("a", "b") if all_tasks()[task].label_kinds else ()
    with Project.create(tmp_path / "Long.lepton", task=task, labels=labels) as project:
        with project.change("Import") as change:
            change.add_samples([NewSample(LONG), NewSample("another")])
        folder = project.folder
    with open_window(folder) as window:
        page = label_page(window)
        views = [
            one for one in page.findChildren(QAbstractScrollArea) if isinstance(one, SampleView | MarkedText | Bubbles)
        ]
        [view] = [one for one in views if one.isVisible()]
        bar = view.verticalScrollBar()
        wait_until(lambda: bar.maximum() > 500)
        bar.setValue(0)
        for _ in range(3):  # in marked text they move the cursor, and the text follows
            press(window, Qt.Key.Key_PageDown)
        assert bar.value() > 100
        lower = bar.value()
        for _ in range(3):
            press(window, Qt.Key.Key_PageUp)
        assert bar.value() < lower
        if not isinstance(view, MarkedText):
            press(window, Qt.Key.Key_End)
            assert bar.value() == bar.maximum()
            press(window, Qt.Key.Key_Home)
            assert bar.value() == 0
            press(window, Qt.Key.Key_Down)
            assert bar.value() > 0
        assert page.queue.current is not None and page.queue.current.value is None, "reading decides nothing"
        QGuiApplication.clipboard().clear()
        press(window, Qt.Key.Key_C, modifier=CTRL)
        assert _clipboard() == LONG
        if isinstance(view, SampleView):
            QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 14))
        elif isinstance(view, MarkedText):
            view.select(6, 17)
        else:
            said = next(one for one in view.findChildren(QLabel) if "paragraph 149" in one.text())
            QTest.mouseDClick(said, Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
        chosen = selected_text(page, focus=window.focusWidget())
        assert chosen and chosen in LONG and len(chosen) < 20
        press(window, Qt.Key.Key_C, modifier=CTRL)
        assert _clipboard() == chosen


def test_what_the_mouse_selects_is_what_was_given_whatever_the_characters(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        page = label_page(window)
        view = page.card.view
        text = "a🙂b é\r\n\r\nsecond שלום line " + "word " * 900 + "\rend"
        view.set_text(text)
        for start, end in ((0, 3), (1, 6), (3, 12), (8, 30), (0, len(text)), (len(text) - 3, len(text))):
            view.select(end, start)
            assert view.selected_text == text[start:end]
        QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(0, 14))
        QTest.mouseMove(view.viewport(), QPoint(400, 14))
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(400, 14))
        assert view.selected_text == "a🙂b é"
        press(window, "1")
        assert page.session.project.sample(1).value is not None, "the keys stay where they were"


def test_rows_of_a_table_are_copied(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        press(window, "1")
        window.show_history()
        card = window.toast.host.findChild(HistoryCard)
        assert card is not None
        card.table.selectAll()
        press(window, Qt.Key.Key_C, modifier=CTRL)
        rows = [line.split("\t")[0] for line in _clipboard().splitlines()]
        assert rows in (["Label as refund", "Import texts", "The beginning"], ["Label as refund"])
