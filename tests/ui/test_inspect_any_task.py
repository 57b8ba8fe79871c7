"""The Inspect page of tasks whose values are more than one label: errors lead to samples, corrected on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from lepton_studio.contract.span_values import Span
from lepton_studio.contract.task import Confusion, Measure
from lepton_studio.contract.written import Written
from lepton_studio.project.records import (
    Label,
    PredictedSample,
    Prediction,
    PredictionFilter,
    Sample,
    Verdict,
)
from lepton_studio.studio.certainty import Interval, score_interval, wilson
from lepton_studio.tasks import task_named
from lepton_studio.tasks.ratings.annotation import Rating
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.ui.inspect.values import PredictedValues
from lepton_studio.ui.tune.curves import curve_panels
from tests.ui.test_inspect_page import listed, opened
from tests.ui.tuned_project import guessed_project

TEXT = "Anna Berg moved to Oslo and Otto stayed."
ANNA, OSLO, OTTO = Span(0, 9, 1), Span(19, 23, 2), Span(28, 32, 1)
ROWS = [
    (TEXT, Spans((ANNA, OSLO, OTTO)), Spans((ANNA, OSLO, OTTO))),
    (TEXT, Spans((ANNA, OSLO, OTTO)), Spans((Span(0, 4, 1), OSLO, Span(28, 32, 2)))),
    (TEXT, Spans((ANNA, OSLO)), Spans((ANNA, OTTO))),
]


def names() -> tuple[str, ...]:
    return ("person", "place")


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_every_error_of_a_kind_and_label_leads_to_its_samples_and_is_gone_once_accepted(tmp_path: Path) -> None:
    for page in opened(guessed_project(tmp_path / "p.lepton", "spans", ROWS, labels=names())):
        charts, panel, project = page.charts, page.predictions, page.session.project
        assert charts.offered() == ("report", "errors", "quality", "slices", "fairness")
        charts.show_view("errors")
        assert {row.key: row.count for row in charts.errors.kinds.rows()} == {
            "boundary": 1, "type": 1, "missed": 1, "invented": 1,
        }  # fmt: skip
        assert [(row.title, row.counts) for row in charts.errors.table.rows()] == [
            ("person", (1, 1, 0, 1)), ("place", (0, 0, 1, 0)),
        ]  # fmt: skip
        QApplication.processEvents()
        table = charts.errors.table
        box = table.visualRect(table.model().index(0, 4))  # a person where there is none
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
        assert panel.which == PredictionFilter("test", kind="invented", predicted=1)
        assert panel.what.text() == "Invented, predicted person"
        (third,) = listed(page)
        assert panel.detail.says.text() == "Missed, invented"
        panel.table.setFocus()
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
        assert project.sample(third).value == page.session.task.dump(ROWS[2][2])
        assert project.decisions(third)[-1].origin == "suggestion"
        shown = panel.model.rows[0]
        assert shown.fixed and not panel.model.error_chips(shown)
        assert page.head.fixes.text() == "1 sample changed since this run"


def test_an_annotation_is_put_right_with_the_editor_of_the_task_and_the_row_says_fixed(tmp_path: Path) -> None:
    for page in opened(guessed_project(tmp_path / "p.lepton", "spans", ROWS, labels=names())):
        panel, project = page.predictions, page.session.project
        panel.table.choose_row(1)
        shown = panel.table.current()
        assert shown is not None
        panel.detail.edit()
        QTest.keyClicks(focused(), "2")  # the first word is a place
        value: Any = page.session.task.parse(project.sample(shown.sample.id).value, project.labels())
        assert Span(0, 4, 2) in value.spans and OSLO in value.spans
        assert panel.table.currentIndex().row() == 1, "a value of several edits stays in view"
        assert panel.model.rows[1].fixed
        page.session.steps.undo(sure=True)
        assert not panel.model.rows[1].fixed


def test_ratings_show_their_own_measures_and_a_key_in_the_table_rates(tmp_path: Path) -> None:
    rows = [
        (f"Room {n}", Rating(float(1 + n % 5)), Rating(1 + n % 5 + (0.1, 0.2, 1.5)[n % 3], step=1, span=4))
        for n in range(30)
    ]
    for page in opened(guessed_project(tmp_path / "p.lepton", "ratings", rows)):
        run, panel = page.run(), page.predictions
        assert run is not None
        assert page.head.figures.value("mae") == f"{run.scores['test']['mae']:.3f}"
        assert page.head.figures.value("wrong") == "10"
        assert page.charts.offered() == ("quality", "trust", "slices", "fairness", "robustness")
        assert panel.order.currentData() == "worst"
        shown = panel.table.current()
        assert shown is not None and shown.prediction.quality == min(row.prediction.quality for row in panel.model.rows)
        panel.table.setFocus()
        QTest.keyClicks(panel.table, "4")
        assert page.session.project.sample(shown.sample.id).value == {"rating": 4.0}
        assert panel.table.currentIndex().row() == 1
        second = panel.table.current()
        assert second is not None
        said = page.session.task.parse(second.prediction.value, ()).value
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
        kept = page.session.project.sample(second.sample.id).value
        assert said % 1 == 0.5 and kept == {"rating": said + 0.5}, "accepted as a person would give it"


def test_what_is_being_written_is_saved_before_the_next_sample_is_shown(tmp_path: Path) -> None:
    rows = [(f"Order {n} is late.", Written(f"Sorry for {n}."), Written(f"Sorry about {n}.")) for n in range(3)]
    for page in opened(guessed_project(tmp_path / "p.lepton", "text_to_text", rows)):
        panel = page.predictions
        shown = panel.table.current()
        assert shown is not None
        panel.detail.edit()
        QTest.keyClicks(focused(), "!")
        panel.table.choose_row(1)
        stored = page.session.project.sample(shown.sample.id).value
        assert "!" in str(stored)
        assert panel.table.currentIndex().row() == 1


def test_a_prediction_in_labels_that_are_gone_is_shown_and_accepted_without_them() -> None:
    task = task_named("multi_label")
    now = (Label(1, "refund", "", "", "", 0),)
    values = PredictedValues(task)
    values.set_labels(now, every_label=(*now, Label(2, "login", "", "", "", 1)))
    sample = Sample(1, "text", value={"labels": [1]})
    verdicts = (Verdict("right", 1, 1), Verdict("invented", None, 2))
    both = PredictedSample(Prediction(1, "test", {"labels": [1, 2]}, 0.9, verdicts, 0.67), sample, False)
    assert values.of(both).predicted == "refund, login"
    assert values.of(both).errors == (("invented", 1),)
    assert task.labels_in(values.acceptable(both)) == (1,)


def test_a_run_of_an_older_version_says_its_label() -> None:
    values = PredictedValues(task_named("text_classification"))
    labels = (Label(1, "refund", "", "", "", 0), Label(2, "login", "", "", "", 1))
    values.set_labels(labels, every_label=labels)
    sample = Sample(1, "text", value={"labels": [1]})
    old = PredictedSample(Prediction(1, "test", None, 0.9, (Verdict("wrong", 1, 2),), 0.0), sample, False)
    assert values.acceptable(old) == Choice((2,))
    assert values.of(old).predicted == "login"


@pytest.mark.parametrize(
    ("task_id", "panels"),
    [
        ("spans", {"scores": ["validation_f1", "validation_precision", "validation_recall"]}),
        (
            "ratings",
            {
                "scores": ["validation_spearman", "validation_pearson"],
                "scores1": ["validation_mae", "validation_rmse"],
            },
        ),
    ],
)
def test_curves_share_a_panel_only_where_they_share_a_scale(task_id: str, panels: dict[str, list[str]]) -> None:
    shown = {one.id: [curve.name for curve in one.curves] for one in curve_panels(task_named(task_id))}
    assert {name: curves for name, curves in shown.items() if name.startswith("scores")} == panels


def test_an_interval_is_given_only_where_it_is_sound() -> None:
    def interval(measure: Measure, value: float, confusion: Confusion | None) -> Interval | None:
        return score_interval(measure, value, confusion=confusion, right=8, n=10)

    matrix = Confusion(("a", "b"), ((4, 1), (1, 4)))
    assert interval(Measure("accuracy", "accuracy"), 0.8, matrix) == wilson(8, 10)
    assert interval(Measure("macro_f1", "macro-F1"), 0.8, matrix) not in (None, wilson(8, 10))
    assert interval(Measure("f1", "F1"), 0.73, None) is None
    assert interval(Measure("mae", "error", is_share=False), 0.8, None) is None
