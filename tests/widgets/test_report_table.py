"""The report can be sorted and each row leads on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QSignalSpy, QTest

from lepton_studio.widgets.report_table import ReportRow, ReportTable
from tests.chart_window import application, shown

ROWS = (
    ReportRow("refund", 0.9, 0.5, 0.64, 20, "#0072b2"),
    ReportRow("card stuck", 0.4, 0.8, 0.53, 300),
    ReportRow("Lost card", 0.7, 0.7, 0.7, 5),
    ReportRow("macro", 0.67, 0.67, 0.62, 325, average=True),
    ReportRow("weighted", 0.5, 0.7, 0.6, 325, average=True),
)


@pytest.fixture
def table() -> Iterator[ReportTable]:
    application()
    with shown(ReportTable(ROWS)) as made:
        yield made


def labels(table: ReportTable) -> list[str]:
    return [row.label for row in table.rows()]


def test_the_labels_come_in_their_own_order_until_one_sorts_them(table: ReportTable) -> None:
    assert labels(table) == ["refund", "card stuck", "Lost card", "macro", "weighted"]


def test_averages_stay_below_whichever_way_one_sorts(table: ReportTable) -> None:
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert labels(table) == ["card stuck", "Lost card", "refund", "macro", "weighted"]
    table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    assert labels(table) == ["card stuck", "refund", "Lost card", "macro", "weighted"]
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert labels(table) == ["card stuck", "Lost card", "refund", "macro", "weighted"]


def test_a_click_on_a_number_names_its_label_and_column_after_sorting_too(table: ReportTable) -> None:
    spy = QSignalSpy(table.row_activated)
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    for column in (1, 4):
        box = table.visualRect(table.model().index(0, column))
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert [tuple(spy.at(n)) for n in range(spy.count())] == [("card stuck", "precision"), ("card stuck", "support")]


def test_enter_opens_the_current_row_and_an_average_is_no_door(table: ReportTable) -> None:
    spy = QSignalSpy(table.row_activated)
    for row in (2, 3):
        table.setCurrentIndex(table.model().index(row, 2))
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert [tuple(spy.at(n)) for n in range(spy.count())] == [("Lost card", "recall")]


def test_a_screen_reader_hears_which_number_it_is(table: ReportTable) -> None:
    index = table.model().index(0, 1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "refund, Precision: 90.0%"
    assert QAccessible.queryAccessibleInterface(table) is not None
    assert table.accessibleName()


def test_in_a_narrow_pane_the_names_of_the_labels_stay_readable(table: ReportTable) -> None:
    for width in (600, 420, 330):
        table.resize(width, 300)
        assert table.columnWidth(0) >= 140, width
