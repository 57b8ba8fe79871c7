"""What can go wrong with a project; the text of each error is a sentence for the person."""

from __future__ import annotations

from lepton_studio.errors import Cancelled, StudioError


class ProjectError(StudioError):
    """The base of every failure of a project. `str(error)` is a sentence with a next step, ready to be shown."""


class NotAProject(ProjectError):
    """There is no project at this place."""


class ProjectExists(ProjectError):
    """A new project would lie where something lies already."""


class ProjectInUse(ProjectError):
    """Another window or process has the project open for writing."""


class ProjectTooNew(ProjectError):
    """A newer version of the app wrote the project; it was not touched."""


class ProjectTooOld(ProjectError):
    """The project must be brought up to date before it can be read, and reading only was asked for."""


class ProjectDamaged(ProjectError):
    """The file is not what was written; nothing was repaired."""


class ProjectBusy(ProjectError):
    """Another thread of this process is in the middle of a long write."""


class ReadOnlyProject(ProjectError):
    """A write to a project that is open for reading only."""


class ReadOnlyPlace(ProjectError):
    """The project lies where this person may not write; it can be opened for reading."""


class ProjectGone(ProjectError):
    """The folder of the open project is not where it was any more; nothing is written there."""


class DiskFailed(ProjectError):
    """The disk did not do what it was asked for."""


class TooLarge(ProjectError):
    """A value is larger than SQLite can hold."""


class NoSpace(ProjectError):
    """The disk is full; the change was rolled back."""


class NoSuchSample(ProjectError):
    """The sample is not in the project (any more)."""


class NoSuchLabel(ProjectError):
    """The label is not in the project (any more)."""


class NoSuchRun(ProjectError):
    """The run is not in the project (any more)."""


class NoSuchState(ProjectError):
    """A state of the history that is not kept."""


class BadLabel(ProjectError):
    """A label's name or key cannot be used."""


class ReadingEnded(Cancelled):
    """A long reading that is no longer wanted, or not here (`Reads.ended_when`)."""
