"""Runs from the project's side: what is frozen, what comes back, what is found again after a crash."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lepton_studio.contract.task import ClassScore, Report
from lepton_studio.files import Hold
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample, PredictionFilter
from lepton_studio.runs.checkpoints import checkpoint_file
from lepton_studio.runs.events import Evaluated, Event, Failed, Finished, Noted, Stepped, Stopped
from lepton_studio.runs.folder import RunFolder, read_json_lines
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.outcome import outcome
from lepton_studio.runs.requests import Stop
from lepton_studio.runs.wire import encode
from lepton_studio.studio.collecting import learned_nothing
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.studio.tuning import (
    TuningNotPossible,
    as_it_stands,
    can_resume,
    collect_run,
    delete_run,
    discard_measure,
    left_runs,
    prepare_measure,
    prepare_resume,
    prepare_run,
    run_folder,
)
from lepton_studio.tasks import task_named

UNLABELLED = Filter(state="unlabelled")
SCORES = {"test": {"accuracy": 0.9, "macro_f1": 0.8}}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """The sample project: 72 training, 18 validation, 30 test samples, and 180 without a label."""
    made = create_sample_project(tmp_path / "Sample.lepton")
    yield made
    made.close()


def test_a_run_trains_on_the_labelled_samples_of_its_splits_and_on_nothing_else(project: Project) -> None:
    run, folder = prepare_run(project, recipe=Recipe(epochs=3))
    assert run.counts == {"train": 72, "validation": 18, "test": 30}
    assert (run.status, run.recipe["epochs"], run.model) == ("running", 3, "built-in")
    texts = {}
    for split in ("train", "validation", "test"):
        for row in read_json_lines(folder.data_file(split)):
            sample = project.sample(row["id"])
            assert (row["text"], row["value"], split) == (sample.text, sample.value, sample.split)
            texts[row["id"]] = row["text"]
    assert len(texts) == 120
    job = folder.job()
    assert [label.name for label in job.labels] == [label.name for label in project.labels()]
    assert (job.kind, job.run, job.recipe) == ("tune", run.number, Recipe(epochs=3))
    assert run.history_position == project.history_position()


def test_samples_labelled_since_the_import_get_a_split_and_stay_in_it(project: Project) -> None:
    first = project.labels()[0]
    ids = project.sample_ids(UNLABELLED)[:30]
    for sample in ids:
        project.annotate(sample, {"labels": [first.id]}, labels=(first.id,))
    told: list[Changes] = []
    run, _ = prepare_run(project, on_changes=told.append)
    assert len(told) == 1
    assert sum(run.counts.values()) == 150
    splits = {sample: project.sample(sample).split for sample in ids}
    assert None not in splits.values()
    prepare_run(project, on_changes=told.append)
    assert len(told) == 1
    assert splits == {sample: project.sample(sample).split for sample in ids}


def test_labels_given_after_the_start_do_not_change_what_the_run_trains_on(project: Project) -> None:
    run, folder = prepare_run(project)
    before = folder.data_file("train").read_bytes()
    row = next(iter(read_json_lines(folder.data_file("train"))))
    other = next(label for label in project.labels() if [label.id] != row["value"]["labels"])
    project.annotate(row["id"], {"labels": [other.id]}, labels=(other.id,))
    assert folder.data_file("train").read_bytes() == before
    assert project.fixes_since(run.id) == 1


def test_a_project_with_one_label_is_told_what_is_missing(tmp_path: Path) -> None:
    with Project.create(tmp_path / "One.lepton", task="text_classification", labels=["yes", "no"]) as project:
        yes = project.labels()[0]
        with project.change("Add") as change:
            change.add_samples([NewSample("fine", "train", {"labels": [yes.id]}, (yes.id,))])
        with pytest.raises(TuningNotPossible, match="at least two different labels"):
            prepare_run(project)
        with pytest.raises(TuningNotPossible, match="at least two different labels"):
            prepare_measure(project)
        no = project.label_named("no")
        assert no is not None
        with project.change("Add") as change:
            change.add_samples([NewSample("bad", "test", {"labels": [no.id]}, (no.id,))])
        with pytest.raises(TuningNotPossible, match="train split"):
            prepare_run(project)
        assert not project.runs()


def test_a_full_disk_at_the_start_leaves_no_run_behind(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        prepare_run(project)
    assert not project.runs()
    assert not list(project.runs_folder.iterdir())


def test_what_a_finished_run_found_stands_in_the_project_and_only_once(project: Project) -> None:
    run, folder = prepare_run(project)
    ending = outcome(_finish(project, folder), 0)
    collect_run(project, run.id, ending)
    once = _all_of(project, run.id)
    collect_run(project, run.id, ending)
    assert _all_of(project, run.id) == once
    found = project.run(run.id)
    assert (found.status, found.scores, found.steps, found.seconds) == ("finished", SCORES, 2, 9.5)
    assert found.sentence == "Finished."
    assert (1, "train_loss", 1.5) in once[0] and (2, "validation_accuracy", 0.75) in once[0]
    assert (2, "train_loss", None) in once[0]
    assert project.prediction_count(run.id, PredictionFilter(split="test")) == 30
    assert project.prediction_count(run.id, PredictionFilter(correct=False)) == 0
    assert project.report(run.id, "test") == {
        "n": 30,
        "headline": {},
        "per_class": [],
        "averages": [],
        "confusion": None,
        "errors": {},
    }


def test_a_run_stopped_and_thrown_away_is_in_the_list_without_scores(project: Project) -> None:
    run, folder = prepare_run(project)
    _say(folder, [Stepped(1, 2, 0.5, 1.5, 1e-5, 80.0, 400.0, 1.0)])
    collect_run(project, run.id, outcome(Stopped(1, False, 2.0), 0, asked=Stop(keep=False)))
    found = project.run(run.id)
    assert (found.status, found.scores, found.steps) == ("stopped", {}, 1)
    assert can_resume(project, found) is None


def test_a_run_whose_child_was_killed_is_found_interrupted_at_its_step(project: Project) -> None:
    run, folder = prepare_run(project)
    _say(folder, [Stepped(7, 20, 0.5, 1.5, 1e-5, 80.0, 400.0, 1.0)])
    _save(folder, step=5)
    [left] = left_runs(project)
    assert not left.alive
    assert left.run.status == "interrupted" and left.run.sentence.startswith("Interrupted at step 7")
    assert can_resume(project, left.run) == 5
    assert left_runs(project) == []
    assert prepare_resume(project, run.id) == folder
    assert project.run(run.id).status == "running"


def test_a_run_without_a_sound_checkpoint_begins_again_on_the_same_samples(project: Project) -> None:
    run, folder = prepare_run(project)
    _save(folder, step=5)
    checkpoint_file(folder, 5).write_bytes(b"PK torn")
    [left] = left_runs(project)
    assert left.run.status == "interrupted" and "starts the run again" in left.run.sentence
    assert can_resume(project, left.run) == 0
    assert prepare_resume(project, run.id) == folder


def test_a_run_that_is_over_is_not_offered_to_be_resumed(project: Project) -> None:
    run, folder = prepare_run(project)
    collect_run(project, run.id, outcome(_finish(project, folder), 0))
    with pytest.raises(TuningNotPossible, match="Tune again"):
        prepare_resume(project, run.id)
    other, _ = prepare_run(project)
    collect_run(project, other.id, outcome(Failed("bad_data", "Text 4 is empty."), 1))
    assert can_resume(project, project.run(other.id)) is None


def test_a_run_that_finished_while_no_window_was_open_is_taken_in_at_the_next_start(project: Project) -> None:
    run, folder = prepare_run(project)
    _say(folder, [_finish(project, folder)])
    [left] = left_runs(project)
    assert left.outcome is not None and left.outcome.kind == "finished"
    assert project.run(run.id).scores == SCORES
    assert project.prediction_count(run.id) == 30


def test_a_run_that_goes_on_without_the_window_is_followed_again_and_cannot_be_deleted(project: Project) -> None:
    run, folder = prepare_run(project)
    held = Hold(folder.lock_file)  # this very process stands for the child
    [left] = left_runs(project)
    assert left.alive and left.run.id == run.id
    with pytest.raises(TuningNotPossible, match="still running"):
        delete_run(project, run.id)
    held.release()
    delete_run(project, run.id)
    assert not folder.path.exists()


def test_an_earlier_attempt_that_stopped_does_not_count_for_a_resumed_one(project: Project) -> None:
    _, folder = prepare_run(project)
    step = Stepped(9, 20, 0.5, 1.5, 1e-5, 80.0, 400.0, 1.0)
    _say(folder, [Stopped(5, True, 1.0), Noted("Resumed."), step])
    _save(folder, step=5)
    [left] = left_runs(project)
    assert left.run.status == "interrupted"


def test_measuring_leaves_the_project_as_it_was(project: Project) -> None:
    label = project.labels()[0]
    sample = project.sample_ids(UNLABELLED)[0]
    project.annotate(sample, {"labels": [label.id]}, labels=(label.id,))
    position = project.history_position()
    folder = prepare_measure(project)
    assert len(list(read_json_lines(folder.data_file("train")))) == 73
    assert folder.job().kind == "measure"
    discard_measure(folder)
    assert project.history_position() == position
    assert not project.runs() and not list(project.runs_folder.iterdir())


def test_a_measurement_that_a_crash_left_over_is_removed_at_the_next_start(project: Project) -> None:
    mine = prepare_measure(project)
    mine.hold.release()  # as the system does when its process dies
    at_work, of_a_child = prepare_measure(project), prepare_measure(project)
    of_a_child.hold.release()
    held = Hold(of_a_child.lock_file)
    left_runs(project)
    assert set(project.runs_folder.iterdir()) == {at_work.path, of_a_child.path}
    held.release()


def test_nothing_is_removed_through_a_link_that_leads_out_of_the_project(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "scratch-old").mkdir(parents=True)
    (elsewhere / "scratch-old" / "owner.lock").touch()
    run, folder = prepare_run(project)
    collect_run(project, run.id, outcome(_finish(project, folder), 0))
    project.runs_folder.rename(elsewhere / "runs")
    (elsewhere / "scratch-old").rename(elsewhere / "runs" / "scratch-old")
    project.runs_folder.symlink_to(elsewhere / "runs")
    left_runs(project)
    project.delete_run(run.id)
    assert (elsewhere / "runs" / "scratch-old" / "owner.lock").exists() and folder.job_file.exists()


def test_a_reader_is_not_told_that_a_dead_run_is_running(project: Project) -> None:
    prepare_run(project)
    [run] = project.runs()
    assert as_it_stands(project, run) == run, "this process has the project open and may be starting it"
    project.close()
    with Project.open(project.folder, read_only=True) as read:
        assert as_it_stands(read, run).status == "interrupted" and "--resume" in as_it_stands(read, run).sentence
        held = Hold(run_folder(read, run).lock_file)
        assert as_it_stands(read, run) == run
        held.release()


@pytest.mark.parametrize(
    "model", ["elsewhere/no/such", "./model", "~/model", "file.bin", "no-weights", "no-tokenizer", "torn"]
)
def test_a_base_model_that_cannot_be_used_is_refused_before_anything_is_done(
    project: Project, tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.bin").touch()
    for name, files in (("no-weights", ["config.json"]), ("no-tokenizer", ["config.json", "model.safetensors"])):
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).write_text("{}")
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "config.json").write_text("[")
    splits = project.split_counts()
    with pytest.raises(TuningNotPossible, match=r"folder|weights|tokenizer|read"):
        prepare_run(project, model=model)
    assert not project.runs() and project.split_counts() == splits


def test_a_run_that_learned_nothing_says_so(project: Project) -> None:
    task = task_named(project.task_id)
    rows = (ClassScore("bill", 0.2, 0.2, 0.2, 11), ClassScore("late", 0.2, 0.2, 0.2, 39))
    said = learned_nothing({"test": Report(50, {"accuracy": 0.22}, rows)}, task, steps=9)
    assert "22%" in said and "50 texts" in said and "“late” would be right on 78%" in said
    assert not learned_nothing({"test": Report(50, {"accuracy": 0.8}, rows)}, task, steps=9)
    assert not learned_nothing({}, task, steps=9) and not learned_nothing(
        {"test": Report(50, {"f1": 0.0}, rows)}, task, steps=9
    )
    at_once = learned_nothing({"test": Report(50, {"accuracy": 0.22}, rows)}, task, steps=0)
    assert at_once.endswith("More labelled samples may help.") and "epochs" not in at_once


def _finish(project: Project, folder: RunFolder) -> Finished:
    """The files of a run whose every prediction on test is right."""
    nothing = Stepped(2, 2, 1.0, None, 1e-5, 80.0, 400.0, 0.0)
    _say(
        folder,
        [
            Stepped(1, 2, 0.5, 1.5, 1e-5, 80.0, 400.0, 1.0),
            nothing,
            Evaluated(2, 1.0, "validation", 0.7, {"accuracy": 0.75}, True),
        ],
    )
    lines = [
        {
            "id": row["id"],
            "split": "test",
            "value": row["value"],
            "gold": row["value"],
            "score": 0.75,
            "scores": {str(row["value"]["labels"][0]): 0.75},
        }
        for row in read_json_lines(folder.data_file("test"))
    ]
    folder.predictions_file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    report = {"n": 30, "headline": {}, "per_class": [], "averages": [], "confusion": None}
    folder.report_file.write_text(json.dumps({"test": report}))
    return Finished(2, 9.5, 80.0, SCORES)


def _say(folder: RunFolder, events: list[Event]) -> None:
    with folder.events_file.open("a") as file:
        file.writelines(encode(event) + "\n" for event in events)


def _save(folder: RunFolder, *, step: int) -> None:
    path = checkpoint_file(folder, step)
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", b"0" * 100)


def _all_of(project: Project, run_id: int) -> tuple[list[tuple[int, str, float | None]], object, object, object]:
    return (
        project.metrics(run_id),
        project.predictions(run_id),
        project.report(run_id, "test"),
        project.run(run_id),
    )


def test_the_folder_of_a_run_is_where_the_project_says(project: Project) -> None:
    run, folder = prepare_run(project)
    assert run_folder(project, run) == folder == RunFolder(project.run_folder(run.id))
