"""The project file: the one way to a project's samples, labels, decisions and runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from lepton_studio.errors import has_sentence
from lepton_studio.files import sync_file, sync_folder
from lepton_studio.language import tr
from lepton_studio.os_words import reason_of
from lepton_studio.private import private_folder
from lepton_studio.project import history, soundness, undoing, waiting, word_index
from lepton_studio.project.automations import AutomationRecords
from lepton_studio.project.change import Change
from lepton_studio.project.changes import Changes
from lepton_studio.project.connection import (
    LAST_MADE,
    NOT_RECORDED,
    Connection,
    FileMark,
    connect,
    storable,
)
from lepton_studio.project.errors import ProjectDamaged, ProjectError, ProjectExists, ProjectGone, ProjectTooOld
from lepton_studio.project.facts import Facts
from lepton_studio.project.gate import Gate
from lepton_studio.project.history import Step
from lepton_studio.project.in_words import cannot_read_newer, in_words, read_only_project, text_of
from lepton_studio.project.kept import Kept
from lepton_studio.project.labels import NO_OPTIONS, insert_label
from lepton_studio.project.ledger import Ledger
from lepton_studio.project.lock import ProjectLock
from lepton_studio.project.opening import (
    SCHEMA_VERSION,
    check_can_write,
    check_file,
    check_is_project,
    check_not_newer,
    is_newer,
    read_only_place,
    too_new,
)
from lepton_studio.project.places import DATABASE_NAME, Place, copied_place, reading_place
from lepton_studio.project.reads import Reads
from lepton_studio.project.waiting import CaughtUp
from lepton_studio.project.writes import Writes

_PAGES_AT_ONCE = 4096
_UNREADABLE = (ProjectDamaged, LookupError, ValueError, TypeError, AttributeError, sqlite3.Error)
"""What comes of values that are not what this version would have stored."""
_LARGE_LOG = 4 << 20
"""Bytes of the write-ahead log from which on it is moved into the file."""


def _tell_nobody(_done: int, _all: int) -> None:
    return None


class Project(Reads, Writes, Ledger, AutomationRecords, Kept, Facts):
    """An open project: a folder `Name.lepton/` with `project.db`, `runs/` and `backups/`.

    One thread at a time; `clone` gives another connection for another thread. Only one process has a project open for
    writing. Every write is durable when it returns, is one step of undo, and returns what it touched.
    """

    def __init__(
        self, folder: Path, db: Connection, *, lock: ProjectLock | None = None, place: Place | None = None
    ) -> None:
        """Use `create`, `open` or `clone`. With a lock it can be written to; with a place it is only read."""
        self.folder = folder
        self._db = db
        self._lock = lock
        self._place = place
        self.gate = Gate() if lock is None else lock.gate
        """In which order this project and its clones write; every transaction goes through it."""
        self.caught_up = CaughtUp()
        """What opening wrote of that which waited when a process died."""
        db.gate = self.gate
        self._closed = False
        meta = _read_meta(db)
        self.name: str = meta["name"]
        self.task_id: str = meta["task"]

    @classmethod
    def create(cls, folder: Path, *, task: str, labels: Sequence[str] = (), name: str | None = None) -> Project:
        """Make a new project in `folder` ("Name.lepton"), which must not exist or be empty, and open it.

        Raises ProjectExists, BadLabel. The folder appears whole or not at all. The first `labels` are no step of undo.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ProjectExists(tr("“{folder}” already exists. Choose another name.", folder=folder))
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=f".{folder.stem}-", dir=folder.parent))
        except OSError as error:
            raise ProjectError(
                tr("Cannot write to “{folder}”: {reason}.", folder=folder.parent, reason=reason_of(error))
            ) from error
        try:
            _fill(draft, task=task, labels=labels, name=name or folder.stem)
            if folder.exists():
                folder.rmdir()
            draft.rename(folder)
            sync_folder(folder.parent)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Project:
        """Open a project; one of an older version is brought up to date, after a copy went to `backups/`.

        With `read_only` it may be open for writing elsewhere, may lie where nothing can be written, and may be of a
        newer version of the app. Raises NotAProject, ReadOnlyPlace, ProjectInUse, ProjectTooNew, ProjectTooOld
        (read_only), ProjectDamaged; none of them leaves a trace in the file.
        """
        folder = Path(folder).absolute()
        if read_only:
            return cls._open_for_reading(folder)
        check_is_project(folder)
        check_not_newer(folder)
        check_can_write(folder)
        try:
            lock = ProjectLock(folder)
        except OSError as error:
            raise read_only_place(folder) from error
        try:
            version = check_file(folder)
            if version > SCHEMA_VERSION:  # a newer version had it a moment ago
                raise too_new(folder)
            if version < SCHEMA_VERSION:
                _bring_up_to_date(folder)
            project = cls(folder, connect(folder / DATABASE_NAME), lock=lock)
        except BaseException:
            lock.release()
            raise
        try:
            project.caught_up = waiting.catch_up(project)
        except BaseException:
            project.close()
            raise
        return project

    @classmethod
    def _open_for_reading(cls, folder: Path) -> Project:
        check_is_project(folder)
        place = copied_place(folder, newer=True) if is_newer(folder) else reading_place(folder)
        try:
            version = check_file(folder, place=place)
            if version > SCHEMA_VERSION:
                if not place.newer:
                    found, place = place, copied_place(folder, newer=True)
                    found.release()
                return cls._of_newer(folder, place)
            place = replace(place, newer=False)  # what the log seemed to say was torn
            if version < SCHEMA_VERSION:
                if os.access(folder, os.W_OK):
                    sentence = tr(
                        "The project “{name}” was made by an older version. Open it once to update it.",
                        name=folder.stem,
                    )
                    raise ProjectTooOld(sentence)
                place.release()
                place = copied_place(folder)
                _migrate(place.database)
            return cls(folder, place.connect(), place=place)
        except BaseException:
            place.release()
            raise

    @classmethod
    def _of_newer(cls, folder: Path, place: Place) -> Project:
        """Raises ProjectTooNew where not even the samples, labels and runs can be read."""
        try:
            project = cls(folder, place.connect(), place=place)
        except _UNREADABLE as error:
            raise cannot_read_newer() from error
        try:
            project.labels()
            project.split_counts()
            project.runs()
            project.samples(limit=1)
        except _UNREADABLE as error:
            project._db.close()
            raise cannot_read_newer() from error
        return project

    def clone(self) -> Project:
        """The same project through a connection of its own, to be used in another thread and closed there.

        Raises ProjectGone.
        """
        if self._place is not None:
            place = self._place.share()
            return Project(self.folder, place.connect(), place=place)
        if not self.is_in_place():
            raise self.gone()
        return Project(self.folder, connect(self.folder / DATABASE_NAME), lock=self._lock and self._lock.share())

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""
        return self._lock is None

    @property
    def is_newer(self) -> bool:
        """Whether a newer version of the app made it; it is read from a copy as it was when it was opened."""
        return self._place is not None and self._place.newer

    def told(self, error: Exception) -> Exception:
        """The error as it is to be told: what a newer version stored in another way is no damage, and no mistake."""
        is_of_values = isinstance(error, _UNREADABLE) and (isinstance(error, ProjectDamaged) or not has_sentence(error))
        return cannot_read_newer() if self.is_newer and is_of_values else error

    def check_writable(self) -> None:
        """Raise ReadOnlyProject where nothing may be written, in the file and beside it."""
        if self.read_only:
            raise read_only_project()

    @property
    def room(self) -> Path:
        """Where files go that can be made anew: its folder, or a temporary one where nothing is written to that."""
        room = None if self._place is None else self._place.room
        return self.folder if room is None else room.folder

    @property
    def media_folder(self) -> Path:
        """Where the files of samples are; absent while there are none."""
        return self.folder / "media"

    def is_in_place(self) -> bool:
        """Whether its file is still where it was opened. May wait as long as a network drive does; any thread."""
        return self._db.file is None or self._db.file.is_in_place()

    def gone(self) -> ProjectGone:
        """What to say where it is not."""
        return FileMark(self.folder / DATABASE_NAME, 0, 0).gone()

    def write_count(self) -> tuple[int, int]:
        """Another value whenever something was written, by this connection or by others."""
        return self._db.total_changes, int(self._db.value("PRAGMA data_version"))

    def sync_later(self) -> None:
        """Writes of this connection no longer wait for the disk; each is to be followed by a `sync`, in any thread.

        Between the two a power cut loses it; the death of the process does not (docs/decisions/0025).
        """
        if not self.read_only:
            self._db.sync_later()

    def sync(self) -> None:
        """Have all that was written on the disk; in any thread. Raises OSError, ProjectError."""
        if not self.is_in_place():
            raise self.gone()
        log = self.folder / f"{DATABASE_NAME}-wal"
        if log.exists():
            sync_file(log)
            if log.stat().st_size > _LARGE_LOG:
                with self.clone() as beside:
                    beside._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def copy_database(self, target: Path, *, told: Callable[[int, int], object] = _tell_nobody) -> None:
        """Write all that is in the file, in one state, to the new file `target`; works while the file is deleted.

        `told` (pages done, all) may raise to stop. Raises ProjectError, OSError; nothing is left then.
        """
        unfinished = target.with_name(target.name + ".part")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        try:
            with closing(sqlite3.connect(unfinished, isolation_level=None)) as copy, self.snapshot():
                self._db.value("SELECT count(*) FROM meta")  # from here on what others write is not seen
                try:
                    self._db.backup(
                        copy, pages=_PAGES_AT_ONCE, progress=lambda _status, left, every: told(every - left, every)
                    )
                except sqlite3.Error as error:
                    raise in_words(error) from error
                copy.execute("DELETE FROM meta WHERE key = 'queue'")  # runs wait in one project, not in each copy too
            with open(unfinished, "rb+") as written:
                os.fsync(written.fileno())
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)

    def faults_of_file(self) -> list[str]:
        """A sentence for each thing that is wrong with the file; reads all of it, changes nothing."""
        return soundness.faults_of_file(self._db)

    def close(self) -> None:
        """Close the connection; the last of a project and its clones frees it for others. Closing twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self._db.close()
        if self._lock is not None:
            self._lock.release()
        if self._place is not None:
            self._place.release()

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What cannot be read of a project of a newer version ends as a ProjectTooNew."""
        self.close()
        if isinstance(error, Exception) and (told := self.told(error)) is not error:
            raise told from error

    @contextmanager
    def change(self, name: str) -> Iterator[Change]:
        """Several writes as one step of undo, called `name`; an exception inside takes all of them back.

        Inside, write through the `Change`; its `result` says afterwards what was touched.
        """
        with self._step(name) as step:
            change = Change(self._db, step)
            try:
                yield change
            finally:
                change.close()
        change.close(step.changes)

    def add_label(
        self,
        name: str,
        *,
        color: str = "",
        key: str = "",
        description: str = "",
        options: Mapping[str, object] = NO_OPTIONS,
    ) -> Changes:
        """Add a label at the end of the list. Raises BadLabel when the name is empty or taken."""
        with self.change(tr("Add label “{name}”", name=name.strip())) as change:
            change.add_label(name, color=color, key=key, description=description, options=options)
        return change.result

    def undo(self) -> Changes | None:
        """Take the last change back, whatever it was and whenever; None when there is none."""
        return self._shrunk(undoing.undo(self._db))

    def redo(self) -> Changes | None:
        """Do again what was undone last; None when there is nothing."""
        return self._shrunk(undoing.redo(self._db))

    def index_texts(self, *, should_stop: Callable[[], bool] = bool) -> None:
        """Bring the index of words up to date; others write in between, and what is done stays. Raises ProjectError."""
        word_index.index_texts(self._db, should_stop=should_stop)

    def go_to(self, entry: int) -> Changes | None:
        """Bring back the state after an entry of the history, 0 for that before the first; None where it is there.

        What came since stays in the history. Raises NoSuchState (see `HistoryEntry.kept`).
        """
        return self._shrunk(undoing.go_to(self._db, entry))

    def write_waiting(self, number: int, write: Callable[[Project], Changes | None]) -> Changes | None:
        """Make a write of this number (see waiting.py): what it writes and its number come into the file at once."""
        self._db.makes = number
        try:
            return write(self)
        finally:
            self._db.makes = None

    def last_waiting(self) -> int:
        """The number of the last write that was made by `write_waiting`."""
        return int(self._db.value("SELECT value FROM meta WHERE key = ?", (LAST_MADE,)) or 0)

    @contextmanager
    def _step(self, name: str) -> Iterator[Step]:
        if self._db.in_transaction:
            raise RuntimeError("a change is open: write through it")
        with history.recorded_step(self._db, name) as step:
            yield step
        self._shrunk(step.changes)

    def _shrunk(self, changes: Changes | None) -> Changes | None:
        """After a bulk write the write-ahead log is as large as the write: empty it, unless somebody reads just now."""
        if changes is not None and changes.samples is None:
            self._db.empty_log()
        return changes


