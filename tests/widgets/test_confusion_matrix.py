"""Each cell of the matrix is a door, by mouse and by key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QSignalSpy, QTest

from lepton_studio.widgets.confusion_matrix import ConfusionMatrix, sample_matrix
from tests.chart_window import application, shown


@pytest.fixture
def matrix() -> Iterator[ConfusionMatrix]:
    application()
    with shown(ConfusionMatrix()) as made:
        made.show_matrix(["a", "b", "c"], [[5, 1, 0], [0, 7, 2], [3, 0, 9]])
        yield made


def click(matrix: ConfusionMatrix, row: int, column: int) -> None:
    view = matrix.view().viewport()
    where = view.mapFrom(matrix, matrix.center_of(row, column).toPoint())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)


def test_a_click_opens_the_cell_under_the_mouse_and_no_other(matrix: ConfusionMatrix) -> None:
    spy = QSignalSpy(matrix.cell_clicked)
    for row in range(3):
        for column in range(3):
            click(matrix, row, column)
    assert [tuple(spy.at(n)) for n in range(spy.count())] == [(r, c) for r in range(3) for c in range(3)]


def test_the_whole_cell_can_be_clicked_up_to_its_edges(matrix: ConfusionMatrix) -> None:
    middle, size = matrix.center_of(1, 2), matrix.center_of(1, 2).x() - matrix.center_of(1, 1).x()
    inside = [QPointF(middle.x() + dx, middle.y() + dy) for dx in (-size * 0.45, size * 0.45) for dy in (-20, 20)]
    assert [matrix.cell_at(place) for place in inside] == [(1, 2)] * 4
    assert matrix.cell_at(QPointF(middle.x(), middle.y() - size)) == (0, 2)
    assert matrix.cell_at(QPointF(2, 2)) is None


def test_the_cells_of_77_labels_can_still_be_hit_one_by_one() -> None:
    application()
    with shown(sample_matrix(77), width=760, height=760) as matrix:
        for cell in ((0, 0), (0, 76), (41, 40), (76, 0), (76, 76)):
            assert matrix.cell_at(matrix.center_of(*cell)) == cell


def test_after_a_zoom_a_click_opens_what_is_seen(matrix: ConfusionMatrix) -> None:
    application()
    with shown(sample_matrix(20)) as large:
        spy = QSignalSpy(large.cell_clicked)
        large.point_at((7, 9))
        for _ in range(4):
            QTest.keyClick(large, Qt.Key.Key_Plus)
        click(large, 7, 9)
        assert tuple(spy.at(0)) == (7, 9)


def test_the_keyboard_walks_over_the_cells_and_opens_one(matrix: ConfusionMatrix) -> None:
    spy = QSignalSpy(matrix.cell_clicked)
    matrix.setFocus(Qt.FocusReason.TabFocusReason)
    matrix.point_at((0, 0))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(matrix, key)
    assert tuple(spy.at(0)) == (1, 2)


def test_the_first_cell_that_the_tab_key_brings_up_is_the_worst_error(matrix: ConfusionMatrix) -> None:
    matrix.clearFocus()
    matrix.setFocus(Qt.FocusReason.TabFocusReason)
    assert matrix.current_cell() == (2, 0)


def test_a_cell_says_its_labels_count_and_share(matrix: ConfusionMatrix) -> None:
    matrix.point_at((2, 0))
    assert matrix.accessibleDescription() == "Label: c, Prediction: a, 3 of 12 (25%)"


def test_the_cells_stay_square_whatever_the_window(matrix: ConfusionMatrix) -> None:
    for width, height in ((900, 400), (320, 700)):
        matrix.resize(width, height)
        across = matrix.center_of(0, 1).x() - matrix.center_of(0, 0).x()
        down = matrix.center_of(1, 0).y() - matrix.center_of(0, 0).y()
        assert across == pytest.approx(down, abs=2)
