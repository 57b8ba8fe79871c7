"""What SQLite says of the world, and what a damaged file makes of stored values, as sentences: one place for all."""

from __future__ import annotations

import json
import logging
import sqlite3
from typing import Any

from lepton_studio.language import tr
from lepton_studio.project.errors import (
    DiskFailed,
    NoSpace,
    ProjectBusy,
    ProjectDamaged,
    ProjectError,
    ProjectTooNew,
    ReadOnlyProject,
    TooLarge,
)

_log = logging.getLogger("lepton_studio.project")
_log.addHandler(logging.NullHandler())

_TEXT = frozenset({str})
_SAYS_DAMAGE = ("malformed", "no such table", "no such column", "no such index", "decode to UTF-8", "corrupt")
"""Parts of messages of SQLite that have no code of their own: our statements fit the tables that we made."""


def in_words(error: Exception, *, newer: bool = False) -> Exception:
    """The ProjectError that says it to a person; the error itself where it is our own mistake.

    `newer`: a newer version of the app wrote the file, so that a statement of ours may not fit its tables.

    The log gets the name of the error; its message may quote what is stored, or searched for.
    """
    if isinstance(error, OverflowError):
        return _too_large() if "INT_MAX" in str(error) else error
    if not isinstance(error, sqlite3.Error):
        return error
    said = _said_of_newer(error) if newer else _said(error)
    if isinstance(said, ProjectError):
        _log.warning("SQLite: %s", getattr(error, "sqlite_errorname", type(error).__name__))
    return said


def damaged() -> ProjectDamaged:
    """What is stored is not what was written."""
    return ProjectDamaged(
        tr("The project file is damaged. Nothing was changed. Check it (Project > Check), or open a backup.")
    )


def from_json(stored: object) -> Any:
    """The value of JSON that the project wrote. Raises ProjectDamaged where it is none any more."""
    try:
        return json.loads(stored)  # type: ignore[arg-type]  # what is stored may be of any type in a damaged file
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged() from error


def object_from_json(stored: object) -> dict[str, Any]:
    """As `from_json`, of what was written as an object."""
    found = {} if stored == "{}" else from_json(stored)
    if not isinstance(found, dict):
        raise damaged()
    return found


def text_of(*stored: object) -> None:
    """Raise ProjectDamaged unless all of these are texts, as they were written."""
    if not _TEXT.issuperset(map(type, stored)):
        raise damaged()


def _said_of_newer(error: sqlite3.Error) -> Exception:
    said = _said(error)
    if said is error or isinstance(said, ProjectDamaged):
        return cannot_read_newer()
    return said


def read_only_project() -> ReadOnlyProject:
    """A write to a project that is only read."""
    return ReadOnlyProject(tr("This project is open read-only."))


def cannot_read_newer() -> ProjectTooNew:
    """Something that a newer version of the app wrote, and this one cannot read."""
    return ProjectTooNew(
        tr(
            "A newer version of this app made this project, and this version cannot read that part of it. Update the "
            "app to see it. Nothing was changed."
        )
    )


def _said(error: sqlite3.Error) -> Exception:
    match getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return NoSpace(tr("The disk is full. Nothing was changed. Free some space and try again."))
        case sqlite3.SQLITE_READONLY:
            return read_only_project()
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
            return ProjectBusy(tr("Something else is writing to this project. Try again when it is done."))
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CONSTRAINT | sqlite3.SQLITE_MISMATCH:
            return damaged()
        case sqlite3.SQLITE_TOOBIG:
            return _too_large()
        case sqlite3.SQLITE_NOMEM:
            return ProjectError(tr("There is not enough memory for this. Close other programs and try again."))
        case sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return ProjectError(tr("The system does not allow this app to use the project's file."))
        case sqlite3.SQLITE_IOERR | sqlite3.SQLITE_CANTOPEN:
            return DiskFailed(tr("The disk did not respond. Nothing was changed. Check the disk and try again."))
        case sqlite3.SQLITE_ERROR if any(words in str(error) for words in _SAYS_DAMAGE):
            return damaged()
        case _:
            return error


def _too_large() -> TooLarge:
    return TooLarge(
        tr("A text or value is too large for a project: the limit is one billion bytes. Nothing was changed.")
    )
