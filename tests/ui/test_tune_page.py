"""The Tune page: what stands against a start, what goes on, how it is stopped, and the runs there were."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QPushButton

from lepton_studio.language import use_language
from lepton_studio.methods.recipes import presets_for
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, PredictionFilter, RunRecord
from lepton_studio.runs.events import Alive, Estimated, Evaluated, Event, Staged, Stepped
from lepton_studio.runs.folder import RunFolder, write_whole
from lepton_studio.runs.job import RECIPE_SETTINGS, Job, JobLabel, Recipe
from lepton_studio.runs.manifest import MANIFEST, Manifest
from lepton_studio.runs.wire import encode
from lepton_studio.studio.scores_in_words import ending_words, measure_title, status_words
from lepton_studio.tasks.text_classification import TASK
from lepton_studio.ui.shared.held_out import HeldOutNotice
from lepton_studio.ui.shared.score_words import setting_words
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.tune.page import TunePage
from lepton_studio.ui.tune.runs import STATUS, TEST
from lepton_studio.ui.tune.start import CALM_MS, StartPanel
from lepton_studio.ui.tune.watch import RunWatch
from lepton_studio.widgets.steady import ChoiceBox
from tests.chart_window import application, shown, wait_until
from tests.ui.tuned_project import run_events, tuned_project


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Recipe]]:
    """What was asked to be measured; no child is started for it."""
    asked: list[tuple[str, Recipe]] = []
    monkeypatch.setattr(Session, "measure", lambda _self, *, model, recipe: asked.append((model, recipe)))
    return asked


def opened(project: Project) -> Iterator[TunePage]:
    application()
    session = Session(project)
    page = TunePage(session)
    with shown(page, width=1180, height=800):
        page.activate()
        wait_until(lambda: session.background.is_idle and "…" not in page.left.reason.text())
        yield page
        page.deactivate()
        session.scheduler._run = None
        session.close()
    session.deleteLater()


@pytest.fixture
def page(tmp_path: Path, measured: list[object]) -> Iterator[TunePage]:
    yield from opened(tuned_project(tmp_path / "p.lepton", runs=3))


@pytest.fixture
def bare(tmp_path: Path, measured: list[object]) -> Iterator[TunePage]:
    yield from opened(Project.create(tmp_path / "p.lepton", task=TASK.id, labels=["a", "b"]))


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Recipe]]:
    asked: list[tuple[str, Recipe]] = []
    monkeypatch.setattr(Session, "start_run", lambda _self, *, model, recipe: asked.append((model, recipe)))
    return asked


def begin(page: TunePage) -> RunRecord:
    """A run at work, as the session tells of it."""
    run = page.session.project.create_run(model="built-in", recipe=Recipe().to_json(), counts={"train": 192})
    page.session.scheduler._run = run
    page.session.run_active_changed.emit()
    return run


def say(page: TunePage, run: RunRecord, events: list[Event]) -> None:
    page.session.run_events_arrived.emit(run.id, events)


# ------------------------------------------------------------------------------------------------- before the start


def test_start_begins_a_run_with_the_choices_made(page: TunePage, started: list[tuple[str, Recipe]]) -> None:
    QTest.mouseClick(page.left.choices.presets.button("best"), Qt.MouseButton.LeftButton)
    wait_until(page.left.start.isEnabled)
    QTest.mouseClick(page.left.start, Qt.MouseButton.LeftButton)
    assert started == [("built-in", presets_for(TASK, "encoder")["best"])]


def test_ctrl_return_starts_from_the_keyboard(page: TunePage, started: list[tuple[str, Recipe]]) -> None:
    action = next(one for one in page.actions_of_page() if one.id == "tune.start")
    assert action.shortcut == "Ctrl+Return"
    assert action.enabled()
    action.run()
    assert len(started) == 1


def test_a_start_while_the_labels_are_looked_at_is_kept_until_then(page: TunePage, started: list[object]) -> None:
    hasty = TunePage(page.session)
    with shown(hasty, width=1180, height=800):
        hasty.activate()
        action = next(one for one in hasty.actions_of_page() if one.id == "tune.start")
        assert action.enabled()
        action.run()
        assert started == []
        assert hasty.left.reason.text() == "Starts as soon as the labels are checked."
        wait_until(lambda: len(started) == 1)
        hasty.deactivate()
        hasty.activate()
        wait_until(lambda: page.session.background.is_idle)
        assert len(started) == 1, "asked for once, started once"
        hasty.deactivate()


def test_too_few_labels_stand_against_a_start_in_a_sentence(bare: TunePage, started: list[object]) -> None:
    assert not bare.left.start.isEnabled()
    assert bare.left.reason.text() == "Tuning needs samples with at least two different labels. Label some more."
    assert bare.empty.isVisible()
    bare.left.start_run()
    assert started == []
    asked = QSignalSpy(bare.session.page_requested)
    QTest.mouseClick(bare.empty.buttons[0], Qt.MouseButton.LeftButton)
    assert asked.at(0)[0] == "label"


def test_every_setting_of_the_recipe_is_in_the_form_with_its_sentence(page: TunePage) -> None:
    fields = page.left.choices.settings.fields
    shown = [one for one in RECIPE_SETTINGS if one.name not in TASK.hidden_settings]
    assert list(fields) == [one.name for one in shown]
    for setting in shown:
        assert fields[setting.name].accessibleName() == setting.title
        assert fields[setting.name].accessibleDescription().startswith(setting.help)
    assert not fields["epochs"].isVisible()
    QTest.mouseClick(page.left.choices.more.heading, Qt.MouseButton.LeftButton)
    assert fields["epochs"].isVisible()


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("epochs", "0", "Epochs must be between 1 and 100, not 0."),
        ("learning_rate", "fast", "Learning rate must be a number, not “fast”."),
    ],
)
def test_a_setting_out_of_its_limits_is_told_beside_its_field(
    page: TunePage, name: str, typed: str, sentence: str
) -> None:
    choices = page.left.choices
    choices.more.open()
    field = choices.settings.fields[name]
    assert isinstance(field, QLineEdit)
    field.setText(typed)
    assert choices.recipe() is None
    assert not page.left.start.isEnabled()
    said = choices.settings.form._errors[name]
    assert said.isVisible()
    assert said.text() == sentence
    field.setText("2")
    if name == "epochs":
        assert not said.isVisible()
        assert choices.recipe() == Recipe(epochs=2)


def test_a_setting_with_choices_is_chosen_in_the_form_and_said_in_the_recipe(page: TunePage) -> None:
    choices = page.left.choices
    choices.more.open()
    field = choices.settings.fields["decay"]
    assert isinstance(field, ChoiceBox)
    assert [field.itemText(row) for row in range(field.count())] == ["Linear", "Cosine", "Constant"]
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert choices.recipe() == Recipe(decay="cosine")
    choices.show_recipe(Recipe(optimizer="sgd"))
    assert choices.recipe() == Recipe(optimizer="sgd") and field.currentText() == "Linear"


def test_a_changed_setting_is_no_longer_called_a_preset_and_a_preset_brings_its_own_back(page: TunePage) -> None:
    choices = page.left.choices
    weights = choices.settings.fields["class_weights"]
    assert isinstance(weights, QCheckBox)
    weights.setChecked(True)
    assert choices.presets.choice() == ""
    assert choices.recipe() == Recipe(class_weights=True)
    QTest.mouseClick(choices.presets.button("quick"), Qt.MouseButton.LeftButton)
    assert choices.recipe() == presets_for(TASK, "encoder")["quick"]


def test_a_model_of_ones_own_needs_its_folder_first(page: TunePage, started: list[tuple[str, Recipe]]) -> None:
    QTest.mouseClick(page.left.choices.models.button("folder"), Qt.MouseButton.LeftButton)
    assert page.left.reason.text() == "Enter the folder or ID of the base model."
    page.left.choices.model.setText("/models/mine")
    wait_until(page.left.start.isEnabled)
    page.left.start_run()
    assert started[0][0] == "/models/mine"


def test_a_finding_leads_to_its_samples(page: TunePage) -> None:
    project = page.session.project
    first = project.labels()[0].id
    asked = QSignalSpy(page.session.samples_requested)
    for sample in project.samples(Filter(label=first), limit=100)[:36]:
        project.annotate(sample.id, None)
    page.refresh()
    wait_until(lambda: any(one.level == "amber" for one in page.left.check.shown_findings()))
    finding = next(one for one in page.left.check.shown_findings() if one.level == "amber" and one.show)
    page.left.check.show_asked.emit(finding.show)
    assert asked.at(0)[0] == finding.show


def test_the_estimate_comes_by_itself_and_is_shown(page: TunePage, measured: list[tuple[str, Recipe]]) -> None:
    wait_until(lambda: measured)
    assert measured[0] == ("built-in", Recipe())
    page.session.estimated.emit(Estimated(190.0, 910.0, 80.0, 480, 12, 256))
    said = " ".join(one.sentence for one in page.left.check.shown_findings())
    assert "480" in said
    assert "256" in said


def test_nothing_is_fetched_from_the_hub_for_an_estimate(page: TunePage, measured: list[tuple[str, Recipe]]) -> None:
    wait_until(lambda: measured)
    page.left.choices.show_model("someone/model")
    page.left.choices.changed.emit()
    wait_until(lambda: "Download it from the Hub first." in page.left.reason.text())
    assert not page.left.start.isEnabled()
    QTest.qWait(2 * CALM_MS)
    assert len(measured) == 1


# ---------------------------------------------------------------------------------------------------- a run at work


def test_a_run_at_work_shows_its_numbers_and_its_curves_move(page: TunePage) -> None:
    run = begin(page)
    wait_until(lambda: run.id in page._read)
    say(page, run, run_events()[:200])
    wait_until(lambda: page.live.figures.value("step") not in ("", "–"))
    steps = [event for event in run_events()[:200] if isinstance(event, Stepped)]
    assert page.live.figures.value("step") == f"{steps[-1].step}"
    assert page.live.figures.note("step") == "of 480"
    assert page.live.figures.value("score").endswith("%")
    assert len(page.curves.points(run.id, "train_loss")) == len(steps)
    wait_until(lambda: any(label.text == "training" for label in page.curves.legend()))
    say(page, run, [Stepped(steps[-1].step + 1, 480, 2.0, 0.123, 1e-5, 80.0, 900.0, 12.0)])
    wait_until(lambda: page.live.figures.value("loss") == "0.123")


def test_events_that_arrive_while_old_ones_are_read_are_not_lost(page: TunePage) -> None:
    run = begin(page)
    say(page, run, run_events()[:50])
    wait_until(lambda: run.id in page._read)
    wait_until(lambda: len(page.curves.points(run.id, "train_loss")) == 45)


def test_stop_asks_in_place_and_says_in_which_stage_it_is(page: TunePage, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bool] = []
    monkeypatch.setattr(page.session, "stop_run", lambda *, keep: kept.append(keep))
    begin(page)
    assert page.live.stop.isVisible()
    assert not page.live.keep.isVisible()
    QTest.mouseClick(page.live.stop, Qt.MouseButton.LeftButton)
    assert page.live.keep.hasFocus()
    QTest.mouseClick(page.live.go_on, Qt.MouseButton.LeftButton)
    assert page.live.stop.isVisible()
    page.live.ask_stop(True)
    QTest.mouseClick(page.live.keep, Qt.MouseButton.LeftButton)
    assert kept == [True]
    assert not page.live.stop.isEnabled()
    words = []
    for stage in ("asked", "terminating", "killing"):
        page.session.stopping_stage_changed.emit(stage)
        words.append(page.live.stop.text())
    assert len(set(words)) == 3


def test_a_silent_child_and_a_slow_step_are_different_sentences() -> None:
    watch = RunWatch(1, 0.0, TASK)
    assert watch.sentence(1.0) == ("Starting the process…", "")
    watch.take(Staged("training"), now=1.0)
    watch.take(Stepped(412, 900, 1.3, 0.4, 1e-5, 80.0, 900.0, 60.0), now=2.0)
    assert watch.sentence(3.0) == ("Tuning, epoch 1.3", "")
    for second in range(3, 26):
        watch.take(Alive(412), now=float(second))
    assert watch.sentence(25.0) == ("Still on step 412 after 23 s", "")
    watch.silent_since = 25.0
    sentence, tone = watch.sentence(37.0)
    assert sentence.startswith("Not responding for 12 s")
    assert tone == "warn"


def test_after_an_evaluation_the_steps_go_on_by_name() -> None:
    watch = RunWatch(1, 0.0, TASK)
    watch.take(Staged("evaluating", 18, 18), now=1.0)
    watch.take(Stepped(5, 10, 1.0, 0.1, 1e-5, 40.0, 700.0, 2.0), now=2.0)
    assert watch.sentence(2.0)[0] == "Tuning, epoch 1.0"


def test_the_stage_before_the_first_step_is_named_with_how_far_it_is() -> None:
    watch = RunWatch(1, 0.0, TASK)
    watch.take(Staged("embedding", 120, 400), now=1.0)
    assert watch.sentence(1.0)[0] == "Encoding all texts: 120 of 400"
    watch.take(Evaluated(0, 0.0, "validation", 0.5, {"accuracy": 0.9, "macro_f1": 0.8}, best=True), now=2.0)
    assert watch.best is watch.validation
    assert watch.log[-1] == "Step 0, validation: macro-F1 80.0%"


# -------------------------------------------------------------------------------------------------------- the ledger


def test_the_runs_stand_newest_first_with_the_shape_of_their_scores(page: TunePage) -> None:
    model = page.runs.model()
    assert [model.index(row, 1).data() for row in range(3)] == ["3", "2", "1"]
    assert model.index(0, 3).data().endswith("%")
    wait_until(lambda: len(page.runs._model.shapes) == 3)
    assert all(len(shape) == 5 for shape in page.runs._model.shapes.values())


def test_the_curves_of_an_old_run_come_from_its_folder(page: TunePage) -> None:
    page.show_run(1)
    wait_until(lambda: len(page.curves.points(1, "train_loss")) == 480)
    assert page.curves.shown_runs() == (1,)
    assert "Step 480" in page.live.log.toPlainText()


def test_two_ticked_runs_lie_over_each_other(page: TunePage) -> None:
    page.runs.setFocus()
    for run in (1, 3):
        page.runs.choose(run)
        QTest.keyClick(page.runs, Qt.Key.Key_Space)
    assert sorted(page.curves.shown_runs()) == [1, 3]
    wait_until(lambda: {label.text.split(" · ")[0] for label in page.curves.legend()} == {"run 1", "run 3"})
    box = page.runs.visualRect(page.runs.model().index(0, 0))
    QTest.mouseClick(page.runs.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert [run.number for run in page.runs.compared()] == [1]


def correct_a_test_label(page: TunePage, run: int = 1) -> None:
    shown = page.session.project.predictions(run, PredictionFilter("test", correct=False))[0]
    label = shown.prediction.predicted
    assert label is not None
    page.session.perform(
        lambda project: project.annotate(
            shown.sample.id, shown.prediction.value, labels=(label,), origin="manual", name="Label"
        )
    )


def test_a_run_leads_with_what_it_is_worth_and_each_figure_says_its_samples(page: TunePage) -> None:
    wait_until(lambda: page.live.worth.text() != "")
    page.show_run(1)
    right = page.session.project.prediction_count(1, PredictionFilter("test", correct=True))
    assert page.live.worth.text().startswith(f"Right on {right} of 24 texts that it had not seen; 95% CI: ")
    assert "24 texts are too few for this figure" in page.live.caution.text()
    assert page.live.figures._captions["score"].text() == "macro-F1, test"
    assert page.live.figures.note("score").startswith("24 texts · validation ")
    assert not page.live.moved.isVisible()


def test_a_corrected_test_label_marks_every_run_with_then_and_today(page: TunePage) -> None:
    wait_until(lambda: len(page.judge.standings) == 6)
    model = page.runs.model()
    before = [model.index(row, TEST).data() for row in range(3)]
    correct_a_test_label(page)
    wait_until(lambda: page.live.moved.isVisible())
    assert page.live.moved.text().endswith("on today's labels: 1 test label changed since.")
    for row, then in enumerate(before):
        marked = model.index(row, TEST).data()
        assert marked.startswith(then.removesuffix("%")) and "→" in marked, "the score of then and that of today"
        assert "1 test label changed" in model.index(row, TEST).data(Qt.ItemDataRole.ToolTipRole)
        assert "1 test label changed" in model.index(row, TEST).data(Qt.ItemDataRole.AccessibleTextRole)
    page.session.perform(lambda project: project.undo())
    wait_until(lambda: [model.index(row, TEST).data() for row in range(3)] == before)


def test_two_ticked_runs_are_compared_with_a_verdict_and_doors_to_their_samples(page: TunePage) -> None:
    for run in (3, 1):
        page.runs.compare(run)
    wait_until(lambda: page.compare.table.isVisible())
    panel = page.compare
    assert panel.title.text() == "Run 3 compared with run 1"
    assert panel.how.text().startswith("Run 1: Full fine-tuning, 4 epochs, ") and "\nRun 3: " in panel.how.text()
    assert "of 24 test texts that both answered, by today's labels" in panel.conclusion.text()
    rows = panel.table.changes.rows
    assert [row[0] for row in rows[:2]] == ["accuracy", "macro-F1"] and rows[0][4] == "24"
    asked = QSignalSpy(page.session.predictions_requested)
    QTest.mouseClick(panel.better, Qt.MouseButton.LeftButton)
    run, which = asked.at(0)[0], asked.at(0)[1]
    assert run == 3 and panel.better.text() == f"{len(which.samples)} samples better"
    project = page.session.project
    assert project.prediction_count(3, which) == len(which.samples) > 0
    assert all(one.prediction.is_right for one in project.predictions(3, which))
    assert not any(one.prediction.is_right for one in project.predictions(1, which))
    page.resize(844, 516)
    assert panel.isVisible() and not page.live.isVisible(), "in a narrow window one of both"
    page.runs.compare(1, False)
    assert page.live.isVisible() and not panel.isVisible()


def test_a_paused_run_and_a_finished_one_are_told_in_one_word_and_in_the_language_of_now(page: TunePage) -> None:
    assert status_words("interrupted") == "paused"
    run = page.session.project.run(1)
    for epochs, words in ((1, "Full fine-tuning, 1 epoch"), (4, "Full fine-tuning, 4 epochs")):
        assert setting_words(dataclasses.replace(run, recipe={"epochs": epochs}), TASK) == words
    stored = dataclasses.replace(page.session.project.run(1), sentence="已完成。")
    assert ending_words(stored) == "Finished."
    assert ending_words(dataclasses.replace(stored, sentence="Stopped at step 3.")) == "Stopped at step 3."
    use_language("zh_CN")
    try:
        assert measure_title(TASK.measure("accuracy")) == "准确率"
        assert ending_words(dataclasses.replace(stored, sentence="Finished.")) == "已完成。"
    finally:
        use_language("en")


def test_correcting_a_test_label_is_said_once(page: TunePage) -> None:
    HeldOutNotice(page.session)
    said = QSignalSpy(page.session.said)
    shown = page.session.project.predictions(1, PredictionFilter("train", correct=False))[0]
    page.session.perform(
        lambda project: project.annotate(
            shown.sample.id, shown.prediction.value, labels=(1,), origin="manual", name="L"
        )
    )
    assert said.count() == 0
    correct_a_test_label(page)
    correct_a_test_label(page, 2)
    assert said.count() == 1 and said.at(0)[0].startswith("This is a test sample")


def test_enter_on_a_run_opens_it_for_inspection(page: TunePage) -> None:
    asked = QSignalSpy(page.session.predictions_requested)
    page.runs.choose(2)
    page.runs.setFocus()
    QTest.keyClick(page.runs, Qt.Key.Key_Return)
    assert (asked.at(0)[0], asked.at(0)[1]) == (2, PredictionFilter())


def test_a_run_is_removed_only_after_a_second_word(page: TunePage) -> None:
    page.runs.choose(2)
    page.runs.setFocus()
    QTest.keyClick(page.runs, Qt.Key.Key_Delete)
    assert page.ledger.sure.text() == "Delete run 2 and its model?"
    assert len(page.session.project.runs()) == 3
    QTest.mouseClick(page.ledger.spare, Qt.MouseButton.LeftButton)
    assert not page.ledger.really.isVisible()
    QTest.mouseClick(page.ledger.delete, Qt.MouseButton.LeftButton)
    QTest.mouseClick(page.ledger.really, Qt.MouseButton.LeftButton)
    wait_until(lambda: page.runs.model().rowCount() == 2)
    assert [run.number for run in page.session.project.runs()] == [3, 1]


def test_an_interrupted_run_offers_to_go_on(page: TunePage, monkeypatch: pytest.MonkeyPatch) -> None:
    resumed: list[int] = []
    monkeypatch.setattr(page.session, "resume_run", resumed.append)
    project = page.session.project
    run = project.create_run(model="built-in", recipe={}, counts={"train": 9})
    page.session.perform(lambda p: p.update_run(run.id, status="interrupted", sentence="Interrupted at step 120."))
    page.show_run(run.id)
    assert page.live.sentence.text() == "Interrupted at step 120."
    assert page.ledger.resume.isVisible()
    QTest.mouseClick(page.live.resume, Qt.MouseButton.LeftButton)
    assert resumed == [run.id]
    page.show_run(1)
    assert not page.ledger.resume.isVisible()


def test_a_run_can_be_tuned_further(page: TunePage) -> None:
    project = page.session.project
    run = project.runs()[0]
    folder = RunFolder(project.run_folder(run.id))
    manifest = Manifest(TASK.id, labels=(JobLabel(1, "a"),))
    write_whole(folder.model / MANIFEST, json.dumps(manifest.to_json()))
    folder.write_job(Job("tune", TASK.id, manifest.labels, project="Post", run=run.number))
    page.show_run(run.id)
    page.left.choices.show_recipe(Recipe(epochs=9))
    QTest.mouseClick(page.ledger.further, Qt.MouseButton.LeftButton)
    choices = page.left.choices
    assert choices.base_model() == str(folder.model) and choices.recipe() == Recipe(epochs=9)
    assert choices.model_words.text().startswith(f"Run {run.number} of “Post”. Tuning continues from it")
    page.session.perform(lambda p: p.update_run(run.id, status="failed"))
    page.show_run(run.id)
    assert not page.ledger.further.isEnabled()


def test_a_run_that_goes_on_again_is_told_as_running_with_its_best_score_so_far(page: TunePage) -> None:
    project = page.session.project
    run = project.create_run(model="built-in", recipe={}, counts={"train": 9})
    folder = RunFolder(project.run_folder(run.id))
    folder.path.mkdir(parents=True, exist_ok=True)
    scored = Evaluated(5, 1.0, "validation", 0.5, {"macro_f1": 0.9}, best=True)
    folder.events_file.write_text(f"{encode(scored)}\n", "utf-8")
    page.session.perform(lambda p: p.update_run(run.id, status="interrupted", sentence="Paused at step 5."))
    page.show_run(run.id)
    wait_until(lambda: page.live.figures.value("score") == "90.0%")  # what is known of it, though it has no report

    project.update_run(run.id, status="running", sentence="")  # as resuming does, beside the window
    page.session.scheduler._run = run
    page.session.run_active_changed.emit()
    assert page.runs.model().index(0, STATUS).data() == "running"
    say(page, run, [Evaluated(6, 1.2, "validation", 0.5, {"macro_f1": 0.7}, best=False)])
    wait_until(lambda: page.session.background.is_idle)
    page._show_watch()
    assert page.live.figures.value("score") == "70.0%"
    assert page.live.figures.note("score") == "best 90.0%"


def test_escape_takes_the_question_how_to_stop_back(page: TunePage) -> None:
    begin(page)
    page.live.ask_stop(True)
    QTest.keyClick(page.live.keep, Qt.Key.Key_Escape)
    assert page.live.stop.isVisible() and not page.live.keep.isVisible()


def test_in_a_small_window_no_button_and_no_number_is_clipped(page: TunePage) -> None:
    begin(page)
    page.live.ask_stop(True)
    page.resize(844, 516)  # what a window of 900 x 600 leaves
    QApplication.processEvents()
    parts: list[QPushButton | QLabel] = [*page.live.findChildren(QPushButton)]
    parts += page.live.figures.findChildren(QLabel)
    for part in parts:
        if part.isVisible():
            assert part.width() >= part.sizeHint().width(), part.text()
    assert page.live.throw.isVisible()


def test_an_estimate_of_other_choices_is_taken_away_at_once(page: TunePage) -> None:
    wait_until(lambda: page.left._measured is not None)
    estimate = Estimated(190.0, 910.0, 80.0, 480, 12, 256)
    page.session.estimated.emit(estimate)
    before = page.left.check.shown_findings()
    page.left.choices.presets.button("quick").click()
    after = page.left.check.shown_findings()
    assert len(after) < len(before)
    page.session.estimated.emit(estimate)  # of a trial that was going on for the choices before
    assert page.left.check.shown_findings() == after


def test_the_choices_begin_with_those_of_the_newest_run(tmp_path: Path, measured: list[object]) -> None:
    project = tuned_project(tmp_path / "p.lepton", runs=1)
    project.update_run(1, recipe=presets_for(TASK, "encoder")["best"].to_json())
    for page in opened(project):
        assert page.left.choices.presets.choice() == "best"


def test_everything_on_the_page_can_be_named_by_a_screen_reader(page: TunePage) -> None:
    QApplication.processEvents()
    assert isinstance(page.left, StartPanel)
    for part in (page.runs, page.curves, page.left.start, page.left.choices.presets, page.left.check.labels):
        assert part.accessibleName()


def test_where_tuning_takes_long_one_click_chooses_the_quick_model(page: TunePage, measured: list[object]) -> None:
    left = page.left
    wait_until(lambda: measured)
    page.session.estimated.emit(Estimated(900.0, 1500.0, 80.0, 400, 0, 256))
    clicked = next(one for one in left.findChildren(QPushButton) if one.text() == "Choose the quick model")
    clicked.click()
    recipe = left.choices.recipe()
    assert recipe is not None and recipe.methods == ("quick",)
    assert left.choices.settings.methods.weights.isVisible()
    wait_until(lambda: left.choices.width() <= left._scroll.viewport().width(), seconds=5)
