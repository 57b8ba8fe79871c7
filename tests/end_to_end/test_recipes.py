"""The recipes of docs/architecture.md, followed to the letter by someone who knows nothing else."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.end_to_end.scratch_checkout import copy_of, run_there


@pytest.mark.skipif(sys.platform == "win32", reason="the recipes are for a shell")
@pytest.mark.parametrize("recipe", ["Add a task", "Add a method", "Add a format"])
def test_a_newcomer_gets_to_its_end(recipe: str, checkout: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    document = (checkout / "docs" / "architecture.md").read_text("utf-8")
    section = document.partition(f"\n## {recipe}\n")[2].partition("\n## ")[0]
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL)).replace("/tmp/", f"{scratch}/")
    assert commands
    run_there(copy_of(checkout, tmp_path / "checkout"), "bash", "-euc", commands)
