"""The Map page: drawn with a real child, lassoed with the mouse, coloured, and its points labelled together."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.ui.bulk.step_card import BulkStepCard
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.map.page import MapPage
from tests.ui.driving import label_page, open_window, press, wait_until

CARD = ("My card is lost", "I cannot find my card", "The card was stolen yesterday", "Somebody took my bank card")
REFUND = ("I want my money back", "When do I get the refund?", "Please refund this payment", "Return what I paid")


_NONE = Qt.KeyboardModifier.NoModifier


def _page(window: MainWindow) -> MapPage:
    assert isinstance(window.page, MapPage)
    return window.page


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two kinds of texts in turn, the first eight labelled, without a map."""
    folder = tmp_path_factory.mktemp("map") / "Post.lepton"
    with Project.create(folder, task="text_classification", labels=("lost card", "refund")) as made:
        with made.change("Import") as change:
            texts = [text for n in range(8) for pair in zip(CARD, REFUND, strict=True) for text in pair]
            change.add_samples(NewSample(f"{text}, number {n}") for n, text in enumerate(texts))
        made.annotate_many((one, {"labels": [2 - one % 2]}, (2 - one % 2,)) for one in range(1, 9))
    return folder


@pytest.fixture(scope="module")
def drawn(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a map, drawn by pressing the button of the page."""
    folder = tmp_path_factory.mktemp("drawn") / "Post.lepton"
    shutil.copytree(made, folder)
    with open_window(folder, page="map") as window:
        page = _page(window)
        wait_until(lambda: page._empty.buttons)
        QTest.mouseClick(page._empty.buttons[0], Qt.MouseButton.LeftButton)
        wait_until(lambda: page.map is not None and page.colouring is not None, seconds=120)
    return folder


@pytest.fixture
def window(drawn: Path, tmp_path: Path) -> Iterator[MainWindow]:
    shutil.copytree(drawn, tmp_path / "Post.lepton")
    with open_window(tmp_path / "Post.lepton", page="map") as opened:
        yield opened


def _drawn(window: MainWindow) -> MapPage:
    page = _page(window)
    wait_until(lambda: page.map is not None and page.colouring is not None)
    return page


def _lasso(page: MapPage, corners: list[QPointF], *, modifier: Qt.KeyboardModifier = _NONE) -> None:
    """Drag the mouse around, all the way."""
    points, left = page.points, Qt.MouseButton.LeftButton
    QTest.mousePress(points, left, modifier, corners[0].toPoint())
    for one, other in pairwise(corners):
        for step in range(1, 9):
            QTest.mouseMove(points, (one + (other - one) * step / 8).toPoint())
    QTest.mouseRelease(points, left, modifier, corners[-1].toPoint())


def _legend(page: MapPage) -> dict[str, int]:
    return {one.title: one.count for one in page.legend.rows()}


def _around(page: MapPage, numbers: list[int]) -> list[QPointF]:
    spots = [page.points.at(number) for number in numbers]
    low = QPointF(min(one.x() for one in spots) - 6, min(one.y() for one in spots) - 6)
    high = QPointF(max(one.x() for one in spots) + 6, max(one.y() for one in spots) + 6)
    return [low, QPointF(high.x(), low.y()), high, QPointF(low.x(), high.y()), low]


def _inside(page: MapPage, box: list[QPointF], *, by: int) -> set[int]:
    """The points that are so many pixels inside of a box."""
    low, high = box[0], box[2]
    spots = [page.points.at(number) for number in range(64)]
    return {
        number
        for number, spot in enumerate(spots)
        if low.x() + by < spot.x() < high.x() - by and low.y() + by < spot.y() < high.y() - by
    }


def test_what_the_mouse_is_drawn_around_is_labelled_in_one_step(window: MainWindow) -> None:
    page, session = _drawn(window), window.session
    assert session is not None and page.map is not None
    assert _legend(page) == {"lost card": 4, "refund": 4, "Not labelled": 56}
    box = _around(page, [0, 2, 4])
    _lasso(page, box)
    chosen = set(page.points.selection.tolist())
    assert _inside(page, box, by=2) <= chosen <= _inside(page, box, by=-2) and {0, 2, 4} <= chosen
    assert page._says.text() == f"{len(chosen)} samples selected" and page.more.isVisible()
    _lasso(page, _around(page, [63]), modifier=Qt.KeyboardModifier.ShiftModifier)
    assert {0, 2, 4, 63} <= set(page.points.selection.tolist())

    page.points.select(np.array([0, 9, 11, 13]))  # the first has another label
    choice = next(one for one in page.bulk.choices() if one.words == "refund")
    which = page._chosen()
    assert which is not None
    page.bulk.give(which, choice)
    card = BulkStepCard.over(window)
    wait_until(card.do.hasFocus)
    press(window, Qt.Key.Key_Return)
    wait_until(lambda: session.project.sample(10).value is not None)
    values = [session.project.sample(one).value for one in (1, 10, 12, 14)]
    assert values == [{"labels": [1]}, *[{"labels": [2]}] * 3], "what has another label is left alone"
    wait_until(lambda: _legend(page)["refund"] == 7)
    window.undo()
    wait_until(lambda: session.project.sample(10).value is None)
    wait_until(lambda: _legend(page)["refund"] == 4)


def test_a_click_opens_the_sample_and_the_selection_can_be_worked_through(window: MainWindow) -> None:
    page = _drawn(window)
    said: list[int] = []
    page.points.hovered.connect(lambda number, _spot: said.append(number))
    QTest.mouseMove(page.points, page.points.at(7).toPoint())
    (number,) = said
    away = page.points.at(number) - page.points.at(7)
    assert away.manhattanLength() <= 2
    assert page.map is not None and window.session is not None
    assert window.session.project.sample(int(page.map.samples[number])).text in QToolTip.text()
    QTest.mouseClick(page.points, Qt.MouseButton.LeftButton, pos=page.points.at(7).toPoint())
    current = label_page(window).queue.current
    assert current is not None and current.id == page.map.samples[number]
    window.open_page("map")
    assert page.map is not None, "it is there at once"
    page.points.select(np.array([3, 5]))
    QTest.mouseClick(page.work_through, Qt.MouseButton.LeftButton)
    assert label_page(window).queue.filter.ids == (4, 6)


def test_a_group_is_shown_alone_by_its_line_in_the_legend(window: MainWindow) -> None:
    page = _drawn(window)
    page.legend.row_clicked.emit(0)
    page.points.select_shown()
    assert page.points.selection.tolist() == [0, 2, 4, 6]
    page.legend.row_clicked.emit(0)
    page.points.select_shown()
    assert len(page.points.selection) == 64

    assert page.search("stolen")
    wait_until(lambda: 0 < len(page.points.selection) < 64)
    assert page.map is not None and window.session is not None
    found = {window.session.project.sample(one).text[:25] for one in page.map.ids(page.points.selection)}
    assert found == {"The card was stolen yeste"}
