"""The Export page saves a dataset with its card; what cannot be uploaded is said, and the folder stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.studio.dataset_export import Destination
from lepton_studio.ui.export.page import ExportPage
from tests.hub.data_server import running_hub
from tests.ui.driving import make_project, open_window, wait_until


def test_a_dataset_is_saved_with_its_licence_and_a_missing_token_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(tmp_path, texts=0, labels=("card", "refund"))
    with Project.open(folder) as project, project.change("Import") as change:
        change.add_samples([NewSample("Where is my card?", value={"labels": [1]}, labels=(1,))])
    with running_hub() as hub, open_window(folder, page="export") as window:
        for name, value in hub.environment().items():
            monkeypatch.setenv(name, value)
        page = window.page
        assert isinstance(page, ExportPage)
        page.dataset_button.click()
        card = page.dataset_card
        assert card is not None and card.isVisible()
        asked: list[Destination] = []
        card.chosen.disconnect()
        card.chosen.connect(asked.append)
        card.licence.setCurrentIndex(card.licence.findData("mit"))
        QTest.keyClicks(card.name, "two words")
        QTest.keyClick(card, Qt.Key.Key_Return)
        assert asked == [] and "not a name on the Hub" in card.form._errors["name"].text()
        card.name.setText("somebody/post")
        QTest.keyClick(card, Qt.Key.Key_Return)
        assert asked == [Destination("mit", "somebody/post")] and not card.isVisible()
        page.export_dataset(tmp_path / "out", destination=asked[0])
        wait_until(lambda: "Saved out. Samples: 1. To put a dataset" in window.toast.text, seconds=90)
        assert "license: mit" in (tmp_path / "out" / "README.md").read_text("utf-8")
        assert hub.requests == []
