"""Files and folders that appear whole or not at all: written under a temporary name beside the target, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from lepton_studio.files import sync_folder


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A path to write to; takes the place of `path` when the block ends well, and is removed when it does not.

    What it holds is on the disk then. Raises OSError.
    """
    temporary = _beside(path)
    try:
        yield temporary
        _sync(temporary)
        os.replace(temporary, path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """The same for a folder, which does not exist yet when the block begins; what stood at `path` goes away last."""
    temporary, old = _beside(path), _beside(path)
    try:
        yield temporary
        for made in temporary.rglob("*"):
            if made.is_file():
                _sync(made)
            else:
                sync_folder(made)
        sync_folder(temporary)
        if path.exists():
            os.replace(path, old)
        os.replace(temporary, path)
        sync_folder(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if old.exists() and not path.exists():
            os.replace(old, path)
        _remove(old)


def remove_partial(folder: Path, *, name: str = "*") -> None:
    """Remove what a killed writer of this name left in a folder; nobody else may be writing under the name."""
    for left in folder.glob(f".{name}.*.partial"):
        _remove(left)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _sync(file: Path) -> None:
    with file.open("rb+") as written:
        os.fsync(written.fileno())


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{uuid4().hex[:8]}.partial")
