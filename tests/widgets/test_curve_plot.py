"""What a person sees of curves: the last values, those under the mouse, one colour a run, all of it after a zoom."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from lepton_studio.widgets.curve_plot import CurvePlot
from lepton_studio.widgets.curve_set import Curve, Panel
from lepton_studio.widgets.end_labels import spread
from lepton_studio.widgets.theme import apply_theme
from tests.chart_window import application, shown, wait_until

PANELS = (
    Panel("loss", "Loss", (Curve("train", "training", smooth=True), Curve("valid", "validation", "dotted"))),
    Panel("score", "Score", (Curve("f1", "macro-F1", "dotted"),)),
)


@pytest.fixture
def plot() -> Iterator[CurvePlot]:
    application()
    with shown(CurvePlot(PANELS)) as made:
        made.set_smoothing(0.0)
        yield made


def test_points_show_by_themselves_with_their_last_value_at_the_end_of_the_line(plot: CurvePlot) -> None:
    plot.add_run(1, "run 1")
    for step in range(1, 51):
        plot.append(1, "train", step, 1 / step)
    plot.append(1, "valid", 50, 0.25)
    wait_until(lambda: len(plot.legend()) == 2)
    assert {(label.text, label.value) for label in plot.legend()} == {("training", "0.020"), ("validation", "0.250")}


def test_two_runs_keep_their_colours_on_every_panel_and_are_named(plot: CurvePlot) -> None:
    for run in (2, 5):
        plot.add_run(run, f"run {run}")
        plot.extend(run, "train", range(9), range(9))
        plot.extend(run, "f1", range(9), range(9))
    plot.repaint_now()
    before = {label.text.split(" · ")[0]: label.color.name() for label in plot.legend()}
    plot.show_panel("score")
    after = {label.text.split(" · ")[0]: label.color.name() for label in plot.legend()}
    assert before == after
    assert set(after) == {"run 2", "run 5"}
    assert len(set(after.values())) == 2


def test_a_run_taken_away_leaves_the_plot_and_comes_back_with_its_points(plot: CurvePlot) -> None:
    plot.add_run(1, "run 1")
    plot.extend(1, "train", range(5), range(5))
    plot.repaint_now()
    plot.remove_run(1, forget=False)
    plot.repaint_now()
    assert plot.legend() == ()
    plot.add_run(1, "run 1")
    plot.repaint_now()
    assert plot.legend()[0].value == "4.000"


def test_the_arrow_keys_read_the_values_of_a_step_out(plot: CurvePlot) -> None:
    plot.add_run(1, "run 1")
    plot.extend(1, "train", range(10), range(10))
    plot.repaint_now()
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Left)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.legend()[0].value == "8.000"
    assert "step 8" in plot.accessibleDescription()
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.legend()[0].value == "9.000"


def test_a_zoom_stays_while_points_arrive_and_a_reset_shows_all_again(plot: CurvePlot) -> None:
    plot.add_run(1, "run 1")
    plot.extend(1, "train", range(100), range(100))
    plot.repaint_now()
    box = plot.plot_item().getViewBox()
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    zoomed = box.viewRange()[0]
    assert zoomed[1] - zoomed[0] < 99
    plot.extend(1, "train", range(100, 200), range(100, 200))
    plot.repaint_now()
    assert box.viewRange()[0] == zoomed
    QTest.keyClick(plot, Qt.Key.Key_0)
    assert box.viewRange()[0] == pytest.approx([0, 199])


def test_smoothing_changes_the_curve_and_keeps_the_raw_values_behind_it(plot: CurvePlot) -> None:
    plot.add_run(1, "run 1")
    plot.extend(1, "train", range(100), [n % 2 for n in range(100)])
    plot.repaint_now()
    lines = len(plot.plot_item().listDataItems())
    plot.set_smoothing(0.95)
    assert plot.legend()[0].value == "0.513"
    assert len(plot.plot_item().listDataItems()) == lines + 1


def test_a_million_points_are_drawn_thinned_out(plot: CurvePlot) -> None:
    plot.add_run(1, "run 1")
    plot.extend(1, "train", np.arange(1_000_000), np.sin(np.arange(1_000_000)))
    plot.set_smoothing(0.9)
    plot.repaint_now()
    for line in plot.plot_item().listDataItems():
        assert len(line.curve.getData()[0]) < 10_000


def test_the_curves_follow_the_desktop_into_the_dark(plot: CurvePlot) -> None:
    app = application()
    plot.add_run(1, "run 1")
    plot.extend(1, "train", range(9), range(9))
    plot.repaint_now()
    light = plot.legend()[0].color.name()
    apply_theme(app, scheme="dark")
    try:
        wait_until(lambda: plot.legend()[0].color.name() != light)
        assert plot.plot_item().backgroundBrush().color().lightnessF() < 0.3
    finally:
        apply_theme(app, scheme="light")


def test_labels_at_the_ends_never_cover_each_other() -> None:
    tops = spread([100, 101, 99, 400, 398], height=16, limit=400)
    ordered = sorted(tops)
    assert all(low + 16 <= high for low, high in pairwise(ordered))
    assert max(tops) <= 400


def test_no_menu_of_the_plotting_library_covers_the_curves(plot: CurvePlot) -> None:
    assert not any(menu.isVisible() for menu in plot.findChildren(QMenu))


def test_a_short_run_has_whole_steps_on_its_axis(plot: CurvePlot) -> None:
    plot.add_run(1, "run 1")
    plot.extend(1, "train", range(3), range(3))
    plot.repaint_now()
    levels = plot.plot_item().getAxis("bottom").tickValues(0, 2, 600)
    assert {tick for _, ticks in levels for tick in ticks} == {0, 1, 2}
