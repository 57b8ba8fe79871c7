"""May this folder be opened? Looked at without changing a byte of the project file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from lepton_studio.language import tr
from lepton_studio.project.connection import connect
from lepton_studio.project.errors import NotAProject, ProjectDamaged, ProjectTooNew

DATABASE_NAME = "project.db"
APPLICATION_ID = 0x4C65_7074  # "Lept"
SCHEMA_VERSION = 2

# https://www.sqlite.org/fileformat.html#the_database_header
_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\0"


def check_is_project(folder: Path) -> None:
    """Raise NotAProject where there is no project file."""
    if not (folder / DATABASE_NAME).is_file():
        raise NotAProject(tr('There is no project in "{folder}".', folder=folder))


def check_file(folder: Path, *, read_only: bool = False) -> int:
    """The schema version of the project in `folder`.

    Raises NotAProject, ProjectDamaged or ProjectTooNew. All pages are checked where the last close was not a clean one;
    not with `read_only`, as the project may be open elsewhere then.
    """
    check_is_project(folder)
    database = folder / DATABASE_NAME
    unclean = _closed_uncleanly(database)
    with open(database, "rb") as file:
        header = file.read(_HEADER_BYTES)
        size = file.seek(0, os.SEEK_END)
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise _damaged(folder, tr("it is not a database"))
    version, application = _integer(header, 60), _integer(header, 68)
    if unclean:
        version, application = _check_pages(folder, all_of_them=not read_only)
    elif _is_cut_off(header, size):
        raise _damaged(folder, tr("its end is missing"))
    if application != APPLICATION_ID:
        raise NotAProject(tr('The file "{file}" was not written by this app.', file=database))
    if version > SCHEMA_VERSION:
        raise ProjectTooNew(
            tr(
                'The project "{name}" was made by a newer version of this app. Update the app to open it.',
                name=folder.stem,
            )
        )
    return version


def _closed_uncleanly(database: Path) -> bool:
    """A clean close leaves no write-ahead log, or an empty one."""
    log = database.with_name(database.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def _check_pages(folder: Path, *, all_of_them: bool) -> tuple[int, int]:
    """(schema version, application id) with the write-ahead log taken into account. Raises ProjectDamaged."""
    try:
        with closing(connect(folder / DATABASE_NAME, read_only=True)) as db:
            found = db.value("PRAGMA quick_check(1)") if all_of_them else "ok"
            if found != "ok":
                raise sqlite3.DatabaseError(str(found))
            return int(db.value("PRAGMA user_version")), int(db.value("PRAGMA application_id"))
    except (ProjectDamaged, sqlite3.DatabaseError) as error:
        reason = str(error.__cause__ or error)
        raise _damaged(folder, reason) from error


def _is_cut_off(header: bytes, size: int) -> bool:
    pages, counter, counter_of_pages = _integer(header, 28), _integer(header, 24), _integer(header, 92)
    page_size = int.from_bytes(header[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    return counter == counter_of_pages and pages * page_size > size


def _integer(header: bytes, offset: int) -> int:
    return int.from_bytes(header[offset : offset + 4], "big")


def _damaged(folder: Path, reason: str) -> ProjectDamaged:
    return ProjectDamaged(
        tr(
            'The file of the project "{name}" is damaged ({reason}). Nothing was changed. Restore it from a copy; '
            'earlier states may lie in "{backups}".',
            name=folder.stem,
            reason=reason,
            backups=folder / "backups",
        )
    )
