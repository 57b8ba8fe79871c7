"""The self-test from the menu, and the report that a person can send on."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lepton_studio import __version__
from lepton_studio.ui.frame.self_test_card import SelfTestCard
from tests.ui.driving import make_project, open_window, wait_until


def test_a_report_of_the_self_test_can_be_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The command line's own test is proven in tests/end_to_end; here a process that answers as it does.
    python = tmp_path / "python"
    facts = {"passed": False, "sentence": "No such luck.", "samples_per_second": 0.0, "version": __version__}
    python.write_text(f"#!/bin/sh\necho '{json.dumps(facts)}'\n")
    python.chmod(0o755)
    if sys.platform == "win32":
        pytest.skip("the stand-in is a script")
    with open_window(make_project(tmp_path)) as window:
        monkeypatch.setattr(sys, "executable", str(python))
        window.cards.start_self_test()
        card = SelfTestCard.over(window.toast.host)
        assert card.isVisible() and not card.copy_button.isEnabled()
        wait_until(card.copy_button.isEnabled)
        assert card.outcome.text() == "No such luck."
        QTest.mouseClick(card.copy_button, Qt.MouseButton.LeftButton)
        report = json.loads(QApplication.clipboard().text())
        assert report == facts


def test_a_test_that_cannot_be_started_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_window(make_project(tmp_path)) as window:
        monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
        window.cards.start_self_test()
        card = SelfTestCard.over(window.toast.host)
        wait_until(card.copy_button.isEnabled)
        assert card.outcome.text() == "The self-test could not be started."
        assert json.loads(card.report)["version"] == __version__
