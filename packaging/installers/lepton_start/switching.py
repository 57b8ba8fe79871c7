"""Environments beside each other, and the pointer that says which one is in use: switched by one rename.

`environments/current` has two lines: the name of the environment in use, and of the one before it, which is kept for
one step back. A folder that the pointer does not name is unfinished or outlived, and is removed by `tidy`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lepton_start.places import WINDOWS, python_of

POINTER = "current"
CACHE = "fetched"
PYTHONS = "python"
_LOCK = "installing.lock"
_KEPT = (POINTER, CACHE, PYTHONS, _LOCK)


class Busy(Exception):
    """Another process of this person is installing."""


def pointed(home: Path) -> tuple[str, str]:
    """The names of the environment in use and of the one before, "" where there is none."""
    try:
        lines = [*(home / POINTER).read_text("utf-8").splitlines(), "", ""]
    except OSError:
        return "", ""
    return lines[0], lines[1]


def current(home: Path) -> Path | None:
    """The environment in use, if it is whole: its Python is there (a system's Python can be replaced under it)."""
    name, _before = pointed(home)
    return home / name if name and python_of(home / name).exists() else None


def version_of(environment: Path) -> str:
    """The app's version in it."""
    return environment.name.rpartition("-")[0]


def new_environment(home: Path, version: str) -> Path:
    """A place for one more environment of this version: `version-1`, or the next number that is free."""
    home.mkdir(parents=True, exist_ok=True)
    numbers = [
        int(found[1]) for one in home.iterdir() if (found := re.fullmatch(re.escape(version) + r"-(\d+)", one.name))
    ]
    return home / f"{version}-{max(numbers, default=0) + 1}"


def switch(home: Path, environment: Path) -> None:
    """From the next start on this one is used; the one until now is kept for one step back."""
    name, before = pointed(home)
    if name and not python_of(home / name).exists():
        name = before
    _point(home, environment.name, name)


def step_back(home: Path) -> Path | None:
    """Use the environment before the current one, and keep that for a step forward. None: there is none."""
    name, before = pointed(home)
    if not before or not python_of(home / before).exists():
        return None
    _point(home, before, name)
    return home / before


def _point(home: Path, name: str, before: str) -> None:
    written = home / (POINTER + ".new")
    written.write_text(f"{name}\n{before}\n", encoding="utf-8")
    os.replace(written, home / POINTER)


def tidy(home: Path) -> None:
    """Remove what the pointer does not name. What is still open in Windows stays until the next time."""
    keep = {*pointed(home), *_KEPT}
    for one in home.iterdir() if home.is_dir() else ():
        if one.name not in keep and one.is_dir():
            shutil.rmtree(one, ignore_errors=True)


def remove_all(home: Path) -> None:
    """Every environment, what was fetched and a Python that was fetched; or another folder of such. Raises OSError."""
    if home.is_dir():
        shutil.rmtree(home)


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the right to install; the system takes it back when the process ends. Raises Busy."""
    home.mkdir(parents=True, exist_ok=True)
    with open(home / _LOCK, "a+b") as held:
        try:
            if WINDOWS:
                import msvcrt

                msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            else:
                import fcntl

                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise Busy from taken
        yield
