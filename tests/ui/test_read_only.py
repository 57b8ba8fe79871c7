"""A project that is only read: what would change it is grey and says why, on every page, and all else works."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from lepton_studio.project.records import Filter
from lepton_studio.ui.bulk.actions import BulkActions, Chosen
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.inspect.page import InspectPage
from lepton_studio.ui.label.contradictions_card import ContradictionsCard
from lepton_studio.ui.label.label_card import Swatch
from lepton_studio.ui.label.page import LabelPage
from lepton_studio.ui.label.sources_card import SourcesCard
from lepton_studio.ui.map.page import MapPage
from lepton_studio.ui.shared.read_only import CHANGING, why_only_read
from lepton_studio.ui.tune.page import TunePage
from lepton_studio.widgets.greyed import why_grey
from tests.newer import all_files, make_newer
from tests.ui.driving import label_page, make_project, open_window, press, wait_until

PAGES = ("data", "tune", "inspect", "map", "export", "label")
READING = {
    # of the window
    "new", "open", "sample", "close", "save_copy", "backups", "check", "models", "hub", "preferences", "quit",
    "history", "person", "search", "palette", "larger", "smaller", "usual_size", "manual", "tour", "keys",
    "change_keys", "log", "self_test", "about",
    # of a page; Enter goes on or accepts, cards have choices, and the session refuses what they write
    "accept", "back", "next", "previous", "copy", "similar", "sources", "progress", "people", "settle", "suspects",
    "contradictions", "sample_history", "guidelines", "meanings", "near_groups", "beside",
    "map.through", "map.all", "map.anew", "tune.stop", "tune.inspect", "tune.further", "tune.zoom",
    "export", "export_dataset", "export_model", "model_card", "predict",
}  # fmt: skip
"""Commands that change nothing by themselves. A new one goes here, or to `CHANGING`."""
VIEWS = ("page_", "recent_", "theme_", "language_", "inspect.")
WRITING_MENU = ("Label as", "Move to split", "Skip", "Do not skip", "Flag", "Remove flag", "Remove from project")


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A project of a newer version of the app."""
    folder = make_project(tmp_path)
    make_newer(folder)
    return folder


def test_every_command_either_reads_or_is_grey_and_says_why(newer: Path) -> None:
    before, seen = all_files(newer), set()
    with open_window(newer) as window:
        for page in PAGES:
            window.open_page(page)
            for one in window.all_actions():
                seen.add(one.id)
                if one.id in CHANGING:
                    assert not one.enabled() and "made by a newer version" in one.why_not, one.id
                else:
                    assert one.id in READING or one.id.startswith(VIEWS), f"does {one.id} change the project?"
                    assert not one.why_not, one.id
            _settle(window)
        assert {"import", "rename", "merge_copy", "tune.start", "label_selected", "map.change", "example"} <= seen
        project_menu = next(one for one in window.menuBar().findChildren(QMenu) if "Project" in one.title())
        project_menu.aboutToShow.emit()
        said = {one.text(): why_grey(one) for one in project_menu.actions()}
        assert "made by a newer version" in said["Import files…"] and not said["Save a copy…"]
        project_menu.aboutToHide.emit()
        press(window, Qt.Key.Key_I, modifier=Qt.KeyboardModifier.ControlModifier)
        assert window.toast.isVisible() and "made by a newer version" in window.toast.text
        labelling = label_page(window)
        for key in (Qt.Key.Key_N, Qt.Key.Key_F, Qt.Key.Key_Space):
            window.toast.say("")
            press(window, key)
            assert "made by a newer version" in window.toast.text and not labelling.card.note.isVisible()
        window.cards.tour_once()
        assert window.cards._tour is None, "it would point at what cannot be done"
        window.import_files([newer.parent / "more.csv"])
        assert window.page_id == "label" and window.toast.text == "This project is open read-only."
    assert before == all_files(newer)


def test_every_button_that_begins_a_change_is_grey_and_says_why(newer: Path) -> None:
    with open_window(newer) as window:
        assert window.session is not None
        why = why_only_read(window.session.project)
        assert {window.header.undo.toolTip(), window.header.redo.toolTip()} == {why}
        for name in ("data", "label", "tune", "inspect", "map"):
            window.open_page(name)
            _settle(window)
            assert window.page is not None
            for part in _changing(window.page):
                part.setEnabled(True)  # as pages do when what they show changes
                part.setToolTip("something else")
                assert not part.isEnabled() and part.toolTip() == why, (name, type(part), part.accessibleName())
        menu = BulkActions(window.session, window).menu(Chosen(Filter(ids=(1,)), 1), window)
        told = {one.text(): why_grey(one) for one in menu.actions() if one.text()}
        assert {one for one in told if told[one] == why} == {one for one in told if one in WRITING_MENU}
        assert told["Copy"] == "" and len(told) >= len(WRITING_MENU)


def _changing(page: QWidget) -> list[QWidget]:
    """The parts of a page with which a change begins."""
    if isinstance(page, DataPage):
        panel, table = page.panel, page.table
        empty = page._empty.buttons
        return [panel.import_button, panel.dataset_button, table._single, table.label_as, *empty]
    if isinstance(page, TunePage):
        ledger = page.ledger
        return [page.left.start, page.live.resume, ledger.resume, ledger.delete, ledger.really, page.queue]
    if isinstance(page, InspectPage):
        trust = page.charts.trust
        page._show_trust()
        return [
            page.head.again,
            page.predictions.detail.accept,
            page.predictions.detail.choose,
            trust.keep,
            trust.clear,
        ]
    if isinstance(page, MapPage):
        return [page.more]
    assert isinstance(page, LabelPage)
    card = page.panel.open_card(1)
    pairs = ContradictionsCard.over(page)
    pairs.look(page.session)
    sources = SourcesCard.over(page)
    sources.show_sources(page.suggestions.sources)
    bar, box = page.reviewing.bar, page.box
    swatches = card.findChildren(Swatch)[0].parentWidget()
    assert swatches is not None
    return [
        box.ask, box.draft, box.instruction, box._word_list, page.panel.groups["label"].add, bar.keep, bar.ambiguous,
        page.settling.panel, card.name, card.key, card.description, swatches, card.merge, card.split, card.nest,
        card.retire, card.delete, pairs.first, pairs.second, pairs.keep, pairs.ambiguous, sources.hidden,
        *sources.choices,
    ]  # fmt: skip


def _settle(window: MainWindow) -> None:
    session = window.session
    assert session is not None
    wait_until(lambda: session.background.is_idle)
