"""What a person did is kept, or the window says at once that it is not, and offers a way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from lepton_studio.app import open_first
from lepton_studio.project.copies import back_up, backups
from lepton_studio.project.project import Project
from lepton_studio.runs.job import Recipe
from lepton_studio.settings import Settings
from lepton_studio.ui.frame.backups_card import BackupsCard
from lepton_studio.ui.frame.check_card import CheckCard
from lepton_studio.ui.frame.closing import LosingQuestion
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.frame.rename_card import RenameCard
from lepton_studio.ui.shared.read_only import CHANGING
from lepton_studio.ui.shared.session import Session
from tests.newer import all_files, make_newer
from tests.ui.driving import application, make_project, open_window, press, wait_until


def _session(window: MainWindow) -> Session:
    assert window.session is not None
    return window.session


def _open_newest(card: BackupsCard) -> None:
    button = next(one for one in card.findChildren(QPushButton) if one.accessibleName().startswith("Open the backup"))
    button.click()


def _chosen(monkeypatch: pytest.MonkeyPatch, target: Path) -> None:
    """The person names this file in the system's dialog."""
    monkeypatch.setattr(
        "lepton_studio.ui.frame.project_files.QFileDialog.getSaveFileName", lambda *_args, **_more: (str(target), "")
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows does not let go of a folder with open files")
def test_a_folder_that_is_gone_stops_the_work_and_all_of_it_is_saved_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(tmp_path)
    with open_window(folder) as window:
        session = _session(window)
        session.perform(lambda project: project.note(1, "kept"))
        assert window.header.saved.text() == "✓ Saved" and not window.place_banner.isVisible()
        wait_until(lambda: "Last change: " in window.header.saved.toolTip())
        shutil.rmtree(folder)
        assert session.perform(lambda project: project.note(2, "refused at first")) is None
        assert window.header.saved.text() == "Not saved"
        assert "no longer in" in window.place_banner.sentence.text()
        window.close()
        question = window.toast.host.findChild(LosingQuestion)
        assert question is not None and question.isVisible() and window.session is session, "it is asked first"
        question.close_over()
        window.show_fault("a report")
        assert "Your labels are saved" not in window.banner._sentence.text()
        _chosen(monkeypatch, tmp_path / "Saved")
        window.close()
        question.save.click()
        wait_until(lambda: window.session is not None and window.session.project.folder.stem == "Saved")
        saved = _session(window).project
        assert (saved.count(), saved.sample(1).note, saved.sample(2).note) == (12, "kept", "refused at first")
        assert window.header.saved.text() == "✓ Saved" and not window.place_banner.isVisible()
        assert not folder.exists()


def test_the_watch_finds_a_folder_that_goes_and_one_that_comes_back(tmp_path: Path) -> None:
    folder = make_project(tmp_path)
    with open_window(folder) as window:
        keeping = _session(window).keeping
        away = folder.rename(tmp_path / "Away.lepton")
        keeping.look()
        wait_until(lambda: keeping.is_gone)
        _session(window).perform(lambda project: project.flag(3))
        _session(window).perform_in_background("Flag", lambda project: project.flag(4))
        wait_until(lambda: len(keeping.refused) == 2)
        away.rename(folder)
        keeping.look()
        wait_until(lambda: keeping.state == "saved")
        project = _session(window).project
        assert project.sample(3).flagged and project.sample(4).flagged, "what was refused meanwhile is done"


def test_a_copy_and_a_backup_are_made_beside_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_project(tmp_path)
    with open_window(folder) as window:
        session = _session(window)
        session.keeping.back_up()
        wait_until(lambda: session.background.is_idle)
        assert len(backups(folder)) == 1
        session.keeping.back_up()
        wait_until(lambda: session.background.is_idle)
        assert len(backups(folder)) == 1, "nothing was written since"
        session.perform(lambda project: project.flag(1))
        _chosen(monkeypatch, tmp_path / "Copy.lepton")
        window.files.save_copy()
        wait_until(lambda: (tmp_path / "Copy.lepton").exists() and session.background.is_idle)
        with Project.open(tmp_path / "Copy.lepton") as copied:
            assert copied.sample(1).flagged
        window.files.show_backups()
        card = window.toast.host.findChild(BackupsCard)
        assert card is not None
        _open_newest(card)
        wait_until(lambda: _session(window).project.folder not in (folder, tmp_path / "Copy.lepton"))
        assert not _session(window).project.sample(1).flagged


def test_a_damaged_project_opens_from_its_backup(tmp_path: Path) -> None:
    folder = make_project(tmp_path)
    with Project.open(folder) as project:
        project.flag(2)
        back_up(project)
    (folder / "project.db").write_bytes(b"garbage" * 1000)
    with open_window() as window:
        assert not window.open_project(folder)
        assert "is damaged" in window.toast.text
        window.toast._button.click()
        card = window.toast.host.findChild(BackupsCard)
        assert card is not None and card.isVisible()
        _open_newest(card)
        assert _session(window).project.sample(2).flagged
        assert (folder / "project.db").read_bytes().startswith(b"garbage")


def test_a_project_is_renamed_and_closed_from_the_menu(tmp_path: Path) -> None:
    folder = make_project(tmp_path)
    with open_window(folder) as window:
        window.files.rename()
        card = window.toast.host.findChild(RenameCard)
        assert card is not None
        for name, wrong in (("a/b", True), ("", True), ("Praise", False)):
            card.name.setText(name)
            card.rename.click()
            assert card.isVisible() == wrong
        assert _session(window).project.name == "Praise" and (tmp_path / "Praise.lepton").is_dir()
        assert window.windowTitle().startswith("Praise") and window.settings.recent[0].endswith("Praise.lepton")
        assert str(folder) not in window.settings.recent
        press(window, Qt.Key.Key_W, modifier=Qt.KeyboardModifier.ControlModifier)
        assert window.session is None


def test_a_check_says_what_is_damaged(tmp_path: Path) -> None:
    with open_window(make_project(tmp_path)) as window:
        window.files.check()
        card = window.toast.host.findChild(CheckCard)
        assert card is not None
        wait_until(card.isVisible)
        assert card._title.text() == "The project is sound"


def test_a_project_that_can_only_be_read_says_so_and_every_page_opens(tmp_path: Path) -> None:
    folder = make_project(tmp_path)
    application()
    window = MainWindow(Settings(), save=lambda _settings: None)
    window.show()
    from lepton_studio.ui.start.opening import OpenedProject

    window._take(OpenedProject(Project.open(folder, read_only=True)), page="label")
    assert window.header.saved.text() == "Read-only" and window.place_banner.isVisible()
    for page in ("data", "label", "tune", "inspect", "export"):
        window.open_page(page)
        wait_until(lambda: _session(window).background.is_idle)
    assert _session(window).perform(lambda project: project.flag(1)) is None
    assert window.toast.text == "This project is open read-only."
    assert "Save a copy" in window.place_banner.act.text()
    window.close()
    window.deleteLater()


def test_a_project_of_a_newer_version_is_looked_at_and_nothing_is_written(tmp_path: Path) -> None:
    folder = make_project(tmp_path)
    with Project.open(folder) as project:
        project.note(1, "as it was")
    make_newer(folder)
    before = all_files(folder)
    with open_window(folder) as window:
        session = _session(window)
        assert window.windowTitle() == "Test (Read-only) · Lepton Studio"
        assert window.header.saved.text() == "Read-only"
        assert "made by a newer version of this app" in window.place_banner.sentence.text()
        for page in ("data", "tune", "inspect", "map", "export", "label"):
            window.open_page(page)
            wait_until(lambda: session.background.is_idle)
            enabled = {one.id for one in window.all_actions() if one.enabled()}
            assert not enabled & CHANGING
        known = {one.id for one in window.all_actions()}
        assert {"flag", "skip", "undo", "import"} <= known & CHANGING
        deciding = window.page.deciding  # type: ignore[union-attr]
        for key in (Qt.Key.Key_1, Qt.Key.Key_2):
            window.toast.hide()
            press(window, key)
            assert window.toast.isVisible() and window.toast.text == "This project is open read-only."
            assert deciding.queue.current.value is None
        deciding.save_note(1, "another note")
        deciding.forward()
        assert deciding.queue.current.id == 2, "what was refused must not hold the person on the sample"
        session.start_run(model="", recipe=Recipe())
        session.perform_in_background("Much", lambda project: project.flag(1))
        window.page.suggestions.forget_word_list()  # type: ignore[union-attr]
        session.keeping.save_copy(tmp_path / "Copy.lepton", lambda _copied: None)
        wait_until(lambda: (tmp_path / "Copy.lepton").exists() and session.background.is_idle)
    assert before == all_files(folder)
    with Project.open(tmp_path / "Copy.lepton", read_only=True) as copy:
        assert copy.is_newer and copy.sample(1).note == "as it was"


def test_the_window_works_where_nothing_can_be_remembered_and_says_so_once(tmp_path: Path) -> None:
    application()
    tries = []

    def full(_settings: Settings) -> None:
        tries.append(1)
        raise OSError(28, "No space left on device")

    window = MainWindow(Settings(), save=full)
    window.show()
    folder = make_project(tmp_path)
    assert window.open_project(folder)
    wait_until(lambda: "Settings cannot be saved" in window.toast.text)
    window.toast.hide()
    next(one for one in window.all_actions() if one.id == "theme_light").run()
    assert len(tries) == 2 and window.settings.theme == "light"
    application().processEvents()
    assert not window.toast.isVisible()
    window.close()
    window.deleteLater()


def test_the_first_start_of_a_home_that_cannot_be_written_shows_the_start_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    application()
    (tmp_path / "home").write_text("a file where the folder should be")
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path / "home"))
    window = MainWindow(Settings())
    open_first(window, None)
    window.show()
    window.open_sample()
    assert window.session is None and window.stack.currentWidget() is not None
    assert window.toast.text
    window.close()
    window.deleteLater()


