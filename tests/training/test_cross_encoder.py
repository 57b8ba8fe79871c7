"""Texts read together with labels: what is learned with some labels is asked about any others, here and elsewhere."""

from __future__ import annotations

import csv
import json
import os
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from lepton_studio.child.others import read_others
from lepton_studio.child.why.explain import Explainer
from lepton_studio.child.work import Work, load_saved
from lepton_studio.contract.task import Input, Report
from lepton_studio.heads.cross_encoder import NOT_ASKED, asked_about, label_text
from lepton_studio.methods.cross_encoder import MOST_LABELS
from lepton_studio.methods.recipes import adjusted
from lepton_studio.project.marks import SECOND_TEXT
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
from lepton_studio.runs.events import Evaluated, Failed, Finished, Noted, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import BUILT_IN_MODEL, DESCRIPTION, Job, JobLabel, OtherProject, Recipe
from lepton_studio.studio.checking import check_before_tuning
from lepton_studio.studio.drafting import draft, why_not_asked
from lepton_studio.studio.suggesting import newest_suggesting_run, reader, suggestion_for
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.multi_label.annotation import Choices
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.training.inference import runner
from lepton_studio.training.models import Base, load_encoder
from lepton_studio.training.onnx_file import check_onnx, write_onnx
from tests.training.tiny import (
    CPU,
    LABELS,
    RECIPE,
    after_steps,
    detail,
    predictions,
    rows,
    tune_here,
    write_lines,
    write_run,
)

