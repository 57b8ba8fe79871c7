"""The bundle for macOS, as a zip: unsigned and not notarised, as both need an Apple developer's certificate.

`sign` is where they go: LEPTON_SIGN_MACOS names a command that gets the bundle's folder as its last argument, such as a
script around rcodesign, which signs and notarises on Linux too.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import zipfile
from pathlib import Path

from building.folders import BUILT, INSTALLERS
from building.icons import macos_icon
from building.payload import app_version, make_payload

_SOURCES = INSTALLERS / "macos"
_MADE = (2026, 1, 1, 0, 0, 0)
_UNIX = 3


def build(*, offline: bool = False) -> list[Path]:
    """The zip in build/installers/. There is no offline one: macOS has no Python of its own to start it."""
    assert not offline
    bundle = BUILT / "macos" / "Lepton Studio.app"
    shutil.rmtree(bundle.parent, ignore_errors=True)
    contents = bundle / "Contents"
    make_payload(contents / "Resources" / "payload", "macos-arm64")
    (contents / "Resources" / "lepton-studio.icns").write_bytes(macos_icon())
    for name, place, mode in (("Info.plist", "Info.plist", 0o644), ("lepton-studio.sh", "MacOS/lepton-studio", 0o755)):
        text = (_SOURCES / name).read_text("utf-8").replace("@VERSION@", app_version())
        (contents / place).parent.mkdir(exist_ok=True)
        (contents / place).write_text(text, encoding="utf-8")
        (contents / place).chmod(mode)
    (contents / "PkgInfo").write_text("APPL????", encoding="ascii")
    sign(bundle)
    return [packed(bundle, BUILT / f"Lepton-Studio-{app_version()}-macos.zip")]


def packed(bundle: Path, out: Path) -> Path:
    """A zip of the bundle that keeps which files can be run."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(one for one in bundle.rglob("*") if one.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(bundle.parent)), _MADE)
            entry.create_system = _UNIX
            entry.external_attr = (0o100000 | (file.stat().st_mode & 0o777)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.read_bytes())
    return out


def sign(bundle: Path) -> None:
    """Sign and notarise it, where a command for that is named."""
    if command := os.environ.get("LEPTON_SIGN_MACOS"):
        subprocess.run([*shlex.split(command), str(bundle)], check=True)
