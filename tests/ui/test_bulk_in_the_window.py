"""Ten thousand samples are labelled in one step, and the window goes on meanwhile."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from lepton_studio.ui.bulk.step_card import BulkStepCard
from lepton_studio.ui.data.page import DataPage
from tests.ui.driving import wait_until, watched_window

_MANY = 10_000


def test_ten_thousand_samples_are_labelled_and_unlabelled_while_the_window_goes_on(tmp_path: Path) -> None:
    with Project.create(tmp_path / "Many.lepton", task="text_classification", labels=["refund", "lost"]) as project:
        with project.change("Import") as change:
            change.add_samples(NewSample(f"This is message number {n}.") for n in range(_MANY))
        project.annotate(7, {"labels": [2]}, labels=(2,))
        folder = project.folder
    with watched_window(folder, page="data") as window:
        page = window.page
        assert isinstance(page, DataPage) and window.session is not None
        session, project, table = window.session, window.session.project, page.table
        wait_until(lambda: table.model.rowCount() == 100)
        table.view.selectAll()
        wait_until(lambda: table._amount.text() == "All matches selected: 10,000")
        chosen = table.chosen()
        assert chosen is not None
        table.bulk.give(chosen, table.bulk.choices()[0])
        wait_until(lambda: (card := window.findChild(BulkStepCard)) is not None and card.isVisible())
        card = window.findChild(BulkStepCard)
        assert card is not None and card.do.text() == "Label 9999 samples"
        card.do.click()
        wait_until(lambda: project.count(Filter(state="labelled")) == _MANY and session.background.is_idle)
        window.undo(sure=True)
        wait_until(lambda: project.count(Filter(state="labelled")) == 1 and session.background.is_idle)