TASK = task_named("text_classification")
READS = adjusted(replace(RECIPE, epochs=3), {"methods": "cross_encoder"}, task=TASK)
SHARED = Path(os.environ.get("LEPTON_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run on two of the three labels, of the project "Post"; by a model that knows words, unlike the tiny one."""
    folder = tmp_path_factory.mktemp("post") / "runs/run-1"
    run = write_run(folder, model=BUILT_IN_MODEL, labels=LABELS[:2], recipe=replace(READS, learning_rate=3e-4))
    run.write_job(replace(run.job(), project="Post", run=1))
    for seed, (split, count) in enumerate((("train", 36), ("validation", 9), ("test", 18))):
        write_lines(run, split, [one for one in rows(count, seed=seed, noise=0) if one["value"]["labels"] != [13]])
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)
    assert Report.from_json(run.report()["test"]).headline["accuracy"] > 0.9, "it learns"
    return run


def started(tiny_model: Path, *, labels: int = 3, **changes: Any) -> tuple[Any, Base]:
    recipe = adjusted(RECIPE, {"methods": "cross_encoder", **changes}, task=TASK)
    base = Base(str(tiny_model), task=TASK)
    some = [JobLabel(place, f"word{place}") for place in range(labels)]
    return load_part(TASK.learner).start(base, labels=some, recipe=recipe), base


def test_in_training_a_text_is_read_with_its_label_and_some_others_and_afterwards_with_all(tiny_model: Path) -> None:
    learner, _ = started(tiny_model, labels=9, other_labels=3)
    examples = learner.encode([Input("card"), Input("chip pin")], [Choice((2,)), Choice((7,))])
    learner.model.train()
    batch = learner.collate(examples)
    asked = learner.forward(batch) > NOT_ASKED / 2
    assert asked.sum(1).tolist() == [4, 4] and asked[0, 2] and asked[1, 7] and batch.size == 2
    assert any(not torch.equal(asked, learner.forward(learner.collate(examples)) > NOT_ASKED / 2) for _ in range(5))
    learner.model.eval()
    said = learner.forward(learner.collate(examples))
    assert said.shape == (2, 9) and (said > NOT_ASKED / 2).all()
    with torch.no_grad():
        one = learner.forward(learner.collate(learner.encode([Input("chip pin")])))
    torch.testing.assert_close(one[0], said[1].detach(), rtol=1e-4, atol=1e-5)


def test_a_run_that_was_left_draws_the_same_labels_as_one_that_never_stopped(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEPTON_CHECKPOINT_SECONDS", "0")
    recipe = replace(adjusted(READS, {"other_labels": 1}, task=TASK), epochs=1)
    whole, left = (write_run(tmp_path / one, model=tiny_model, recipe=recipe, sizes=(24, 0, 0)) for one in "wl")
    told = tune_here(whole)
    assert isinstance(told.last, Finished), detail(told.last)
    tune_here(left, should_stop=after_steps(2, "leave"))
    rest = tune_here(left, resume=True)
    assert isinstance(rest.last, Finished) and rest.of(Stepped)[0].step == 3, detail(rest.last)
    assert predictions(left) == predictions(whole)


def test_what_a_label_is_called_and_means_is_what_is_read_of_it() -> None:
    assert label_text(JobLabel(1, "card_arrival ")) == "card arrival"
    assert label_text(JobLabel(1, "ABBR", {DESCRIPTION: " a short form "})) == "ABBR: a short form"


def test_a_second_text_is_read_behind_the_first(tiny_model: Path) -> None:
    learner, _ = started(tiny_model)
    alone, pair = learner.encode([Input("card"), Input("card", {SECOND_TEXT: "chip"})])
    assert len(pair.tokens) == len(alone.tokens) + 2, "a sign between them, and the second text"


def test_asked_about_other_labels_it_begins_with_what_it_knows_and_says_how_much_that_is(
    first: RunFolder, tmp_path: Path
) -> None:
    labels = (JobLabel(1, "reader plastic"), JobLabel(2, "Transfer "), JobLabel(3, "chip"))
    ids = {11: 3, 12: 2, 13: 1}
    recipe = replace(READS, epochs=1, learning_rate=2e-4)
    on = write_run(tmp_path / "run-1", model=first.model, labels=labels, recipe=recipe)
    for seed, (split, count) in enumerate((("train", 6), ("validation", 12), ("test", 24)), 10):
        some = [one for one in rows(count, seed=seed, noise=0) if one["value"]["labels"] != [13]]
        write_lines(on, split, [{**one, "value": {"labels": [ids[one["value"]["labels"][0]]]}} for one in some])
    told = tune_here(on)
    assert isinstance(told.last, Finished), detail(told.last)
    assert any("run 1 of “Post”. Its head is used." in one.message for one in told.of(Noted))
    report = Report.from_json(on.report()["validation"])
    assert report.start is not None
    begun = told.of(Evaluated)[0]
    assert begun.step == 0 and report.start.before == begun.scores, "not a step has been made"
    known = asked_about(load_saved(TASK, first.model), labels)
    inputs = [Input(str(one["text"])) for one in map(json.loads, on.data_file("test").read_text().splitlines())]
    said = known.decide(inputs, known.encode(inputs), run=runner(learner=known, machine=CPU))
    right = [
        one.value.labels == tuple(line["gold"]["labels"])
        for one, line in zip(said, [one for one in predictions(on) if one["split"] == "test"], strict=True)
    ]
    told_of_test = Report.from_json(on.report()["test"]).start
    assert told_of_test is not None and told_of_test.right_before == sum(right)


def test_a_label_that_is_called_otherwise_later_is_read_by_its_name_of_then(first: RunFolder) -> None:
    learner: Any = load_saved(TASK, first.model)
    assert learner.text_model.texts == ("card", "transfer")
    assert json.loads((first.model / "label_texts.json").read_text("utf-8")) == ["card", "transfer"]


def test_it_is_explained_by_leaving_words_out(first: RunFolder) -> None:
    (found,) = Explainer(load_saved(TASK, first.model), TASK, CPU).explain(Input("word1 chip word2"))
    assert found.by == "omission" and len(found.words) == 3
    assert max(found.weights) == found.weights[1], "the word that its texts are made of"


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("task", ["text_classification", "multi_label"])
def test_its_readme_and_its_graph_say_what_the_run_said(
    task: str, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(2)
    recipe = adjusted(Recipe(dropout=0.0), {"methods": "cross_encoder"}, task=task_named(task))
    labels = [*LABELS, JobLabel(14, "money_back")]
    learner = load_part(task_named(task).learner).start(Base(str(tiny_model)), labels=labels, recipe=recipe)
    inputs = [Input("card chip word3"), Input("money back word9 word1 word2"), Input("iban")]
    one: list[Any] = [Choice((11,)), Choice((13,)), Choice((12,))]
    values = one if task == "text_classification" else [Choices((11,)), Choices((13, 14)), Choices()]
    learner.prepare(learner.encode(inputs, values))
    learner.calibrate(inputs, values, run=runner(learner=learner, machine=CPU))
    (tmp_path / "model").mkdir()
    learner.save(tmp_path / "model")
    again = load_part(task_named(task).learner).load(tmp_path / "model")
    said = again.decide(inputs, again.encode(inputs), run=runner(learner=again, machine=CPU))
    readme = (tmp_path / "model/README.md").read_text("utf-8")
    found = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert found is not None and '["a text"]' in found[1]
    monkeypatch.chdir(tmp_path / "model")
    names: dict[str, Any] = {}
    exec(found[1].replace('["a text"]', repr([given.text for given in inputs])), names)
    expected = [list(decision.scores.values()) for decision in said]
    torch.testing.assert_close(names["probabilities"].cpu(), torch.tensor(expected), rtol=1e-4, atol=1e-5)
    if task == "multi_label":
        ids = [
            tuple(label.id for label, yes in zip(labels, row, strict=True) if yes) for row in names["found"].tolist()
        ]
        assert ids == [decision.value.labels for decision in said]
    graph = again.graphs()["model"]
    write_onnx(graph, tmp_path / "model.onnx")
    check_onnx(graph, tmp_path / "model.onnx")


def test_other_projects_share_the_head_and_a_large_set_of_labels_is_no_hindrance_there(
    tiny_model: Path, tmp_path: Path
) -> None:
    many = tuple(JobLabel(place, f"word{place}") for place in range(MOST_LABELS + 5))
    recipe = adjusted(RECIPE, {"methods": "cross_encoder,multitask", "other_batches": 1}, task=TASK)
    run = write_run(tmp_path / "run", model=tiny_model, recipe=recipe, sizes=(24, 0, 12))
    theirs = OtherProject("Theirs", "text_classification", many, 24, 24)
    rated = OtherProject("Rated", "ratings", (), 12, 12)
    run.write_job(replace(run.job(), others=(theirs, rated)))
    lines = rows(24, seed=5)
    write_lines(run, "other-1", [{**one, "value": {"labels": [place]}} for place, one in enumerate(lines)])
    write_lines(run, "other-2", [{**one, "value": {"rating": place % 3}} for place, one in enumerate(lines[:12])])
    work = Work(run, run.job(), CPU, load_encoder=load_encoder, send=lambda _: None, should_stop=lambda: None)
    learner, base = work.new_learner()
    others = read_others(work, base, held_out=work.read_splits(learner)[1:])
    own, theirs_, rated_ = (one.model for one in (learner, *others.learners))
    assert theirs_.get_submodule("pair.head") is own.get_submodule("pair.head")
    assert rated_.get_submodule("head") is not own.get_submodule("pair.head"), "a rating has no words"
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)


@pytest.mark.parametrize(
    ("labels", "changes", "sentence"),
    [
        (MOST_LABELS + 1, {}, f"at most {MOST_LABELS} labels, but this project has {MOST_LABELS + 1}"),
        (
            9,
            {"methods": "cross_encoder,mixup"},
            "Mix-up needs each text to be read with every label. Set “Other labels",
        ),
        (9, {"label_smoothing": 0.1}, "Label smoothing needs each text to be read with every label"),
        (9, {"label_smoothing": 0.1, "other_labels": 8}, ""),
    ],
)
def test_what_it_cannot_do_is_said(
    labels: int, changes: dict[str, Any], sentence: str, tiny_model: Path, tmp_path: Path
) -> None:
    recipe = adjusted(replace(RECIPE, epochs=1), {"methods": "cross_encoder", **changes}, task=TASK)
    some = [JobLabel(place, f"word{place}") for place in range(labels)]
    run = write_run(tmp_path / "run", model=tiny_model, labels=some, recipe=recipe, sizes=(8, 0, 0))
    lines = [{**one, "value": {"labels": [place]}} for place, one in enumerate(rows(8, seed=1))]
    write_lines(run, "train", lines)
    last = tune_here(run).last
    if sentence:
        assert isinstance(last, Failed) and last.kind == "bad_data" and sentence in last.message
    else:
        assert isinstance(last, Finished), detail(last)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Texts without a label, and names for them that the run of the other project has not learned by."""
    with Project.create(tmp_path / "New.lepton", task="text_classification") as made:
        with made.change("Import") as change:
            change.add_samples(NewSample(one["text"]) for one in rows(12, seed=7, noise=0))
            for name in ("transfer", "card"):
                change.add_label(name)
        yield made


def test_a_project_without_a_decision_gets_suggestions_from_a_run_of_another_one(
    first: RunFolder, project: Project
) -> None:
    model = str(first.model)
    assert why_not_asked(project, model) == ""
    drafted = draft(project, model=model, at_most=100)
    assert drafted.count == 12 and drafted.by is not None and drafted.by.name == "Post/run-1"
    read, ids = reader(project), {label.name: label.id for label in project.labels()}
    lines = rows(12, seed=7, noise=0)
    for place, line in enumerate(lines):
        found = suggestion_for(project, place + 1, read=read, newest=newest_suggesting_run(project))
        assert found is not None and len(found.scores) == 2
        label = {11: "card", 12: "transfer"}.get(line["value"]["labels"][0])
        assert label is None or found.value.labels == (ids[label],)


def test_a_model_that_knows_its_labels_is_not_asked_about_others(project: Project, tmp_path: Path) -> None:
    assert "only knows the labels that it was tuned with" in why_not_asked(project, str(tmp_path))


def test_the_check_before_a_run_says_that_there_are_too_many_labels(project: Project) -> None:
    with project.change("Labels") as change:
        for place in range(MOST_LABELS):
            change.add_label(f"label {place}")
    assert any("at most 30 labels" in one.sentence for one in check_before_tuning(project, READS).findings)


@pytest.mark.skipif(not (SHARED / "banking77").is_dir(), reason="the real data sets are not here")
def test_what_it_learned_with_eight_labels_tells_eight_others_apart(tmp_path: Path) -> None:
    """Questions to a bank, 8 of each of 8 labels; then 40 of 8 labels that it never saw: real texts, real encoder."""
    with (SHARED / "banking77/train.csv").open(encoding="utf-8", newline="") as file:
        found = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    names = sorted({label for _, label in found})
    for some in (names, found):
        random.Random(1).shuffle(some)
    seen, unseen = names[:8], names[8:16]

    def part(labels: list[str], count: int) -> list[tuple[str, int]]:
        return [
            (text, at)
            for at, one in enumerate(labels)
            for text in [text for text, label in found if label == one][:count]
        ]

    recipe = replace(adjusted(READS, {"other_labels": 3, "epochs": 2}, task=TASK), learning_rate=2e-4)
    run = RunFolder(tmp_path / "run")
    labels = tuple(JobLabel(at, one) for at, one in enumerate(seen))
    run.write_job(Job("tune", TASK.id, labels, BUILT_IN_MODEL, recipe))
    lines = [{"id": place, "text": text, "value": {"labels": [at]}} for place, (text, at) in enumerate(part(seen, 8))]
    write_lines(run, "train", lines)
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)
    asked = asked_about(load_saved(TASK, run.model), [JobLabel(at, one) for at, one in enumerate(unseen)])
    tested = part(unseen, 5)
    inputs = [Input(text) for text, _ in tested]
    said = asked.decide(inputs, asked.encode(inputs), run=runner(learner=asked, machine=CPU))
    right = sum(one.value.labels == (at,) for one, (_, at) in zip(said, tested, strict=True))
    assert right > 0.4 * len(tested), (right, len(tested), "by chance it were an eighth")
