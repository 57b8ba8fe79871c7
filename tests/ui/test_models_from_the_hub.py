"""From the window to the Hub and back: search, look, download, cancel, tune; and nothing offline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lepton_studio.hub.places import HubName, snapshot_of
from lepton_studio.ui.frame.hub_card import HubCard
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.frame.network_card import NetworkCard
from lepton_studio.ui.tune.page import TunePage
from tests.hub.repos import encoder
from tests.hub.server import GOOD_TOKEN, Hub
from tests.ui.driving import make_project, open_window, wait_until

NAME = "ada/tiny-bert"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub with one good model and one of pickles, and a person without a token, keyring or models."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "models"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    pickles = encoder("ada/pickles", files={"config.json": b"{}", "pytorch_model.bin": b"x"}, about={"downloads": 9})
    with Hub(encoder(NAME), pickles) as made:
        monkeypatch.setenv("HF_ENDPOINT", made.address)
        yield made


def hub_card(window: MainWindow) -> HubCard:
    window.cards.show_hub()
    card = window.toast.host.findChild(HubCard)
    assert card is not None and card.isVisible()
    return card


def found(card: HubCard, words: str = "") -> list[str]:
    card.words.setText(words)
    card.language.setCurrentIndex(0)
    QTest.mouseClick(card.search, Qt.MouseButton.LeftButton)
    wait_until(card.search.isEnabled, seconds=30)
    return [one.id for one in card.table.models.found]


def test_a_model_is_found_looked_at_downloaded_and_chosen_for_tuning(hub: Hub, tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        card = hub_card(window)
        assert card.task.currentData() == "fill-mask" and hub.asked == []
        assert card.says.text() == "Nothing is sent before you press Search."
        assert found(card) == [NAME, "ada/pickles"]
        wait_until(
            lambda: "Revision" in card.facts.text() and not card.facts.text().startswith("Download: about"), seconds=30
        )
        assert "apache-2.0" in card.facts.text() and card.get.isEnabled() and not card.use.isVisible()

        QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
        assert card.cancel.isVisible() and not card.get.isEnabled()
        wait_until(lambda: card.use.isVisible(), seconds=30)
        assert snapshot_of(HubName(NAME)) is not None and not card.cancel.isVisible()

        QTest.mouseClick(card.use, Qt.MouseButton.LeftButton)
        assert not card.isVisible() and isinstance(window.page, TunePage)
        choices = window.page.left.choices
        assert choices.base_model() == NAME
        assert choices.model_words.text() == "This model is on this computer. No network needed."


def test_what_cannot_be_used_says_why_before_it_is_downloaded(hub: Hub, tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        card = hub_card(window)
        assert found(card, "pickles") == ["ada/pickles"]
        assert not card.get.isEnabled()
        assert card.warning.text().startswith("It has no weights in the safetensors format.")
        assert found(card, "nothing like it") == []
        assert card.says.text().startswith("No model on the Hub matches.")


def test_a_download_is_cancelled_and_goes_on_where_it_stopped(hub: Hub, tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        card = hub_card(window)
        found(card, "tiny")
        hub.pause, hub.piece = 0.05, 10_000
        QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
        wait_until(lambda: card.bar.value() > 100, seconds=30)
        assert NAME in card.amount.text()
        QTest.mouseClick(card.cancel, Qt.MouseButton.LeftButton)
        wait_until(lambda: not card.cancel.isVisible(), seconds=10)
        assert card.says.text() == "Download cancelled. The next one continues where it stopped."
        assert snapshot_of(HubName(NAME)) is None and card.get.isEnabled()
        hub.pause = 0.0
        QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
        wait_until(lambda: card.use.isVisible(), seconds=30)
        ranges = [one.headers.get("Range") for one in hub.asked if one.path.startswith("/store/")]
        assert ranges[-1] and ranges[-1] > "bytes=0"


def test_a_window_that_closes_ends_its_download(hub: Hub, tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        card = hub_card(window)
        found(card, "tiny")
        hub.pause, hub.piece = 0.1, 1000
        QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
        wait_until(lambda: card.bar.value() > 0, seconds=30)
    assert snapshot_of(HubName(NAME)) is None


def test_offline_the_card_asks_nothing(hub: Hub, tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        window.cards.choose({"offline": True})
        card = hub_card(window)
        assert not card.search.isEnabled() and not card.get.isEnabled()
        assert card.says.text() == "Offline mode is on, so nothing can be searched or downloaded."
        wait_until(lambda: window.cards.hub.is_idle, seconds=10)
        assert card.table.models.found == []
        card.words.setText("tiny")
        QTest.keyClick(card.words, Qt.Key.Key_Return)
        assert hub.asked == []


def test_offline_what_was_downloaded_before_is_shown_and_can_be_tuned(hub: Hub, tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        card = hub_card(window)
        found(card, "tiny")
        QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
        wait_until(lambda: card.use.isVisible(), seconds=30)
    hub.asked.clear()
    with open_window(make_project(tmp_path / "other")) as window:
        window.cards.choose({"offline": True})
        card = hub_card(window)
        wait_until(lambda: card.table.models.found, seconds=10)
        assert [(one.id, one.model_type) for one in card.table.models.found] == [(NAME, "bert")]
        assert card.says.text().startswith("1 model from the Hub is on this computer. Offline mode is on")
        card.table.selectRow(0)
        assert card.use.isVisible() and card.use.isEnabled() and not card.get.isVisible()
        QTest.mouseClick(card.delete, Qt.MouseButton.LeftButton)
        assert snapshot_of(HubName(NAME)) is not None and card.delete.text() == "Delete for good"
        QTest.mouseClick(card.delete, Qt.MouseButton.LeftButton)
        wait_until(lambda: not card.table.models.found, seconds=10)
        assert not (tmp_path / "models" / "models--ada--tiny-bert").exists() and not card.use.isVisible()
    assert hub.asked == []


def test_a_token_without_a_keyring_is_kept_for_this_session_and_nowhere_else(hub: Hub, tmp_path: Path) -> None:
    hub.add(encoder(NAME, gated="manual", granted=True))
    with open_window(make_project(tmp_path)) as window:
        card = hub_card(window)
        found(card, "tiny")
        QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
        wait_until(lambda: "must be granted by its authors" in card.says.text(), seconds=30)
        card.settings_asked.emit()
        network = window.toast.host.findChild(NetworkCard)
        assert network is not None
        network.token.setText(GOOD_TOKEN)
        QTest.mouseClick(network.keep, Qt.MouseButton.LeftButton)
        wait_until(lambda: network.token_says.text().startswith("Signed in as ada."), seconds=30)
        assert "no keyring" in network.token_says.text() and network.token.text() == ""
        assert window.session is not None and window.session.hub().token == GOOD_TOKEN, "datasets are asked for with it"
        window.cards.show_hub()
        QTest.mouseClick(card.get, Qt.MouseButton.LeftButton)
        wait_until(lambda: card.use.isVisible(), seconds=30)
    written = [one for one in tmp_path.rglob("*") if one.is_file() and GOOD_TOKEN.encode() in one.read_bytes()]
    assert written == []
