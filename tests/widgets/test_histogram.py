"""Each part of a bar is a door."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QSignalSpy, QTest

from lepton_studio.widgets.histogram import Bin, Histogram
from tests.chart_window import application, shown

BINS = (Bin(0.0, 0.25, 0, 0), Bin(0.25, 0.5, 2, 6), Bin(0.5, 0.75, 5, 1), Bin(0.75, 1.0, 9, 0))


@pytest.fixture
def histogram() -> Iterator[Histogram]:
    application()
    with shown(Histogram(BINS, says="{} to {} % sure".format, name="Confidence")) as made:
        yield made


def place(histogram: Histogram, x: float, y: float) -> QPoint:
    plot = histogram.plot_item()
    point: QPoint = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(x, y)))
    return point


def test_a_click_on_a_part_names_its_range_and_whether_it_was_right(histogram: Histogram) -> None:
    spy = QSignalSpy(histogram.bin_clicked)
    for x, y in ((0.3, 1), (0.3, 5), (0.6, 5.5), (0.8, 4), (0.6, 8)):
        QTest.mouseClick(histogram.plot_item().viewport(), Qt.MouseButton.LeftButton, pos=place(histogram, x, y))
    clicks = [tuple(spy.at(n)) for n in range(spy.count())]
    assert clicks == [
        (0.25, 0.5, True),
        (0.25, 0.5, False),
        (0.5, 0.75, False),
        (0.75, 1.0, True),
        (0.5, 0.75, None),
    ]


def test_a_range_without_predictions_is_no_door(histogram: Histogram) -> None:
    assert histogram.part_at(QPointF(0.1, 1)) is None
    assert histogram.part_at(QPointF(1.0, 1)) == (3, True)


def test_the_keyboard_reaches_every_part(histogram: Histogram) -> None:
    spy = QSignalSpy(histogram.bin_clicked)
    histogram.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(histogram, key)
    assert tuple(spy.at(0)) == (0.25, 0.5, False)
    assert histogram.accessibleDescription() == "6 wrong, 25 to 50 % sure"
