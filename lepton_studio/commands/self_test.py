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
    from lepton_studio.runs.folder import RunFolder

_PAGES = "data,label,tune,inspect,out"
_SECONDS = 54.0
"""After so long it gives up: the answer comes within a minute, the end of the child included."""


def self_test(_options: Namespace) -> Answer:
    """Make a sample project, paint every page of the window, do a few training steps. Leaves nothing behind."""
    from lepton_studio.models.built_in import ENGLISH
    from lepton_studio.models.places import is_installed
    from lepton_studio.runs.job import Recipe
    from lepton_studio.studio import tuning
    from lepton_studio.studio.sample_project import create_sample_project
    from lepton_studio.studio.versions import versions

    end = time.monotonic() + _SECONDS
    with tempfile.TemporaryDirectory(prefix="lepton-self-test-") as scratch:
        folder = Path(scratch) / "Self-test.lepton"
        say(tr("creating a sample project…"))
        with create_sample_project(folder) as project:
            job = tuning.prepare_measure(project, model=ENGLISH.id, recipe=Recipe())
        say(tr("opening the window…"))
        failure = _paint(folder, out=Path(scratch) / "pages", end=end)
        rate = 0.0
        if not failure and not is_installed(ENGLISH):
            failure = tr(
                "The window opens. The models that come with Lepton Studio are not on this computer yet, so training "
                "was not tried. Download them with: lepton-studio models fetch"
            )
        if not failure:
            say(tr("training…"))
            failure, rate = _train(job, end=end)
        tuning.discard_measure(job)
    facts = {"passed": not failure, "sentence": failure, "samples_per_second": rate, **versions()}
    passed = tr("The window opens and a model trains here, at {rate:.0f} samples per second.", rate=rate)
    return Answer(facts, "" if failure else passed, failure=failure)


def _train(job: RunFolder, *, end: float) -> tuple[str, float]:
    """A few steps of the built-in encoder in a child process; a sentence where that fails, and samples a second."""
    from lepton_studio.runs.events import Estimated, Event
    from lepton_studio.runs.monitoring import run_job
    from lepton_studio.runs.requests import Stop

    rates: list[float] = []

    def seen(events: list[Event]) -> None:
        rates.extend(event.samples_per_second for event in events if isinstance(event, Estimated))

    def should_stop() -> Stop | None:
        return Stop(keep=False) if time.monotonic() > end else None

    outcome = run_job(job, on_events=seen, should_stop=should_stop)
    if outcome.status == "finished" and rates:
        return "", rates[-1]
    if time.monotonic() > end:
        return tr("Training took more than a minute for a few steps."), 0.0
    return tr("Training does not work here: {reason}", reason=outcome.text), 0.0


def _paint(folder: Path, *, out: Path, end: float) -> str:
    """Open the window on the project in a process of its own and paint its pages; a sentence where that fails."""
    environment = dict(os.environ)
    if sys.platform.startswith("linux") and not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [
        sys.executable,
        "-m",
        "lepton_studio.ui.screenshots",
        "--project",
        str(folder),
        "--out",
        str(out),
        "--only",
        _PAGES,
    ]
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
        return tr("The window cannot be opened here: {message}", message=last)
    return ""
