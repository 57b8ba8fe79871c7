"""A dataset of the Hub is looked up, its first rows are shown, and all of it comes in by the way that files take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lepton_studio.hub_datasets.asking import fetch, look
from lepton_studio.hub_datasets.wanted import Wanted
from lepton_studio.settings import load_settings, save_settings
from lepton_studio.ui.data.hub_card import HubCard
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.frame.network_card import NetworkCard
from tests.hub.data_server import Hub, running_hub
from tests.hub.hub_data import support_mail
from tests.ui.driving import make_project, open_window, wait_until

_LONG = 90.0


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A Hub with one dataset, and an empty cache."""
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    with running_hub(bank__mail=support_mail()) as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        yield server


def asked_for(window: MainWindow, name: str) -> tuple[DataPage, HubCard]:
    """The card, asked for this dataset with keys alone."""
    page = window.page
    assert isinstance(page, DataPage)
    page.choose_dataset()
    card = page.hub_card
    assert card is not None
    QTest.keyClicks(card.name, name)
    QTest.keyClick(card.name, Qt.Key.Key_Return)
    return page, card


def error_of(card: HubCard) -> str:
    """What is said beside the name."""
    return card.form._errors["name"].text()


def test_a_dataset_is_seen_before_it_is_downloaded_and_then_comes_in(hub: Hub, tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=0, labels=())
    with open_window(folder, page="data") as window:
        page, card = asked_for(window, "bank/mail")
        wait_until(lambda: card.go.text() == "Show the first rows", seconds=_LONG)
        assert "Licence: cc-by-4.0" in card._told.text()
        assert [card.config.itemText(row) for row in range(card.config.count())] == ["mail", "chat"]
        assert [card.split.itemText(row) for row in range(card.split.count())] == ["All splits", "train", "test"]
        assert hub.sent == 0
        QTest.keyClick(card, Qt.Key.Key_Return)
        wait_until(lambda: page.import_view is not None and page.import_view.import_button.isEnabled(), seconds=_LONG)
        view = page.import_view
        assert view is not None
        assert (view.import_button.text(), view.preview.rowCount()) == ("Download all rows", 20)
        assert "nothing else has been downloaded yet" in view._notices.text()
        view.import_button.click()
        wait_until(lambda: view.import_button.text() == "Import" and view.import_button.isEnabled(), seconds=_LONG)
        view.import_button.click()
        assert window.session is not None
        project = window.session.project
        wait_until(lambda: project.count() == 72)
        assert project.split_counts()["test"] == 12
        wait_until(lambda: "hub:bank/mail@" in (project.undo_name() or ""))


def test_what_is_not_there_is_said_beside_the_field_and_another_name_can_be_tried(hub: Hub, tmp_path: Path) -> None:
    folder = make_project(tmp_path, texts=0, labels=())
    with open_window(folder, page="data") as window:
        _page, card = asked_for(window, "bank/nothing")
        wait_until(lambda: "There is no dataset bank/nothing" in error_of(card), seconds=_LONG)
        assert card.go.text() == "Look it up" and card.go.isEnabled()
        card.name.setText("two words")
        card.look()
        assert "not the name of a dataset" in error_of(card)
        QTest.keyClick(card, Qt.Key.Key_Escape)
        assert not card.isVisible()


def test_downloaded_datasets_are_counted_kept_where_one_wants_and_cleared(hub: Hub, tmp_path: Path) -> None:
    chosen = tmp_path / "big disk"
    chosen.mkdir()
    other = chosen / "holiday.txt"
    other.write_text("not ours")
    with open_window(make_project(tmp_path), page="data") as window:
        window.cards.show_network()
        card = window.toast.host.findChild(NetworkCard)
        assert card is not None
        card.datasets.setText(str(chosen))
        card.datasets.editingFinished.emit()
        assert window.settings.datasets == str(chosen)
        save_settings(window.settings)
        offer = look(Wanted("bank/mail"))
        (path,) = fetch(offer, ("train",))
        assert path.is_relative_to(chosen)
        card.open_with(load_settings())
        wait_until(card.clear_datasets.isEnabled)
        assert card.clear_datasets.text() == "Clear 1 MB"
        card.clear_datasets.click()
        wait_until(lambda: card.clear_datasets.text() == "Clear")
        assert not path.exists() and other.read_text() == "not ours"
