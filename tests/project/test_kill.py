"""A decision that the screen has acknowledged survives the death of the window."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer

import pytest

from lepton_studio.project.project import Project
from tests.project.steps import add, assert_consistent

_ANNOTATE = """
import sys
from pathlib import Path
from lepton_studio.project.project import Project
with Project.open(Path(sys.argv[1])) as project:
    labels = [label.id for label in project.labels()]
    print("open", flush=True)
    for turn in range(1_000_000):
        sample, label = turn % 400 + 1, labels[turn % 3]
        project.annotate(sample, {"labels": [label], "turn": turn}, labels=(label,))
        print(sample, turn, flush=True)
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")


@pytest.mark.parametrize("moment", range(6))
def test_every_acknowledged_decision_is_there_after_kill_9(project: Project, moment: int) -> None:
    add(project, [f"text number {n}" for n in range(400)])
    project.close()
    command = [sys.executable, "-c", _ANNOTATE, str(project.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        killer = Timer(random.Random(moment).uniform(0.01, 0.6), process.send_signal, [signal.SIGKILL])
        killer.start()
        acknowledged = [line.split() for line in process.stdout if line.endswith("\n")]
        killer.join()
    _assert_kept(project.folder, [(int(sample), int(turn)) for sample, turn in acknowledged])


def _assert_kept(folder: Path, acknowledged: list[tuple[int, int]]) -> None:
    last = dict(acknowledged)
    with Project.open(folder) as project:
        entries = project.history(limit=10**6)
        # One more may have been written when death came between the write and the word of it.
        assert len(entries) - 1 - len(acknowledged) in (0, 1)
        for sample, turn in last.items():
            value = project.sample(sample).value
            assert isinstance(value, dict)
            assert value["turn"] in (turn, len(acknowledged))
        while project.undo():
            pass
        assert project.count() == 0
    assert_consistent(folder)


def test_an_import_that_was_killed_is_there_whole_or_not_at_all(project: Project) -> None:
    project.close()
    code = """
import sys
from pathlib import Path
from lepton_studio.project.project import Project
from lepton_studio.project.records import NewSample
def samples():
    for n in range(10**9):
        if n == 20_000:
            print("half way", flush=True)
        yield NewSample(f"text number {n}")
with Project.open(Path(sys.argv[1])) as project, project.change("Import") as change:
    change.add_samples(samples())
"""
    command = [sys.executable, "-c", code, str(project.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half way\n"
        process.kill()
    with Project.open(project.folder) as again:
        assert again.count() == 0
        assert again.undo_name() is None
    assert_consistent(project.folder)
