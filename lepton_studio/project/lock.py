"""One writer per project: a lock file that the operating system frees when its holder dies, however it dies."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock as Mutex

from lepton_studio.files import Hold, holder
from lepton_studio.language import tr
from lepton_studio.project.errors import ProjectInUse
from lepton_studio.project.gate import Gate


class ProjectLock:
    """The right to write to one project folder, shared by a project and its clones; freed when the last lets go."""

    def __init__(self, folder: Path) -> None:
        """Seize the lock now. Raises ProjectInUse when another process, or another project object here, has it.

        OSError where the folder cannot be written to.
        """
        try:
            self._hold = Hold(folder / "project.lock")
        except BlockingIOError:
            raise ProjectInUse(_in_use(folder.stem, holder(folder / "project.lock") or 0)) from None
        self.gate = Gate()
        """Who of them writes."""
        self._holders = 1
        self._mutex = Mutex()

    def share(self) -> ProjectLock:
        """One holder more."""
        with self._mutex:
            self._holders += 1
        return self

    def release(self) -> None:
        """One holder less; the last one frees the project."""
        with self._mutex:
            self._holders -= 1
            if self._holders == 0:
                self._hold.release()


def _in_use(name: str, process: int) -> str:
    if process == os.getpid():
        return tr('The project "{name}" is already open in this app. Use that window, or close it first.', name=name)
    if process:
        return tr(
            'The project "{name}" is open in another window (process {holder}). Close it there first.',
            name=name,
            holder=process,
        )
    return tr('The project "{name}" is open in another window. Close it there first.', name=name)
