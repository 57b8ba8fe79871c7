"""Runs over folds, over seeds and over settings, with real models of two layers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lepton_studio.child.measure import measure
from lepton_studio.child.work import Work
from lepton_studio.methods.recipes import adjusted
from lepton_studio.runs.events import Estimated, Finished, Noted, Stopped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import BadSetting
from lepton_studio.runs.trials import read_fits, read_trials
from lepton_studio.tasks import task_named
from lepton_studio.training.models import load_encoder
from tests.training.tiny import CPU, RECIPE, detail, predictions, tune_here, write_run

TASK = task_named("text_classification")
BRIEF = replace(RECIPE, epochs=1)
SIZES = (30, 9, 12)


def accuracy(run: RunFolder) -> float:
    return float(run.report()["test"]["headline"]["accuracy"])


def test_a_run_over_folds_is_judged_on_every_sample_once_and_ends_as_without(tmp_path: Path, tiny_model: Path) -> None:
    plain = write_run(tmp_path / "plain", model=tiny_model, recipe=BRIEF, sizes=SIZES)
    run = write_run(tmp_path / "run", model=tiny_model, recipe=replace(BRIEF, folds=3), sizes=SIZES)
    told = tune_here(run)
    assert isinstance(told.last, Finished), detail(told.last)
    trials = read_trials(run)
    assert trials is not None and trials.kind == "folds" and "Over 3 folds the score is" in trials.sentence
    (one,) = trials.trials
    assert (one.methods, one.done, one.n) == (("full",), 3, 39) and one.spread > 0
    assert sorted(place for fit in read_fits(run) for place in fit.places) == list(range(39))
    assert trials.sentence in [said.message for said in told.of(Noted)]
    tune_here(plain)
    assert predictions(run) == predictions(plain)


def test_a_run_over_seeds_says_how_far_they_differ_and_keeps_the_first(tmp_path: Path, tiny_model: Path) -> None:
    run = write_run(tmp_path / "run", model=tiny_model, recipe=replace(BRIEF, seeds=2), sizes=SIZES)
    last = tune_here(run).last
    assert isinstance(last, Finished), detail(last)
    trials = read_trials(run)
    assert trials is not None and trials.kind == "seeds" and "Over 2 seeds" in trials.sentence
    own, other = trials.trials
    assert (own.state, dict(own.settings), dict(other.settings)) == ("taken", {"seed": "3"}, {"seed": "4"})
    assert own.score == pytest.approx(accuracy(run)) and own.n == other.n == 12
    alone = write_run(tmp_path / "alone", model=tiny_model, recipe=replace(BRIEF, seed=4), sizes=SIZES)
    tune_here(alone)
    assert other.score == pytest.approx(accuracy(alone)), "a repeat is what a run with that seed is"


def test_a_search_that_is_left_goes_on_and_the_best_settings_are_used(tmp_path: Path, tiny_model: Path) -> None:
    pytest.importorskip("optuna")
    recipe = adjusted(BRIEF, {"methods": "search", "search_trials": 4, "search_folds": 2}, task=TASK)
    run = write_run(tmp_path / "run", model=tiny_model, recipe=recipe, sizes=SIZES)
    left = tune_here(run, should_stop=lambda _told: lambda: "leave" if len(list(read_fits(run))) >= 3 else None)
    assert isinstance(left.last, Stopped) and not left.last.kept
    told = tune_here(run, resume=True)
    assert isinstance(told.last, Finished), detail(told.last)
    trials = read_trials(run)
    assert trials is not None and trials.kind == "search" and len(trials.trials) == 4
    first = trials.trials[0]
    assert first.settings == {"learning_rate": "0.005", "epochs": "1", "batch_size": "8", "layer_decay": "1"}
    assert len({tuple(one.settings.items()) for one in trials.trials}) == 4
    (taken,) = [one for one in trials.trials if one.state == "taken"]
    assert taken.score == max(one.score for one in trials.trials if one.done == 2)
    fits = [(one.trial, one.fold) for one in read_fits(run)]
    assert len(fits) == len(set(fits)) and run.model.is_dir()


def test_what_has_folds_of_its_own_takes_no_others() -> None:
    for changes in ({"methods": "race", "folds": 3}, {"methods": "search", "seeds": 2}, {"folds": 3, "seeds": 2}):
        with pytest.raises(BadSetting) as refused:
            adjusted(BRIEF, changes, task=TASK)
        assert str(refused.value).endswith((".",)) and "folds" in str(refused.value)


def test_what_a_comparison_takes_is_estimated_by_its_fits(tmp_path: Path, tiny_model: Path) -> None:
    def estimate(name: str, **changes: object) -> Estimated:
        recipe = adjusted(BRIEF, changes, task=TASK)
        run = write_run(tmp_path / name, model=tiny_model, kind="measure", recipe=recipe, sizes=SIZES)
        told: list[object] = []
        measure(Work(run, run.job(), CPU, load_encoder=load_encoder, send=told.append, should_stop=lambda: None))
        (found,) = [one for one in told if isinstance(one, Estimated)]
        return found

    once = estimate("once")
    for found in (estimate("race", methods="race"), estimate("search", search_trials=20), estimate("folds", folds=9)):
        assert found.seconds > 2 * once.seconds and found.texts == once.texts
        assert found.steps == 0, "how many steps it will be is not known"
