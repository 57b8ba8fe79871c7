"""A copy of the product that a test may add files to, as a developer would, with processes of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PARTS = ("lepton_studio", "resources", "tests", "pyproject.toml", "README.md")


def copy_of(checkout: Path, root: Path) -> Path:
    """Copy what a developer's commands need to the new folder `root`."""
    root.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (checkout / part).is_dir() else shutil.copy2
        copy(checkout / part, root / part)
    return root


def run_there(root: Path, *command: str) -> str:
    """What a command says that runs on the copy; `python` is the one of the tests. Fails the test where it fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    here = os.environ | {"PYTHONPATH": str(root), "PATH": path}
    done = subprocess.run(command, cwd=root, env=here, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
