"""Every number of the Inspect page leads to exactly the samples it counts, and they can be put right there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from lepton_studio.contract.task import Report
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample, NewSuggestion, PredictionFilter, Split
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.unsure import read_unsure
from lepton_studio.studio.certainty import macro_f1_interval, wilson
from lepton_studio.studio.changed_texts.trying import Effect, Tried
from lepton_studio.tasks.text_classification import TASK
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.ui.bulk.step_card import BulkStepCard
from lepton_studio.ui.inspect.page import InspectPage
from lepton_studio.ui.shared.session import Session
from tests.chart_window import application, shown, wait_until
from tests.ui.tuned_project import TEXTS, add_run, guessed_project, tuned_project


def opened(project: Project) -> Iterator[InspectPage]:
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
def page(tmp_path: Path) -> Iterator[InspectPage]:
    yield from opened(tuned_project(tmp_path / "p.lepton", runs=2, each=60))


def report(page: InspectPage, split: Split) -> Report:
    run = page.run()
    assert run is not None
    return Report.from_json(page.session.project.report(run.id, split))


def listed(page: InspectPage) -> list[int]:
    """All samples of the table, read to the end."""
    while page.predictions.model.canFetchMore(QModelIndex()):
        page.predictions.model.fetchMore(QModelIndex())
    return [row.sample.id for row in page.predictions.model.rows]


def test_the_newest_run_is_in_view_on_the_split_that_nothing_was_learnt_from(page: InspectPage) -> None:
    run = page.run()
    assert run is not None
    assert run.number == 2
    assert page.head.splits.choice() == "test"
    assert page.head.figures.value("accuracy") == f"{run.scores['test']['accuracy'] * 100:.1f}%"
    assert page.head.figures.note("macro_f1").startswith("95% CI")
    assert page.head.how.isVisible() and page.head.how.text().startswith("Full fine-tuning, 4 epochs, ")


@pytest.mark.parametrize("split", ["test", "validation", "train"])
def test_a_confusion_cell_lists_exactly_the_samples_it_counts(page: InspectPage, split: Split) -> None:
    QTest.mouseClick(page.head.splits.button(split), Qt.MouseButton.LeftButton)
    page.charts.show_view("matrix")
    QApplication.processEvents()
    confusion = report(page, split).confusion
    assert confusion is not None
    matrix = page.charts.matrix
    view = matrix.view().viewport()
    seen: list[int] = []
    for row, line in enumerate(confusion.matrix):
        for column, count in enumerate(line):
            where = view.mapFrom(matrix, matrix.center_of(row, column).toPoint())
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=where)
            ids = listed(page)
            assert len(ids) == count, (row, column)
            assert all(shown.prediction.split == split for shown in page.predictions.model.rows)
            seen.extend(ids)
    assert len(seen) == len(set(seen)) == report(page, split).n


def test_a_row_of_the_report_lists_the_samples_behind_its_numbers(page: InspectPage) -> None:
    run = page.run()
    assert run is not None
    table, project = page.charts.report, page.session.project
    for place, score in enumerate(report(page, "test").per_class):
        label = project.labels()[place].id
        for column, which in (
            (4, PredictionFilter("test", gold=label)),
            (1, PredictionFilter("test", predicted=label)),
        ):
            box = table.visualRect(table.model().index(place, column))
            QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
            assert listed(page) == list(project.prediction_ids(run.id, which))
        assert project.prediction_count(run.id, PredictionFilter("test", gold=label)) == score.support


def test_a_bar_of_the_histogram_lists_exactly_the_predictions_it_counts(page: InspectPage) -> None:
    for one in page.charts.histogram.bins():
        for correct, count in ((True, one.right), (False, one.wrong), (None, one.right + one.wrong)):
            page.charts.histogram.bin_clicked.emit(one.low, one.high, correct)
            assert len(listed(page)) == count
            assert page.predictions.model.count() == count


def test_a_mix_up_lists_its_samples(page: InspectPage) -> None:
    page.charts.show_view("pairs")
    for bar in page.charts.pairs.rows():
        page.charts.pairs.row_clicked.emit(bar.key)
        assert len(listed(page)) == bar.count


def test_the_chips_count_what_they_show(page: InspectPage) -> None:
    for chip, words in (("right", "Right"), ("wrong", "Wrong"), ("all", "All")):
        QTest.mouseClick(page.predictions.chips.chip(chip), Qt.MouseButton.LeftButton)
        assert page.predictions.chips.chip(chip).text() == f"{words} {len(listed(page))}"


def test_least_sure_first_puts_the_doubtful_ones_on_top(page: InspectPage) -> None:
    page.predictions.order.setCurrentIndex(page.predictions.order.findData("least_sure"))
    page.predictions.order.activated.emit(page.predictions.order.currentIndex())
    listed(page)
    scores = [row.prediction.score for row in page.predictions.model.rows]
    assert scores == sorted(scores)


def test_long_lists_are_read_a_page_at_a_time(page: InspectPage) -> None:
    QTest.mouseClick(page.head.splits.button("train"), Qt.MouseButton.LeftButton)
    assert page.predictions.model.rowCount() == 200
    assert page.predictions.model.count() == 288
    assert len(set(listed(page))) == 288


def test_a_label_key_puts_a_label_right_and_goes_on_to_the_next_row(page: InspectPage) -> None:
    QTest.mouseClick(page.predictions.chips.chip("wrong"), Qt.MouseButton.LeftButton)
    project = page.session.project
    page.predictions.table.setFocus()
    shown = page.predictions.table.current()
    assert shown is not None
    target = next(label for label in project.labels() if label.id not in (shown.prediction.gold,))
    QTest.keyClicks(page.predictions.table, target.key)
    assert project.sample(shown.sample.id).value == {"labels": [target.id]}
    assert page.predictions.table.currentIndex().row() == 1
    assert page.predictions.model.rows[0].fixed
    assert page.head.fixes.text() == "1 label changed since this run"


def test_several_rows_are_selected_and_a_label_key_labels_them_all_after_asking(page: InspectPage) -> None:
    table, project = page.predictions.table, page.session.project
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    chosen = table.chosen()
    assert len(chosen) == 3
    before = [project.sample(one).value for one in chosen]
    label = next(one for one in page.predictions.model.labels.values() if {"labels": [one.id]} not in before)
    QTest.keyClicks(table, label.key)
    wait_until(lambda: page.window().findChild(BulkStepCard) is not None)
    card = page.window().findChild(BulkStepCard)
    assert card is not None and [project.sample(one).value for one in chosen] == before
    card.overwrite.setChecked(True)
    card.do.click()
    wait_until(lambda: {str(project.sample(one).value) for one in chosen} == {str({"labels": [label.id]})})
    page.session.steps.undo(sure=True)
    assert [project.sample(one).value for one in chosen] == before


def test_enter_accepts_the_prediction_and_undo_takes_it_back(page: InspectPage) -> None:
    QTest.mouseClick(page.predictions.chips.chip("wrong"), Qt.MouseButton.LeftButton)
    page.predictions.table.setFocus()
    shown = page.predictions.table.current()
    assert shown is not None
    QTest.keyClick(page.predictions.table, Qt.Key.Key_Return)
    after = page.session.project.sample(shown.sample.id)
    assert TASK.labels_in(TASK.parse(after.value, page.session.project.labels())) == (shown.prediction.predicted,)
    assert page.head.fixes.text() == "1 label changed since this run"
    page.session.steps.undo(sure=True)
    assert page.session.project.sample(shown.sample.id).value == shown.sample.value
    assert page.head.fixes.text() == ""
    assert not page.predictions.model.rows[0].fixed


def test_a_fix_leaves_the_counts_of_the_report_and_its_lists_as_the_run_saw_them(page: InspectPage) -> None:
    page.predictions.chips.chosen.emit("wrong")
    before = listed(page)
    page.predictions.table.setFocus()
    QTest.keyClick(page.predictions.table, Qt.Key.Key_Return)
    page.predictions.chips.chosen.emit("wrong")
    assert listed(page) == before


def test_any_label_can_be_found_by_typing_where_there_are_many(tmp_path: Path) -> None:
    project = tuned_project(tmp_path / "p.lepton", labels=[f"intent {n:02}" for n in range(77)], each=10)
    for page in opened(project):
        page.predictions.table.setFocus()
        shown = page.predictions.table.current()
        assert shown is not None
        page.predictions.detail.label_chosen.emit(project.labels()[70].id)
        assert project.sample(shown.sample.id).value == {"labels": [project.labels()[70].id]}
        assert page.charts.report.model().rowCount() == 80


def test_tune_again_starts_with_the_recipe_of_the_run(page: InspectPage, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, object]] = []
    monkeypatch.setattr(page.session, "start_run", lambda *, model, recipe: started.append((model, recipe.to_json())))
    pages = QSignalSpy(page.session.page_requested)
    QTest.mouseClick(page.head.again, Qt.MouseButton.LeftButton)
    run = page.run()
    assert run is not None
    assert started == [(run.model, dict(run.recipe))]
    assert pages.at(0)[0] == "tune"


def test_a_renamed_label_is_shown_under_its_new_name_and_still_leads_to_its_samples(page: InspectPage) -> None:
    project = page.session.project
    label = project.labels()[0]
    names = {one.name: one.id for one in project.labels()}
    write_job(project, names)
    page.session.perform(lambda p: p.rename_label(label.id, "swallowed card"))
    assert page.charts.report.rows()[0].label == "swallowed card"
    page.charts.report.row_activated.emit("swallowed card", "support")
    assert len(listed(page)) == page.charts.report.rows()[0].support
    assert page.predictions.what.text() == "Labelled swallowed card"


def write_job(project: Project, names: dict[str, int]) -> None:
    from lepton_studio.runs.folder import RunFolder
    from lepton_studio.runs.job import Job, JobLabel

    for run in project.runs():
        labels = tuple(JobLabel(label, name) for name, label in names.items())
        RunFolder(project.run_folder(run.id)).write_job(Job("tune", TASK.id, labels))


def test_another_page_can_open_exactly_these_predictions(page: InspectPage) -> None:
    first = page.session.project.runs()[-1]
    which = PredictionFilter(split="validation", correct=False)
    page.show_predictions(first.id, which)
    assert page.run() == first
    assert listed(page) == list(page.session.project.prediction_ids(first.id, which))


def test_a_new_run_appears_in_the_list_of_runs(page: InspectPage) -> None:
    page.session.perform(lambda project: (add_run(project), project.update_run(3, sentence="."))[1])
    assert page.head.run_box.count() == 3


def test_without_a_run_the_page_says_what_to_do(tmp_path: Path) -> None:
    for page in opened(Project.create(tmp_path / "p.lepton", task=TASK.id, labels=["a", "b"])):
        asked = QSignalSpy(page.session.page_requested)
        assert page.empty.isVisible()
        QTest.mouseClick(page.empty.buttons[0], Qt.MouseButton.LeftButton)
        assert asked.at(0)[0] == "tune"


def test_everything_on_the_page_can_be_named_by_a_screen_reader(page: InspectPage) -> None:
    for part in (
        page.head.run_box,
        page.head.splits,
        page.predictions.order,
        page.predictions.table,
        page.charts.matrix,
        page.charts.histogram,
    ):
        assert part.accessibleName()


def test_the_interval_of_a_share_is_wilsons() -> None:
    interval = wilson(81, 100)
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.7222, 0.8749)
    assert wilson(0, 0) == wilson(0, 0)
    assert wilson(10, 10).high == pytest.approx(1.0)


def test_the_interval_of_macro_f1_holds_the_score_and_narrows_with_more_samples() -> None:
    few = macro_f1_interval([[8, 2], [3, 7]])
    many = macro_f1_interval([[800, 200], [300, 700]])
    score = (16 / 21 + 14 / 19) / 2
    assert few.low < score < few.high
    assert many.low < score < many.high
    assert many.high - many.low < (few.high - few.low) / 5
    assert macro_f1_interval([[0, 0], [0, 0]]) == wilson(0, 0)
    assert macro_f1_interval([[3, 0], [0, 2]]) == wilson(5, 5)  # all right, and still few
    assert macro_f1_interval([[0, 3], [2, 0]]) == wilson(0, 5)


def test_figures_of_a_run_say_what_the_labels_of_today_make_of_them(page: InspectPage) -> None:
    """Enter on a wrong test sample makes the prediction the label: the score rises, and not for a better model."""
    assert page.head.moved.isHidden()
    page.predictions.open_door(PredictionFilter("test", correct=False))
    page.predictions.table.setFocus()
    QTest.keyClick(page.predictions.table, Qt.Key.Key_Return)
    wait_until(lambda: page.head.moved.isVisible())
    assert page.head.moved.text().endswith("on today's labels: 1 test label changed since.")
    page.head.split_chosen.emit("validation")
    wait_until(lambda: page.session.background.is_idle and page.head.moved.isHidden())


def test_the_samples_that_changed_between_two_runs_are_shown_and_named(page: InspectPage) -> None:
    run = page.run()
    assert run is not None
    chosen = tuple(one.sample.id for one in page.session.project.predictions(run.id, PredictionFilter("test"))[:3])
    page.show_predictions(run.id, PredictionFilter("test", samples=chosen))
    assert page.predictions.what.text() == "3 selected samples"
    assert page.predictions.model.rowCount() == 3 and page.predictions.all.isVisible()


def test_how_sure_it_is_opens_the_predictions_behind_a_point_and_a_click_on_the_curve_tells_what_it_answers(
    page: InspectPage,
) -> None:
    page.charts.show_view("trust")
    view = page.charts.trust
    wait_until(lambda: bool(view.chart.points) and bool(view.curve.points))
    least = view.chart.points[0]
    page.charts.trust.chart.plot_item()
    view.chart.click(view.chart.place_of(least))
    assert len(listed(page)) == least.n
    chosen = view.curve.points[-1]
    view.curve.plot_item()
    view.curve.click(view.curve.place_of(chosen))
    assert f"At most {chosen.risk:.0%} wrong: it answers" in view.share.text()
    assert f"({chosen.count} of 36" in view.share.text()
    assert view.keep.isEnabled() and not view.clear.isVisible()
    run = page.run()
    assert run is not None
    model = RunFolder(page.session.project.run_folder(run.id)).model
    model.mkdir(parents=True)
    QTest.mouseClick(view.keep, Qt.MouseButton.LeftButton)
    wait_until(view.clear.isVisible)
    kept = read_unsure(model)
    assert kept is not None and kept.risk == chosen.risk and "is marked as unsure" in view.says_kept.text()
    QTest.mouseClick(view.clear, Qt.MouseButton.LeftButton)
    wait_until(lambda: not view.clear.isVisible())
    assert read_unsure(model) is None


def test_a_part_of_the_texts_opens_its_errors(page: InspectPage) -> None:
    page.charts.show_view("slices")
    page.head.splits.button("train").click()
    view = page.charts.slices
    wait_until(lambda: bool(view.table.rows()))
    row = view.table.rows()[0]
    assert row.counts[0]
    view.table.open_cell(0, 1)
    assert len(listed(page)) == row.counts[0]
    assert all(not one.prediction.is_right for one in page.predictions.model.rows)


@pytest.fixture
def groups(tmp_path: Path) -> Iterator[InspectPage]:
    """Texts of f and m; half of the refunds of f are missed."""
    rows, fields = [], []
    for number in range(160):
        gold, gender = 1 + number % 2, "f" if number % 8 < 4 else "m"
        rows.append((f"Text {number}", Choice((gold,)), Choice((2 if number % 8 == 0 else gold,))))
        fields.append({"gender": gender, "age": str(18 + number % 60)})
    made = guessed_project(tmp_path / "p.lepton", TASK.id, rows, fields=fields, labels=["refund", "card"])
    yield from opened(made)


def test_a_difference_between_groups_opens_its_samples(groups: InspectPage) -> None:
    groups.charts.show_view("fairness")
    view = groups.charts.fairness
    wait_until(lambda: view.table.isVisible())
    assert [view.box.itemText(place) for place in range(view.box.count())] == ["age", "gender"]
    assert "No difference beyond chance" in view.says.text()
    view.box.setCurrentIndex(1)
    view.box.activated.emit(1)
    wait_until(lambda: "the run misses “refund” more often: 50% against 0%" in view.says.text())
    assert view.table.rows()[0].title == "f: missed “refund” 50% of 40, others 0% of 40 – more often"
    view.table.open_cell(0, 1)
    assert len(listed(groups)) == view.table.rows()[0].counts[0] == 20
    assert all(not one.prediction.is_right for one in groups.predictions.model.rows)


def test_without_a_field_the_view_says_what_is_missing(page: InspectPage) -> None:
    page.charts.show_view("fairness")
    view = page.charts.fairness
    wait_until(lambda: bool(view.says.text()))
    assert "no field that tells groups apart" in view.says.text()
    assert not view.box.isVisible() and not view.table.isVisible() and view.swaps.ask.isVisible()


@pytest.fixture
def worded(tmp_path: Path) -> Iterator[InspectPage]:
    """Refunds are of Berlin, by what the run says; some texts are not labelled."""
    rows = []
    for number in range(120):
        answer = 1 if number % 3 == 0 else 2
        how = ("often", "twice", "again", "once", "early", "late", "gladly")
        text = f"{TEXTS[number % 4]} I wrote {how[number % 7]} {'Berlin ' if answer == 1 else ''}{how[number % 5]}"
        rows.append((text, Choice((1 if number % 6 == 0 else 2,)), Choice((answer,))))
    made = guessed_project(tmp_path / "p.lepton", TASK.id, rows, labels=["refund", "card"])
    with made.change("Import") as change:
        change.add_samples(NewSample(f"Is {place} in Berlin?") for place in ("this", "that"))
    made.store_suggestions(1, [NewSuggestion(one, {"labels": [1]}, (1,), 0.9) for one in (121, 122)])
    yield from opened(made)


def test_a_word_of_a_label_opens_the_samples_that_have_it(worded: InspectPage) -> None:
    worded.charts.show_view("words")
    view, asked = worded.charts.words, QSignalSpy(worded.session.samples_requested)
    wait_until(lambda: view.table.isVisible())
    assert view.basis.text().startswith("Run 1 answers “refund” for 42 of the 122 samples that it has read (test 120, ")
    assert (
        "“Berlin”: written with a capital letter inside sentences, so likely a name; of 20 held-out" in view.says.text()
    )
    place = next(at for at, one in enumerate(view.table.rows()) if "“Berlin”" in one.title)
    assert view.table.rows()[place].title == "“Berlin” – 42 of 42 – likely a name, misleads"
    view.table.open_cell(place, 1)
    assert len(listed(worded)) == view.table.rows()[place].counts[0] == 40
    view.table.open_cell(place, 2)
    assert asked.at(0)[0].ids == (121, 122)
    view.label_box.setCurrentIndex(1)
    view.label_box.activated.emit(1)
    wait_until(lambda: view.basis.text().startswith("Run 1 answers “card” for 80 of"))
    view.by_box.setCurrentIndex(1)
    view.by_box.activated.emit(1)
    wait_until(lambda: view.basis.text().startswith("100 of 120 labelled samples have “card”"))


def test_changed_texts_are_tried_when_asked_for_and_open_the_samples_that_moved(page: InspectPage) -> None:
    page.charts.show_view("robustness")
    view = page.charts.robustness.texts
    said = QSignalSpy(page.session.failed)
    QTest.mouseClick(view.ask, Qt.MouseButton.LeftButton)
    wait_until(lambda: said.count() == 1)
    assert "has no model" in said.at(0)[0] and view.ask.isEnabled()
    view.show_tried(Tried("test", 36, 36, (Effect("typos", 36, 2, 30, 28, 0, 2, samples=tuple(listed(page)[:2])),)))
    view.table.open_cell(0, 1)
    assert len(listed(page)) == 2
    page.head.splits.button("train").click()
    wait_until(lambda: not view.table.isVisible())
