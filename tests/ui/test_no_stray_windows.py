"""A part that is shown before it has its place in the window flashes up as a window of its own and takes the focus.

`open_window` looks for it in every test of the window; here is what they would not open by themselves.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.ui.data.page import DataPage
from lepton_studio.widgets.chips import MenuChip
from lepton_studio.widgets.choice_popup import ChoicePopup
from tests.ui.driving import label_page, open_window, wait_until

PAGES = ("data", "label", "tune", "inspect", "export", "map")


@pytest.fixture
def sample_project(tmp_path: Path) -> Path:
    with create_sample_project(tmp_path / "Sample.lepton") as project:
        return project.folder


def test_opening_pages_flashes_up_no_window(sample_project: Path) -> None:
    with open_window(sample_project, page=PAGES[0]) as window:
        for page in PAGES:
            window.open_page(page)
            wait_until(lambda: window.session is not None and window.session.background.is_idle)


def test_dropping_a_file_flashes_up_no_window(sample_project: Path, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("text,label\nGive me my money,refund\n", "utf-8")
    with open_window(sample_project, page="data") as window:
        window.import_files([tmp_path / "new.csv"])
        page = window.page
        assert isinstance(page, DataPage) and page.import_view is not None
        wait_until(page.import_view.import_button.isEnabled)


def test_choosing_from_a_list_flashes_up_no_window(sample_project: Path) -> None:
    with open_window(sample_project) as window:
        page = label_page(window)
        card = page.panel.open_card(page.labels[0].id)
        card.merge.click()
        assert [one.isVisible() for one in card.findChildren(ChoicePopup)] == [True]
        card.close()
        for chip in (one for one in page.findChildren(MenuChip) if one.isVisible()):
            chip.click()
            chip.findChildren(ChoicePopup)[0].close()
