"""A connection to a project's database: how it is opened, what a transaction is, and SQLite's errors in words."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from lepton_studio.language import tr
from lepton_studio.project.errors import ProjectBusy, ProjectError, ProjectGone, ReadingEnded
from lepton_studio.project.gate import Gate
from lepton_studio.project.in_words import in_words
from lepton_studio.project.label_scores import margin_of
from lepton_studio.project.marks import SECOND_TEXT, media_digest
from lepton_studio.project.searchable import searchable

_ENCODER = json.JSONEncoder(separators=(",", ":"))

BUSY_SECONDS = 10.0
"""How long a write waits for another connection's write to end."""

_CACHE, _WIDE_CACHE = 8192, 65536
"""KiB of each connection, of which the window has several; and while many samples are written: a bulk import walks the
whole of the index of texts.
"""
_ROWS_AHEAD = 256
_STEPS_BETWEEN = 2000
"""Of SQLite's virtual machine."""
_LONGEST_PATH = 500
"""Bytes; SQLite takes 512 on Unix, the ends of its log's names included."""

LAST_MADE = "last_waiting"
"""The key in `meta` of the last waiting write that was made."""

NOT_RECORDED = 0
"""The value of `Connection.recording` while undo and redo put old states back."""


class Cursor(sqlite3.Cursor):
    """As in sqlite3, but what it says of the world (a full disk, damage, a lock) is raised as a ProjectError.

    To iterate reads some hundred rows ahead; `next` is not to be used.
    """

    connection: Connection

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        try:
            super().execute(sql, parameters)
            return self
        except (sqlite3.Error, OverflowError) as error:
            raise in_words(error, newer=self.connection.newer) from error

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        try:
            super().executemany(sql, parameters)
            return self
        except (sqlite3.Error, OverflowError) as error:
            raise in_words(error, newer=self.connection.newer) from error

    def executescript(self, script: str, /) -> Cursor:
        try:
            super().executescript(script)
            return self
        except sqlite3.Error as error:
            raise in_words(error, newer=self.connection.newer) from error

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except sqlite3.Error as error:
            raise in_words(error, newer=self.connection.newer) from error

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        try:
            return super().fetchmany(size)
        except sqlite3.Error as error:
            raise in_words(error, newer=self.connection.newer) from error

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except sqlite3.Error as error:
            raise in_words(error, newer=self.connection.newer) from error

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        while rows := self.fetchmany(_ROWS_AHEAD):
            yield from rows


@dataclass(frozen=True, slots=True)
class FileMark:
    """A file by its path and by what the system knows it by: SQLite goes on writing to one that was deleted."""

    path: Path
    device: int
    number: int

    @classmethod
    def of(cls, path: Path) -> FileMark:
        """The file that is at this path now. Raises OSError."""
        found = os.stat(path)
        return cls(path, found.st_dev, found.st_ino)

    def is_in_place(self) -> bool:
        """Whether this very file is still at its path; some microseconds, longer where a network does not answer."""
        try:
            found = os.stat(self.path)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (self.device, self.number)

    def gone(self) -> ProjectGone:
        """The error that says so."""
        return ProjectGone(
            tr(
                "The project is no longer in {folder}: its folder was moved, renamed or deleted, or its "
                "drive is gone. Nothing more will be written there.",
                folder=self.path.parent,
            )
        )


