"""Bars of counts, sparklines, and the choice of one of a few."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest

from lepton_studio.widgets.bar_rows import BarRow, BarRows
from lepton_studio.widgets.segments import Segments
from lepton_studio.widgets.sparkline import Sparkline
from tests.chart_window import application, shown, wait_until


def test_a_click_or_enter_on_a_bar_names_what_it_counts() -> None:
    application()
    rows = [BarRow((1, n), f"label {n}", 10 * n, "#0072b2", part=n) for n in range(5)]
    with shown(BarRows(rows, name="Labels")) as bars:
        spy = QSignalSpy(bars.row_clicked)
        box = bars.visualRect(bars.model().index(3, 0))
        QTest.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
        QTest.keyClick(bars, Qt.Key.Key_Up)
        QTest.keyClick(bars, Qt.Key.Key_Return)
        assert [spy.at(n)[0] for n in range(spy.count())] == [(1, 3), (1, 2)]


def test_the_row_in_use_stays_in_use_when_counts_change() -> None:
    application()
    with shown(BarRows([BarRow(1, "a", 1), BarRow(2, "b", 2)], name="Labels")) as bars:
        bars.setCurrentIndex(bars.model().index(1, 0))
        bars.show_rows([BarRow(2, "b", 5), BarRow(1, "a", 4)])
        assert bars.current_key() == 2
        assert bars.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "b: 5"


def test_a_sparkline_draws_what_there_is_and_stands_gaps() -> None:
    application()
    with shown(Sparkline((0.1, None, 0.9)), width=80, height=24) as spark:
        some = spark.grab().toImage()
        spark.show_values(())
        assert some != spark.grab().toImage()


def test_the_arrow_keys_choose_the_next_of_a_few() -> None:
    application()
    with shown(Segments([("a", "First"), ("b", "Second")], name="Which")) as segments:
        spy = QSignalSpy(segments.chosen)
        segments.choose("a")
        assert spy.count() == 0
        QTest.mouseClick(segments.button("b"), Qt.MouseButton.LeftButton)
        assert (segments.choice(), spy.at(0)[0]) == ("b", "b")
        segments.button("b").setFocus()
        QTest.keyClick(segments.button("b"), Qt.Key.Key_Left)
        assert segments.choice() == "a"
        segments.choose("")
        assert segments.choice() == ""


def test_options_stand_closer_together_before_their_words_are_cut() -> None:
    options = [(name, name) for name in ("Labels", "Confusions", "Mix-ups", "Hidden", "Words")]
    with shown(Segments(options, name="View")) as segments:
        segments.button("Hidden").hide()
        last, whole = segments.button("Words"), segments.sizeHint().width()
        for narrower in (0, 20):
            segments.resize(whole - narrower, 30)
            wait_until(lambda: last.width() == last.sizeHint().width())
        segments.resize(whole - 60, 30)
        wait_until(lambda: last.width() < last.sizeHint().width())
