"""Files and folders that are the person's alone, whatever the umask says, and temporary ones that are cleared up.

A temporary folder is held by a lock that the system frees with its process: the next start removes what was left.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from lepton_studio.files import Hold, holder, remove_tree

_PREFIX = "lepton-"
_LOCK = "owner.lock"
_YOUNG = 60.0
"""Seconds in which a folder may be made and locked."""

_held: dict[Path, Hold] = {}


def private_folder(path: Path) -> Path:
    """Make the folder, and those above it that are missing, for this person alone. Raises OSError."""
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def private_opener(path: str, flags: int) -> int:
    """For `open(..., opener=private_opener)`: a file that is made is this person's alone."""
    return os.open(path, flags, 0o600)


def temporary_folder(purpose: str) -> Path:
    """A new folder in the system's temporary one, removed by `give_back`, at the end of the program, or after it."""
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{purpose}-"))
    if not _held:
        atexit.register(_give_all_back)
    _held[folder] = Hold(folder / _LOCK)
    return folder


def give_back(folder: Path) -> None:
    """Remove a temporary folder; once it is gone this does nothing."""
    hold = _held.pop(folder, None)
    if hold is not None:
        hold.release()
        shutil.rmtree(folder, ignore_errors=True)


def clear_left_behind() -> None:
    """Remove the temporary folders of processes that were killed. Nothing is deleted through a link."""
    with suppress(OSError):
        for one in os.scandir(tempfile.gettempdir()):
            if one.name.startswith(_PREFIX) and one.is_dir(follow_symlinks=False):
                with suppress(OSError):
                    _clear(Path(one.path))


def _clear(folder: Path) -> None:
    made = folder.stat()
    is_ours = not hasattr(os, "getuid") or made.st_uid == os.getuid()
    is_old = time.time() - made.st_mtime > _YOUNG
    if is_ours and is_old and (folder / _LOCK).is_file() and holder(folder / _LOCK) is None:
        remove_tree(folder, inside=folder.parent)


def _give_all_back() -> None:
    for folder in tuple(_held):
        give_back(folder)
