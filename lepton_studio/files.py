"""What must hold of files whatever dies: locks that the system frees with their holder, renames that are on the disk,
nothing removed through a link."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    _FAR_BYTE = 1 << 30  # a locked byte cannot be read on Windows; the holder's number before it still can

    def seize(file: int) -> None:
        """Lock this open file for us alone, or raise OSError at once; closing it lets go, and so does our end."""
        os.lseek(file, _FAR_BYTE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)
else:
    import fcntl

    def seize(file: int) -> None:
        """Lock this open file for us alone, or raise OSError at once; closing it lets go, and so does our end."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Hold:
    """A lock file that this process holds, with its process id in it. The system frees it however the process ends."""

    def __init__(self, path: Path, *, seconds: float = 0.0) -> None:
        """Seize it, trying for so long: `holder` takes it for a moment.

        Raises BlockingIOError where another has it, OSError where the file cannot be made.
        """
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + seconds
        while True:
            try:
                seize(self._file)
                break
            except OSError as error:
                if time.monotonic() >= until:
                    os.close(self._file)
                    raise BlockingIOError(f"{path} is held by another process") from error
                time.sleep(0.05)
        os.ftruncate(self._file, 0)
        os.write(self._file, str(os.getpid()).encode("ascii"))

    def release(self) -> None:
        """Let go; a second time does nothing."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)


def holder(path: Path) -> int | None:
    """The process that holds this lock file, 0 where it does not say; None for nobody, or no such file."""
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        seize(file)
    except OSError:
        said = os.read(file, 20).decode("ascii", "replace").strip()
        return int(said) if said.isdigit() else 0
    finally:
        os.close(file)
    return None


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk: a rename is only there for good once its folder is."""
    if sys.platform != "win32":  # there the file system's journal does it
        with contextlib.suppress(OSError):
            file = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(file)
            finally:
                os.close(file)


def sync_file(path: Path) -> None:
    """Have what was written to a file on the disk, out of the caches of system and drive. Raises OSError."""
    file = os.open(path, os.O_RDWR)
    try:
        if sys.platform == "darwin":
            fcntl.fcntl(file, fcntl.F_FULLFSYNC)
        else:
            os.fsync(file)
    finally:
        os.close(file)


def remove_tree(path: Path, *, inside: Path) -> bool:
    """Remove a folder with all in it, if it really lies inside `inside`: not where a link on the way leads elsewhere.

    Whether it is gone. What cannot be removed stays, without an error.
    """
    real = os.path.realpath(path)
    expected = os.path.join(os.path.realpath(inside), os.path.relpath(os.path.abspath(path), os.path.abspath(inside)))
    if real == expected:
        shutil.rmtree(real, ignore_errors=True)
    return not os.path.lexists(path)
