"""The workflow that builds, tries and drafts a release: what of it can be checked without the machines it runs on."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml")

HOSTED = {"ubuntu-24.04", "ubuntu-22.04", "windows-2025", "macos-15"}


@pytest.fixture(scope="module")
def text(checkout: Path) -> str:
    file = checkout / ".github" / "workflows" / "release.yml"
    if not file.exists():
        pytest.skip("this checkout has no .github")
    return file.read_text("utf-8")


@pytest.fixture(scope="module")
def jobs(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)["jobs"]


def commands(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


def test_every_action_is_pinned_and_only_the_last_job_may_write(text: str, jobs: dict[str, Any]) -> None:
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert used and all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", name) for name, _said in used)
    assert all(re.fullmatch(r" # v\d+\.\d+\.\d+", said) for _name, said in used)
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    assert [name for name, job in jobs.items() if "permissions" in job] == ["draft"]


def test_each_system_is_tried_before_anything_is_drafted(jobs: dict[str, Any]) -> None:
    assert set(jobs["draft"]["needs"]) == jobs.keys() - {"build", "draft"} == {"linux", "windows", "macos"}
    assert jobs["draft"]["if"] == "github.ref_type == 'tag'"
    for name in jobs["draft"]["needs"]:
        done = [said for said in ("--prepare", "self-test", "--remove-parts") if said in commands(jobs[name])]
        assert jobs[name]["needs"] == "build" and done == ["--prepare", "self-test", "--remove-parts"]
        systems = jobs[name].get("strategy", {}).get("matrix", {}).get("system", [jobs[name]["runs-on"]])
        assert set(systems) <= HOSTED


def test_its_commands_are_there(jobs: dict[str, Any], checkout: Path) -> None:
    from lepton_start import __main__ as start

    from lepton_studio.commands.usage import VERBS

    build = commands(jobs["build"])
    usage = (checkout / "packaging" / "installers" / "make.py").read_text("utf-8")
    makes = re.findall(r"installers/make\.py (\w+)", build)
    assert makes == ["linux", "windows", "macos"] and all(f"make.py {one} " in usage for one in makes)
    for name, job in jobs.items():
        for line in re.findall(r"lepton-studio (?=-|[a-z])([^&\n]+)", commands(job)):
            verb = next(one for one in shlex.split(line) if one != "--json")
            assert verb in VERBS or verb in str(start.__doc__), f"{name}: {line}"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_its_scripts_are_scripts(jobs: dict[str, Any]) -> None:
    for name, job in jobs.items():
        if name != "windows":
            script = re.sub(r"\$\{\{.*?\}\}", "x", commands(job))
            assert subprocess.run(["bash", "-n"], input=script.encode(), check=False).returncode == 0, name