_ON_A_FULL_DISK = """
import os, sys
from pathlib import Path
from lepton_studio.settings import save_settings
from tests.ui.driving import application, make_project
from lepton_studio.app import open_first
from lepton_studio.settings import Settings
from lepton_studio.ui.shared.errors import FaultDesk
from lepton_studio.ui.frame.main_window import MainWindow
place = Path(sys.argv[1])
os.environ["LEPTON_HOME"] = str(place / "home")
folder = make_project(place)
try:
    (place / "fill").write_bytes(bytes(9_000_000))
except OSError:
    pass
desk = FaultDesk(place / "home" / "logs")
desk.install()
faults = []
desk.found.connect(faults.append)
desk.take(OSError(28, "full"))
application()
window = MainWindow(Settings(), save=save_settings)
open_first(window, folder)
window.show()
application().processEvents()
assert window.session is not None and window.header.saved.text() == "Read-only"
assert "its disk is full" in window.place_banner.sentence.text()
assert window.session.project.count() == 12
for page in ("data", "label", "export"):
    window.open_page(page)
window.close()
assert not faults, faults
print("it works")
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="a full disk of its own needs Linux and its rights")
def test_on_a_full_disk_the_window_starts_and_reads_so_that_people_can_export_and_make_room(
    tmp_path: Path, checkout: Path
) -> None:
    mounted = f'mount -t tmpfs -o size=3M tmpfs "{tmp_path}" || exit 77; exec "$@"'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", mounted, "sh", sys.executable, "-c", _ON_A_FULL_DISK, str(tmp_path)],
        cwd=checkout,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if done.returncode in (1, 77) and "Traceback" not in done.stderr:
        pytest.skip(f"no disk of its own can be mounted here: {done.stderr.strip()}")
    assert done.stdout.strip() == "it works", done.stderr
