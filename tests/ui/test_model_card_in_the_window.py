"""The model card over the Export page: read, added to, and saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.project.card_notes import CardNotes
from lepton_studio.ui.export.card_view import CardView
from lepton_studio.ui.export.page import ExportPage
from lepton_studio.ui.shared.session import Session
from tests.chart_window import application, shown, wait_until
from tests.ui.tuned_project import tuned_project


def test_a_person_reads_the_card_adds_to_it_and_saves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    application()
    project = tuned_project(tmp_path / "p.lepton")
    (project.run_folder(project.runs()[0].id) / "model").mkdir()
    session = Session(project)
    page = ExportPage(session)
    with shown(page, width=1100, height=760):
        page.activate()
        wait_until(page.run.count)
        page.card_button.click()
        card = CardView.over(page)
        wait_until(lambda: "of 24 texts that it had not seen" in card.page.toPlainText())
        assert "Nobody has written down yet" in card.page.toPlainText()
        card.switch.click()
        assert card.is_writing
        card.use.setPlainText("Sorts our post.")
        card.switch.click()
        wait_until(lambda: "Sorts our post." in card.page.toPlainText())
        card.switch.click()
        card.limits.setPlainText("Not for <b>claims</b>.")
        card.close_over()
        assert project.card_notes() == CardNotes("Sorts our post.", "Not for <b>claims</b>."), "closing keeps it"
        target = tmp_path / "card.html"
        monkeypatch.setattr(
            "lepton_studio.ui.export.card_view.QFileDialog.getSaveFileName", lambda *_: (str(target), "")
        )
        page.open_card()
        card.save.click()
        wait_until(target.exists)
        assert "Not for &lt;b&gt;claims" in target.read_text("utf-8")
        wait_until(lambda: session.background.is_idle)
        page.deactivate()
    session.close()
    session.deleteLater()
