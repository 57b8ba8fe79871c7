"""The curves of runs: which panels there are, and the points of a run read from its folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lepton_studio.contract.task import Measure, Task
from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunId
from lepton_studio.runs.curves import metric_rows
from lepton_studio.runs.events import Event
from lepton_studio.runs.folder import RunFolder
from lepton_studio.studio.scores_in_words import measure_title, per_cent
from lepton_studio.ui.tune.watch import RunWatch
from lepton_studio.widgets.curve_data import CurveData
from lepton_studio.widgets.curve_set import Curve, Panel, Strokes
from lepton_studio.words import memory

_STROKES: tuple[Strokes, ...] = ("dotted", "dashed", "dash-dotted")
"""The curves of one panel; there are no more of them than strokes to tell them apart."""


def curve_panels(task: Task[Any]) -> tuple[Panel, ...]:
    """The panels of the Tune page; curve names are those of `metric_rows`."""
    return (
        Panel(
            "loss",
            tr("Loss"),
            (Curve("train_loss", tr("training"), smooth=True), Curve("validation_loss", tr("validation"), "dotted")),
        ),
        *_score_panels(task),
        Panel("rate", tr("Learning rate"), (Curve("learning_rate", tr("learning rate")),), show="{:.2g}".format),
        Panel(
            "speed",
            tr("Speed"),
            (Curve("samples_per_second", tr("samples/s"), smooth=True),),
            show="{:,.0f}".format,
            from_zero=True,
        ),
        Panel("memory", tr("Memory"), (Curve("memory_mb", tr("of the process")),), show=memory, from_zero=True),
    )


def _score_panels(task: Task[Any]) -> list[Panel]:
    """A panel for the measures that share a scale and a direction: shares, and each sort of others."""
    panels: list[Panel] = []
    kinds = dict.fromkeys((one.is_share, one.lower_is_better) for one in _best_first(task))
    for kind in kinds:
        measures = [one for one in _best_first(task) if (one.is_share, one.lower_is_better) == kind][: len(_STROKES)]
        title = tr("Scores") if not panels else tr("Mean errors") if measures[0].lower_is_better else tr("Other scores")
        curves = tuple(
            Curve(f"validation_{one.id}", measure_title(one), strokes)
            for one, strokes in zip(measures, _STROKES, strict=False)
        )
        show = per_cent if measures[0].is_share else "{:.3f}".format
        panels.append(Panel(f"scores{len(panels) or ''}", title, curves, show=show))
    return panels


def _best_first(task: Task[Any]) -> list[Measure]:
    return sorted(task.measures, key=lambda one: one.id != task.best)


class RunCurves:
    """The points and the log of one run, from all its events; a resumed run's repeated steps replace the old ones."""

    def __init__(self, task: Task[Any]) -> None:
        self.points: dict[str, CurveData] = {}
        self.watch = RunWatch(0, 0.0, task)

    def take(self, event: Event) -> None:
        """Add one event."""
        for step, name, value in metric_rows(event):
            self.points.setdefault(name, CurveData()).append(step, value)
        self.watch.take(event, now=0.0)


def read_curves(project: Project, run_id: RunId, *, task: Task[Any]) -> RunCurves:
    """All that a run's folder tells; from the project's metrics where the folder is gone. For a worker thread."""
    curves = RunCurves(task)
    folder = RunFolder(project.run_folder(run_id))
    for event in folder.events():
        curves.take(event)
    if not curves.points:
        for step, name, value in project.metrics(run_id):
            curves.points.setdefault(name, CurveData()).append(step, value)
    return curves


def shape_of(metrics: Sequence[tuple[int, str, float | None]], *, task: Task[Any]) -> tuple[float | None, ...]:
    """The validation scores of a run in order, for its sparkline: of the best measure that there is."""
    for measure in _best_first(task):
        found = tuple(value for _, one, value in metrics if one == f"validation_{measure.id}")
        if found:
            return found
    return ()
