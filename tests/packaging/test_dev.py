"""The two commands of the README, where the machine lacks something."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.dev_script import load_dev_script

SOURCE_ONLY = "rouge-score,seqeval"


@pytest.fixture
def dev() -> ModuleType:
    """packaging/dev.py as a module."""
    return load_dev_script()


def test_it_runs_on_a_machine_with_nothing_but_python(checkout: Path) -> None:
    bare = [sys.executable, "-I", "-S", str(checkout / "packaging" / "dev.py")]
    shown = subprocess.run([*bare, "--help"], capture_output=True, text=True, check=True)
    assert all(verb in shown.stdout for verb in ("setup", "run", "test", "check", "bench", "screenshots"))
    assert subprocess.run([*bare, "no-such-verb"], capture_output=True, check=False).returncode == 2


def test_a_second_start_installs_nothing(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    fetched: list[str] = []
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(dev, "pip_install", lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(dev, "make_venv", lambda: None)
    monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))

    def fetch(name: str) -> bool:
        fetched.append(name)
        return True

    monkeypatch.setattr(dev, "fetch_model", fetch)
    dev.install(["test"])
    assert any(".[test]" in arguments for arguments in asked)
    assert fetched == ["built-in", "built-in-multilingual", "built-in-writer"]
    asked.clear()
    dev.install([])
    assert not asked and len(fetched) == 3
    dev.install(["bench"])
    assert any(".[bench,test]" in arguments for arguments in asked)


def test_without_the_models_that_are_fetched_set_up_says_so_and_goes_on(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(dev, "pip_install", lambda *_arguments: None)
    monkeypatch.setattr(dev, "make_venv", lambda: None)
    monkeypatch.setattr(dev, "call_quietly", lambda _command: 1)
    dev.install([])
    told = [line for line in capfd.readouterr().err.splitlines() if "cannot be had" in line]
    assert [word in line for word, line in zip(("English", "multilingual", "writer"), told, strict=True)] == [True] * 3
    stamp = json.loads(dev.STAMP.read_text("utf-8"))
    assert not any(stamp[one] for one in ("encoder", "multilingual", "writer")), "the next start tries again"


def test_source_archives_are_built_in_isolation_and_no_others_are_let_in(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[list[str]] = []

    def quietly(command: list[object]) -> int:
        ran.append([str(part) for part in command])
        return 0

    monkeypatch.setattr(dev, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(dev, "make_venv", lambda: None)
    monkeypatch.setattr(dev, "call_quietly", quietly)
    dev.install(["test"])
    installing = [command for command in ran if "pip" in command]
    assert len(installing) == 1
    for command in installing:
        assert command[command.index("--only-binary") :][:4] == ["--only-binary", ":all:", "--no-binary", SOURCE_ONLY]
        assert "--no-build-isolation" not in command
        assert "-c" in command


def test_a_step_says_one_line_and_what_failed_is_shown(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "LOG", tmp_path / "build" / "setup.log")
    noisy = (
        "import sys; print('Collecting torch'); print('Hint: no compiler', file=sys.stderr); sys.exit(int(sys.argv[1]))"
    )
    assert dev.call_quietly([sys.executable, "-c", noisy, "0"]) == 0
    assert capfd.readouterr() == ("", "")
    assert dev.call_quietly([sys.executable, "-c", noisy, "7"]) == 7
    shown = capfd.readouterr().err.splitlines()
    assert sorted(shown) == ["Collecting torch", "Hint: no compiler"]
    assert dev.LOG.read_text("utf-8").count("Collecting torch") == 2 + 2  # the commands stand in it too


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
    monkeypatch.setattr(dev, "call_quietly", call)
    dev.need_qt_libraries()
    assert [command[2] for command in ran] == ["update", "install"]
    assert "libnosuchthing9" in ran[1]


def test_where_no_x_server_may_be_installed_the_other_tests_still_run(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)
    monkeypatch.setattr(dev, "X11_LIBRARIES", {})
    assert set(dev.missing_for_x_server()) == {"Xvfb", "openbox", "xdotool"}
    dev.want_x_server()
    told = capfd.readouterr().err
    assert len(told.splitlines()) == 1
    assert "will be skipped" in told and "sudo apt-get install -y openbox xdotool xvfb" in told


def test_a_python_without_venv_is_told_apart_from_a_broken_one(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "PYTHON", tmp_path / "nothing")
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(dev.SetupFailed, match=r"sudo apt-get install -y python3\.\d+-venv$"):
        dev.make_venv()
