"""The recipes of docs/architecture.md, followed to the letter by someone who knows nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PARTS = ("lepton_studio", "resources", "tests", "pyproject.toml", "README.md")


@pytest.mark.skipif(sys.platform == "win32", reason="the recipes are for a shell")
@pytest.mark.parametrize("recipe", ["Add a task", "Add a method", "Add a format"])
def test_a_newcomer_gets_to_its_end(recipe: str, checkout: Path, tmp_path: Path) -> None:
    root, scratch = tmp_path / "checkout", tmp_path / "scratch"
    scratch.mkdir()
    root.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (checkout / part).is_dir() else shutil.copy2
        copy(checkout / part, root / part)
    document = (checkout / "docs" / "architecture.md").read_text("utf-8")
    section = document.partition(f"\n## {recipe}\n")[2].partition("\n## ")[0]
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL)).replace("/tmp/", f"{scratch}/")
    assert commands
    here = os.environ | {
        "PYTHONPATH": str(root),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(["bash", "-euc", commands], cwd=root, env=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
