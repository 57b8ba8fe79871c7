"""The first start of an installed Lepton Studio: what is chosen, what is fetched, what is switched, what is said."""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from lepton_start import failures, switching
from lepton_start.__main__ import is_newer, main, taken_by, wants_update
from lepton_start.installing import Fetching, Installation, Progress
from lepton_start.machine import Device, found_device
from lepton_start.places import Payload, python_of
from lepton_start.plan import (
    Choices,
    load_choices,
    offered,
    parts,
    save_choices,
    steps,
    variables,
    without_torch,
)
from lepton_start.words import amount, speaks_chinese
from lepton_start.words_zh import CHINESE

from lepton_studio import settings
from lepton_studio.models import places

LINUX = "linux-x86_64"


@pytest.fixture(scope="session")
def locked(checkout: Path) -> Path:
    return checkout / "packaging" / "installers" / "locked"


@pytest.fixture
def payload(tmp_path: Path, locked: Path) -> Payload:
    """What an installer brings, with the real lock; its `uv` is a script that each test writes."""
    folder = tmp_path / "payload"
    folder.mkdir()
    for name in ("requirements.txt", "sizes.json"):
        (folder / name).write_bytes((locked / name).read_bytes())
    (folder / "lepton_studio-1.2.0-py3-none-any.whl").touch()
    return Payload(folder)


def made(home: Path, name: str) -> Path:
    """An environment that looks whole."""
    python = python_of(home / name)
    python.parent.mkdir(parents=True)
    python.touch()
    return home / name


# ------------------------------------------------------------------------------------------------- what is fetched


def test_without_pytorch_the_lock_keeps_all_else_with_its_digests(locked: Path) -> None:
    whole = (locked / "requirements.txt").read_text("utf-8")
    less = without_torch(whole)
    names = {line.split("==")[0] for line in less.splitlines() if "==" in line}
    gone = {line.split("==")[0] for line in whole.splitlines() if "==" in line} - names
    assert {"torch", "triton", "nvidia-cublas", "cuda-bindings"} <= gone
    assert {"transformers", "pyside6-essentials", "sympy", "tokenizers"} <= names
    assert all(one in ("torch", "triton") or one.startswith(("nvidia-", "cuda-")) for one in gone)
    assert less.count("--hash=sha256:") >= len(names) and not less.rstrip().endswith("\\")


def test_the_lock_is_of_the_versions_that_are_tested(checkout: Path, locked: Path) -> None:
    def pins(text: str) -> dict[str, str]:
        lines = [line.split(";")[0].split("\\")[0].strip() for line in text.splitlines()]
        found = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
        return {name.lower().replace("_", "-").replace(".", "-"): version.strip() for name, version in found}

    tested = pins((checkout / "packaging" / "constraints.txt").read_text("utf-8"))
    lock = pins((locked / "requirements.txt").read_text("utf-8"))
    assert len(lock) > 80
    differ = {name: (version, tested[name]) for name, version in lock.items() if tested.get(name, version) != version}
    assert not differ, "python packaging/installers/make.py lock"


def test_digests_are_asked_for_and_pytorch_for_the_processor_has_its_own_place(
    payload: Payload, tmp_path: Path
) -> None:
    for device, apart in ((Device.CUDA, False), (Device.CPU, True), (Device.ROCM, True)):
        todo = [
            " ".join(one.command) for one in steps(payload, tmp_path / "e", Choices(device), python="p", platform=LINUX)
        ]
        assert "--require-hashes" in todo[1] and "sync" in todo[1]
        assert any("torch==" in one for one in todo) is apart
        assert ("without-torch" in todo[1]) is apart
    for platform, device in (("windows-x86_64", Device.CPU), ("macos-arm64", Device.APPLE)):
        todo = [
            " ".join(one.command) for one in steps(payload, tmp_path, Choices(device), python="p", platform=platform)
        ]
        assert not any("torch==" in one for one in todo)


def test_a_mirror_and_a_proxy_hold_for_everything_that_is_fetched(payload: Payload, tmp_path: Path) -> None:
    choices = Choices(Device.CPU, proxy="http://p:1", index="http://i/simple", torch="http://t")
    own = variables(tmp_path, choices, {"PYTHONPATH": "x", "VIRTUAL_ENV": "y", "HOME": "/h"})
    assert own["UV_DEFAULT_INDEX"] == "http://i/simple" and own["HTTPS_PROXY"] == "http://p:1" and own["HOME"] == "/h"
    assert not {"PYTHONPATH", "VIRTUAL_ENV"} & own.keys()
    torch = steps(payload, tmp_path, choices, python="p", platform=LINUX)[2].command
    assert "http://t/cpu/" in torch and not any("pytorch.org" in one for one in torch)


