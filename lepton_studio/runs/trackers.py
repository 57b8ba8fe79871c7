"""Programs that show runs beside each other, and where a run is to be written to: nowhere, unless a person says so."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec

from lepton_studio.language import tr
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job

TRACKERS = {"mlflow": "MLflow", "wandb": "Weights & Biases"}
"""The name of the package -> what it is called."""
_INSTALLED_AS = {"mlflow": "mlflow-skinny", "wandb": "wandb"}
HERE, OFFLINE, ONLINE = "here", "offline", "online"
"""MLflow: in a folder of the project; W&B: in the run's folder, or sent to the server that it knows."""
NOT_INSTALLED = 3
"""Exit code of the process that writes."""


def tracking_wanted(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Package -> place, as the settings have told this process (LEPTON_MLFLOW, LEPTON_WANDB)."""
    found = {name: environment.get(f"LEPTON_{name.upper()}", "") for name in TRACKERS}
    return {name: place for name, place in found.items() if place}


def why_not_there(name: str) -> str:
    """What to install before runs can be written to it, a sentence; "" where it is here. Imports nothing of it."""
    return "" if find_spec(name) is not None else install_words(name)


def install_words(name: str) -> str:
    """How a person gets it."""
    command = f"{sys.executable} -m pip install {_INSTALLED_AS[name]}"
    return tr("{tracker} is not installed here. Install it with: {command}", tracker=TRACKERS[name], command=command)


def place_of(job: Job, name: str, *, folder: RunFolder) -> str:
    """Where its job writes the run to; for MLflow an address or a folder."""
    place = job.tracking[name]
    return str(folder.path.parent.parent / "mlruns") if (name, place) == ("mlflow", HERE) else place
