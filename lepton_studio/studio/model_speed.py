"""What a built-in model costs on this computer: measured by a few steps of tuning, never guessed, and kept.

Kept beside the person's settings, for this machine: another one that shares the home folder measures for itself.
"""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.atomic import new_file
from lepton_studio.language import tr
from lepton_studio.models.built_in import BuiltInModel
from lepton_studio.private import private_folder
from lepton_studio.progress import ShouldStop, never
from lepton_studio.runs.events import Estimated, Event
from lepton_studio.runs.monitoring import run_job
from lepton_studio.runs.outcome import Outcome
from lepton_studio.runs.requests import Stop
from lepton_studio.settings import config_folder
from lepton_studio.studio import tuning
from lepton_studio.studio.sample_project import create_sample_project
from lepton_studio.words import memory

READS, WRITES = "text_classification", "text_to_text"
"""The tasks whose sample texts are tuned on."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Of tuning on the sample project's texts, by the balanced recipe: samples a second, and the most memory, in MB."""

    samples_per_second: float
    memory_mb: float


def measure_speed(model: BuiltInModel, *, should_stop: ShouldStop = never) -> Speed | Outcome:
    """Do a few steps in a child process of its own, some ten seconds in all, and keep what they took.

    The outcome where that did not work, or was stopped. Raises TuningNotPossible, OSError.
    """
    found: list[Estimated] = []

    def seen(events: list[Event]) -> None:
        found.extend(event for event in events if isinstance(event, Estimated))

    task = WRITES if model.writes else READS
    with (
        tempfile.TemporaryDirectory(prefix="lepton-speed-") as scratch,
        create_sample_project(Path(scratch) / "Speed.lepton", task) as project,
    ):
        job = tuning.prepare_measure(project, model=model.id)
        try:
            outcome = run_job(job, on_events=seen, should_stop=lambda: Stop(keep=False) if should_stop() else None)
        finally:
            tuning.discard_measure(job)
    if not found:
        return outcome
    speed = Speed(found[-1].samples_per_second, found[-1].memory_mb)
    _keep({**known_speeds(), model.id: speed})
    return speed


def known_speeds() -> dict[str, Speed]:
    """What was measured on this machine, by the id of the model."""
    try:
        kept = json.loads(_file().read_text("utf-8"))
        return {name: Speed(**one) for name, one in kept["models"].items()} if kept["machine"] == _machine() else {}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def speed_in_words(speed: Speed) -> str:
    """A sentence."""
    return tr(
        "Tuned at {rate} samples per second on this computer, using {memory} of memory.",
        rate=round(speed.samples_per_second) if speed.samples_per_second >= 10 else f"{speed.samples_per_second:.1f}",
        memory=memory(speed.memory_mb),
    )


def _keep(speeds: Mapping[str, Speed]) -> None:
    private_folder(_file().parent)
    kept = {"machine": _machine(), "models": {name: dataclasses.asdict(one) for name, one in speeds.items()}}
    with new_file(_file()) as made:
        made.write_text(json.dumps(kept, indent=1), "utf-8")


def _file() -> Path:
    return config_folder() / "model_speeds.json"


def _machine() -> str:
    return f"{platform.node()} {platform.machine()} {os.cpu_count()}"
