"""A run over folds or over seeds: how good it is on samples that it has not seen, and how far that is chance. The run
itself goes on as any other.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lepton_studio.child.trying import Trial, Trying
from lepton_studio.child.work import Work
from lepton_studio.language import tr, trn
from lepton_studio.methods.families import family_of
from lepton_studio.methods.recipes import methods_of
from lepton_studio.racing.telling import score
from lepton_studio.runs.events import Staged
from lepton_studio.runs.folder import read_json_lines
from lepton_studio.runs.trials import FitLine
from lepton_studio.training.failures import BadData, NotANumber
from lepton_studio.training.signals import Interrupted

_OWN = "run"
"""The trial that is the run itself."""


class Repeats:
    """What is tried beside a run: `before` it, and `conclude` after it has written its predictions."""

    def __init__(self, trying: Trying, trials: Sequence[Trial]) -> None:
        self._trying = trying
        self._trials = trials

    @classmethod
    def before(cls, work: Work, *, resume: bool) -> Repeats | None:
        """Try what the recipe asks for; None where it asks for nothing. On a wish to keep what there is, the rest is
        left out. Raises Interrupted on other wishes, BadData.
        """
        recipe = work.job.recipe
        if not recipe.folds and recipe.seeds <= 1:
            return None
        plain = replace(recipe, folds=0, seeds=1)
        family = family_of(work.job.model, task=work.task)
        methods = tuple(one.id for one in methods_of(recipe, task=work.task, family=family))
        if recipe.folds:
            trying = Trying.over_folds(work, kind="folds", folds=recipe.folds, resume=resume)
            trials = [Trial(_OWN, plain, methods)]
        else:
            split = "test" if work.folder.data_file("test").exists() else "validation"
            if not work.folder.data_file(split).exists():
                raise BadData(
                    tr("Repeats with other seeds need validation or test samples. Set some aside, or use folds.")
                )
            trying = Trying.on_split(work, kind="seeds", split=split, resume=resume)
            seeds = [recipe.seed + more for more in range(recipe.seeds)]
            trials = [
                Trial(f"seed-{seed}" if place else _OWN, replace(plain, seed=seed), methods, {"seed": str(seed)})
                for place, seed in enumerate(seeds)
            ]
        found = cls(trying, trials)
        found._try()
        return found

    def conclude(self) -> None:
        """The run has written its predictions: they are those of the first seed."""
        trying = self._trying
        if trying.kind == "seeds":
            trying.add(self._of_run())
            trying.tell(self._trials[0], "taken")
        trying.conclude(self._sentence())

    def _try(self) -> None:
        trying = self._trying
        others = self._trials if trying.kind == "folds" else self._trials[1:]
        for trial in self._trials:
            trying.tell(trial, "measured" if trying.done(trial) else "waiting")
        try:
            for trial in others:
                for fold in range(trying.folds):
                    wish = trying.work.should_stop()
                    if wish is not None:
                        raise Interrupted(wish)
                    trying.work.send(Staged("racing"))
                    trying.tell(trial, "running")
                    trying.judge(trial, fold=fold)
                trying.tell(trial, "measured")
        except Interrupted as interrupted:
            if interrupted.wish != "keep":
                raise
        except (BadData, NotANumber) as error:
            trying.tell(trial, "failed", why=str(error))

    def _of_run(self) -> FitLine:
        trying, task, labels = self._trying, self._trying.work.task, self._trying.work.labels
        place = {sample: place for place, sample in enumerate(trying.rows.ids)}
        split = "test" if trying.work.folder.data_file("test").exists() else "validation"
        lines = [one for one in read_json_lines(trying.work.folder.predictions_file) if one["split"] == split]
        qualities = tuple(
            float(task.quality(task.parse(one["gold"], labels), task.parse(one["value"], labels))) for one in lines
        )
        return FitLine(_OWN, 0, 0.0, tuple(place[one["id"]] for one in lines), qualities)

    def _sentence(self) -> str:
        trying = self._trying
        done = [one for one in self._trials if trying.done(one)]
        if not done:
            return tr("Stopped before anything was repeated.")
        if trying.kind == "folds":
            found = score(trying.qualities(done[0]), of=trying.of, folds=trying.folds)
            return trn(
                "Over {folds} folds the score is {score} on {count} sample that was left out "
                "(95% CI {low} to {high}; standard deviation of the folds {spread}).",
                "Over {folds} folds the score is {score} on {count} samples that were left out "
                "(95% CI {low} to {high}; standard deviation of the folds {spread}).",
                found.n,
                folds=trying.done(done[0]),
                **_shares(score=found.mean, low=found.low, high=found.high, spread=found.spread),
            )
        means = [float(np.nanmean(trying.qualities(one))) for one in done]
        together = np.mean([trying.qualities(one) for one in done], axis=0)
        found = score(together, of=trying.of, folds=1)
        return trn(
            "Over {seeds} seeds the score is {score} on average on {count} sample (95% CI {low} to {high}); the seeds "
            "lie between {least} and {most}, with a standard deviation of {spread}.",
            "Over {seeds} seeds the score is {score} on average on {count} samples (95% CI {low} to {high}); the seeds "
            "lie between {least} and {most}, with a standard deviation of {spread}.",
            found.n,
            seeds=len(means),
            **_shares(
                score=found.mean,
                low=found.low,
                high=found.high,
                least=min(means),
                most=max(means),
                spread=statistics.stdev(means) if len(means) > 1 else 0.0,
            ),
        )


def _shares(**values: float) -> dict[str, str]:
    return {name: tr("{number}%", number=f"{100 * value:.1f}") for name, value in values.items()}
