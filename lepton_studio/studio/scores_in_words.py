"""Scores as people read them, in the window and on the command line: per cent everywhere, names, intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lepton_studio.contract.task import Measure, Task
from lepton_studio.language import retold, tr
from lepton_studio.project.records import Predictor, RunRecord, RunStatus, Split
from lepton_studio.studio.certainty import Interval

_MANY = 1000
"""From so many samples on, an interval has a digit behind the point."""


def measure_title(measure: Measure) -> str:
    """A measure's name for people; one of another version is called as it is."""
    return tr(measure.title).replace("_", " ")


def measured(value: float, measure: Measure) -> str:
    """A value as its measure is shown: 0.8123 as "81.2%", or as "0.812" where it is no share."""
    return per_cent(value) if measure.is_share else f"{value:.3f}"


def per_cent(value: float, *, digits: int = 1) -> str:
    """0.8123 as "81.2%"."""
    return tr("{number}%", number=f"{value * 100:.{digits}f}")


def between(interval: Interval, *, n: int) -> str:
    """ "95% CI: 75–97%", the ends rounded outwards; `n` samples say how many digits mean anything."""
    low, high = _ends(interval, n=n)
    return tr("95% CI: {low}–{high}%", low=low, high=high)


def with_interval(value: str, interval: Interval | None, *, n: int) -> str:
    """ "90.2% (75–97%)", for tables whose head says what stands in the brackets; the value alone without one."""
    if interval is None:
        return value
    low, high = _ends(interval, n=n)
    return tr("{value} ({low}–{high}%)", value=value, low=low, high=high)


def _ends(interval: Interval, *, n: int) -> tuple[str, str]:
    fine = 1000 if n >= _MANY else 100
    ends = (math.floor(interval.low * fine + 1e-9), math.ceil(interval.high * fine - 1e-9))
    low, high = (f"{end * 100 / fine:.{1 if fine == 1000 else 0}f}" for end in ends)
    return low, high


def average_name(name: str) -> str:
    """The name of a row of averages in a report (`Report.averages`)."""
    words = {"micro": tr("micro average"), "macro": tr("macro average"), "weighted": tr("weighted average")}
    return words.get(name, name)


def main_measure(scores: Mapping[str, float], task: Task[Any]) -> Measure | None:
    """The measure that a run is judged by: the task's best, else the first there is; None without scores."""
    names = (task.best, *(one.id for one in task.measures), *scores)
    return next((task.measure(name) for name in names if name in scores), None)


def main_score(scores: Mapping[str, float], task: Task[Any]) -> str:
    """The value of the main measure, "" where there is none."""
    measure = main_measure(scores, task)
    return "" if measure is None else measured(scores[measure.id], measure)


def titled_score(scores: Mapping[str, float], task: Task[Any]) -> str:
    """The main measure with its value, "macro-F1 81.2%"; "" where there is none."""
    measure = main_measure(scores, task)
    return "" if measure is None else f"{measure_title(measure)} {measured(scores[measure.id], measure)}"


def titled_scores(scores: Mapping[str, float], task: Task[Any]) -> str:
    """All scores by their titles, the task's measures first and in its order."""
    order = [one.id for one in task.measures if one.id in scores]
    names = [*order, *(name for name in scores if name not in order)]
    measures = [task.measure(name) for name in names]
    return tr(", ").join(f"{measure_title(one)} {measured(scores[one.id], one)}" for one in measures)


def run_score(run: RunRecord, task: Task[Any], *, split: Split = "validation") -> str:
    """The main score of a run on a split; "" where it has none."""
    return main_score(run.scores.get(split, {}), task)


def status_words(status: RunStatus) -> str:
    """A run's status for people; what can be gone on with is paused, whoever or whatever paused it."""
    return {
        "queued": tr("waiting"),
        "running": tr("running"),
        "finished": tr("finished"),
        "stopped": tr("stopped"),
        "interrupted": tr("paused"),
        "failed": tr("failed"),
    }[status]


def ending_words(run: RunRecord) -> str:
    """How a run ended: what is stored of it, where that can be in the language of now."""
    known = (
        "Finished.",
        "Stopped at your request; nothing was kept.",
        "Stopped at your request, before there was a model to keep.",
    )
    return retold(run.sentence, known) or status_words(run.status)


def predictor_name(predictor: Predictor) -> str:
    """What a person calls it, within a sentence."""
    match predictor.kind:
        case "run":
            return tr("run {number}", number=predictor.id)
        case "word_list":
            return tr("word list")
        case "imported":
            return predictor.name or tr("imported")
        case _:
            return tr("instant model")
