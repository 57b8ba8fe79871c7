"""Builds the installers of Lepton Studio, all of them on Linux, into build/installers/.

    python packaging/installers/make.py linux     lepton-studio_VERSION_amd64.deb and a .tar.xz with install.sh
    python packaging/installers/make.py windows   Lepton-Studio-VERSION-setup.exe (needs makensis)
    python packaging/installers/make.py macos     Lepton-Studio-VERSION-macos.zip
    python packaging/installers/make.py lock      what is installed, anew from pyproject.toml and constraints.txt
    python packaging/installers/make.py pin-uv VERSION

`--offline` after linux: with every wheel and the models inside, for machines without a network (processor only).
Run it with the Python of a set-up checkout (.venv/bin/python), which has hatchling and PySide6.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path


def main(arguments: Sequence[str]) -> int:
    """Build one; print what was built and how large it is."""
    offline = "--offline" in arguments
    verb, *rest = [one for one in arguments if one != "--offline"] or [""]
    if verb == "lock":
        import_module("building.lock").lock()
        return 0
    if verb == "pin-uv" and rest:
        import_module("building.uv_wheels").pin(rest[0])
        return 0
    if verb not in ("linux", "windows", "macos") or (offline and verb != "linux"):
        print(__doc__)
        return 2
    built: list[Path] = import_module(f"building.{verb}").build(offline=offline)
    for file in built:
        print(f"{file}  {file.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
