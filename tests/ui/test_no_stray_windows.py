"""A part that is shown before it has its place in the window flashes up as a window of its own and takes the focus."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.ui.main_window import MainWindow
from lepton_studio.ui.pages.data import DataPage
from tests.ui.driving import application, open_window, wait_until

PAGES = ("data", "label", "tune", "inspect", "out")


class ShownWindows(QObject):
    """Remembers every widget that is shown as a window."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


@pytest.fixture
def sample_project(tmp_path: Path) -> Path:
    with create_sample_project(tmp_path / "Sample.lepton") as project:
        return project.folder


@pytest.mark.parametrize("page", PAGES)
def test_opening_a_page_flashes_up_no_window(sample_project: Path, page: str) -> None:
    shown = ShownWindows()
    application().installEventFilter(shown)
    with open_window(sample_project, page=page) as window:
        wait_until(lambda: window.session is not None and window.session.background.is_idle)
    application().removeEventFilter(shown)
    assert shown.seen == [MainWindow.__name__]


def test_dropping_a_file_flashes_up_no_window(sample_project: Path, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("text,label\nGive me my money,refund\n", "utf-8")
    with open_window(sample_project, page="data") as window:
        shown = ShownWindows()
        application().installEventFilter(shown)
        window.import_files([tmp_path / "new.csv"])
        page = window.page
        assert isinstance(page, DataPage) and page.import_view is not None
        wait_until(page.import_view.import_button.isEnabled)
        application().removeEventFilter(shown)
        assert shown.seen == []
