"""The window itself: pages, keys, the start page, what happens when something fails."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import current_thread

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
    QPushButton,
)

from lepton_studio.app import open_first
from lepton_studio.project import project as project_module
from lepton_studio.project.opening import SCHEMA_VERSION, is_older
from lepton_studio.project.project import Project
from lepton_studio.settings import Settings, load_settings, save_settings
from lepton_studio.studio.sample_project import sample_tasks
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.frame.command_palette import CommandPalette, match_rank
from lepton_studio.ui.frame.key_page import KeyPage
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.frame.menus import with_letter
from lepton_studio.ui.shared.errors import FaultDesk
from lepton_studio.ui.start.page import StartPage
from tests.ui.driving import application, label_page, make_project, open_window, press, wait_until

ALL_PAGES = """
import sys
from pathlib import Path
from tests.ui.driving import open_window, wait_until
with open_window(Path(sys.argv[1])) as window:
    for name in ("data", "label", "tune", "inspect", "export", "map"):
        window.open_page(name)
        wait_until(lambda: window.session.background.is_idle)
        assert window.page.isVisible(), name
loaded = {"torch", "transformers", "datasets", "pandas", "tokenizers"} & set(sys.modules)
assert not loaded, loaded
print("all pages")
"""


def test_every_page_opens_without_loading_what_trains(tmp_path: Path, checkout: Path) -> None:
    folder = make_project(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", ALL_PAGES, str(folder)], cwd=checkout, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "all pages", done.stderr


def test_ctrl_and_a_digit_open_a_page(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        press(window, Qt.Key.Key_1, modifier=Qt.KeyboardModifier.ControlModifier)
        wait_until(lambda: window.page is window._pages.get("data"))
        press(window, Qt.Key.Key_2, modifier=Qt.KeyboardModifier.ControlModifier)
        wait_until(lambda: window.page is window._pages["label"])


def test_the_palette_finds_a_command_and_runs_it(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        label_page(window)
        window.show_keys()
        window.show_palette()
        palette = CommandPalette.over(window.toast.host)
        assert palette.isVisible() and palette.line.hasFocus()
        assert not KeyPage.over(window.toast.host).isVisible(), "one card at a time"
        press(window, "go to da")
        press(window, Qt.Key.Key_Return)
        assert window.page is window._pages["data"]
        assert not palette.isVisible()


def test_words_and_letters_in_order_find_a_command() -> None:
    assert match_rank("undo", "Undo") == 0
    assert match_rank("data", "Go to Data") == 1
    assert match_rank("gtd", "Go to Data") == 3
    assert match_rank("xyz", "Go to Data") is None


def test_the_question_mark_shows_every_key_and_any_key_closes_it(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        label_page(window)
        press(window, "?")
        card = KeyPage.over(window.toast.host)
        assert card.isVisible()
        press(window, "1")
        assert not card.isVisible()
        assert window.session is not None and window.session.project.sample(1).value is None


def test_no_two_actions_share_a_key_on_any_page(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        for name in ("data", "label", "tune", "inspect", "export"):
            window.open_page(name)
            actions = [action for action in window.all_actions() if action.shortcut]
            own = list(window.page.actions_of_page()) if window.page is not None else []
            everywhere = [action.shortcut for action in actions if not action.plain_key]
            of_page = [action.shortcut for action in own if action.plain_key]  # these go before the window's own
            assert len(everywhere) == len(set(everywhere)), name
            assert len(of_page) == len(set(of_page)), name


def test_the_first_start_offers_three_samples_each_ready_to_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    with open_window() as window:
        open_first(window, None)
        start = window._start_page
        assert start is not None and start.isVisible() and len(start.samples) == 3
        top = start.first.mapTo(start, start.first.rect().topLeft()).y()
        assert top < start.tasks.mapTo(start, start.tasks.rect().topLeft()).y()
        QTest.mouseClick(start.samples["court_notes"], Qt.MouseButton.LeftButton)
        assert label_page(window).queue.current is not None
        assert window.session is not None and window.session.project.count() == 128
        assert window.session.project.name == start.samples["court_notes"].text()
        window.show_start_page()
        QTest.mouseClick(start.samples["customer_messages"], Qt.MouseButton.LeftButton)
        assert window.session is not None and window.session.project.count() == 300


def test_a_project_open_elsewhere_is_refused_with_a_sentence(tmp_path: Path) -> None:
    folder = make_project(tmp_path)
    with Project.open(folder), open_window() as window:
        assert not window.open_project(folder)
        assert window.toast.text
        assert window.stack.currentWidget() is window._start_page
        start = window._start_page
        assert start is not None and window.focusWidget() is start.form.name


def test_the_menu_marks_the_look_and_the_language_in_force(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path), settings=Settings(theme="light")) as window:
        menu = next(action.menu() for action in window.menuBar().actions() if action.text() == "&View")
        assert isinstance(menu, QMenu)
        menu.aboutToShow.emit()
        inner = [action for one in menu.findChildren(QMenu) for action in one.actions()]
        marked = [action.text() for action in inner if action.isChecked()]
        assert marked == ["Light", "System language"]


def test_every_menu_opens_by_its_letter(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        titles = [action.text() for action in window.menuBar().actions()]
        letters = [title[title.index("&") + 1] for title in titles]
        assert len(set(letters)) == len(letters)
    assert with_letter("视图", letter="V") == "视图(&V)"


def test_a_message_from_before_the_window_was_shown_stands_in_its_place() -> None:
    application()
    window = MainWindow(Settings(), save=lambda _settings: None)
    window.toast.say("The project is open in another window. Close it there first.")
    window.resize(1280, 800)
    window.show()
    QTest.qWaitForWindowExposed(window)
    height = window.toast.host.height()
    assert height - 40 < window.toast.geometry().bottom() < height
    window.close()
    window.deleteLater()


def test_the_start_page_makes_a_project_with_its_labels(tmp_path: Path) -> None:
    with open_window() as window:
        window.show_start_page()
        start = window.stack.currentWidget()
        assert isinstance(start, StartPage)
        start.form.create_button.click()
        assert window.session is None, "a project needs a name"
        start.form.name.setText("Complaints")
        start.form.place.setText(str(tmp_path))
        start.form.labels.setText("refund, card lost，refund、late")
        start.form.create_button.click()
        assert window.session is not None
        assert [label.name for label in window.session.project.labels()] == ["refund", "card lost", "late"]
        assert window.settings.recent == (str(tmp_path / "Complaints.lepton"),)


def test_a_file_dropped_on_the_start_page_becomes_a_project_of_its_task_with_one_click(tmp_path: Path) -> None:
    file = tmp_path / "meals.csv"
    file.write_text("meal,stars\nGood soup,4\nCold fish,1\nFine,3.5\n", "utf-8")
    with open_window() as window:
        window.show_start_page()
        start = window.stack.currentWidget()
        assert isinstance(start, StartPage)
        start.form.place.setText(str(tmp_path))
        start.take_files([file])
        wait_until(lambda: start.tasks.choice == "ratings")
        assert "Ratings" in start.form.files_said.text() and not start.form.labels.isVisible()
        start.form.create_button.click()
        assert window.session is not None and window.session.project.task_id == "ratings"
        page = window.page
        assert isinstance(page, DataPage) and page.import_view is not None
        wait_until(page.import_view.import_button.isEnabled)


def test_each_task_with_a_sample_project_opens_it_from_its_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path))
    with open_window() as window:
        window.show_start_page()
        for task in sample_tasks():
            _open_sample_of(task.id, window)
            window.show_start_page()


def _open_sample_of(task: str, window: MainWindow) -> None:
    start = window.stack.currentWidget()
    assert isinstance(start, StartPage)
    start.tasks.choose(task)
    start.sample.click()
    assert label_page(window).queue.current is not None
    assert window.session is not None and window.session.task.id == task
    background = window.session.background
    wait_until(lambda: background.is_idle)


def test_a_fault_of_ours_shows_a_sentence_and_a_report_never_a_traceback(tmp_path: Path) -> None:
    desk = FaultDesk(tmp_path)
    desk.install()
    try:
        with open_window(make_project(tmp_path)) as window:
            desk.found.connect(window.show_fault)
            try:
                raise ZeroDivisionError("the cause")
            except ZeroDivisionError as error:
                sys.excepthook(type(error), error, error.__traceback__)
            assert window.banner.isVisible()
            window.banner.copy.click()
            assert "ZeroDivisionError: the cause" in application().clipboard().text()
            assert "the cause" in desk.log_file.read_text("utf-8")
    finally:
        desk.uninstall()


def test_settings_survive_and_a_broken_file_means_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path))
    save_settings(Settings(theme="dark").with_recent(tmp_path / "A.lepton"))
    assert load_settings().theme == "dark"
    assert load_settings().recent == (str(tmp_path / "A.lepton"),)
    (tmp_path / "config" / "settings.json").write_text('{"theme": 3, "recent": "no"', "utf-8")
    assert load_settings() == Settings()


def test_long_work_is_shown_with_its_amount_and_can_be_cancelled(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        session = window.session
        assert session is not None

        def work(progress: object) -> None:
            count = 0
            while True:
                progress(count, 1000)  # type: ignore[operator]
                count += 0 if count >= 500 else 1

        session.run_in_background("Counting sheep", work, lambda _answer: None)
        wait_until(lambda: window.strip.isVisible() and "500 of 1,000" in window.strip.amount.text())
        window.strip.cancel.click()
        wait_until(lambda: session.background.is_idle)
        assert not window.strip.isVisible()
        assert "Counting sheep" in window.toast.text


def test_a_project_of_an_older_version_is_brought_up_to_date_beside_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(tmp_path)
    with closing(sqlite3.connect(folder / "project.db")) as db:
        db.execute("PRAGMA user_version = 2")
    seen: list[tuple[str, bool]] = []

    def bring_up_to_date(folder: Path) -> None:
        seen.append((current_thread().name, is_older(folder)))
        with closing(sqlite3.connect(folder / "project.db")) as db:
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")  # what it is in truth

    monkeypatch.setattr(project_module, "_bring_up_to_date", bring_up_to_date)
    with open_window() as window:
        assert window.open_project(folder)
        assert seen == [("bring up to date", True)]
        assert window.session is not None and window.session.project.count() == 12 and not window.toast.text


def test_the_start_page_leads_back_to_the_project_that_was_left(tmp_path: Path) -> None:
    folder = make_project(tmp_path)
    gone = tmp_path / ("Complaints & praise of the customers " * 3 + ".lepton")
    gone.mkdir()
    with open_window(folder, page="data", settings=Settings(recent=(str(gone),))) as window:
        for leaves in ("key", "button"):
            window.open_page("data")
            press(window, Qt.Key.Key_N, modifier=Qt.KeyboardModifier.ControlModifier)
            start = window._start_page
            assert window.session is None and start is not None and window.stack.currentWidget() is start
            assert start.back.text() == "Back to Test" and start.back.isVisible()
            QApplication.processEvents()
            for shown in start.findChildren(QPushButton):
                assert shown.width() >= shown.sizeHint().width() or not shown.isVisible(), shown.text()
            press(window, Qt.Key.Key_2, modifier=Qt.KeyboardModifier.ControlModifier)
            assert window.stack.currentWidget() is start and window.page is None
            window.show_keys()
            press(window, Qt.Key.Key_Escape)
            assert window.stack.currentWidget() is start and window.focusWidget() is start.form.name
            if leaves == "key":
                press(window, Qt.Key.Key_Escape)
            else:
                start.back.click()
            assert window.session is not None and window.session.project.folder == folder
            assert window.page is window._pages["data"]
