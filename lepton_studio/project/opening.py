"""May this folder be opened? Looked at without changing a byte of the project file."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from lepton_studio.language import tr
from lepton_studio.project.errors import NotAProject, ProjectDamaged, ProjectError, ProjectTooNew, ReadOnlyPlace
from lepton_studio.project.log_version import version_in_log
from lepton_studio.project.places import DATABASE_NAME, LOG_NAME, Place, copied_place

APPLICATION_ID = 0x4C65_7074  # "Lept"
SCHEMA_VERSION = 9

# https://www.sqlite.org/fileformat.html#the_database_header
_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\0"


def check_is_project(folder: Path) -> None:
    """Raise NotAProject where there is no project file, ReadOnlyPlace or ProjectError where it cannot be looked at."""
    try:
        with open(folder / DATABASE_NAME, "rb"):
            pass
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotAProject(tr("There is no project in “{folder}”.", folder=folder)) from error
    except PermissionError as error:
        raise ProjectError(
            tr("You do not have permission to read the project in “{folder}”.", folder=folder)
        ) from error
    except OSError as error:
        raise ProjectError(
            tr("Cannot read the project in “{folder}”: the disk did not respond.", folder=folder)
        ) from error


def is_older(folder: Path) -> bool:
    """Whether opening it for writing will bring it up to date, which takes minutes where it is large."""
    version = _version_of(folder)
    return version is not None and version < SCHEMA_VERSION


def is_newer(folder: Path) -> bool:
    """Whether a newer version of the app wrote it: it is only read then, from a copy, which takes a while.

    Where a version was killed before it closed, its number may stand in the log alone.
    """
    version = _version_of(folder)
    if version is None:
        return False
    return max(version, version_in_log(folder / LOG_NAME) or 0) > SCHEMA_VERSION


def check_not_newer(folder: Path) -> None:
    """Raise ProjectTooNew where a newer version of the app wrote it. Nothing is written beside it to find out."""
    if not is_newer(folder):
        return
    if (_version_of(folder) or 0) <= SCHEMA_VERSION:  # the log says so: SQLite knows which of its pages count
        place = copied_place(folder)
        try:
            if check_file(folder, place=place) <= SCHEMA_VERSION:
                return
        finally:
            place.release()
    raise too_new(folder)


def too_new(folder: Path) -> ProjectTooNew:
    """The project cannot be changed by this version."""
    return ProjectTooNew(
        tr(
            "The project “{name}” was made by a newer version of this app. This version can only open it "
            "read-only. Update the app to change it.",
            name=folder.stem,
        )
    )


def _version_of(folder: Path) -> int | None:
    """The schema version as the file's header has it; None where it has none."""
    try:
        with open(folder / DATABASE_NAME, "rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError:
        return None
    is_ours = header.startswith(_MAGIC) and len(header) == _HEADER_BYTES and _integer(header, 68) == APPLICATION_ID
    return _integer(header, 60) if is_ours else None


def check_can_write(folder: Path) -> None:
    """Raise ReadOnlyPlace where this person, or anybody, may only read."""
    if not (os.access(folder, os.W_OK) and os.access(folder / DATABASE_NAME, os.W_OK)):
        raise read_only_place(folder)


def read_only_place(folder: Path) -> ReadOnlyPlace:
    """The project is where nothing can be written."""
    return ReadOnlyPlace(
        tr(
            "The project “{name}” is in a place where you cannot write. It can only be opened read-only.",
            name=folder.stem,
        )
    )


def check_file(folder: Path, *, place: Place | None = None) -> int:
    """The schema version of the project in `folder`, which may be a newer one.

    Raises NotAProject or ProjectDamaged. All pages are checked where the last close was not a clean one;
    not with a `place` to read it from, as the project may be open elsewhere then.
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
        version, application = _check_pages(folder, place or Place(database), all_of_them=place is None)
    elif _is_cut_off(header, size):
        raise _damaged(folder, tr("its end is missing"))
    if application != APPLICATION_ID:
        raise NotAProject(tr("The file “{file}” is not a Lepton Studio project.", file=database))
    return version


def _closed_uncleanly(database: Path) -> bool:
    """A clean close leaves no write-ahead log, or an empty one."""
    log = database.with_name(database.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def _check_pages(folder: Path, place: Place, *, all_of_them: bool) -> tuple[int, int]:
    """(schema version, application id) with the write-ahead log taken into account. Raises ProjectDamaged."""
    try:
        with closing(place.connect()) as db:
            sound = not all_of_them or db.value("PRAGMA quick_check(1)") == "ok"
            version, application = int(db.value("PRAGMA user_version")), int(db.value("PRAGMA application_id"))
    except ProjectDamaged as error:
        raise _damaged(folder, tr("parts of it cannot be read")) from error
    if not sound:
        raise _damaged(folder, tr("parts of it are inconsistent"))
    return version, application


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
            "The file of the project “{name}” is damaged ({reason}). Nothing was changed. Restore it from "
            "a copy; there may be earlier versions in “{backups}”.",
            name=folder.stem,
            reason=reason,
            backups=folder / "backups",
        )
    )
