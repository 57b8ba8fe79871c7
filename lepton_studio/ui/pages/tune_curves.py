"""The curves of runs: which panels there are, and the points of a run read from its folder."""

from __future__ import annotations

from collections.abc import Sequence

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunId
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.wire import Event
from lepton_studio.studio.collecting import metric_rows
from lepton_studio.ui.pages.tune_watch import RunWatch
from lepton_studio.ui.score_words import memory, per_cent
from lepton_studio.widgets.curve_data import CurveData
from lepton_studio.widgets.curve_plot import Curve, Panel


def curve_panels() -> tuple[Panel, ...]:
    """The panels of the Tune page; curve names are those of `metric_rows`."""
    return (
        Panel(
            "loss",
            tr("Loss"),
            (Curve("train_loss", tr("training"), smooth=True), Curve("validation_loss", tr("validation"), "dotted")),
        ),
        Panel(
            "scores",
            tr("Scores"),
            (
                Curve("validation_macro_f1", tr("macro-F1"), "dotted"),
                Curve("validation_accuracy", tr("accuracy"), "dashed"),
            ),
            show=per_cent,
        ),
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


class RunCurves:
    """The points and the log of one run, from all its events; a resumed run's repeated steps replace the old ones."""

    def __init__(self) -> None:
        self.points: dict[str, CurveData] = {}
        self.watch = RunWatch(0, 0.0)

    def take(self, event: Event) -> None:
        """Add one event."""
        for step, name, value in metric_rows(event):
            self.points.setdefault(name, CurveData()).append(step, value)
        self.watch.take(event, now=0.0)


def read_curves(project: Project, run_id: RunId) -> RunCurves:
    """All that a run's folder tells; from the project's metrics where the folder is gone. For a worker thread."""
    curves = RunCurves()
    folder = RunFolder(project.run_folder(run_id))
    for event in folder.events():
        curves.take(event)
    if not curves.points:
        for step, name, value in project.metrics(run_id):
            curves.points.setdefault(name, CurveData()).append(step, value)
    return curves


def shape_of(metrics: Sequence[tuple[int, str, float | None]]) -> tuple[float | None, ...]:
    """The validation scores of a run in order, for its sparkline: macro-F1, else accuracy."""
    for name in ("validation_macro_f1", "validation_accuracy"):
        found = tuple(value for _, one, value in metrics if one == name)
        if found:
            return found
    return ()
