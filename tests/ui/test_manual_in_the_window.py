"""F1 opens the manual at the page about what is in view; it is read, searched and left without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.frame.pages import PAGES
from lepton_studio.ui.manual.window import ManualWindow
from lepton_studio.widgets.theme import apply_theme
from tests.ui.driving import application, make_project, open_window, wait_until


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    with open_window(make_project(tmp_path_factory.mktemp("manual"))) as opened:
        yield opened


def manual_of(window: MainWindow) -> ManualWindow:
    return window.toast.host.findChildren(ManualWindow)[0]


def listed(manual: ManualWindow) -> list[str]:
    return [manual.list.item(row).text() for row in range(manual.list.count())]


def test_f1_opens_the_page_about_what_is_in_view(window: MainWindow) -> None:
    for entry in PAGES:
        window.open_page(entry.id)
        QTest.keyClick(window, Qt.Key.Key_F1)
        manual = manual_of(window)
        assert manual.isVisible() and manual.page_name == entry.manual
        assert manual.view.toPlainText().startswith(f"The {entry.title} page")
    window.cards.show_network()
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert manual.page_name == "howto-offline"
    assert len(window.toast.host.findChildren(ManualWindow)) == 1


def test_links_lead_on_and_the_arrows_back(window: MainWindow) -> None:
    window.cards.show_manual()
    manual = manual_of(window)
    manual.show_address("index")
    manual.view.followed.emit("howto-excel.md")
    assert manual.page_name == "howto-excel" and manual.list.currentItem().text() == "My texts are in an Excel file"
    QTest.mouseClick(manual.back, Qt.MouseButton.LeftButton)
    assert manual.page_name == "index" and manual.forward.isEnabled()
    QTest.mouseClick(manual.forward, Qt.MouseButton.LeftButton)
    assert manual.page_name == "howto-excel" and not manual.forward.isEnabled()


def test_the_reference_comes_as_soon_as_it_is_made_and_opens_at_a_verb(window: MainWindow) -> None:
    window.cards.show_manual()
    manual = manual_of(window)
    manual.show_address("reference-command-line.md#tune")
    wait_until(lambda: manual.has_all)
    assert "--find-rate" in manual.view.toPlainText()
    assert manual.view.verticalScrollBar().value() > 0


def test_the_search_narrows_the_list_and_gives_it_back(window: MainWindow) -> None:
    window.cards.show_manual()
    manual = manual_of(window)
    wait_until(lambda: manual.has_all)
    every = listed(manual)
    manual.search.searched.emit("offline mode")
    assert listed(manual)[0] == "Work without a network" and len(listed(manual)) < 5
    manual.search.searched.emit("no such words at all")
    assert listed(manual) == ["No page has these words."]
    manual.search.searched.emit("")
    assert listed(manual) == every


def test_pictures_fit_and_the_colours_follow_the_window(window: MainWindow, tmp_path: Path) -> None:
    window.cards.show_manual()
    manual = manual_of(window)
    manual.show_address("window-label")
    assert manual.view.document().size().width() <= manual.view.viewport().width()
    apply_theme(application(), scheme="dark")
    try:
        application().processEvents()
        seen = manual.view.grab().toImage()
        assert seen.pixelColor(seen.width() - 30, seen.height() - 5).lightnessF() < 0.4
    finally:
        apply_theme(application(), scheme="light")
    QTest.keyClick(manual, Qt.Key.Key_Escape)
    assert not manual.isVisible()
