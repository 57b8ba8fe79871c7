"""What a run compared, in words: the trials of a race, a search, seeds or folds; for window, reports and commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lepton_studio.contract.task import Task
from lepton_studio.language import tr, trn
from lepton_studio.methods import all_methods
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunRecord
from lepton_studio.runs.events import Tried
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.trials import Trials, read_trials
from lepton_studio.studio.scores_in_words import measure_title, per_cent
from lepton_studio.words import clock


def trials_of(project: Project, run: RunRecord) -> Trials | None:
    """What the run compared; None where it did not, or its folder is gone."""
    return read_trials(RunFolder(project.run_folder(run.id)))


def best_first(trials: Iterable[Tried]) -> list[Tried]:
    """The one that was taken first, those that are out last, the better ones before the others."""
    return sorted(
        trials,
        key=lambda one: (one.state != "taken", one.state in ("dropped", "failed"), one.n == 0, -one.score),
    )


def trial_title(trial: Tried) -> str:
    """By what it is tuned, and what else is its own."""
    known = all_methods()
    methods = " + ".join(tr(known[one].title) if one in known else one for one in trial.methods)
    settings = ", ".join(f"{name} {value}" for name, value in trial.settings.items())
    return tr("{what}: {detail}", what=methods, detail=settings) if methods and settings else methods or settings


def trial_note(trial: Tried) -> str:
    """How it stands."""
    match trial.state:
        case "waiting":
            return tr("waiting")
        case "dropped":
            return tr("out after {done} of {folds} folds", done=trial.done, folds=trial.folds)
        case "failed":
            return tr("failed")
        case "taken":
            return tr("used · {time}", time=clock(trial.seconds)) if trial.seconds else tr("used")
        case "running":
            return tr("fold {done} of {folds}", done=min(trial.done + 1, trial.folds), folds=trial.folds)
        case "measured":
            said = tr("{done} of {folds} folds", done=trial.done, folds=trial.folds)
            return f"{said} · {clock(trial.seconds)}" if trial.seconds else said


def score_title(task: Task[Any]) -> str:
    """What the scores of trials are: the share of samples without an error, or the mean of the task's main measure."""
    return tr("Right answers") if task.right else measure_title(task.measure(task.best))


def trial_head(task: Task[Any]) -> tuple[str, ...]:
    """The headings of `trial_row`."""
    return (tr("method"), score_title(task), tr("95% CI"), tr("spread of folds"), "n", tr("time"), "")


def trial_row(trial: Tried) -> tuple[str, ...]:
    """Its line in a table: title, score, interval, standard deviation over folds, n, seconds, how it stands."""
    told = tr("used") if trial.state == "taken" else trial.why or trial_note(trial)
    if not trial.n:
        return (trial_title(trial), "", "", "", "0", clock(trial.seconds), told)
    interval = f"{per_cent(trial.low, digits=0)} – {per_cent(trial.high, digits=0)}"
    spread = per_cent(trial.spread) if trial.spread else ""
    time = clock(trial.seconds) if trial.seconds else ""
    return (trial_title(trial), per_cent(trial.score), interval, spread, f"{trial.n:,}", time, told)


def basis_words(trials: Trials) -> str:
    """On what the scores stand."""
    n = max((one.n for one in trials.trials), default=0)
    return trn(
        "Cross-validation on {count:,} training or validation sample; the test samples took no part.",
        "Cross-validation on {count:,} training and validation samples; the test samples took no part.",
        n,
    )


def trials_facts(compared: Trials) -> dict[str, object]:
    """For `--json`."""
    rows = [
        {
            "trial": one.trial,
            "methods": list(one.methods),
            "settings": dict(one.settings),
            "state": one.state,
            "n": one.n,
            "score": one.score if one.n else None,
            "interval": [one.low, one.high],
            "spread": one.spread,
            "folds": one.done,
            "seconds": one.seconds,
            "why": one.why,
        }
        for one in compared.trials
    ]
    return {"kind": compared.kind, "sentence": compared.sentence, "trials": rows}
