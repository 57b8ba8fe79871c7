"""The command line as a person starts it: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.forked_children import ADDRESS


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)


Studio = Callable[..., Ended]


@dataclass(frozen=True, slots=True)
class Kept:
    """A project that is only read, and the command line with the home of those who read it."""

    studio: Studio
    project: Path


def studio_in(folder: Path) -> Studio:
    """Run `lepton-studio ARGUMENTS` in a folder, with its own home in it; whatever happens, no traceback. Its children
    fork, where they can (see `tests.forked_children`).
    """

    def run(*arguments: str | Path) -> Ended:
        program, where = ["lepton_studio"], {}
        if ADDRESS in os.environ:
            program, where = ["tests.forked_children", "run"], {"PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", *program, *map(str, arguments)],
            cwd=folder,
            env={**os.environ, "LEPTON_HOME": str(folder / "home"), "PYTHONUTF8": "1"} | where,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """`lepton-studio` outside the checkout, with a home of its own."""
    return studio_in(tmp_path)


@pytest.fixture(scope="session")
def sample_file(checkout: Path) -> Path:
    """The sample project's messages."""
    return checkout / "resources" / "samples" / "customer_service.jsonl"


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory, sample_file: Path) -> Kept:
    """The sample's messages in a project that no test changes: its texts go through the encoder once for all tests."""
    folder = tmp_path_factory.mktemp("kept")
    studio, project = studio_in(folder), folder / "Post.lepton"
    assert studio("new", project, "--task", "text_classification").code == 0
    assert studio("import", project, sample_file).code == 0
    return Kept(studio, project)
