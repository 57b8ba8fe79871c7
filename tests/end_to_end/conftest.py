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


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """Run `lepton-studio ARGUMENTS` outside the checkout, with a home of its own; whatever happens, no traceback."""

    def run(*arguments: str | Path) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "lepton_studio", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "LEPTON_HOME": str(tmp_path / "home"), "PYTHONUTF8": "1"},
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
def sample_file(checkout: Path) -> Path:
    """The sample project's messages."""
    return checkout / "resources" / "samples" / "customer_service.jsonl"
