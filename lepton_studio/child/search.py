"""The search: optuna proposes settings, folds of the person's labels judge them, the run goes on with the best."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from lepton_studio.child.trying import Trial, Trying, Won
from lepton_studio.child.work import Work
from lepton_studio.language import tr, trn
from lepton_studio.methods import method_named
from lepton_studio.methods.recipes import adjusted
from lepton_studio.methods.search import METHOD, SearchSettings
from lepton_studio.racing.telling import difference, score
from lepton_studio.runs.events import Noted, Staged
from lepton_studio.runs.job import Recipe
from lepton_studio.training.failures import BadData, NotANumber
from lepton_studio.training.signals import Interrupted

_STUDY = "study.log"
"""In the run's folder: optuna's journal, from which the search goes on."""
_TIMES = 10.0
"""The learning rate is looked for between so many times as much and as little as in the recipe."""
_BATCHES = (8, 16, 32)
_EPOCHS = (0.5, 1, 2, 3)
"""Of the recipe's epochs."""
_CLEAR = 0.05


def search(work: Work, *, resume: bool) -> Won:
    """Try, and say what was best. Raises Interrupted where the run is to be left or thrown away, and BadData."""
    settings: SearchSettings = METHOD.chosen(work.job.recipe)
    trying = Trying.over_folds(work, kind="search", folds=settings.search_folds, resume=resume)
    if not resume:
        (work.folder.path / _STUDY).unlink(missing_ok=True)
    return _Search(trying, settings).run()


