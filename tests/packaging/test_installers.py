"""The installers: what lies in them, and what the small scripts around the first start do."""

from __future__ import annotations

import os
import plistlib
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from building import icons, linux, macos, payload, windows

from lepton_studio import __version__

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the installers are built on Linux")
needs = {name: shutil.which(name) is not None for name in ("dpkg-deb", "desktop-file-validate", "makensis")}


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A payload with a stand-in for `uv`, which comes from the network, and for the app's wheel, which others build."""
    folder = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patched:
        wheel = folder / f"lepton_studio-{__version__}-py3-none-any.whl"
        wheel.write_bytes(b"wheel")
        patched.setattr(payload, "app_wheel", lambda: wheel)
        patched.setattr(payload, "uv_for", lambda _platform: b"#!/bin/sh\nexit 1\n")
        patched.setattr(payload, "licences_of_uv", lambda: {"LICENSE-MIT": b"MIT"})
        for module in (linux, macos, windows):
            patched.setattr(module, "BUILT", folder)
        yield payload.make_payload(folder / "payload", "linux-x86_64")


@pytest.fixture(scope="module")
def archive(brought: Path) -> Path:
    """The Linux archive, unpacked."""
    file = linux.build_archive(brought, offline=False)
    folder = brought.parent / "unpacked"
    shutil.unpack_archive(file, folder, filter="data")
    return next(folder.iterdir())


def person(home: Path) -> dict[str, str]:
    """The environment of somebody with this home, in English."""
    return {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


def call(*command: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), env=person(home), capture_output=True, text=True, check=False)


def environment(home: Path, name: str) -> Path:
    """One whose Python tells what it was called with; it is pointed to."""
    environments = home / ".local/share/lepton-studio/environments"
    python = environments / name / "bin/python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$0" "$@"\n')
    python.chmod(0o755)
    (environments / "current").write_text(f"{name}\n\n")
    return python


def test_the_archive_installs_starts_and_goes_away_again_without_the_projects(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "Post.lepton").mkdir()
    installed = call("sh", archive / "install.sh", home=tmp_path)
    assert installed.returncode == 0, installed.stderr
    command = tmp_path / ".local/bin/lepton-studio"
    entry = (tmp_path / ".local/share/applications/lepton-studio.desktop").read_text("utf-8")
    assert f'Exec="{command}" %f' in entry and "@" not in entry
    python = environment(tmp_path, f"{__version__}-1")
    assert call(command, "tasks", "a b", home=tmp_path).stdout.strip() == f"{python} -m lepton_studio tasks a b"
    settings = tmp_path / ".local/share/lepton-studio/logs/x.log"
    settings.parent.mkdir()
    settings.touch()
    removed = call("sh", tmp_path / ".local/opt/lepton-studio/install.sh", "--uninstall", home=tmp_path)
    assert removed.returncode == 0, removed.stderr
    left = {str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file() or one.name == "Post.lepton"}
    assert left == {"Post.lepton", ".local/share/lepton-studio/logs/x.log"}


def test_without_a_display_what_is_missing_is_told_and_how_to_get_it(archive: Path, tmp_path: Path) -> None:
    call("sh", archive / "install.sh", home=tmp_path)
    told = call(tmp_path / ".local/bin/lepton-studio", home=tmp_path)
    assert told.returncode == 1 and told.stderr.strip().endswith("lepton-studio --prepare")
    failed = call(tmp_path / ".local/bin/lepton-studio", "--prepare", "--device", "cpu", home=tmp_path)
    assert failed.returncode == 1 and "The log is" in failed.stderr and "Traceback" not in failed.stderr


def test_an_older_environment_is_used_where_nobody_can_be_asked(archive: Path, tmp_path: Path) -> None:
    call("sh", archive / "install.sh", home=tmp_path)
    python = environment(tmp_path, "0.0.9-1")
    assert call(tmp_path / ".local/bin/lepton-studio", "tasks", home=tmp_path).stdout.startswith(str(python))


@pytest.mark.skipif(not needs["dpkg-deb"], reason="dpkg-deb is not on this machine")
def test_the_package_names_what_qt_needs_and_where_everything_lies(brought: Path) -> None:
    file = linux.build_deb(brought, offline=False)
    listed = subprocess.run(["dpkg-deb", "-c", file], capture_output=True, text=True, check=True).stdout
    for name in ("bin/lepton-studio", "lib/lepton-studio/uv", "lib/lepton-studio/lepton_start/window.py",
                 "share/applications/lepton-studio.desktop", "share/doc/lepton-studio/third-party.txt"):  # fmt: skip
        assert f" ./usr/{name}\n" in listed
    told = subprocess.run(["dpkg-deb", "-f", file, "Depends"], capture_output=True, text=True, check=True).stdout
    assert {"python3-tk", "libegl1", "libxcb-cursor0"} <= set(told.strip().split(", "))


@pytest.mark.skipif(not needs["desktop-file-validate"], reason="desktop-file-utils is not on this machine")
def test_the_desktop_entry_is_valid(tmp_path: Path) -> None:
    file = tmp_path / "lepton-studio.desktop"
    file.write_text(linux.filled("lepton-studio.desktop", ""), encoding="utf-8")
    subprocess.run(["desktop-file-validate", "--warn-kde", file], check=True)


def test_the_bundle_for_macos_can_be_run_and_names_itself(brought: Path) -> None:
    file = macos.build()[0]
    with zipfile.ZipFile(file) as packed:
        plist = plistlib.loads(packed.read("Lepton Studio.app/Contents/Info.plist"))
        inside = {one.filename.removeprefix("Lepton Studio.app/Contents/"): one for one in packed.infolist()}
        script = packed.read(f"Lepton Studio.app/Contents/MacOS/{plist['CFBundleExecutable']}")
        icon = packed.read(f"Lepton Studio.app/Contents/Resources/{plist['CFBundleIconFile']}.icns")
    assert plist["CFBundleShortVersionString"] == __version__ and plist["LSMinimumSystemVersion"] == "14.0"
    assert all(inside[name].external_attr >> 16 == 0o100755 for name in ("MacOS/lepton-studio", "Resources/payload/uv"))
    assert "Resources/payload/lepton_start/__main__.py" in inside and b"@VERSION@" not in script
    assert icon[:4] == b"icns" and struct.unpack(">I", icon[4:8])[0] == len(icon)
    assert subprocess.run(["sh", "-n"], input=script, check=False).returncode == 0


def test_pictures_of_an_icon_lie_where_its_head_says() -> None:
    file = icons.ico({16: b"a" * 7, 256: b"b" * 9})
    assert struct.unpack("<HHH", file[:6]) == (0, 1, 2)
    width, *_rest, length, offset = struct.unpack("<BBBBHHII", file[22:38])
    assert (width, file[offset : offset + length]) == (0, b"b" * 9)


@pytest.mark.skipif(not needs["makensis"], reason="nsis is not on this machine")
def test_the_installer_for_windows_is_compiled_without_a_warning(brought: Path) -> None:
    file = windows.build()[0]
    assert file.read_bytes()[:2] == b"MZ" and b"NullsoftInst" in file.read_bytes()
