"""Where a project is read from when it may not be written to: in place, as a file that nobody changes, or from a copy.

SQLite wants to write beside the file even to read (the index of its write-ahead log): not so on a read-only disk.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lepton_studio.language import tr
from lepton_studio.private import give_back, temporary_folder
from lepton_studio.project.connection import Connection, connect
from lepton_studio.project.errors import ProjectBusy, ProjectDamaged, ProjectError
from lepton_studio.project.shared_hold import SharedHold

DATABASE_NAME = "project.db"
_LOG = DATABASE_NAME + "-wal"


class Copy(SharedHold):
    """A copy of a database for this process alone, removed when its last holder lets go."""

    def __init__(self, folder: Path) -> None:
        """Copy the database in `folder` with its log. Raises ProjectError."""
        self.folder = temporary_folder("reading")
        super().__init__()
        try:
            for name in (DATABASE_NAME, _LOG):
                if (folder / name).exists():
                    (self.folder / name).touch(mode=0o600)
                    shutil.copyfile(folder / name, self.folder / name)
        except OSError as error:
            give_back(self.folder)
            raise ProjectError(
                tr("Cannot copy the project “{name}” to the temporary folder to read it there.", name=folder.stem)
            ) from error

    def _let_go(self) -> None:
        give_back(self.folder)


@dataclass(frozen=True, slots=True)
class Place:
    """A database to read. `immutable`: nobody writes to it, so SQLite needs neither locks nor its log."""

    database: Path
    immutable: bool = False
    copy: Copy | None = None

    def connect(self) -> Connection:
        """A connection that refuses every write."""
        return connect(self.database, read_only=True, immutable=self.immutable)

    def share(self) -> Place:
        """The same place for one holder more."""
        return self if self.copy is None else Place(self.database, copy=self.copy.share())

    def release(self) -> None:
        """One holder less."""
        if self.copy is not None:
            self.copy.release()


def reading_place(folder: Path) -> Place:
    """From where the project in `folder` can be read without a write there. What its log holds is never left out."""
    place = Place(folder / DATABASE_NAME)
    try:
        with closing(place.connect()) as db:
            db.value("SELECT count(*) FROM sqlite_master")
    except (ProjectBusy, ProjectDamaged):
        return place
    except ProjectError:
        log = folder / _LOG
        if log.exists() and log.stat().st_size > 0:
            return copied_place(folder)
        return Place(folder / DATABASE_NAME, immutable=True)
    return place


def copied_place(folder: Path) -> Place:
    """A copy of the project's database, the log's contents included. Raises ProjectError."""
    copy = Copy(folder)
    return Place(copy.folder / DATABASE_NAME, copy=copy)
