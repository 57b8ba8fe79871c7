"""`make.py lock`: writes locked/ anew from pyproject.toml and packaging/constraints.txt.

- requirements.txt: every package with its one version and the digests of its files, for all systems;
- sizes.json: how large each is, by platform, which the first start shows;
- licences.txt: every package with its licence, for the installers and for Help > About.
"""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from building.folders import BUILT, LOCKED, ROOT
from building.uv_wheels import uv_for

_PLATFORMS = {
    "linux-x86_64": "x86_64-manylinux_2_36",
    "linux-aarch64": "aarch64-manylinux_2_39",
    "windows-x86_64": "x86_64-pc-windows-msvc",
    "macos-arm64": "aarch64-apple-darwin",
}
_CPU_BUILD = 191_794_682
"""Bytes of torch-2.13.0+cpu for Linux on x86_64, which stands on PyTorch's own pages; that for ARM is smaller."""
_MACOS = "14.0"
"""The oldest macOS that this PyTorch is built for."""
_LICENCE_OF_NVIDIA = "NVIDIA's own licence (not free software); only where CUDA is chosen"


def lock() -> None:
    """Write all three files. Raises CalledProcessError where a version is not to be had."""
    BUILT.mkdir(parents=True, exist_ok=True)
    uv = BUILT / "uv-here"
    uv.write_bytes(uv_for("linux-x86_64"))
    uv.chmod(uv.stat().st_mode | stat.S_IXUSR)
    compiling = [str(uv), "pip", "compile", "-q", "--no-header", "--no-annotate", "--no-emit-index-url"]
    compiling += ["--extra", "export", "-c", "packaging/constraints.txt", "pyproject.toml"]
    own = {"UV_CACHE_DIR": str(BUILT / "uv-cache"), "MACOSX_DEPLOYMENT_TARGET": _MACOS, **os.environ}

    def compile_to(file: Path, *options: str) -> None:
        subprocess.run([*compiling, *options, "-o", str(file)], cwd=ROOT, env=own, check=True)

    compile_to(LOCKED / "requirements.txt", "--universal", "--python-version", "3.11", "--generate-hashes")
    sizes = {}
    for platform, named in _PLATFORMS.items():
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / "pylock.toml"
            compile_to(file, "--python-platform", named, "--python-version", "3.12", "--format", "pylock.toml")
            sizes[platform] = sizes_in(tomllib.loads(file.read_text("utf-8")))
        if platform.startswith("linux"):
            sizes[platform]["torch+cpu"] = _CPU_BUILD
    (LOCKED / "sizes.json").write_text(json.dumps(sizes, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    licences = licences_of(packages_in((LOCKED / "requirements.txt").read_text("utf-8")))
    (LOCKED / "licences.txt").write_text(licences, encoding="utf-8")


def sizes_in(pylock: dict[str, Any]) -> dict[str, int]:
    """Bytes of each package's file for a platform (https://packaging.python.org/specifications/pylock-toml/)."""
    return {one["name"]: one["wheels"][0].get("size", 0) for one in pylock["packages"] if one.get("wheels")}


def packages_in(requirements: str) -> dict[str, str]:
    """Name and version of each package of the lock; a package that has several, by system, is there with its last."""
    lines = [line for line in requirements.splitlines() if "sys_platform == 'emscripten'" not in line]
    return dict(re.findall(r"^([\w.\-]+)==([\w.+!]+)", "\n".join(lines), re.MULTILINE))


def licences_of(packages: dict[str, str]) -> str:
    """A line for each package: name, version, licence. What is installed here says it itself; of what is for another
    system only, pip's report has it without fetching the files.
    """
    known = {name: _LICENCE_OF_NVIDIA for name in packages if re.match(r"(nvidia|cuda)-", name)}
    asked = []
    for name in packages.keys() - known.keys():
        try:
            known[name] = licence_in(metadata.metadata(name).json)
        except metadata.PackageNotFoundError:
            asked.append(f"{name}=={packages[name]}")
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--dry-run", "--no-deps"]
        subprocess.run([*pip, "--ignore-installed", "--report", str(report), *sorted(asked)], check=True)
        for one in json.loads(report.read_text("utf-8"))["install"]:
            known[normalized(one["metadata"]["name"])] = licence_in(one["metadata"])
    return "".join(f"{name} {version}: {known[name]}\n" for name, version in sorted(packages.items()))


def normalized(name: str) -> str:
    """A package's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_in(said_of_it: dict[str, Any]) -> str:
    """What a package says of its licence, in the order in which it is most exact."""
    classifiers = [one for one in said_of_it.get("classifier", ()) if one.startswith("License :: ")]
    named = [one.rpartition("::")[2].strip() for one in classifiers]
    for said in (said_of_it.get("license_expression"), *named, said_of_it.get("license")):
        if said and said.strip() and said != "OSI Approved":
            return str(said).strip().splitlines()[0]
    return "see the package"
