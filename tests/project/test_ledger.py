"""Runs keep their settings, curves, reports and predictions, and know what was put right since."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lepton_studio.project.errors import NoSuchRun
from lepton_studio.project.project import Project
from lepton_studio.project.records import Prediction, PredictionFilter, RunRecord, Verdict
from tests.project.steps import add, label, new, predicted_as


def _run(project: Project) -> RunRecord:
    return project.create_run(model="built-in", recipe={"epochs": 4, "rate": 5e-5}, counts={"train": 3})


@pytest.fixture
def predicted(project: Project) -> Project:
    """Three test samples, one predicted wrongly, by run 1."""
    add(project, [new("a", 1, split="test"), new("b", 1, split="test"), new("c", 2, split="test"), new("d")])
    run = _run(project)
    project.store_predictions(
        run.id,
        [
            predicted_as(1, 1, gold=1, score=0.9, scores={1: 0.9, 2: 0.1}),
            predicted_as(2, 2, gold=1, score=0.6, scores={1: 0.4, 2: 0.6}),
            predicted_as(3, 2, gold=2, score=1.0, scores={2: 1.0}),
        ],
    )
    return project


def test_a_run_is_kept_with_all_that_it_was(project: Project) -> None:
    add(project, [new("a", 1)])
    run = _run(project)
    assert (run.number, run.status, run.history_position, run.recipe["rate"]) == (1, "running", 1, 5e-5)
    assert project.run_folder(run.id) == project.runs_folder / "run-1"
    assert project.run_folder(run.id).is_dir()
    changes = project.update_run(
        run.id, status="finished", seconds=12.5, steps=40, scores={"test": {"accuracy": 0.93}}, sentence="Done."
    )
    assert changes.runs and changes.samples == frozenset()
    project.close()
    with Project.open(project.folder, read_only=True) as again:
        [kept] = again.runs()
        assert (kept.status, kept.seconds, kept.steps, kept.sentence) == ("finished", 12.5, 40, "Done.")
        assert kept.scores == {"test": {"accuracy": 0.93}}
        assert again.run_by_number(1) == kept


def test_the_number_of_a_deleted_run_is_not_given_again(project: Project) -> None:
    run = _run(project)
    (project.run_folder(run.id) / "job.json").write_text("{}")
    project.delete_run(run.id)
    assert list(project.runs_folder.iterdir()) == []
    assert _run(project).number == 2
    for act in (project.run, project.delete_run, project.metrics, project.run_by_number, project.update_run):
        with pytest.raises(NoSuchRun, match="has no run 1"):
            act(1)


def test_curves_and_reports_come_back_and_a_loss_that_is_no_number_is_none(project: Project) -> None:
    run = _run(project).id
    project.store_metrics(run, [(2, "loss", math.nan), (1, "loss", 0.7), (1, "rate", 1e-5)])
    assert project.metrics(run) == [(1, "loss", 0.7), (1, "rate", 1e-5), (2, "loss", None)]
    project.store_report(run, split="test", report={"n": 3})
    assert project.report(run, "test") == {"n": 3}
    assert project.report(run, "validation") is None


def test_every_cell_and_bar_opens_exactly_its_samples(predicted: Project) -> None:
    def ids(**conditions: object) -> list[int]:
        filter = PredictionFilter(**conditions)  # type: ignore[arg-type]
        shown = [one.sample.id for one in predicted.predictions(1, filter)]
        assert predicted.prediction_count(1, filter) == len(shown)
        assert list(predicted.prediction_ids(1, filter)) == shown
        return shown

    assert ids() == [1, 2, 3]
    assert ids(gold=1, predicted=2) == [2]
    assert ids(correct=True) == [1, 3]
    assert ids(correct=False, split="test") == [2]
    assert ids(split="train") == []
    for low, high, right, wrong in predicted.score_histogram(1, "test", bins=10):
        assert len(ids(score_from=low, score_to=high, correct=True)) == right
        assert len(ids(score_from=low, score_to=high, correct=False)) == wrong
    bars = predicted.score_histogram(1, bins=10)
    assert (sum(bar[2] for bar in bars), sum(bar[3] for bar in bars)) == (2, 1)
    assert bars[-1][2] == 2


def test_a_sample_with_several_errors_is_found_by_each_of_them(predicted: Project) -> None:
    verdicts = (Verdict("right", 1, 1), Verdict("type", 1, 2), Verdict("type", 1, 2), Verdict("invented", None, 1))
    value = [{"start": 0, "end": 1, "label": 1}]
    several = Prediction(1, "test", value, 0.8, verdicts, quality=0.25)
    predicted.store_predictions(1, [several])
    predicted.store_predictions(1, [several, replace(several, sample=2, split="train", verdicts=(), quality=1.0)])
    assert predicted.predictions(1)[0].prediction == several
    assert predicted.error_counts(1, "test") == {
        ("right", 1, 1): 1, ("right", 2, 2): 1, ("type", 1, 2): 2, ("invented", None, 1): 1,
    }  # fmt: skip
    for kind, gold, guess, found in (
        ("type", 1, 2, [1]), ("type", 2, 1, []), ("right", None, 2, [3]), (None, 1, None, [1])
    ):  # fmt: skip
        filter = PredictionFilter(kind=kind, gold=gold, predicted=guess)
        assert list(predicted.prediction_ids(1, filter)) == found
    assert list(predicted.prediction_ids(1, PredictionFilter(correct=True))) == [2, 3]
    assert [one.sample.id for one in predicted.predictions(1, order="worst")] == [1, 3, 2]
    predicted.undo()
    assert predicted.error_counts(1) == {}


def test_predictions_are_ordered_by_confidence_and_paged(predicted: Project) -> None:
    assert [one.sample.id for one in predicted.predictions(1, order="least_sure")] == [2, 1, 3]
    assert [one.sample.id for one in predicted.predictions(1, order="most_sure", offset=1, limit=1)] == [1]
    first = predicted.predictions(1)[0]
    assert first.prediction.scores == {1: 0.9, 2: 0.1}
    assert first.sample.text == "a"


def test_a_prediction_is_marked_fixed_when_its_annotation_changed_since_the_run(predicted: Project) -> None:
    def fixed() -> list[int]:
        return [one.sample.id for one in predicted.predictions(1) if one.fixed]

    assert (fixed(), predicted.fixes_since(1)) == ([], 0)
    predicted.flag(2)
    label(predicted, 2, "card")
    label(predicted, 4, "card")
    assert (fixed(), predicted.fixes_since(1)) == ([2], 2)
    label(predicted, 2, "refund")
    assert (fixed(), predicted.fixes_since(1)) == ([], 1)
    predicted.undo()
    assert fixed() == [2]


def test_undoing_what_a_run_had_seen_counts_as_a_change_and_redoing_it_does_not(project: Project) -> None:
    add(project, [new("a", split="test"), new("b", split="test")])
    label(project, 1, "card")
    label(project, 2, "other")
    project.undo()
    run = _run(project).id
    assert project.fixes_since(run) == 0
    project.undo()
    assert project.fixes_since(run) == 1
    project.redo()
    assert project.fixes_since(run) == 0
    project.redo()
    assert project.fixes_since(run) == 1


def test_predictions_on_samples_of_an_undone_import_are_left_out(predicted: Project) -> None:
    predicted.undo()
    assert predicted.predictions(1) == []
    assert predicted.prediction_count(1) == 0
    predicted.redo()
    assert predicted.prediction_count(1) == 3


def test_while_the_results_of_a_run_are_scored_and_written_a_label_goes_in_between(project: Project) -> None:
    add(project, [f"text {n}" for n in range(1200)])
    run = _run(project).id
    beside, seen = project.clone(), []

    def scored() -> Iterator[Prediction]:
        for sample in range(1, 1201):
            if sample % 400 == 0:  # scoring takes long, and a label is pressed meanwhile: no transaction is open
                beside.annotate(sample, {"labels": [1]}, labels=(1,))
                seen.append(beside.prediction_count(run))
            yield Prediction(sample, "test", {"labels": [1]}, 0.8, (Verdict("right", 1, 1),), 1.0, {1: 0.8})

    def curves() -> Iterator[tuple[int, str, float | None]]:
        for step in range(1200):
            if step % 400 == 399:
                beside.flag(step)
                seen.append(len(beside.metrics(run)))
            yield step, "train_loss", 0.5

    project.store_predictions(run, scored())
    project.store_metrics(run, curves())
    beside.close()
    assert project.prediction_count(run) == len(project.metrics(run)) == 1200
    assert len(set(seen[:3])) == len(set(seen[3:])) == 3, "what was scored before is written before the next is scored"