def _read_meta(db: Connection) -> dict[str, str]:
    """What is known of the project as a whole; closes the connection when it cannot be read."""
    try:
        meta = dict(db.execute("SELECT key, value FROM meta"))
        text_of(meta.get("name"), meta.get("task"))
    except BaseException:
        db.close()
        raise
    return meta


def _fill(folder: Path, *, task: str, labels: Sequence[str], name: str) -> None:
    """Make the contents of a project's folder."""
    from lepton_studio.project.schema import bring_up_to_date  # slow to import

    (folder / "runs").mkdir(mode=0o700)
    (folder / DATABASE_NAME).touch(mode=0o600)  # what SQLite makes beside it gets the same rights
    with closing(connect(folder / DATABASE_NAME)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        bring_up_to_date(db)
        with db.transaction():
            db.recording = NOT_RECORDED
            meta = {"name": storable(name), "task": task, "created": history.now(), "undos": 0, "uid": uuid4().hex}
            db.executemany("INSERT INTO meta VALUES (?, ?)", list(meta.items()))
            for label in labels:
                insert_label(db, label)


def _bring_up_to_date(folder: Path) -> None:
    """Copy the database to `backups/`, then migrate it."""
    with closing(connect(folder / DATABASE_NAME)) as db:
        private_folder(folder / "backups")
        moment = history.now()[:19].replace(":", "-")
        copy = folder / "backups" / f"version-{db.value('PRAGMA user_version')}-{moment}.db"
        unfinished = copy.with_suffix(".part")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
        db.execute("VACUUM INTO ?", (str(unfinished),))
        unfinished.replace(copy)
    _migrate(folder / DATABASE_NAME)


def _migrate(database: Path) -> None:
    from lepton_studio.project.schema import bring_up_to_date  # slow to import

    with closing(connect(database)) as db:
        bring_up_to_date(db)