class Connection(sqlite3.Connection):
    """One connection; used by one thread at a time.

    `recording` is the history entry that the triggers of tracked tables write to. It is None outside of a change, and
    then every write to a tracked table fails.
    """

    recording: int | None = None
    file: FileMark | None = None
    """Which file this is; looked at again before each write."""
    gate: Gate | None = None
    """Who else writes to it; each transaction waits for its turn there."""
    makes: int | None = None
    """The number of the waiting write (waiting.py) that the next transaction makes."""
    newer: bool = False
    """A newer version of the app wrote the file, and its tables may be others than ours."""

    def cursor(self, factory: Any = None, /) -> Any:
        """Every cursor says SQLite's errors in words."""
        return super().cursor(factory or Cursor)

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        """As in sqlite3, through such a cursor."""
        made: Cursor = self.cursor()
        return made.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Cursor:
        """As `execute`."""
        made: Cursor = self.cursor()
        return made.executemany(sql, parameters)

    def executescript(self, script: str, /) -> Cursor:
        """As `execute`."""
        made: Cursor = self.cursor()
        return made.executescript(script)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all that is written inside, or nothing. Raises ProjectGone where the file is not in its place."""
        with self.turn():
            if self.file is not None and not self.file.is_in_place():
                raise self.file.gone()
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                if self.makes is not None:
                    self.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (LAST_MADE, self.makes))
                self.execute("COMMIT")
            except BaseException:
                if self.in_transaction:
                    self.execute("ROLLBACK")
                raise
            finally:
                self.recording = None

    def turn(self) -> AbstractContextManager[None]:
        """Whoever shares the gate does not write meanwhile; waits for its turn."""
        return nullcontext() if self.gate is None else self.gate.turn()

    @contextmanager
    def ended_when(self, asked: Callable[[], bool]) -> Iterator[None]:
        """End what is read inside as soon as `asked` says so; it is asked about every 50 µs. Raises ReadingEnded."""
        self.set_progress_handler(lambda: int(asked()), _STEPS_BETWEEN)
        try:
            yield
        except (sqlite3.Error, ProjectError) as error:
            if asked():
                raise ReadingEnded from error
            raise
        finally:
            self.set_progress_handler(None, 0)

    @contextmanager
    def widened(self) -> Iterator[None]:
        """Keep more of the file in memory while many rows are written."""
        self.execute(f"PRAGMA cache_size = -{_WIDE_CACHE}")
        try:
            yield
        finally:
            self.execute(f"PRAGMA cache_size = -{_CACHE}")

    def sync_later(self) -> None:
        """From now on a commit does not wait for the disk: it survives the death of the process when it returns, that
        of the machine once `sync_file` was called for the log. Somebody else is to move the log into the file.
        """
        self.execute("PRAGMA synchronous = NORMAL")
        self.execute("PRAGMA wal_autocheckpoint = 0")

    def empty_log(self) -> None:
        """Move the write-ahead log into the file, as far as that goes without waiting for anybody who reads."""
        with self.turn():  # it keeps writers out
            self.execute("PRAGMA busy_timeout = 0")
            try:
                with suppress(ProjectBusy):
                    self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                self.execute(f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}")

    def value(self, sql: str, values: tuple[object, ...] = ()) -> Any:
        """The first column of the first row, None where there is no row."""
        row = self.execute(sql, values).fetchone()
        return None if row is None else row[0]


def connect(database: Path, *, read_only: bool = False, immutable: bool = False) -> Connection:
    """Open the database. A commit that returned survives the death of process and machine (docs/decisions/0001).

    `immutable`: it lies where nobody can write; its log is not looked at. Raises ProjectError.
    """
    options = ("ro" if read_only else "rw") + ("&immutable=1" if immutable else "")
    try:
        db = sqlite3.connect(
            f"{database.resolve().as_uri()}?mode={options}",
            uri=True,
            factory=Connection,
            isolation_level=None,
            timeout=BUSY_SECONDS,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        if len(os.fsencode(database)) > _LONGEST_PATH:
            raise ProjectError(
                tr("The path of this project is too long. Move its folder to a place with a shorter path.")
            ) from error
        raise in_words(error) from error

    def recording_entry() -> int:
        if db.recording is None:
            raise RuntimeError("a tracked table is written to outside of a change")
        return db.recording

    try:
        if not read_only:
            db.file = FileMark.of(database)
        db.create_function("recording_entry", 0, recording_entry)
        db.create_function("searchable", 3, searchable, deterministic=True)
        db.create_function("margin_of", 1, margin_of, deterministic=True)
        db.execute(f"PRAGMA cache_size = -{_CACHE}")
        if not read_only:
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA fullfsync = ON")  # macOS: out of the drive's cache too; nothing elsewhere
    except OSError as error:
        db.close()
        raise ProjectError(
            tr("The disk did not respond. Nothing was changed. Check the disk and try again.")
        ) from error
    except BaseException:
        db.close()
        raise
    return db


def text_hash(text: str, fields: Mapping[str, str]) -> int:
    """What makes two texts identical: equal but for runs of white space, and at the ends. Pairs: both texts are. Of
    samples with a file: its content too, whatever it is called.

    64 bits of BLAKE2b, signed. Two among a million different texts share one with odds of 1 in 37 million.
    """
    if fields:
        text = " ".join(part for part in (text, fields.get(SECOND_TEXT, ""), media_digest(fields)) if part)
    plain = " ".join(text.split()).encode("utf-8", "replace")
    return int.from_bytes(blake2b(plain, digest_size=8).digest(), "big", signed=True)


def storable(text: str) -> str:
    """The text with half surrogate pairs, which UTF-8 cannot hold, replaced by U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _has_surrogate(text) else text


def one_line(text: str) -> str:
    """What a person typed into a field: storable, without NUL characters and outer white space."""
    return storable(text).replace("\0", "").strip()


def to_json(value: object) -> str:
    """Compact ASCII JSON: the form in which values are stored and compared."""
    return _ENCODER.encode(value)


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
