"""Where a project is read from when it may not be written to: in place, as a file that nobody changes, or from a copy.

SQLite wants to write beside the file even to read (the index of its write-ahead log): not so on a read-only disk. A
project of a newer version of the app is read from a copy too: nothing at all is written beside it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from lepton_studio.files import holder
from lepton_studio.language import tr
from lepton_studio.private import give_back, temporary_folder
from lepton_studio.project.connection import Connection, connect
from lepton_studio.project.errors import ProjectBusy, ProjectDamaged, ProjectError
from lepton_studio.project.in_words import in_words
from lepton_studio.project.shared_hold import SharedHold

DATABASE_NAME = "project.db"
LOG_NAME = DATABASE_NAME + "-wal"


class Copy(SharedHold):
    """A copy of a database for this process alone, removed when its last holder lets go."""

    def __init__(self, folder: Path) -> None:
        """Copy the database in `folder` with its log, as it stands now. Raises ProjectError."""
        self.folder = temporary_folder("reading")
        super().__init__()
        try:
            if holder(folder / "project.lock") is None:
                self._copy_files(folder)
            else:
                self._copy_pages(folder / DATABASE_NAME)
        except OSError as error:
            give_back(self.folder)
            raise ProjectError(
                tr("Cannot copy the project “{name}” to the temporary folder to read it there.", name=folder.stem)
            ) from error
        except BaseException:
            give_back(self.folder)
            raise

    def _copy_files(self, folder: Path) -> None:
        for name in (DATABASE_NAME, LOG_NAME):
            if (folder / name).exists():
                (self.folder / name).touch(mode=0o600)
                shutil.copyfile(folder / name, self.folder / name)

    def _copy_pages(self, database: Path) -> None:
        """Of a file that another process writes to: SQLite sees to it that they are of one state."""
        (self.folder / DATABASE_NAME).touch(mode=0o600)
        with (
            closing(connect(database, read_only=True)) as db,
            closing(sqlite3.connect(self.folder / DATABASE_NAME)) as copy,
        ):
            try:
                db.backup(copy)
            except sqlite3.Error as error:
                raise in_words(error) from error

    def _let_go(self) -> None:
        give_back(self.folder)


class Room(SharedHold):
    """A temporary folder, made once it is asked for, in place of a project's where nothing can be written there. It is
    removed when its last holder lets go.
    """

    def __init__(self, project: Path) -> None:
        self._project = project
        self._folder: Path | None = None
        super().__init__()

    @property
    def folder(self) -> Path:
        """With the vectors that lie beside the project, as far as there is room for them. Raises OSError."""
        with self._mutex:
            if self._folder is None:
                self._folder = temporary_folder("beside")
                with suppress(OSError, shutil.Error):  # they can be made anew
                    shutil.copytree(self._project / "vectors", self._folder / "vectors")
            return self._folder

    def _let_go(self) -> None:
        if self._folder is not None:
            give_back(self._folder)


@dataclass(frozen=True, slots=True)
class Place:
    """A database to read. `immutable`: nobody writes to it, so SQLite needs neither locks nor its log."""

    database: Path
    immutable: bool = False
    copy: Copy | None = None
    room: Room | None = None
    newer: bool = False
    """A newer version of the app wrote it: what its tables lack is no damage."""

    def connect(self) -> Connection:
        """A connection that refuses every write."""
        db = connect(self.database, read_only=True, immutable=self.immutable)
        db.newer = self.newer
        return db

    def share(self) -> Place:
        """The same place for one holder more."""
        copy, room = self.copy and self.copy.share(), self.room and self.room.share()
        return replace(self, copy=copy, room=room)

    def release(self) -> None:
        """One holder less."""
        for held in (self.copy, self.room):
            if held is not None:
                held.release()


def reading_place(folder: Path) -> Place:
    """From where the project in `folder` can be read without a write there. What its log holds is never left out."""
    room = None if os.access(folder, os.W_OK) else Room(folder)
    place = Place(folder / DATABASE_NAME, room=room)
    try:
        with closing(place.connect()) as db:
            db.value("SELECT count(*) FROM sqlite_master")
    except (ProjectBusy, ProjectDamaged):
        return place
    except ProjectError:
        log = folder / LOG_NAME
        if log.exists() and log.stat().st_size > 0:
            return copied_place(folder)
        return replace(place, immutable=True)
    return place


def copied_place(folder: Path, *, newer: bool = False) -> Place:
    """A copy of the project's database, the log's contents included. Raises ProjectError."""
    copy = Copy(folder)
    return Place(copy.folder / DATABASE_NAME, copy=copy, room=Room(folder), newer=newer)
