"""A person asks why a run says what it says of a sample, and reads it in the text and in figures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.contract.span_values import Span
from lepton_studio.contract.written import Written
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, PredictionFilter
from lepton_studio.runs.events import Finished
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import BUILT_IN_MODEL, JobLabel, Recipe
from lepton_studio.tasks.spans.annotation import Spans
from lepton_studio.ui.inspect.page import InspectPage
from lepton_studio.ui.inspect.why_card import WhyCard
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.sample_view import SampleView, Tint
from tests.chart_window import shown
from tests.studio.test_neighbours import keep_vectors
from tests.training.tiny import WORDS, tune_here, write_lines, write_run
from tests.ui.driving import application, wait_until
from tests.ui.tuned_project import add_run, guessed_project, tuned_project

NAMES = ("card", "transfer", "refund")


@contextmanager
def inspecting(project: Project) -> Iterator[InspectPage]:
    application()
    session = Session(project)
    page = InspectPage(session)
    with shown(page, width=1180, height=800):
        page.activate()
        QApplication.processEvents()
        yield page
        page.deactivate()
    wait_until(lambda: session.background.is_idle)
    session.close()
    session.deleteLater()


@pytest.fixture
def tuned(tmp_path: Path) -> Project:
    """A project whose run has a model of word statistics: real, and loaded in no time."""
    project = tuned_project(tmp_path / "p.lepton", labels=NAMES, each=10, runs=0)
    ids = [label.id for label in project.labels()]
    run = add_run(project)
    words = {one: WORDS[11 + place] for place, one in enumerate(ids)}
    labels = [JobLabel(one, name) for one, name in zip(ids, NAMES, strict=True)]
    folder = write_run(
        project.run_folder(run.id),
        model=BUILT_IN_MODEL,
        recipe=Recipe(methods=("words",)),
        sizes=(0, 0, 0),
        labels=labels,
    )
    lines = [
        {"id": n, "text": f"my {words[one][n % 5]} and {words[one][n % 3]} please", "value": {"labels": [one]}}
        for n, one in enumerate(ids * 8)
    ]
    write_lines(folder, "train", lines)
    assert isinstance((last := tune_here(RunFolder(folder.path)).last), Finished), last
    return project


def test_the_words_that_count_are_tinted_and_listed_for_any_label(tuned: Project) -> None:
    samples = list(tuned.all_rows())
    kept = [[float(one.value == {"labels": [1]}), one.id / 1000] for one in samples]
    keep_vectors(tuned, [one.text for one in samples], kept)
    with inspecting(tuned) as page:
        panel, run = page.predictions, page.run()
        assert run is not None
        page.show_predictions(run.id, PredictionFilter("train"))
        place = next(n for n, row in enumerate(panel.model.rows) if "card" in row.sample.text)
        panel.table.choose_row(place)
        QTest.mouseClick(panel.detail.why, Qt.MouseButton.LeftButton)
        card = WhyCard.over(page)
        assert card.isVisible() and card.state.text() == "Weighing the words…"
        wait_until(card.near_title.isVisible)
        assert card.near_title.text() == "Most like it, of 29 labelled samples (3 of these 3 have “card”):"
        assert [line.line.label for line in card.near if line.isVisible()] == ["card"] * 3
        wait_until(lambda: not card.state.text().startswith("Weighing"))
        assert card.title.text() == "card, predicted: " + card.title.text().rsplit(" ", 1)[1]
        (strongest, *_) = card.bars.rows()
        assert strongest.title == "card" and strongest.said == f"+{strongest.value:.2f}" and strongest.value > 0
        assert card.change.text().startswith("Without “card” the model says: ")

        card.label.setCurrentIndex(card.label.findText("refund"))
        card.label.activated.emit(card.label.currentIndex())
        wait_until(lambda: not card.state.text().startswith("Weighing"))
        assert card.title.text().startswith("refund, not predicted: ")
        assert min(card.bars.rows(), key=lambda row: row.value).title == "card"
        card.label.setCurrentIndex(card.label.findText("card"))
        card.label.activated.emit(card.label.currentIndex())
        assert card.title.text().startswith("card, predicted"), "what is known is shown at once"
        opened = QSignalSpy(page.session.samples_requested)
        QTest.mouseClick(card.near[0], Qt.MouseButton.LeftButton)
        assert opened.at(0)[0] == Filter(ids=(card.near[0].line.sample,)) and not card.isVisible()


def test_where_it_cannot_be_told_a_sentence_says_why(tmp_path: Path) -> None:
    with inspecting(tuned_project(tmp_path / "p.lepton", labels=NAMES, each=10)) as page:
        page.predictions.ask_why()
        card = WhyCard.over(page)
        wait_until(lambda: "has no model" in card.state.text())
        assert not card.bars.rows()
    spans = guessed_project(
        tmp_path / "s.lepton", "spans", [("Anna is here", Spans((Span(0, 4, 1),)), Spans(()))], labels=["name"]
    )
    with inspecting(spans) as page:
        assert not page.predictions.detail.why.isHidden()
        page.predictions.ask_why()
        card = WhyCard.over(page)
        wait_until(lambda: "has no model" in card.state.text())
        assert card.label.count() == 0, "the run has marked nothing"
    written = guessed_project(
        tmp_path / "w.lepton", "text_to_text", [("A long text", Written("A text"), Written("Text"))], labels=[]
    )
    with inspecting(written) as page:
        assert page.predictions.detail.why.isHidden(), "not for what is written"
        assert "inspect.why" not in {action.id for action in page.actions_of_page()}


def test_for_and_against_are_told_apart_without_colour(tmp_path: Path) -> None:
    application()
    with shown(SampleView(), width=600, height=200) as view:
        view.set_text("😀 good\n\nbad")
        view.set_tints([Tint(2, 6, 1.0), Tint(8, 11, -0.5)])
        formats = [one for block in view._blocks for one in block.layout.formats()]
        assert [(one.start, one.length) for one in formats] == [(3, 4), (0, 3)]
        style = QTextCharFormat.UnderlineStyle
        assert [one.format.underlineStyle() for one in formats] == [style.SingleUnderline, style.DashUnderline]
        view.set_text("another text")
        assert not [one for block in view._blocks for one in block.layout.formats()], "they were of the text before"


def test_swapped_and_changed_texts_are_read_by_the_model_of_the_run_in_view(tuned: Project) -> None:
    with inspecting(tuned) as page:
        page.head.splits.button("train").click()
        page.charts.show_view("robustness")
        view = page.charts.robustness.texts
        QTest.mouseClick(view.ask, Qt.MouseButton.LeftButton)
        wait_until(view.table.isVisible, seconds=60)
        assert view.ask.isEnabled() and "in capitals" in view.says.text().casefold()
        rows = view.table.rows()
        moved = max(range(len(rows)), key=lambda place: rows[place].counts[0])
        assert rows[moved].counts[0] > 0 and "24 texts" in rows[moved].title
        view.table.open_cell(moved, 1)
        assert page.predictions.model.count() == rows[moved].counts[0]
        page.charts.show_view("fairness")
        swaps = page.charts.fairness.swaps
        QTest.mouseClick(swaps.ask, Qt.MouseButton.LeftButton)
        wait_until(swaps.table.isVisible, seconds=60)
        assert [row.counts[0] for row in swaps.table.rows()] == [0, 0], "there is nobody in these texts"
