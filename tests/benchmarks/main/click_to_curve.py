"""From the click on Start to the first point on the curve, with a warm spare child, on the sample project."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from lepton_studio.project.project import Project
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.curves import metric_rows
from lepton_studio.runs.events import Event
from lepton_studio.runs.outcome import Outcome
from lepton_studio.runs.runner import Runner
from lepton_studio.studio.needs import need_of_run
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.studio.tuning import collect_run, prepare_run
from tests.benchmarks.figure import Figure

REPEATS = 3


def click_to_curve() -> Figure:
    """The clock runs from the click (freezing the data counts) to the batch with a point, in the window's thread."""
    app = QCoreApplication.instance() or QCoreApplication([])
    with (
        Children() as children,
        tempfile.TemporaryDirectory() as folder,
        create_sample_project(Path(folder) / "Sample.lepton") as project,
    ):
        seconds = [_once(project, children) for _ in range(REPEATS)]
    app.processEvents()
    return Figure.of(
        "click on Start to the first point on the curve",
        seconds,
        unit="s",
        target="<= 2",
        note="sample project, built-in encoder, a warm spare; the first point is the linear probe's validation score",
    )


def _once(project: Project, children: Children) -> float:
    children.warm()
    _wait_until(lambda: any(child.is_ready for child in children.children()))
    began = time.perf_counter()
    run, folder = prepare_run(project)
    runner = Runner(folder, children=children, need=need_of_run(run))
    drawn: list[float] = []
    outcomes: list[Outcome] = []

    def draw(events: list[Event]) -> None:
        for event in events:
            print(f"  {time.perf_counter() - began:.2f} s {event}", file=sys.stderr)
        if not drawn and any(metric_rows(event) for event in events):
            drawn.append(time.perf_counter() - began)

    runner.events_arrived.connect(draw)
    runner.ended.connect(outcomes.append)
    runner.start()
    _wait_until(lambda: bool(drawn or outcomes))
    runner.stop(keep=False)
    _wait_until(lambda: bool(outcomes))
    runner.wait()
    collect_run(project, run.id, outcomes[0])
    if not drawn:
        raise RuntimeError(f"no point came: {outcomes[0].text} {outcomes[0].detail}")
    return drawn[0]


def _wait_until(condition: Callable[[], bool]) -> None:
    loop = QEventLoop()
    ticks = QTimer(interval=5)
    ticks.timeout.connect(lambda: loop.exit() if condition() else None)
    ticks.start()
    loop.exec()


FIGURES = [click_to_curve]
