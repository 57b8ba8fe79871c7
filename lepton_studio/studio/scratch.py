"""Folders for jobs that leave nothing. Each is held by a lock of the process that made it, so that nobody else takes it
for left over while that one lives."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.files import Hold, holder, remove_tree
from lepton_studio.project.project import Project
from lepton_studio.runs.folder import RunFolder

_PREFIX = "scratch-"
_OWNER = "owner.lock"
_NOT_OURS = (errno.EROFS, errno.EACCES, errno.EPERM)
"""What the system says of a place that we may not write to."""
_HOUR = 3600.0
"""So long a folder without a lock stays: it is being made, or an older version of the app works in it."""


@dataclass(frozen=True, slots=True)
class ScratchFolder(RunFolder):
    """The folder of a job; `discard` it when the job is over."""

    hold: Hold
    inside: Path

    def discard(self) -> None:
        """Remove it."""
        self.hold.release()
        remove_tree(self.path, inside=self.inside)


def scratch_folder(project: Project) -> ScratchFolder:
    """A new folder, ours while this process lives: below the project's runs, or in the system's temporary folder where
    the project lies on a read-only place, or is read from a copy. Raises OSError."""
    if project.room != project.folder:
        return _held(_temporary())
    try:
        project.runs_folder.mkdir(mode=0o700, exist_ok=True)  # the folder of a project that is gone is not made again
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=project.runs_folder))
    except OSError as error:
        if error.errno not in _NOT_OURS:
            raise
        path = _temporary()
    return _held(path)


def _temporary() -> Path:
    return Path(tempfile.mkdtemp(prefix=f"lepton-{_PREFIX}{os.getpid()}-"))


def _held(path: Path) -> ScratchFolder:
    return ScratchFolder(path, Hold(path / _OWNER), path.parent)


def sweep_scratch(project: Project) -> None:
    """Remove what processes that are gone left over, but nothing behind a link that leads out of the project."""
    for path in project.runs_folder.glob(f"{_PREFIX}*"):
        lock = path / _OWNER
        try:
            is_left = lock.exists() or time.time() - path.stat().st_mtime > _HOUR
        except OSError:
            continue
        if is_left and holder(lock) is None and holder(RunFolder(path).lock_file) is None:
            remove_tree(path, inside=project.folder)
