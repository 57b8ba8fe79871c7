"""The installed app is whole: the wheel carries its resources and finds them outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.wheel import build_wheel


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(checkout, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_carries_code_resources_and_licence_and_nothing_else(wheel: Path, checkout: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    resources = checkout / "resources"
    for file in (one for one in resources.rglob("*") if one.is_file()):
        assert f"lepton_studio/_resources/{file.relative_to(resources).as_posix()}" in names
    for file in (checkout / "lepton_studio").rglob("*.py"):
        assert file.relative_to(checkout).as_posix() in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert any(name.endswith("/Inter-LICENSE.txt") and ".dist-info/" in name for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"lepton_studio"}


def test_the_installed_app_finds_its_resources_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    script = (
        "from lepton_studio.resources import resource_path as path\n"
        "print(path('samples').resolve())\n"
        "assert path('icons/lepton.svg').is_file() and path('samples/customer_service.jsonl').is_file()\n"
        "from lepton_studio.manual.pages import manual_page, picture_path\n"
        "assert 'screenshots/label.png' in manual_page('window-label').text and picture_path('label.png').is_file()\n"
        "import lepton_studio.__main__\n"
    )
    # -S leaves site-packages out, where the checkout may be installed.
    done = subprocess.run(
        [sys.executable, "-S", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(tmp_path.resolve())
