"""How runs and their scores are said: names of scores, per cent, lengths of time, moments, stages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from PySide6.QtCore import QDate, QDateTime, QLocale

from lepton_studio.language import tr
from lepton_studio.project.records import RunRecord, RunStatus, Split
from lepton_studio.runs.wire import Stage
from lepton_studio.tasks.base import Measure, Task


def measure_title(measure: Measure) -> str:
    """A measure's name for people; one of another version is called as it is."""
    return measure.id.replace("_", " ") if measure.title == measure.id else tr(measure.title)


def measured(value: float, measure: Measure) -> str:
    """A value as its measure is shown: 0.8123 as "81.2 %", or as "0.812" where it is no share."""
    return per_cent(value) if measure.is_share else f"{value:.3f}"


def per_cent(value: float, *, digits: int = 1) -> str:
    """0.8123 as "81.2 %"."""
    return tr("{number} %", number=f"{value * 100:.{digits}f}")


def main_measure(scores: Mapping[str, float], task: Task[Any]) -> Measure | None:
    """The measure that a run is judged by: the task's best, else the first there is; None without scores."""
    names = (task.best, *(one.id for one in task.measures), *scores)
    return next((task.measure(name) for name in names if name in scores), None)


def main_score(scores: Mapping[str, float], task: Task[Any]) -> str:
    """The value of the main measure, "" where there is none."""
    measure = main_measure(scores, task)
    return "" if measure is None else measured(scores[measure.id], measure)


def titled_score(scores: Mapping[str, float], task: Task[Any]) -> str:
    """The main measure with its value, "macro-F1 81.2 %"; "" where there is none."""
    measure = main_measure(scores, task)
    return "" if measure is None else f"{measure_title(measure)} {measured(scores[measure.id], measure)}"


def run_score(run: RunRecord, task: Task[Any], *, split: Split = "validation") -> str:
    """The main score of a run on a split; "" where it has none."""
    return main_score(run.scores.get(split, {}), task)


def status_words(status: RunStatus) -> str:
    """A run's status for people."""
    return {
        "running": tr("running"),
        "finished": tr("finished"),
        "stopped": tr("stopped"),
        "interrupted": tr("interrupted"),
        "failed": tr("failed"),
    }[status]


def split_title(split: Split) -> str:
    """A split's name for people."""
    return {"train": tr("Train"), "validation": tr("Validation"), "test": tr("Test")}[split]


def stage_words(stage: Stage | None) -> str:
    """What the child is doing."""
    if stage is None:
        return tr("Starting the process")
    return {
        "loading": tr("Loading the model"),
        "embedding": tr("Reading every text once"),
        "probing": tr("Fitting the first head"),
        "training": tr("Tuning"),
        "evaluating": tr("Scoring"),
        "saving": tr("Saving the model"),
        "predicting": tr("Predicting"),
        "measuring": tr("Trying a few steps"),
    }[stage]


def clock(seconds: float) -> str:
    """A length of time as it runs: "48 s", "3:20 min", "1:05 h"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return tr("{count} s", count=whole)
    if whole < 3600:
        return tr("{minutes}:{seconds} min", minutes=whole // 60, seconds=f"{whole % 60:02}")
    return tr("{hours}:{minutes} h", hours=whole // 3600, minutes=f"{whole % 3600 // 60:02}")


def memory(megabytes: float) -> str:
    """Memory in the unit that suits it."""
    if megabytes < 1000:
        return tr("{count} MB", count=round(megabytes))
    return tr("{count} GB", count=f"{megabytes / 1000:.1f}")


def moment(stored: str) -> str:
    """A stored time (ISO 8601) in local words: "14:03" today, else "3 Nov 14:03". The patterns are Qt's."""
    try:
        when = datetime.fromisoformat(stored)
    except ValueError:
        return stored
    local = QDateTime.fromSecsSinceEpoch(round(when.timestamp()))
    if local.date() == QDate.currentDate():
        return QLocale().toString(local, tr("HH:mm"))
    return QLocale().toString(local, tr("d MMM HH:mm"))


def setting_words(recipe: Mapping[str, object]) -> str:
    """A recipe on one line: what differs from run to run first."""
    shown = {
        "epochs": tr("{value} epochs", value=recipe.get("epochs")),
        "batch_size": tr("batches of {value}", value=recipe.get("batch_size")),
        "learning_rate": tr("learning rate {value}", value=recipe.get("learning_rate")),
        "seed": tr("seed {value}", value=recipe.get("seed")),
    }
    return tr(", ").join(words for name, words in shown.items() if name in recipe)