def test_an_offline_installer_asks_no_address(payload: Payload, tmp_path: Path) -> None:
    payload.wheels.mkdir()
    todo = steps(payload, tmp_path / "e", Choices(Device.CPU), python="p", platform=LINUX)
    installing = [one.command for one in todo if "pip" in one.command]
    assert len(installing) == 3 and all("--no-index" in one for one in installing)
    assert parts(payload, Choices(), LINUX) == ()


def test_an_offline_installer_brings_the_models_and_one_build_of_pytorch(payload: Payload, tmp_path: Path) -> None:
    assert Device.CUDA in offered(payload) or sys.platform == "darwin"
    payload.wheels.mkdir()
    assert offered(payload) == (Device.CPU,)  # on a machine with a graphics card too
    (payload.models / "one" / "inside").mkdir(parents=True)
    (payload.models / "one" / "inside" / "weights").write_bytes(b"weights")
    todo = steps(payload, tmp_path / "e", Choices(Device.CPU), python="p", platform=LINUX)
    (taking,) = [one.command for one in todo if str(payload.models) in one.command]
    code = taking[taking.index("-c") + 1 :]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "argv", ["-c", *code[1:]])
        patched.setattr(places, "data_folder", lambda: tmp_path / "data")
        exec(code[0], {})
    assert (tmp_path / "data" / "one" / "inside" / "weights").read_bytes() == b"weights"


def test_what_is_told_before_are_the_sizes_of_what_is_fetched(payload: Payload) -> None:
    cpu, cuda = (parts(payload, Choices(device), LINUX) for device in (Device.CPU, Device.CUDA))
    assert sum(one.size for one in cpu) < 0.6e9 < 1.5e9 < sum(one.size for one in cuda)
    assert cpu[0].name == "torch" and not any(one.name.startswith("nvidia") or "+" in one.name for one in cpu)
    assert all(one.size > 0 for one in cpu)
    rocm = {one.name: one.size for one in parts(payload, Choices(Device.ROCM), LINUX)}
    assert rocm["torch"] == 0  # not known, and said so


def test_choices_stay_for_the_next_update(tmp_path: Path) -> None:
    save_choices(tmp_path, Choices(Device.CPU, "http://p", "i", "t"))
    assert load_choices(tmp_path, Choices(Device.CUDA)) == Choices(Device.CPU, "http://p", "i", "t")
    (tmp_path / "choices.json").write_text('{"device": "quantum", "proxy": "http://q"}')
    assert load_choices(tmp_path, Choices(Device.CUDA)) == Choices(Device.CUDA, "http://q")


# ----------------------------------------------------------------------------------------------------- the machine


@pytest.mark.parametrize(("driver", "device"), [("570.86.10", Device.CPU), ("580.65.06", Device.CUDA)])
def test_an_nvidia_driver_that_is_too_old_is_not_proposed(tmp_path: Path, driver: str, device: Device) -> None:
    file = tmp_path / "proc/driver/nvidia/version"
    file.parent.mkdir(parents=True)
    file.write_text(
        f"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  {driver}  Release Build\nGCC version: 12.2\n"
    )
    assert found_device(tmp_path, "linux") == device


def test_an_amd_processor_counts_where_its_driver_for_computing_knows_it(tmp_path: Path) -> None:
    assert found_device(tmp_path, "linux") == Device.CPU
    for node, target in enumerate(("0", "110000")):
        folder = tmp_path / f"sys/class/kfd/kfd/topology/nodes/{node}"
        folder.mkdir(parents=True)
        (folder / "properties").write_text(f"cpu_cores_count 8\ngfx_target_version {target}\n")
        assert found_device(tmp_path, "linux") == (Device.ROCM if node else Device.CPU)
    assert found_device(tmp_path, "darwin") == Device.APPLE


# ------------------------------------------------------------------------------------------------------- switching


