"""One writer per project: a lock file that the operating system frees when its holder dies, however it dies."""

from __future__ import annotations

import os
from pathlib import Path

from lepton_studio.files import Hold, holder
from lepton_studio.language import tr
from lepton_studio.project.errors import ProjectInUse
from lepton_studio.project.gate import Gate
from lepton_studio.project.shared_hold import SharedHold


class ProjectLock(SharedHold):
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
        super().__init__()

    def _let_go(self) -> None:
        self._hold.release()


def _in_use(name: str, process: int) -> str:
    if process == os.getpid():
        return tr("The project “{name}” is already open in this app. Use that window, or close it first.", name=name)
    if process:
        return tr(
            "The project “{name}” is open in another window (process {holder}). Close it there first.",
            name=name,
            holder=process,
        )
    return tr("The project “{name}” is open in another window. Close it there first.", name=name)
