"""Methods compared on folds, with real models of two layers: what is taken, what is left, how it is resumed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from lepton_studio.child.work import load_saved
from lepton_studio.contract.task import Input
from lepton_studio.heads.summed import summed
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Finished, Noted, Stopped, Tried
from lepton_studio.runs.folder import RunFolder, read_json_lines
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.trials import read_fits, read_trials
from lepton_studio.tasks import load_part, task_named
from lepton_studio.tasks.text_classification.annotation import Choice
from lepton_studio.training.inference import runner
from lepton_studio.training.models import Base
from tests.training.tiny import CPU, LABELS, RECIPE, Told, detail, predictions, rows, tune_here, write_run

TASK = task_named("text_classification")
RACE = adjusted(replace(RECIPE, epochs=1), {"methods": "race", "race_folds": 3}, task=TASK)
SIZES = (45, 15, 24)


@pytest.fixture(scope="module")
def raced(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> tuple[RunFolder, Told]:
    """A whole race."""
    run = write_run(tmp_path_factory.mktemp("race") / "run", model=tiny_model, recipe=RACE, sizes=SIZES)
    return run, tune_here(run)


def test_every_method_is_judged_on_samples_it_has_not_seen_and_the_winner_is_the_runs_model(
    raced: tuple[RunFolder, Told],
) -> None:
    run, told = raced
    assert isinstance(told.last, Finished), detail(told.last)
    trials = read_trials(run)
    assert trials is not None and trials.kind == "race"
    by_id = {one.trial: one for one in trials.trials}
    assert {"words", "quick", "contrastive", "full", "head", "lora"} <= set(by_id)
    for cheap in ("words", "quick"):
        assert by_id[cheap].done == 3 and by_id[cheap].n == 60
        assert by_id[cheap].low <= by_id[cheap].score <= by_id[cheap].high
    (taken,) = [one for one in trials.trials if one.state == "taken"]
    assert all(one.why for one in trials.trials if one.state == "dropped")
    assert trials.sentence in [one.message for one in told.of(Noted)]
    assert {one.trial for one in told.of(Tried)} == set(by_id)
    seen = [place for fit in read_fits(run) if fit.trial == taken.trial.split("+")[0] for place in fit.places]
    assert len(seen) == len(set(seen)), "no sample is judged twice"
    assert run.model.is_dir() and run.report()["test"]["n"] == 24

    learner = load_saved(TASK, run.model)
    said = [one for one in predictions(run) if one["split"] == "test"]
    inputs = [Input(str(row["text"])) for row in read_json_lines(run.data_file("test"))]
    found = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
    assert [one["value"] for one in said] == [TASK.dump(one.value) for one in found]


def test_a_race_that_is_paused_goes_on_without_doing_a_fit_twice_and_ends_the_same(
    raced: tuple[RunFolder, Told], tmp_path: Path, tiny_model: Path
) -> None:
    whole, _ = raced
    left = write_run(tmp_path / "left", model=tiny_model, recipe=RACE, sizes=SIZES)
    halfway = len(list(read_fits(whole))) // 2
    paused = tune_here(
        left, should_stop=lambda _told: lambda: "leave" if len(list(read_fits(left))) >= halfway else None
    )
    assert isinstance(paused.last, Stopped) and not paused.last.kept
    rest = tune_here(left, resume=True)
    assert isinstance(rest.last, Finished), detail(rest.last)
    fits = [(one.trial, one.fold) for one in read_fits(left)]
    assert len(fits) == len(set(fits)) and sorted(fits) == sorted((one.trial, one.fold) for one in read_fits(whole))
    assert predictions(left) == predictions(whole)
    ended, as_whole = read_trials(left), read_trials(whole)
    assert ended is not None and as_whole is not None and ended.sentence == as_whole.sentence
    assert [(one.trial, one.state, one.score) for one in ended.trials] == [
        (one.trial, one.state, one.score) for one in as_whole.trials
    ]


def test_a_race_that_is_stopped_keeps_the_best_of_what_takes_seconds(tmp_path: Path, tiny_model: Path) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, recipe=RACE, sizes=SIZES)
    told = tune_here(run, should_stop=lambda _told: lambda: "keep" if len(list(read_fits(run))) > 6 else None)
    assert isinstance(told.last, Stopped) and told.last.kept, detail(told.last)
    trials = read_trials(run)
    assert trials is not None
    (taken,) = [one.trial for one in trials.trials if one.state == "taken"]
    assert taken in ("words", "quick") and run.report()["test"]["n"] == 24


def test_two_that_answer_together_say_the_average_and_are_saved_so(tmp_path: Path, tiny_model: Path) -> None:
    lines = rows(30, seed=1)
    inputs = [Input(one["text"]) for one in lines]
    values = [Choice(tuple(one["value"]["labels"])) for one in lines]

    def started(recipe: Recipe) -> Any:
        return load_part(TASK.learner).start(Base(str(tiny_model), task=TASK), labels=LABELS, recipe=recipe)

    def said(learner: Any) -> list[dict[int, float]]:
        found = learner.decide(inputs, learner.encode(inputs), run=runner(learner=learner, machine=CPU))
        return [dict(one.scores) for one in found]

    first, second = started(RECIPE), started(replace(RECIPE, methods=("words",)))
    second.fit_head(second.encode(inputs, values), embed=lambda _: torch.empty(0, 0))
    both = summed(first, second, weight=0.3)
    for one, other, together in zip(said(first), said(second), said(both), strict=True):
        assert together == pytest.approx({label: 0.3 * one[label] + 0.7 * other[label] for label in one}, abs=1e-5)
    folder = tmp_path / "model"
    folder.mkdir()
    both.save(folder)
    for together, again in zip(said(both), said(load_saved(TASK, folder)), strict=True):
        assert again == pytest.approx(together, abs=1e-3)
    assert "count 30%" in (folder / "README.md").read_text("utf-8")