def test_an_update_is_used_by_one_rename_and_the_one_before_is_kept(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        environment = switching.new_environment(tmp_path, "1.0.0")
        assert environment.name == f"1.0.0-{number}"
        made(tmp_path, environment.name)
        switching.switch(tmp_path, environment)
    (tmp_path / "1.1.0-1").mkdir()  # unfinished
    (tmp_path / switching.CACHE).mkdir()
    switching.tidy(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_dir()) == ["1.0.0-2", "1.0.0-3", switching.CACHE]
    assert switching.step_back(tmp_path) == tmp_path / "1.0.0-2" == switching.current(tmp_path)
    assert switching.step_back(tmp_path) == tmp_path / "1.0.0-3"  # and forward again


def test_an_environment_whose_python_is_gone_is_made_anew(tmp_path: Path) -> None:
    switching.switch(tmp_path, made(tmp_path, "1.0.0-1"))
    assert switching.current(tmp_path) is not None
    python_of(tmp_path / "1.0.0-1").unlink()  # the system went on to another Python
    assert switching.current(tmp_path) is None and switching.step_back(tmp_path) is None
    switching.switch(tmp_path, made(tmp_path, "1.0.0-2"))
    assert switching.pointed(tmp_path) == ("1.0.0-2", "")


def test_versions_are_compared_as_numbers() -> None:
    assert is_newer("0.10.0", "0.9.1") and not is_newer("0.9.1", "0.10.0") and not is_newer("1.0", "1.0")


def test_an_update_is_asked_for_once_the_window_opens_and_not_after_a_step_back(tmp_path: Path) -> None:
    assert wants_update("1.1.0", ("1.0.0-1", ""), []) and wants_update("1.1.0", ("1.0.0-1", ""), [str(tmp_path)])
    assert not wants_update("1.1.0", ("1.0.0-1", ""), ["tasks", "--json"])
    assert not wants_update("1.1.0", ("1.0.0-2", "1.1.0-1"), [])
    assert not wants_update("1.0.0", ("1.1.0-1", "1.0.0-1"), [])


@pytest.mark.skipif(sys.platform == "win32", reason="a script of the shell stands in for Python")
def test_the_app_is_started_without_what_the_launcher_told_python(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$*, ${PYTHONPATH-none}, ${PYTHONDONTWRITEBYTECODE-none}"\n')
    python.chmod(0o755)
    code = f"from lepton_start.installing import start; from pathlib import Path; start(Path({str(python)!r}), ['one'])"
    own = {**os.environ, "PYTHONPATH": str(Path(switching.__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}
    said = subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, text=True, check=True).stdout
    assert said == "-m lepton_studio one, none, none\n"


def test_two_windows_do_not_install_at_once(tmp_path: Path) -> None:
    with switching.only_one(tmp_path), pytest.raises(switching.Busy), switching.only_one(tmp_path):
        pass
    with switching.only_one(tmp_path):
        pass


# ------------------------------------------------------------------------------------------------------ installing

STAND_IN = """#!{python}
import os, sys, time
from pathlib import Path
cache = Path(os.environ["UV_CACHE_DIR"]); cache.mkdir(exist_ok=True)
if sys.argv[1] == "venv":
    python = Path(sys.argv[-1]) / "bin" / "python"; python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\\nexit 0\\n"); python.chmod(0o755)
elif sys.argv[2] == "sync":
    (cache / "part").write_text("x")
    print("Downloading torch (182.9MiB)", flush=True)
    {then}
    print(" Downloaded torch", flush=True)
"""


def install(payload: Payload, home: Path, then: str = "pass") -> Installation:
    payload.uv.write_text(STAND_IN.format(python=sys.executable, then=then))
    payload.uv.chmod(payload.uv.stat().st_mode | stat.S_IXUSR)
    return Installation(
        payload, home, Choices(Device.CUDA), python="p", platform=LINUX, log=home.parent / "install.log"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for uv is a script")
def test_what_went_well_is_pointed_to_and_its_progress_was_told(payload: Payload, tmp_path: Path) -> None:
    home, told = tmp_path / "home", list[Progress]()
    outcome = install(payload, home).run(told.append)
    assert outcome.environment == home / "1.2.0-1" == switching.current(home)
    assert any(one.now == (("torch", int(182.9 * 2**20)),) for one in told)
    assert told[-1].fetched == int(182.9 * 2**20) and told[-1].total > 1.5e9
    again = install(payload, home).run(told.append)
    assert again.environment == home / "1.2.0-2" and switching.pointed(home) == ("1.2.0-2", "1.2.0-1")


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for uv is a script")
def test_a_broken_connection_leaves_what_came_and_the_version_in_use(payload: Payload, tmp_path: Path) -> None:
    home = tmp_path / "home"
    switching.switch(home, made(home, "1.1.0-1"))
    outcome = install(payload, home, then="sys.exit('error: Request failed after 8 retries')").run(lambda _told: None)
    assert outcome.environment is None and outcome.sentence.startswith("The connection broke.")
    assert "Request failed" in (tmp_path / "install.log").read_text()
    assert (home / switching.CACHE / "part").exists() and not (home / "1.2.0-1").exists()
    assert switching.current(home) == home / "1.1.0-1"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for uv is a script")
def test_a_cancel_leaves_nothing(payload: Payload, tmp_path: Path) -> None:
    home, begun = tmp_path / "home", threading.Event()
    work = install(payload, home, then="time.sleep(60)")

    def tell(progress: Progress) -> None:
        if progress.now and not begun.is_set():
            begun.set()
            work.cancel()

    outcome = work.run(tell)
    assert begun.is_set() and outcome.environment is None and outcome.sentence == ""
    assert not any(one.is_dir() for one in home.iterdir()) and switching.current(home) is None


def test_parts_on_their_way_are_counted_once() -> None:
    fetching = Fetching(total=10)
    assert not fetching.read("Resolved 3 packages in 171ms\n")
    assert fetching.read("Downloading scipy (33.5MiB)") and fetching.read("Downloading numpy (1.0MiB)")
    assert fetching.read(" Downloaded numpy") and fetching.progress("x").now == (("scipy", int(33.5 * 2**20)),)
    assert fetching.progress("x").fetched == 2**20


# ------------------------------------------------------------------------------------------------------- the words


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("error: Failed to write: No space left on device (os error 28)", "The disk is full"),
        ("Hash mismatch for `x==1`", "A file that was fetched"),
        (
            "Caused by: client error (Connect)\n Caused by: dns error\n failed to lookup address information",
            "The connection broke",
        ),
        ("Caused by: invalid peer certificate: UnknownIssuer", "The connection is not trusted"),
        ("Caused by: unsuccessful tunnel", "The proxy refused"),
        ("error: Permission denied (os error 13)", "Nothing can be written"),
        ("Because torch was not found in the package registry", "The place to fetch from lacks"),
        ("ImportError: libEGL.so.1: cannot open shared object file: No such file", "A library of the system"),
        ("Killed", "The installation failed for a reason that is not known"),
    ],
)
def test_a_failure_says_what_to_do(said: str, begins: str) -> None:
    sentence, detail = failures.sentence_for(said)
    assert sentence.startswith(begins) and sentence in CHINESE
    assert ("{detail}" not in sentence) or detail == "libEGL.so.1"


def test_every_sentence_of_the_first_start_is_in_chinese_with_the_same_values(checkout: Path) -> None:
    said = set[str]()
    for file in sorted((checkout / "packaging" / "installers" / "lepton_start").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "Step"):
                first = node.args[0]
                said |= {
                    one.value for one in ast.walk(first) if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    assert len(said) > 30 and not {one for one in said if one not in CHINESE}
    for english, chinese in CHINESE.items():
        fields = {one.split("}")[0] for one in english.split("{")[1:]}
        assert fields == {one.split("}")[0] for one in chinese.split("{")[1:]}, english


def test_the_language_is_that_of_the_system_and_sizes_are_as_on_the_box() -> None:
    assert speaks_chinese({"LANG": "zh_CN.UTF-8"}) and not speaks_chinese({"LANG": "de_DE.UTF-8"})
    assert not speaks_chinese({"LANGUAGE": "en", "LANG": "zh_CN.UTF-8"})
    assert (amount(191_794_682), amount(1_300_000_000), amount(10)) == ("192 MB", "1.3 GB", "1 MB")


def test_all_that_was_fetched_goes_and_what_is_the_persons_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEPTON_HOME", str(tmp_path))
    fetched = (
        settings.user_folder() / "environments" / "1.0.0-1",
        places.own_folder() / "e5",
        settings.cache_folder() / "sets",
    )
    kept = (settings.user_folder() / "Sample.lepton", settings.user_folder() / "logs", settings.config_folder())
    for folder in (*fetched, *kept):
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(b"x" * 1000)
    assert main(["--remove-parts"]) == 0
    assert "Removed what was installed and fetched" in capsys.readouterr().out
    assert [one for one in fetched if one.parent.exists()] == [] and all((one / "file").exists() for one in kept)
    assert main(["--remove-parts"]) == 0
    assert capsys.readouterr().out.startswith("There is nothing to remove")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_what_an_environment_takes_counts_a_file_once(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x" * 100)
    os.link(tmp_path / "one", tmp_path / "other")
    assert taken_by(tmp_path) == 100
