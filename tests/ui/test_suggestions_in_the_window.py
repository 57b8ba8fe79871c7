"""Suggestions are gone through by how sure a model is, in the queue and in the table; an earlier run's are marked."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample, NewSuggestion, Order, Suggested
from lepton_studio.ui.data.page import DataPage
from lepton_studio.ui.frame.main_window import MainWindow
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
