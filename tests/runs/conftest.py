"""Run folders and children for the tests of the wire between the two processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Job, JobLabel

SPEAKER = Path(__file__).with_name("speaker.py")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run folder with a job."""
    made = RunFolder(tmp_path / "run-1")
    made.write_job(Job("tune", "text_classification", (JobLabel(1, "yes"), JobLabel(2, "no"))))
    return made


@pytest.fixture
def speaking() -> Callable[[str], list[str]]:
    """The command of a real child that behaves in the manner named (see speaker.py)."""
    return lambda manner: [sys.executable, "-P", str(SPEAKER), manner]
