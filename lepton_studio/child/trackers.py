"""A run written to MLflow or Weights & Biases where a person asked for it: in a process of its own, with a time limit.

What those libraries import, start and wait for is none of the child's: a server that does not answer costs a minute and
a sentence, and the run is none the worse.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from lepton_studio.language import tr
from lepton_studio.runs.events import Noted
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job
from lepton_studio.runs.trackers import NOT_INSTALLED, TRACKERS, install_words, place_of

_SECONDS = 180.0
"""The first run of a project takes longest: MLflow makes its tables."""
_QUIET = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ALLOW_FILE_STORE": "true",
    "GIT_PYTHON_REFRESH": "quiet",
    "WANDB_SILENT": "true",
    "WANDB_DISABLE_GIT": "true",
    "WANDB_DISABLE_CODE": "true",
    "WANDB_CONSOLE": "off",
    "WANDB_ERROR_REPORTING": "false",
    "WANDB_INIT_TIMEOUT": "30",
}
"""Variables for those libraries: they give up soon, and say nothing of this machine that the run does not say."""


_NO_ANSWER = ("max retries", "connection", "timed out", "no answer", "name resolution")
_NO_ACCOUNT = ("api key", "api_key", "unauthorized", " 401", " 403", "permission")
_LONGEST = 300


def track_elsewhere(folder: RunFolder, job: Job, *, send: Callable[[Noted], object]) -> None:
    """Write the run wherever its job says so; a note says how that went. A run without results is not written."""
    if not job.tracking or not folder.report_file.exists():
        return
    for name in job.tracking:
        place = place_of(job, name, folder=folder)
        try:
            ended = subprocess.run(
                [sys.executable, "-P", "-m", "lepton_studio.child.track_elsewhere", str(folder.path), name, place],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=_SECONDS,
                env={**_QUIET, **os.environ},
                check=False,
            )
            code, output = ended.returncode, f"{ended.stdout}{ended.stderr}"
        except subprocess.TimeoutExpired:
            code, output = 1, f"no answer for {_SECONDS:.0f} seconds"
        except OSError as error:
            code, output = 1, str(error)
        if code:
            print(f"not written to {name}:\n{output}", file=sys.stderr, flush=True)
        send(Noted(_said(name, place, code=code, output=output), lasts=bool(code)))


def _said(name: str, place: str, *, code: int, output: str) -> str:
    title, shown = TRACKERS.get(name, name), _shown(place)
    if code == NOT_INSTALLED:
        return tr("This run was not written to {tracker}: {why}", tracker=title, why=install_words(name))
    if code:
        why = _why(output)
        return tr("This run could not be written to {tracker} ({place}): {why}", tracker=title, place=shown, why=why)
    return tr("Written to {tracker} ({place}).", tracker=title, place=shown)


def _shown(place: str) -> str:
    """A place as people read it: of a folder its name, of an address no password."""
    if "://" not in place:
        return Path(place).name
    scheme, _, rest = place.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def _why(output: str) -> str:
    """What went wrong, by the last words of the process; the log has all of them."""
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "")
    if any(sign in last.casefold() for sign in _NO_ANSWER):
        return tr("The server does not answer. The log of the run says more.")
    if any(sign in last.casefold() for sign in _NO_ACCOUNT):
        return tr("The server does not know who you are. Log in with the program of the tracker first.")
    return last[:_LONGEST]
