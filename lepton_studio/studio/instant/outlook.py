"""What more labels are likely to bring: the learning curve so far, a forecast for the next few, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lepton_studio.contract.task import Task
from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, LabelId
from lepton_studio.studio.certainty import Interval, wilson
from lepton_studio.studio.instant.decisions import Decisions
from lepton_studio.studio.instant.forecast import FEWEST, Forecast, brings_little, forecasts, share_now
from lepton_studio.studio.scores_in_words import per_cent

_FEWEST_OF_LABEL = 10
"""Samples of a label from which on its gain counts."""
_LEAST_GAIN = 0.02

Curve = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]
"""(sizes, samples, right), as `lepton_studio.instant_files` says."""


@dataclass(frozen=True, slots=True)
class Point:
    """A model of so many `labels` is right on this share of others that it has not seen, with the 95 % interval."""

    labels: int
    share: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Gaining:
    """The label whose samples gain most: right on `before` of them with half of the labels, on `now` with all."""

    label: LabelId
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """Of so many `decisions` of people: the `curve`, cross-validated on `n` of them, and what the next labels bring; ()
    where it is too early to tell.
    """

    decisions: int
    n: int = 0
    curve: tuple[Point, ...] = ()
    now: float = 0.0
    """On which share a model of all of them is right."""
    forecasts: tuple[Forecast, ...] = ()
    gaining: Gaining | None = None

    @property
    def is_near_end(self) -> bool:
        """Whether the next 100 labels are likely to bring less than half a point."""
        return brings_little(self.forecasts)


def of_people(project: Project, decisions: Decisions) -> Decisions:
    """Without what a model was let label: a model that is tested on its own answers is always right."""
    own = {id for step in project.automations() for id in project.labelled_in(step.entry)}
    if own:
        own &= {id for id, _, origin in project.annotations(Filter(state="labelled")) if origin == "bulk"}
    rows = [(id, value) for id, value in zip(decisions.samples, decisions.values, strict=True) if id not in own]
    return replace(decisions, samples=tuple(id for id, _ in rows), values=tuple(value for _, value in rows))


def outlook_of(curve: Curve | None, decisions: Decisions, task: Task[Any]) -> Outlook:
    """What the child measured, as it is shown."""
    if curve is None:
        return Outlook(len(decisions))
    sizes, samples, right = curve
    n = len(samples)
    points = (
        Point(int(size), float(row.mean()), wilson(float(row.sum()), n)) for size, row in zip(sizes, right, strict=True)
    )
    found = forecasts(sizes, right, decisions=len(decisions))
    gaining = _gaining(curve, decisions, task) if found else None
    now = share_now(sizes, right, decisions=len(decisions))
    return Outlook(len(decisions), n, tuple(points), now, found, gaining)


def outlook_sentences(outlook: Outlook) -> Iterator[str]:
    """For a person: what the next labels bring, one sentence for each horizon, or that it is too early to tell."""
    if not outlook.forecasts:
        yield tr(
            "Too early to tell what more labels bring: from {n} labels on it is estimated. There are {count}.",
            n=FEWEST, count=f"{outlook.decisions:,}",
        )  # fmt: skip
    for one in outlook.forecasts:
        yield tr(
            "{n} more labels: about {gain} points better (likely {low} to {high})",
            n=one.more, gain=_points(one.gain), low=_points(one.low), high=_points(one.high),
        )  # fmt: skip


def gaining_sentence(gaining: Gaining, label: str) -> str:
    """Which label gains most, for a person."""
    return tr(
        "“{label}” gains most: right on {before} of its samples with half of the labels, on {now} with all.",
        label=label, before=per_cent(gaining.before, digits=0), now=per_cent(gaining.now, digits=0),
    )  # fmt: skip


def stop_hint() -> str:
    """What a person may do where the next labels are likely to bring little."""
    return tr(
        "The next 100 labels are likely to bring less than half a point. It may be time to tune, or to let the model "
        "label the rest."
    )


def _points(share: float) -> str:
    return f"{100 * share:.1f}".replace("-", "−")


def _gaining(curve: Curve, decisions: Decisions, task: Task[Any]) -> Gaining | None:
    sizes, samples, right = curve
    half = right[int(np.abs(sizes - sizes[-1] / 2).argmin())]
    value_of = dict(zip(decisions.samples, decisions.values, strict=True))
    of_label: dict[LabelId, list[int]] = {}
    for at, sample in enumerate(samples.tolist()):
        for label in task.labels_in(value_of[sample]):
            of_label.setdefault(label, []).append(at)
    found = [
        Gaining(label, float(half[rows].mean()), float(right[-1][rows].mean()))
        for label, rows in of_label.items()
        if len(rows) >= _FEWEST_OF_LABEL
    ]
    best = max(found, key=lambda one: one.now - one.before, default=None)
    return best if best is not None and best.now - best.before >= _LEAST_GAIN else None
