"""Before the first run of a task that writes a click gives drafts of the built-in writer, which say whose they are."""

from __future__ import annotations

from pathlib import Path

from lepton_studio.models.built_in import WRITER
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from tests.ui.driving import label_page, open_window, wait_until

TEXT = "Our library will close for renovation in July. Until September readers may use the branch at the station."


def test_a_click_gives_drafts_of_the_built_in_writer(tmp_path: Path, built_in_writer: str) -> None:
    with Project.create(tmp_path / "Summaries.lepton", task="text_to_text") as project:
        with project.change("Import") as change:
            change.add_samples([NewSample(TEXT), NewSample("Anna is ill, so the class moved to Friday at seven.")])
        folder = project.folder
    with open_window(folder) as window:
        page, session = label_page(window), window.session
        assert session is not None
        box = page.box
        wait_until(lambda: box.draft.isVisibleTo(box))
        assert WRITER.name in box._sentence.text()
        assert box.instruction.text() == session.task.drafts
        assert not box.ask.isVisibleTo(box)
        box.draft.click()
        assert not box.draft.isEnabled() and box._sentence.text().endswith("is writing drafts…")
        wait_until(lambda: bool(box.value.text()), seconds=240)
        assert box._origin.text().startswith("SmolLM2-135M-Instruct · ") and not box.draft.isVisibleTo(box)
        assert box._sentence.text() == "Press Enter to accept."
        wait_until(lambda: session.background.is_idle)
        assert session.project.suggestion_count(session.project.predictors()[0].id) == 2


def test_a_project_that_labels_offers_none(tmp_path: Path, built_in_writer: str) -> None:
    with Project.create(tmp_path / "Labels.lepton", task="text_classification", labels=["a", "b"]) as project:
        with project.change("Import") as change:
            change.add_samples([NewSample(TEXT)])
        folder = project.folder
    with open_window(folder) as window:
        box, session = label_page(window).box, window.session
        assert session is not None
        wait_until(lambda: session.background.is_idle)
        assert not box.draft.isVisibleTo(box) and not box.instruction.isVisibleTo(box)
