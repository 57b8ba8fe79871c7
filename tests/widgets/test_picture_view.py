"""A picture is seen whatever it is called and however large it is, and a file that is none says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThreadPool
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from lepton_studio.contract.editing import Viewer
from lepton_studio.contract.task import Input
from lepton_studio.widgets.picture_view import PictureView
from tests.ui.driving import wait_until


@pytest.fixture
def view() -> Iterator[PictureView]:
    """A view of 300 x 200 pixels, shown offscreen."""
    app = QApplication.instance() or QApplication([])
    view = PictureView()
    view.resize(300, 200)
    view.show()
    app.processEvents()
    yield view
    view.close()
    view.deleteLater()
    assert QThreadPool.globalInstance().waitForDone(5000)


def picture(file: Path, color: str, *, width: int, height: int) -> Path:
    """A PNG of one colour under a name that does not say what it is."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    assert image.save(str(file), "PNG")  # type: ignore[call-overload]
    return file


def seen(view: PictureView, x: int, y: int) -> str:
    return view.grab().toImage().pixelColor(x, y).name()


def test_a_picture_fills_its_place_as_far_as_its_shape_allows(view: PictureView, tmp_path: Path) -> None:
    viewer: Viewer = view  # mypy holds it against the contract
    viewer.show_input(Input("", media=picture(tmp_path / "3fa2", "#204060", width=4000, height=1000)))
    wait_until(lambda: view.has_picture)
    assert seen(view, 150, 100) == "#204060" and seen(view, 2, 100) == "#204060"
    assert seen(view, 150, 20) != "#204060"


def test_only_the_newest_is_shown(view: PictureView, tmp_path: Path) -> None:
    shown: list[bool] = []
    view.shown.connect(lambda: shown.append(view.has_picture))
    view.show_file(picture(tmp_path / "one", "#ff0000", width=3000, height=3000))
    view.show_file(picture(tmp_path / "two", "#00ff00", width=10, height=10))
    assert not view.has_picture
    wait_until(lambda: shown)
    QThreadPool.globalInstance().waitForDone(5000)
    QApplication.processEvents()
    assert seen(view, 150, 100) == "#00ff00" and shown == [True]


def test_what_is_no_picture_is_said_to_be_none(view: PictureView, tmp_path: Path) -> None:
    blank = view.grab().toImage()
    file = tmp_path / "text"
    file.write_text("no picture", "utf-8")
    shown: list[bool] = []
    view.shown.connect(lambda: shown.append(view.has_picture))
    view.show_file(file)
    wait_until(lambda: shown)
    assert shown == [False]
    assert view.grab().toImage() != blank
    view.show_file(None)
    assert view.grab().toImage() == blank


def test_a_view_may_go_before_its_picture_is_there(view: PictureView, tmp_path: Path) -> None:
    gone = PictureView()
    gone.show_file(picture(tmp_path / "large", "#ff0000", width=3000, height=3000))
    gone.deleteLater()
    QApplication.processEvents()
    assert QThreadPool.globalInstance().waitForDone(5000)
    QApplication.processEvents()
