"""A real run of the built-in encoder in a real child, seen from the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from lepton_studio.project.project import Project
from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.ui.export.page import ExportPage
from lepton_studio.ui.frame.closing import ClosingQuestion
from tests.ui.driving import label_page, open_window, press, wait_until

SHORT = Recipe(epochs=1, max_length=32)
LONG = Recipe(epochs=60, max_length=32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with create_sample_project(tmp_path / "Sample.lepton") as project:
        return project.folder


def test_a_run_is_seen_in_the_header_then_suggests_labels_then_predicts_a_file(folder: Path, tmp_path: Path) -> None:
    with open_window(folder) as window:
        session = window.session
        assert session is not None
        seen: list[str] = []
        session.run_events_arrived.connect(lambda _run, events: seen.extend(type(one).__name__ for one in events))
        ended: list[str] = []
        session.run_ended.connect(lambda _run, outcome: ended.append(outcome.kind))
        session.start_run(model=BUILT_IN_MODEL, recipe=SHORT)
        wait_until(lambda: window.header.run.isVisible() and "run 1" in window.header.run.text(), seconds=60)
        wait_until(lambda: ended, seconds=180)
        assert ended == ["finished"] and "Stepped" in seen
        assert not window.header.run.isVisible()
        assert session.project.run(1).scores["test"]["accuracy"] > 0.5

        page = label_page(window)
        wait_until(lambda: page.suggestions.run == 1)
        wait_until(lambda: page.queue.current and page.suggestions.of(page.queue.current), seconds=120)  # by itself
        shown = page.queue.current
        assert shown is not None
        suggestion = page.suggestions.of(shown)
        from PySide6.QtCore import Qt

        press(window, Qt.Key.Key_Return)
        decision = session.project.decisions(shown.id)[0]
        assert suggestion is not None and decision.origin == "suggestion"
        assert decision.after == session.task.dump(suggestion.value)

        window.open_page("export")
        out = window.page
        assert isinstance(out, ExportPage)
        source = tmp_path / "new.csv"
        source.write_text("text\nI want my money back\nWhere is my parcel?\n", "utf-8")
        wait_until(lambda: out.run.currentData() == 1)
        out.predict(source, tmp_path / "new.jsonl", run=1)
        wait_until(lambda: out.predictions.results.rowCount() == 2, seconds=120)
        out.export_data(tmp_path / "labels.csv", format_id="csv")
        wait_until((tmp_path / "labels.csv").exists)
        out.export_model(tmp_path / "model", run=1)
        wait_until(lambda: (tmp_path / "model" / "README.md").exists() and session.background.is_idle)


def test_closing_the_window_during_a_run_asks_and_a_stopped_run_can_be_resumed(folder: Path) -> None:
    with open_window(folder) as window:
        session = window.session
        assert session is not None
        steps: list[object] = []
        session.run_events_arrived.connect(
            lambda _run, events: steps.extend(one for one in events if type(one).__name__ == "Checkpointed")
        )
        session.start_run(model=BUILT_IN_MODEL, recipe=LONG)
        wait_until(lambda: steps, seconds=180)
        window.close()
        question = ClosingQuestion.over(window.toast.host)
        assert window.isVisible() and question.isVisible()
        question.close_over()
        assert window.session is not None, "Escape changes nothing"
        assert window.header.run.isVisible()
        window.close()
        question.stop.click()
        QApplication.processEvents()
        assert window.session is None and not window.isVisible()
    with open_window(folder) as window:
        session = window.session
        assert session is not None
        wait_until(lambda: session.project.run(1).status == "interrupted" and not session.scheduler.is_busy, seconds=60)
        assert "paused" in session.project.run(1).sentence.lower()
        ended: list[str] = []
        session.run_ended.connect(lambda _run, outcome: ended.append(outcome.kind))
        resumed: list[object] = []
        session.run_events_arrived.connect(
            lambda _run, events: resumed.extend(one for one in events if type(one).__name__ == "Stepped")
        )
        session.resume_run(1)
        wait_until(lambda: resumed, seconds=120)
        session.stop_run(keep=False)
        wait_until(lambda: ended, seconds=60)
    with Project.open(folder) as project:
        assert project.run(1).status in ("stopped", "interrupted")
