"""The whole loop once, through the real window, with the built-in encoder in real child processes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, RunStatus
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.export.page import ExportPage
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.inspect.page import InspectPage
from lepton_studio.ui.tune.page import TunePage
from tests.event_loop import come_round
from tests.ui.driving import label_page, press, wait_until, watched_window

LABELLED = Filter(state="labelled")
SLOW = 900.0


def test_import_label_tune_pause_resume_inspect_correct_tune_again_export(tmp_path: Path, sample_file: Path) -> None:
    with Project.create(tmp_path / "Complaints.lepton", task="text_classification") as empty:
        folder = empty.folder
    with watched_window(folder, page="data") as window:
        before = _import(window, sample_file)
        _label_ten_by_keyboard_and_undo(window, before)
        tune = _tune_pause_and_resume(window)
        _correct_a_label_behind_a_confusion_cell(window)
        _tune_again(window, tune)
        _export(window, tmp_path)
    with Project.open(folder, read_only=True) as project:
        assert [run.status for run in project.runs()] == ["finished", "finished"]
        assert project.count(LABELLED) == before + 10


def _project(window: MainWindow) -> Project:
    assert window.session is not None
    return window.session.project


def _import(window: MainWindow, file: Path) -> int:
    """The sample file by the import view; how many samples came with a label."""
    window.import_files([file])
    come_round()
    page = window.page
    assert isinstance(page, DataPage) and page.import_view is not None
    wait_until(page.import_view.import_button.isEnabled)
    QTest.mouseClick(page.import_view.import_button, Qt.MouseButton.LeftButton)
    come_round()
    project = _project(window)
    wait_until(lambda: project.count() == 300 and window.toast.text)
    return project.count(LABELLED)


def _label_ten_by_keyboard_and_undo(window: MainWindow, before: int) -> None:
    label_page(window)
    come_round()
    project = _project(window)
    for key in "12345612345":
        press(window, key)
        come_round()
    assert project.count(LABELLED) == before + 11, "each press is one label, saved"
    press(window, Qt.Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    wait_until(lambda: project.count(LABELLED) == before + 10)


def _tune_pause_and_resume(window: MainWindow) -> TunePage:
    """A run is started from the keyboard, its curve moves, it is paused, and goes on to its end."""
    window.open_page("tune")
    come_round()
    page = window.page
    assert isinstance(page, TunePage)
    wait_until(lambda: page.left.start.isEnabled(), seconds=60)
    _set(page, epochs="8", max_length="24", evaluations="1")
    press(window, Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier)

    def points() -> int:
        return len(page.curves.points(1, "train_loss"))

    wait_until(lambda: points() >= 3, seconds=SLOW)
    drawn = points()
    wait_until(lambda: points() > drawn, seconds=SLOW)
    QTest.mouseClick(page.live.stop, Qt.MouseButton.LeftButton)
    come_round()
    QTest.mouseClick(page.live.pause, Qt.MouseButton.LeftButton)
    come_round()
    _wait_for_status(window, 1, "interrupted")
    assert "Paused at step" in _project(window).run(1).sentence
    wait_until(page.live.resume.isVisible)
    QTest.mouseClick(page.live.resume, Qt.MouseButton.LeftButton)
    come_round()
    _wait_for_status(window, 1, "finished")
    scores = _project(window).run(1).scores
    assert scores["test"]["macro_f1"] > 0.6 and set(scores) == {"train", "validation", "test"}
    return page


def _correct_a_label_behind_a_confusion_cell(window: MainWindow) -> None:
    """From a cell of the matrix to exactly its samples, and a label put right there."""
    window.open_page("inspect")
    come_round()
    page = window.page
    assert isinstance(page, InspectPage)
    wait_until(lambda: page.run() is not None and page.predictions.model.rowCount() > 0)
    page.charts.show_view("matrix")
    come_round()
    matrix = page.charts.matrix
    wait_until(matrix.isVisible)
    run = page.run()
    assert run is not None
    stored = _project(window).report(run.id, "test")
    assert isinstance(stored, dict)
    counts = stored["confusion"]["matrix"]
    row, column = max(
        ((i, j) for i in range(len(counts)) for j in range(len(counts))), key=lambda at: counts[at[0]][at[1]]
    )
    view = matrix.view().viewport()
    where: QPoint = view.mapFrom(matrix, matrix.center_of(row, column).toPoint())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
    come_round()
    wait_until(lambda: page.predictions.model.rowCount() == counts[row][column])
    page.predictions.table.setFocus()
    shown = page.predictions.table.current()
    assert shown is not None
    other = next(label for label in _project(window).labels() if label.id != shown.prediction.gold)
    QTest.keyClicks(page.predictions.table, other.key)
    assert _project(window).sample(shown.sample.id).value == {"labels": [other.id]}
    assert page.head.fixes.text() == "1 label changed since this run"


def _tune_again(window: MainWindow, tune: TunePage) -> None:
    page = window.page
    assert isinstance(page, InspectPage)
    QTest.mouseClick(page.head.again, Qt.MouseButton.LeftButton)
    come_round()
    wait_until(lambda: window.page is tune)
    _wait_for_status(window, 2, "running")
    wait_until(tune.live.stop.isVisible, seconds=SLOW)
    _wait_for_status(window, 2, "finished")


def _export(window: MainWindow, folder: Path) -> None:
    window.open_page("export")
    come_round()
    page = window.page
    assert isinstance(page, ExportPage)
    project = _project(window)
    page.export_data(folder / "labels.csv", format_id="csv")
    wait_until((folder / "labels.csv").exists)
    with (folder / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == project.count(LABELLED)
    page.export_model(folder / "model", run=2)
    wait_until((folder / "model" / "modules.json").exists, seconds=60)
    source = folder / "new.csv"
    source.write_text("text\nI want my money back for order 17\n", "utf-8")
    page.predict(source, folder / "new.jsonl", run=2)
    wait_until((folder / "new.jsonl").exists, seconds=SLOW)
    answer = json.loads((folder / "new.jsonl").read_text("utf-8"))
    assert answer["label"] in {label.name for label in project.labels()}
    assert abs(sum(answer["scores"].values()) - 1) < 1e-4


def _wait_for_status(window: MainWindow, number: int, status: RunStatus) -> None:
    session = window.session
    assert session is not None

    def reached() -> bool:
        runs = [run for run in session.project.runs() if run.number == number]
        settled = status == "running" or not session.scheduler.is_busy
        return bool(runs) and runs[0].status == status and settled

    wait_until(reached, seconds=SLOW)


def _set(page: TunePage, **settings: str) -> None:
    for name, value in settings.items():
        field = page.left.choices.settings.fields[name]
        assert isinstance(field, QLineEdit)
        field.setText(value)
