"""A training process killed with -9 costs no decision, and its run goes on where its last checkpoint is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lepton_studio.project.project import Project
from lepton_studio.runs.events import Event, Stepped
from lepton_studio.runs.folder import RunFolder, read_json
from tests.end_to_end.conftest import Studio

SETTINGS = {"epochs": "10", "max_length": "16", "batch_size": "8"}


def test_killed_at_three_moments_the_run_still_comes_to_its_end(
    studio: Studio, tmp_path: Path, sample_file: Path
) -> None:
    folder = tmp_path / "Post.lepton"
    assert studio("new", folder, "--task", "text_classification").code == 0
    assert studio("import", folder, sample_file).code == 0
    decisions = _decisions(folder)
    new = [part for name, value in SETTINGS.items() for part in ("--set", f"{name}={value}")]

    _tune_and_kill(folder, new, when=lambda events: len(events) > 0)  # at work, before the first step
    _tune_and_kill(folder, ["--resume", "1"], when=lambda events: _last_step(events) >= 12)
    _tune_and_kill(folder, ["--resume", "1"], when=lambda events: _last_step(events) >= 40)
    assert _decisions(folder) == decisions

    ended = studio("tune", folder, "--resume", "1", "--json")
    assert ended.code == 0, ended.err
    assert (ended.json["run"], ended.json["status"]) == (1, "finished")
    taken = [event.step for event in _first_run(folder).events() if isinstance(event, Stepped)]
    assert taken == sorted(taken) and taken[-1] == 90
    assert _decisions(folder) == decisions


def _tune_and_kill(folder: Path, arguments: list[str], *, when: Callable[[list[Event]], bool]) -> None:
    """Start `lepton-studio tune`, kill its child with -9 at that moment: it says what happened and ends with 1."""
    run = _first_run(folder)
    run.process_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "lepton_studio", "tune", str(folder), "--json", *arguments]
    process = subprocess.Popen(
        command,
        env={**os.environ, "LEPTON_HOME": str(folder.parent / "home")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 240
    while not (run.process_file.exists() and when(list(run.events()))):
        assert process.poll() is None and time.monotonic() < end, "the run never came so far"
        time.sleep(0.02)
    os.kill(read_json(run.process_file)["pid"], signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "Traceback" not in err
    said: dict[str, Any] = json.loads(out)
    assert said["status"] == "interrupted" and "Your labels are safe" in err


def _first_run(folder: Path) -> RunFolder:
    return RunFolder(folder / "runs" / "run-1")


def _last_step(events: list[Event]) -> int:
    return max((event.step for event in events if isinstance(event, Stepped)), default=0)


def _decisions(folder: Path) -> list[tuple[int, object]]:
    with Project.open(folder, read_only=True) as project:
        return [(sample.id, sample.value) for sample in project.labelled_rows()]
