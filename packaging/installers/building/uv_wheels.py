"""`uv` for each system, taken out of its wheels on the package index by pinned digests (locked/uv.json)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from building.folders import BUILT, LOCKED

PLATFORMS = {
    "linux-x86_64": "manylinux_2_17_x86_64",
    "linux-aarch64": "manylinux_2_17_aarch64",
    "windows-x86_64": "win_amd64",
    "macos-arm64": "macosx_11_0_arm64",
}
"""The platforms of the installers, and what the index calls each."""


class WrongDigest(Exception):
    """The index gave another file than the one that is pinned."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A wheel's file name and the SHA-256 of its bytes."""

    name: str
    sha256: str


def pinned() -> tuple[str, dict[str, Pin]]:
    """The version of `uv`, and its wheel for each platform."""
    stored = json.loads((LOCKED / "uv.json").read_text("utf-8"))
    return stored["version"], {platform: Pin(**one) for platform, one in stored["wheels"].items()}


def uv_for(platform: str) -> bytes:
    """The program itself. Raises WrongDigest, CalledProcessError."""
    version, wheels = pinned()
    wheel = fetch(version, platform)
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != wheels[platform].sha256:
        raise WrongDigest(f"{wheel.name} is not the file that locked/uv.json names")
    name = "uv.exe" if platform.startswith("windows") else "uv"
    with zipfile.ZipFile(wheel) as packed:
        return packed.read(f"uv-{version}.data/scripts/{name}")


def licences_of_uv() -> dict[str, bytes]:
    """The texts of its licences, by file name."""
    version, _wheels = pinned()
    with zipfile.ZipFile(fetch(version, "linux-x86_64")) as packed:
        names = [name for name in packed.namelist() if "/licenses/" in name]
        return {Path(name).name: packed.read(name) for name in names}


def fetch(version: str, platform: str) -> Path:
    """The wheel as a file in build/, fetched once by pip as this machine has set it up."""
    folder = BUILT / "uv" / version / platform
    found = list(folder.glob("uv-*.whl"))
    if not found:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-q", "--no-deps"]
        kind = ["--only-binary", ":all:", "--platform", PLATFORMS[platform]]
        subprocess.run([*pip, *kind, "-d", str(folder), f"uv=={version}"], check=True)
        found = list(folder.glob("uv-*.whl"))
    return found[0]


def pin(version: str) -> None:
    """Write locked/uv.json anew for this version: what the index gives now is what is taken from now on."""
    wheels = {}
    for platform in PLATFORMS:
        wheel = fetch(version, platform)
        wheels[platform] = {"name": wheel.name, "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}
    stored = {"version": version, "wheels": wheels}
    (LOCKED / "uv.json").write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
