"""F1 opens the manual at the page about what is in view; it is read, searched and left without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest

from lepton_studio.ui.bulk.rules_card import RulesCard
from lepton_studio.ui.frame.pages import PAGES
from lepton_studio.ui.manual.window import ManualWindow
from lepton_studio.widgets.theme import apply_theme
from tests.ui.driving import application, make_project, open_window, wait_until


@pytest.fixture
def manual() -> Iterator[ManualWindow]:
    """The window of the manual by itself; gone afterwards."""
    app = application()
    opened = ManualWindow()
    opened.open_at("index")
    yield opened
    wait_until(lambda: opened.has_all)  # no thread outlives a test
    opened.close()
    opened.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def listed(manual: ManualWindow) -> list[str]:
    return [manual.list.item(row).text() for row in range(manual.list.count())]


def test_f1_opens_the_page_about_what_is_in_view(tmp_path: Path) -> None:
    with open_window() as window:
        window.show_start_page()
        QTest.keyClick(window, Qt.Key.Key_F1)
        assert window.toast.host.findChildren(ManualWindow)[0].page_name == "window-start"
        assert window.open_project(make_project(tmp_path))
        for entry in PAGES:
            window.open_page(entry.id)
            QTest.keyClick(window, Qt.Key.Key_F1)
            (manual,) = window.toast.host.findChildren(ManualWindow)
            assert manual.isVisible() and manual.page_name == entry.manual
            assert manual.view.toPlainText().startswith(f"The {entry.title} page")
        window.open_page("label")
        next(one for one in window.all_actions() if one.id == "rules").run()
        QTest.keyClick(window, Qt.Key.Key_F1)
        assert manual.page_name == "howto-label-faster"
        next(one for one in window.findChildren(RulesCard) if one.isVisible()).close_over()
        wait_until(lambda: manual.has_all)


def test_links_lead_on_and_the_arrows_back(manual: ManualWindow) -> None:
    manual.view.followed.emit("howto-excel.md")
    assert manual.page_name == "howto-excel" and manual.list.currentItem().text() == "My texts are in an Excel file"
    QTest.mouseClick(manual.back, Qt.MouseButton.LeftButton)
    assert manual.page_name == "index" and manual.forward.isEnabled()
    QTest.mouseClick(manual.forward, Qt.MouseButton.LeftButton)
    assert manual.page_name == "howto-excel" and not manual.forward.isEnabled()


def test_the_reference_comes_as_soon_as_it_is_made_and_opens_at_a_verb(manual: ManualWindow) -> None:
    manual.show_address("reference-command-line.md#tune")
    wait_until(lambda: manual.has_all)
    assert "--find-rate" in manual.view.toPlainText()
    assert manual.view.verticalScrollBar().value() > 0


def test_the_search_narrows_the_list_and_gives_it_back(manual: ManualWindow) -> None:
    wait_until(lambda: manual.has_all)
    every = listed(manual)
    manual.search.searched.emit("offline mode")
    assert listed(manual)[0] == "Work without a network" and len(listed(manual)) < 5
    manual.search.searched.emit("zyzzyva")
    assert listed(manual) == ["No page has these words."]
    manual.search.searched.emit("")
    assert listed(manual) == every


def test_pictures_fit_the_colours_follow_and_escape_closes(manual: ManualWindow) -> None:
    manual.show_address("window-label")
    assert manual.view.document().size().width() <= manual.view.viewport().width()
    apply_theme(application(), scheme="dark")
    try:
        application().processEvents()
        seen = manual.view.viewport().grab().toImage()
        assert seen.pixelColor(4, 4).lightnessF() < 0.4
    finally:
        apply_theme(application(), scheme="light")
    QTest.keyClick(manual, Qt.Key.Key_Escape)
    assert not manual.isVisible()