class _Search:
    def __init__(self, trying: Trying, settings: SearchSettings) -> None:
        recipe = replace(trying.work.job.recipe, methods=(), of_methods={})
        self._trying = trying
        self._settings = settings
        self._plain = adjusted(recipe, {"methods": settings.search_method}, task=trying.work.task)
        self._space = space_of(self._plain, settings.search_method)
        self._trials: dict[int, Trial] = {}

    def run(self) -> Won:
        study, is_cut = self._study(), False
        self._begin_again(study)
        try:
            while len(self._trials) < self._settings.search_trials and not self._is_late():
                self._one(study)
        except Interrupted as interrupted:
            if interrupted.wish != "keep":
                raise
            is_cut = True
        return replace(self._won(), is_cut=is_cut)

    def _study(self) -> Any:
        """optuna's: kept in the run's folder, so that it goes on where it was left."""
        import optuna  # the libraries that it brings take a second, and only a search needs them
        from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        file = str(self._trying.work.folder.path / _STUDY)
        study = optuna.create_study(
            storage=optuna.storages.JournalStorage(JournalFileBackend(file, lock_obj=JournalFileOpenLock(file))),
            study_name="search",
            load_if_exists=True,
            direction="maximize",
            pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=2),
        )
        # A search that goes on draws others than it drew before.
        seed = self._plain.seed + len(study.trials)
        study.sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=5)
        return study

    def _begin_again(self, study: Any) -> None:
        """The recipe as it stands is tried first; what was at work when the run was left is tried again."""
        from optuna.trial import TrialState

        if not study.trials:
            study.enqueue_trial({name: values[0] for name, values in self._usual().items()})
        for old in study.trials:
            if old.state == TrialState.RUNNING:
                study.tell(old.number, state=TrialState.FAIL)
                study.enqueue_trial(old.params)
            elif old.state.is_finished() and old.state != TrialState.FAIL:
                trial = self._trial(old.number, old.params)
                if old.state == TrialState.PRUNED:
                    self._trying.tell(trial, "dropped", why=_pruned())
                else:
                    self._trying.tell(trial, "measured")

    def _one(self, study: Any) -> None:
        from optuna.trial import TrialState

        asked = study.ask()
        trial, trying = self._trial(asked.number, {name: self._ask(asked, name) for name in self._space}), self._trying
        try:
            for fold in range(trying.folds):
                if (wish := trying.work.should_stop()) is not None:
                    raise Interrupted(wish)
                trying.work.send(Staged("racing", len(self._trials), self._settings.search_trials))
                trying.tell(trial, "running")
                trying.judge(trial, fold=fold)
                asked.report(float(np.nanmean(trying.qualities(trial))), step=fold + 1)
                if fold + 1 < trying.folds and asked.should_prune():
                    study.tell(asked, state=TrialState.PRUNED)
                    trying.tell(trial, "dropped", why=_pruned())
                    return
        except (BadData, NotANumber) as error:
            study.tell(asked, state=TrialState.FAIL)
            trying.tell(trial, "failed", why=str(error))
            return
        study.tell(asked, float(np.nanmean(trying.qualities(trial))))
        trying.tell(trial, "measured")

    def _usual(self) -> dict[str, tuple[Any, ...]]:
        return {name: (value_in(self._plain, name),) for name in self._space}

    def _ask(self, asked: Any, name: str) -> Any:
        low_high_or_choices = self._space[name]
        if isinstance(low_high_or_choices, list):
            return asked.suggest_categorical(name, low_high_or_choices)
        return asked.suggest_float(name, *low_high_or_choices, log=True)

    def _trial(self, number: int, found: dict[str, Any]) -> Trial:
        recipe = adjusted(self._plain, {"methods": self._settings.search_method, **found}, task=self._trying.work.task)
        said = {name: f"{value:.2g}" if isinstance(value, float) else str(value) for name, value in found.items()}
        trial = Trial(f"trial-{number}", recipe, (self._settings.search_method,), said)
        self._trials[number] = trial
        return trial

    def _is_late(self) -> bool:
        limit = 60.0 * self._settings.search_minutes
        if not limit or not self._trials or self._trying.seconds < limit:
            return False
        self._trying.work.send(Noted(tr("The time limit of the search is reached, so no further trial is started.")))
        return True

    def _won(self) -> Won:
        trying = self._trying
        whole = [one for one in self._trials.values() if trying.done(one) == trying.folds]
        if not whole:
            trying.conclude(tr("Nothing was tried to the end, so the settings are used as they were."))
            return Won(self._plain)
        best = max(whole, key=lambda one: float(np.nanmean(trying.qualities(one))))
        trying.tell(best, "taken")
        trying.conclude(self._sentence(best, whole))
        return Won(best.recipe)

    def _sentence(self, best: Trial, whole: list[Trial]) -> str:
        trying, first = self._trying, self._trials[min(self._trials)]
        found = score(trying.qualities(best), of=trying.of, folds=trying.folds)
        settings = ", ".join(f"{name} {value}" for name, value in best.settings.items())
        said = trn(
            "Of {trials} settings tried, the best on {count} sample are {settings}: {score} (95% CI {low} to {high}).",
            "Of {trials} settings tried, the best on {count} samples are {settings}: {score} (95% CI {low} to {high}).",
            found.n,
            trials=len(self._trials),
            settings=settings,
            **{
                name: tr("{number}%", number=f"{100 * value:.1f}")
                for name, value in (("score", found.mean), ("low", found.low), ("high", found.high))
            },
        )
        if best is first:
            return said + " " + tr("They are those that the recipe had.")
        if first in whole:
            told = difference(trying.qualities(best), trying.qualities(first), of=trying.of, folds=trying.folds)
            beyond = told.behind < _CLEAR / max(1, len(whole))
            return (
                said
                + " "
                + (
                    tr("They are better than those of the recipe beyond chance.")
                    if beyond
                    else tr("That they are better than those of the recipe may be chance.")
                )
            )
        return said


def _pruned() -> str:
    return tr("Behind others on the same folds.")


def value_in(recipe: Recipe, name: str) -> Any:
    """A setting of the recipe or of its method."""
    return recipe.of_methods[name] if name in recipe.of_methods else getattr(recipe, name)


def space_of(recipe: Recipe, method: str) -> dict[str, list[Any] | tuple[float, float]]:
    """What is tried: a list of choices, the recipe's own first, or (low, high) on a logarithmic scale."""
    rate = recipe.learning_rate
    own = method_named(method).searched
    return {
        "learning_rate": (max(1e-7, rate / _TIMES), min(1e-1, rate * _TIMES)),
        "epochs": _with_own(recipe.epochs, [min(100, max(1, round(times * recipe.epochs))) for times in _EPOCHS]),
        "batch_size": _with_own(recipe.batch_size, _BATCHES),
        **{name: _with_own(value_in(recipe, name), choices) for name, choices in own.items()},
    }


def _with_own(own: Any, choices: Any) -> list[Any]:
    return list(dict.fromkeys([own, *choices]))
