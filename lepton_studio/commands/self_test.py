"""`self-test`: the window opens and a model trains, on this machine, within a minute."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from lepton_studio.commands.console import Answer, say
from lepton_studio.language import tr

if TYPE_CHECKING:
    from lepton_studio.project.project import Project

_SECONDS = 58.0
"""After so long it gives up: the answer comes within a minute."""


def self_test(_options: Namespace) -> Answer:
    """Make a sample project, paint every page of the window, do a few training steps. Leaves nothing behind."""
    from lepton_studio.studio.sample_project import create_sample_project

    end = time.monotonic() + _SECONDS
    with tempfile.TemporaryDirectory(prefix="lepton-self-test-") as scratch:
        folder = Path(scratch) / "Self-test.lepton"
        say(tr("a sample project …"))
        with create_sample_project(folder) as project:
            say(tr("training …"))
            failure, rate = _train(project, end=end)
        if not failure:
            say(tr("the window …"))
            failure = _paint(folder, out=Path(scratch) / "pages", end=end)
    facts = {"passed": not failure, "sentence": failure, "samples_per_second": rate}
    passed = tr("The window opens and a model trains here, at {rate:.0f} samples a second.", rate=rate)
    return Answer(facts, "" if failure else passed, failure=failure)


def _train(project: Project, *, end: float) -> tuple[str, float]:
    """A few steps of the built-in encoder in a child process; a sentence where that fails, and samples a second."""
    from lepton_studio.runs.following import run_job
    from lepton_studio.runs.job import BUILT_IN_MODEL, Recipe
    from lepton_studio.runs.wire import Estimated, Event, Stop
    from lepton_studio.studio import tuning

    rates: list[float] = []

    def seen(events: list[Event]) -> None:
        rates.extend(event.samples_per_second for event in events if isinstance(event, Estimated))

    folder = tuning.prepare_measure(project, model=BUILT_IN_MODEL, recipe=Recipe())
    outcome = run_job(folder, on_events=seen, should_stop=lambda: Stop(keep=False) if time.monotonic() > end else None)
    tuning.discard_measure(folder)
    if outcome.status == "finished" and rates:
        return "", rates[-1]
    return tr("Training does not work here: {reason}", reason=outcome.text), 0.0


def _paint(folder: Path, *, out: Path, end: float) -> str:
    """Open the window on the project in a process of its own and paint its pages; a sentence where that fails."""
    environment = dict(os.environ)
    if sys.platform.startswith("linux") and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [sys.executable, "-m", "lepton_studio.ui.screenshots", "--project", str(folder), "--out", str(out)]
    try:
        done = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            timeout=max(1.0, end - time.monotonic()),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return tr("The window did not open within a minute.")
    if done.returncode != 0 or not any(out.glob("*.png")):
        last = (done.stderr.strip().splitlines() or [tr("no message")])[-1]
        return tr("The window does not open here: {message}", message=last)
    return ""
