"""What people import is shown as it is written: no page, tool tip or message reads it as markup and opens files."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QToolTip, QWidget

from lepton_studio.ui.data.import_view import ImportView
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.widgets.plain_text import OwnPage, PlainLabel, filled, set_tool_tip
from tests.ui.driving import application, open_window, wait_until
from tests.ui.tuned_project import tuned_project

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="watches files with inotify")
_IN_OPEN = 0x20
PAGES = ("data", "label", "tune", "inspect", "export", "map")


class Watched:
    """A picture in the current folder, and whether anybody has opened it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        picture = QPixmap(400, 300)
        picture.fill(Qt.GlobalColor.red)
        assert picture.save(str(path))
        self._calls = ctypes.CDLL(None, use_errno=True)
        self._watch = self._calls.inotify_init1(os.O_NONBLOCK)
        assert self._calls.inotify_add_watch(self._watch, os.fsencode(path), _IN_OPEN) > 0

    def was_opened(self) -> bool:
        """Whether it was since the last question."""
        try:
            return bool(os.read(self._watch, 4096))
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._watch)


@pytest.fixture
def picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    application()
    monkeypatch.chdir(tmp_path)
    watched = Watched(tmp_path / "p.png")
    yield watched
    watched.close()


def markups(picture: Watched) -> tuple[str, ...]:
    """Names that Qt reads as rich text: a group of two labels by a path beside the folder, and one by an address."""
    return ("<img src='p.png'>/one", "<img src='p.png'>/two", f"<b>R&D <img src='file://{picture.path}'>")


def test_qt_itself_would_open_the_file(picture: Watched) -> None:
    name = markups(picture)[2]
    label = QLabel(name)
    label.grab()
    assert picture.was_opened()
    label.deleteLater()
    for shown in (PlainLabel(name), PlainLabel()):
        shown.set_markup(filled("<b>{name}</b>", name=name)) if not shown.text() else shown.set_plain(name)
        set_tool_tip(shown, name)
        shown.grab()
        rest(shown, QPoint(1, 1))
        assert "R&D" in QToolTip.text() or "R&amp;D" in QToolTip.text()
        shown.deleteLater()
    assert not picture.was_opened()


def test_a_page_for_the_printer_opens_nothing_beside_it(picture: Watched) -> None:
    page = OwnPage()
    page.show_page(f"<p>text</p>{markups(picture)[2]}")
    page.adjustSize()
    assert page.toPlainText().startswith("text") and not picture.was_opened()


@pytest.mark.parametrize("page", PAGES)
def test_no_page_opens_a_file_that_a_label_names(picture: Watched, tmp_path: Path, page: str) -> None:
    names = markups(picture)
    project = tuned_project(tmp_path / "<img src=p.png>.lepton", labels=[*names, *"abcdefgh"], each=6, runs=2)
    ids = [label.id for label in project.labels()]
    project.describe_label(ids[1], names[2])
    project.note(project.samples(limit=1)[0].id, names[2])
    folder = project.folder
    project.close()
    with open_window(folder, page=page) as window:
        settle(window)
        window.toast.say(f"{names[2]} is a label now.", action=names[0])
        look_everywhere(window)
        assert not picture.was_opened()


def test_the_import_preview_opens_no_file_that_a_row_names(picture: Watched, tmp_path: Path) -> None:
    names = markups(picture)
    table = tmp_path / "<img src=p.png>.csv"
    rows = "".join(f'"{name} text {n}","{name}"\n' for n in range(9) for name in names)
    table.write_text(f'text,"{names[0]}"\n{rows}', "utf-8")
    project = tuned_project(tmp_path / "p.lepton", labels=names, each=2, runs=0)
    folder = project.folder
    project.close()
    with open_window(folder, page="data") as window:
        window.import_files([table])
        page = window.page
        assert isinstance(page, DataPage) and isinstance(page.import_view, ImportView)
        wait_until(lambda: page.import_view is not None and page.import_view.import_button.isEnabled())
        look_everywhere(window)
        assert not picture.was_opened()


def settle(window: MainWindow) -> None:
    """Wait until the page has read what it shows."""
    for _ in range(20):
        QApplication.processEvents()
    wait_until(lambda: window.session is not None and window.session.background.is_idle)


def look_everywhere(window: QWidget) -> None:
    """Paint all there is, and rest the mouse on every widget, cell and heading that has something to say."""
    window.grab()
    for widget in window.findChildren(QWidget):
        if widget.toolTip():
            rest(widget, QPoint(1, 1))
        if isinstance(widget, QLabel):
            assert widget.textFormat() != Qt.TextFormat.AutoText or "<" not in widget.text()
            widget.grab()
    role, level = Qt.ItemDataRole.ToolTipRole, Qt.Orientation.Horizontal
    for view in window.findChildren(QAbstractItemView):
        model = view.model()
        columns = range(1 if isinstance(model, QAbstractListModel) else model.columnCount())
        tips = [model.headerData(column, level, role) for column in columns]
        tips += [model.index(row, column).data(role) for row in range(min(9, model.rowCount())) for column in columns]
        for tip in (one for one in tips if one):
            QToolTip.showText(view.mapToGlobal(QPoint(1, 1)), str(tip), view)
            paint_tip()


def rest(widget: QWidget, at: QPoint) -> None:
    """Let the mouse rest on a widget, so that it shows its tool tip."""
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
    paint_tip()


def paint_tip() -> None:
    """Paint the tool tip that is shown now."""
    for window in QApplication.topLevelWidgets():
        if isinstance(window, QLabel) and window.isVisible() and window.windowType() == Qt.WindowType.ToolTip:
            window.grab()
