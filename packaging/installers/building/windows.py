"""The installer for Windows, by NSIS (`apt-get install nsis`): unsigned, as a signature needs a certificate.

`sign` is where one goes: LEPTON_SIGN_WINDOWS names a command that gets the file to sign as its last argument, such as
osslsigncode in a script of one's own; the launcher, the uninstaller's source and the installer go through it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from building.folders import BUILT, INSTALLERS
from building.icons import windows_icon
from building.payload import app_version, make_payload

_SOURCES = INSTALLERS / "windows"


class MissingTool(Exception):
    """A program that builds this installer is not on this machine."""


def build(*, offline: bool = False) -> list[Path]:
    """The installer in build/installers/. There is no offline one: it would have to bring a Python, and the package
    indexes that this is built from have none. Raises MissingTool, CalledProcessError."""
    if shutil.which("makensis") is None:
        raise MissingTool("makensis is missing: apt-get install nsis")
    assert not offline
    payload = make_payload(BUILT / "payload-windows", "windows-x86_64")
    for name in ("start.pyw", "lepton-studio.cmd"):
        text = (_SOURCES / name).read_text("utf-8").replace("\n", "\r\n")
        (payload / name).write_text(text, encoding="utf-8", newline="")
    icon = BUILT / "lepton-studio.ico"
    icon.write_bytes(windows_icon())
    launcher = BUILT / "Lepton Studio.exe"
    make_nsis("launcher.nsi", VERSION=app_version(), ICON=icon, OUT=launcher)
    sign(launcher)
    out = BUILT / f"Lepton-Studio-{app_version()}-setup.exe"
    make_nsis("installer.nsi", VERSION=app_version(), ICON=icon, PAYLOAD=payload, LAUNCHER=launcher, OUT=out)
    sign(out)
    return [out]


def make_nsis(script: str, **values: object) -> None:
    """Compile one script; its warnings are errors."""
    defines = [f"-D{name}={value}" for name, value in values.items()]
    subprocess.run(["makensis", "-V2", "-WX", *defines, str(_SOURCES / script)], check=True)


def sign(file: Path) -> None:
    """Sign it, where a command for that is named."""
    if command := os.environ.get("LEPTON_SIGN_WINDOWS"):
        subprocess.run([*shlex.split(command), str(file)], check=True)
