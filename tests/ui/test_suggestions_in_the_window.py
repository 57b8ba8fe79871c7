"""Suggestions are gone through by how sure a model is, in the queue and in the table; an earlier run's are marked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from lepton_studio.project.project import Project
from lepton_studio.project.records import (
    Filter,
    NewSample,
    NewSuggestion,
    Order,
    Predictor,
    Suggested,
    Suggestion,
)
from lepton_studio.tasks import task_named
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.frame.main_window import MainWindow
from lepton_studio.ui.label.suggestion_box import SuggestionBox
from tests.ui.driving import label_page, open_window, press, wait_until
from tests.ui.tuned_project import tuned_project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two runs on 60 labelled samples; of the unlabelled ones, 61 to 64, both have read the first three, the first run
    the fourth too."""
    with tuned_project(tmp_path / "Complaints.lepton", each=10, runs=2) as project:
        with project.change("Import") as change:
            change.add_samples(NewSample(f"Where is it? ({n})") for n in range(4))
        project.store_suggestions(2, (_says(60 + n, score) for n, score in ((1, 0.9), (2, 0.4), (3, 0.6))))
        project.store_suggestions(1, (_says(60 + n, 0.5) for n in range(1, 5)))
        return project.folder


def _says(sample: int, score: float) -> NewSuggestion:
    return NewSuggestion(sample, {"labels": [1]}, (1,), score, {1: score, 2: 1 - score})


def _ready(window: MainWindow) -> None:
    assert window.session is not None
    session = window.session
    wait_until(lambda: session.background.is_idle)


def test_the_queue_goes_from_the_least_sure_on_and_marks_what_an_earlier_run_said(folder: Path) -> None:
    with open_window(folder) as window:
        page = label_page(window)
        _ready(window)
        assert page.suggestions.by == 2
        page.filters.wanted.emit(Filter(state="unlabelled", order=Order("score", by=2)))
        seen = []
        for _ in range(4):
            assert page.queue.current is not None
            seen.append((page.queue.current.id, page.box._origin.text()))
            press(window, Qt.Key.Key_Return)
        assert seen == [(62, "run 2"), (63, "run 2"), (61, "run 2"), (64, "run 1 (older)")]
        assert "newer" in page.box._origin.toolTip() and page.queue.current is None
    with Project.open(folder) as project:
        assert [project.sample(one).origin for one in (61, 62, 63, 64)] == ["suggestion"] * 4


def test_the_table_shows_suggestions_sorts_by_confidence_and_finds_where_they_disagree(folder: Path) -> None:
    with open_window(folder, page="data") as window:
        page = window.page
        assert isinstance(page, DataPage)
        table, model = page.table, page.table.model
        _ready(window)
        keys = [column.key for column in model.columns]
        said, score, time = (keys.index(key) for key in ("suggestion", "score", "time"))
        header = table.view.horizontalHeader()
        assert not header.isSectionHidden(said) and header.isSectionHidden(time)
        table.show_filter(Filter(state="unlabelled"))
        header.setSortIndicator(score, Qt.SortOrder.DescendingOrder)
        _ready(window)
        assert [model.index(row, score).data() for row in range(4)] == ["90%", "60%", "40%", ""]
        assert model.index(0, said).data() == "card stuck" and model.index(3, said).data() == ""
        assert model.index(0, score).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
        table.filters.wanted.emit(Filter(suggested=Suggested(2, disagrees=True)))
        _ready(window)
        assert window.session is not None
        rows = range(model.rowCount())
        assert len(rows) == window.session.project.count(Filter(suggested=Suggested(2, disagrees=True))) > 0
        assert all(model.index(row, said).data() != model.index(row, keys.index("value")).data() for row in rows)


def test_scores_of_labels_stand_beside_the_whole_value_where_they_are_not_all_of_it(folder: Path) -> None:
    with open_window(folder) as window:
        page = label_page(window)
        labels = {label.id: label for label in page.labels}
        one_label = task_named("text_classification")
        with_more = replace(one_label, from_labels=None, words=lambda value, labels: "urgent: card stuck")
        value = one_label.parse({"labels": [1]}, page.labels)
        suggestion = Suggestion(61, Predictor(2, "run"), value, (1,), 0.9, {1: 0.9, 2: 0.1})
        for task, said in ((one_label, ""), (with_more, "urgent: card stuck")):
            box = SuggestionBox(page.suggestions, task=task)
            box.show_suggestion(suggestion, labels, unlabelled=0)
            assert box.value.text() == said and box._scores.accessibleName().startswith("card stuck 90%")


def test_enter_leaves_a_half_answered_sample_as_it_is_and_the_panel_says_which_key_does_not(tmp_path: Path) -> None:
    asked: list[dict[str, object]] = [{"question": one, "answers": []} for one in ("Who?", "When?")]
    half = {"questions": [{**asked[0], "answers": [{"start": 0, "end": 3, "text": "Ada"}]}, asked[1]]}
    whole = {"questions": [{**one, "impossible": True} for one in asked]}
    with Project.create(tmp_path / "Asked.lepton", task="question_answering") as project:
        with project.change("Import") as change:
            change.add_samples(
                NewSample("Ada wrote.", fields={"question": "Who?\nWhen?"}, draft=half) for _ in range(2)
            )
        run = project.create_run(model="built-in", recipe={}, counts={"train": 1}, status="finished")
        project.store_suggestions(run.id, [NewSuggestion(1, whole), NewSuggestion(2, whole)])
        folder = project.folder
    with open_window(folder) as window:
        page = label_page(window)
        _ready(window)
        assert page.box._sentence.text() == "Press Ctrl+Shift+Enter to replace yours with it."
        assert window.session is not None
        page.deciding.accept()  # what Enter does where the editor leaves it to the page
        assert window.session.project.sample(1).begun == half and "unfinished" in window.toast.text
        press(
            window, Qt.Key.Key_Return, modifier=Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        )
        assert window.session.project.sample(2).value == whole
        assert page.box._sentence.text() == "Press Ctrl+Shift+Enter to replace yours with it."
