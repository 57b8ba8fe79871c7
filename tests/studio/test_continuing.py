"""Going on from an earlier run: what of it is taken along, and what the report says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.commands.console import Misused, Refused
from lepton_studio.commands.starting import model_to_start_from
from lepton_studio.commands.usage import parser
from lepton_studio.contract.before import Before
from lepton_studio.contract.task import Report
from lepton_studio.methods.recipes import adjusted
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, NewSample
from lepton_studio.runs.folder import RunFolder, read_json_lines, write_whole
from lepton_studio.runs.job import JobLabel, Recipe
from lepton_studio.runs.manifest import MANIFEST, Manifest
from lepton_studio.studio.before_words import before_words
from lepton_studio.studio.continuing import freeze_old
from lepton_studio.studio.judging import Standing, standing
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.studio.tuning import TuningNotPossible, prepare_run
from lepton_studio.tasks import task_named
from tests.training.tiny import write_tiny_model

TASK = task_named("text_classification")
REPLAY = adjusted(Recipe(), {"methods": "replay"}, task=TASK)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = create_sample_project(tmp_path / "Sample.lepton")
    yield made
    made.close()


def tuned(project: Project) -> RunFolder:
    """A run of the project that left a model, as far as is seen without loading it."""
    _, folder = prepare_run(project)
    write_whole(folder.model / MANIFEST, json.dumps(Manifest(TASK.id, labels=folder.job().labels).to_json()))
    return folder


def taken(project: Project, folder: RunFolder, model: Path) -> list[dict[str, object]]:
    """The test samples of the other run that are taken along."""
    labels = tuple(JobLabel(one.id, one.name) for one in project.labels())
    freeze_old(project, folder, model=str(model), labels=labels, task=TASK)
    return list(read_json_lines(folder.data_file("old_test")))


def test_the_test_samples_of_the_run_before_are_taken_along_but_for_those_that_are_trained_on(project: Project) -> None:
    first = tuned(project)
    moved = next(iter(read_json_lines(first.data_file("test"))))["id"]
    project.set_split([moved], "train")
    _, second = prepare_run(project)
    assert not second.data_file("old_test").exists(), "the built-in model is of no run"
    found = taken(project, second, first.model)
    assert len(found) == 29 and moved not in {one["id"] for one in found}
    kept = {one["id"]: one for one in read_json_lines(first.data_file("test"))}
    assert all(kept[one["id"]] == one for one in found)


def test_the_command_line_names_the_run_by_number_or_folder(project: Project, tmp_path: Path) -> None:
    first = tuned(project)
    assert parser().parse_args(["tune", "p", "--from", "1"]).start == "1"
    for named in ("1", str(first.path), str(first.model)):
        assert model_to_start_from(project, named, model=None) == str(first.model)
    assert model_to_start_from(project, "", model="built-in") == "built-in"
    with pytest.raises(Misused, match="--model"):
        model_to_start_from(project, "1", model="built-in")
    for named, why in ((str(tmp_path / "none"), "does not exist"), (str(tmp_path), "no model tuned by")):
        with pytest.raises(Refused, match=why):
            model_to_start_from(project, named, model=None)
    write_whole(first.model / MANIFEST, json.dumps(Manifest("spans").to_json()))
    with pytest.raises(Refused, match="another task"):
        model_to_start_from(project, "1", model=None)


def test_of_another_project_come_those_whose_label_is_in_this_one(project: Project, tmp_path: Path) -> None:
    first = tuned(project)
    names = [label.name for label in project.labels()]
    other = Project.create(tmp_path / "Other.lepton", task=TASK.id, labels=["new", names[1].upper(), names[0]])
    found = taken(other, RunFolder(tmp_path / "Other.lepton/runs/run-1"), first.model)
    ids = {label.name.casefold(): label.id for label in other.labels()}
    old = {label.id: label.name.casefold() for label in project.labels()}
    gold = {one["id"]: old[one["value"]["labels"][0]] for one in read_json_lines(first.data_file("test"))}
    assert {one["id"] for one in found} == {id for id, name in gold.items() if name in ids}
    assert all(one["value"] == {"labels": [ids[gold[one["id"]]]]} for one in found)
    other.close()


def test_the_report_says_what_was_won_and_what_was_forgotten(project: Project) -> None:
    run, _ = prepare_run(project)
    before = Before(50, {"macro_f1": 0.6}, {"macro_f1": 0.9}, 30, 45, 17, 2, project="Post", run=3)
    old = Before(80, {"macro_f1": 0.9}, {"macro_f1": 0.5}, 72, 40, 1, 33, project="Post", run=3, left_out=4)
    report = Report(n=50, headline={"macro_f1": 0.9}, start=before, old=old)
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report
    project.store_report(run.id, split="test", report=report.to_json())
    stands = standing(project, run, "test")
    assert stands is None, "nothing was predicted yet"
    told = Standing(
        run.id, "test", report.headline, 50, report.headline, 50, 45, 0, 0, "right", 0.9, None,  # type: ignore[arg-type]
        start=before, old=old,
    )  # fmt: skip
    started, forgot = before_words(told, TASK).splitlines()
    assert started == (
        "Started from run 3 of “Post”, which reaches macro-F1 60.0% on the same 50 texts; this run reaches macro-F1 "
        "90.0%. 17 newly right, 2 newly wrong."
    )
    assert forgot.startswith("On the 80 test samples of run 3 of “Post”: macro-F1 90.0% before, macro-F1 50.0% now. 4 ")
    assert "It forgot some" in forgot
    assert "forgot" not in before_words(replace(told, old=replace(old, won=20, lost=24)), TASK)
    assert "chance" in before_words(replace(told, start=replace(before, won=3, lost=2)), TASK)


def tuned_for_good(project: Project) -> RunFolder:
    """As `tuned`, with a model that can be loaded."""
    folder = tuned(project)
    write_tiny_model(folder.model)
    return folder


def test_a_run_with_replay_trains_on_new_decisions_only_and_takes_the_old_ones_along(project: Project) -> None:
    first = tuned_for_good(project)
    seen = list(read_json_lines(first.data_file("train")))
    labels = [label.id for label in project.labels()]
    (one,) = project.samples(Filter(state="unlabelled"), limit=1)
    changed = seen[0]["id"]
    other = next(id for id in labels if id != seen[0]["value"]["labels"][0])
    for sample in (one.id, changed):
        project.annotate(sample, {"labels": [other]}, labels=(other,))
    project.set_split([one.id], "train")
    run, folder = prepare_run(project, model=str(first.model), recipe=REPLAY)
    new = {line["id"] for line in read_json_lines(folder.data_file("train"))}
    assert new == {one.id, changed} and run.counts["train"] == 2
    old = list(read_json_lines(folder.data_file("old")))
    assert old == [line for line in seen if line["id"] != changed], (
        "what is decided otherwise now is not seen as before"
    )
    assert sum(1 for _ in read_json_lines(folder.data_file("old_test"))) == 30

    third = folder.model
    write_tiny_model(third)
    write_whole(third / MANIFEST, json.dumps(Manifest(TASK.id, labels=folder.job().labels).to_json()))
    with pytest.raises(TuningNotPossible, match=f"since run {run.number}"):
        prepare_run(project, model=str(third), recipe=REPLAY)
    assert project.runs()[0].id == run.id, "none is entered"


def test_replay_without_an_earlier_run_says_what_to_do(project: Project) -> None:
    with pytest.raises(TuningNotPossible, match="Tune further"):
        prepare_run(project, recipe=REPLAY)


def test_replay_of_another_project_leaves_out_what_is_held_out_here(project: Project, tmp_path: Path) -> None:
    first = tuned_for_good(project)
    seen = {line["text"]: line for line in read_json_lines(first.data_file("train"))}
    other = Project.create(tmp_path / "Other.lepton", task=TASK.id, labels=[one.name for one in project.labels()])
    texts = [*list(seen)[:2], "new text one", "new text two"]
    with other.change("Adding texts") as change:
        change.add_samples(NewSample(text) for text in texts)
    ids = {sample.text: sample.id for sample in other.samples(Filter(), limit=9)}
    for place, text in enumerate(texts):
        label = other.labels()[place % 2].id
        other.annotate(ids[text], {"labels": [label]}, labels=(label,))
        other.set_split([ids[text]], "test" if text in seen else "train")
    _, folder = prepare_run(other, model=str(first.model), recipe=REPLAY)
    old = [line["text"] for line in read_json_lines(folder.data_file("old"))]
    assert set(old) == set(seen) - set(texts[:2])
    assert {line["text"] for line in read_json_lines(folder.data_file("train"))} == set(texts[2:])
    other.close()
