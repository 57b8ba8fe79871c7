"""Which version this is, what it stands on and where it lies: for `--version --json` and for reports to send on."""

from __future__ import annotations

import os
import platform
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import TypedDict

from lepton_studio import __version__
from lepton_studio.models.built_in import BUILT_IN_MODELS
from lepton_studio.models.places import is_installed
from lepton_studio.settings import user_folder


class Versions(TypedDict):
    """`packages`: those that the app asks for, with their versions, "" where one is missing. `models`: the built-in
    ones that are on this computer. `environment`: the folder of this Python; `by_installer`: an installer of ours made
    it, and `previous` is the one that can be gone back to, "" where there is none. Nothing in it is from a project.
    """

    version: str
    python: str
    system: str
    processors: int
    packages: dict[str, str]
    models: list[str]
    environment: str
    by_installer: bool
    previous: str


def versions() -> Versions:
    """As it stands here, from what packages say of themselves; none of them is imported."""
    environment = Path(sys.prefix)
    environments = user_folder() / "environments"
    by_installer = environment.parent == environments
    return Versions(
        version=__version__,
        python=platform.python_version(),
        system=platform.platform(),
        processors=os.cpu_count() or 1,
        packages={name: _version(name) for name in wanted_packages()},
        models=[one.name for one in BUILT_IN_MODELS if is_installed(one)],
        environment=str(environment),
        by_installer=by_installer,
        previous=_previous(environments) if by_installer else "",
    )


def wanted_packages() -> list[str]:
    """What `pyproject.toml` asks for without an extra, as the installed app says it."""
    try:
        wanted = metadata.requires("lepton-studio") or []
    except metadata.PackageNotFoundError:
        return []
    names = (re.match(r"[\w.\-]+", one) for one in wanted if "extra ==" not in one)
    return sorted({name[0] for name in names if name is not None}, key=str.lower)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _previous(environments: Path) -> str:
    """The second line of the pointer that the installer's part keeps (packaging/installers/lepton_start)."""
    try:
        lines = (environments / "current").read_text("utf-8").splitlines()
    except OSError:
        return ""
    return lines[1] if len(lines) > 1 else ""
