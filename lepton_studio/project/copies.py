"""Copies of a project: a whole one elsewhere, and backups of the database beside it, made now and then."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lepton_studio.files import remove_tree
from lepton_studio.language import tr
from lepton_studio.private import private_folder
from lepton_studio.project.connection import connect
from lepton_studio.project.errors import NoSpace, ProjectError, ProjectExists
from lepton_studio.project.history import now
from lepton_studio.project.places import DATABASE_NAME
from lepton_studio.project.project import Project

Told = Callable[[int, int], object]
"""Called with (done, all); may raise to stop."""

_NOT_COPIED = ("scratch-*", "process.json", "run.lock", "control")
_PARTS = ("word_list", "media")
"""Folders of a project, beside the database and the runs."""
_KEPT, _KEPT_DAYS, _KEPT_LARGE = 4, 7, 2
_LARGE = 200 << 20
"""From so many bytes on few backups are kept."""
_PAUSE_LARGE = 3600.0
"""Seconds between two backups of such a project."""


@dataclass(frozen=True, slots=True)
class Copied:
    """Where the copy is, and a sentence for each thing that could not be copied."""

    folder: Path
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup of the database; `at` in local time."""

    file: Path
    at: datetime
    size: int


def save_copy(project: Project, folder: Path, *, told: Told = lambda _done, _all: None) -> Copied:
    """Make the new project `folder` with all that the open one holds, wherever its own folder is by now.

    The folder appears whole or not at all. Raises ProjectExists, ProjectError, OSError and what `told` raises.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectExists(tr("“{folder}” already exists. Choose another name.", folder=folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = _new_draft(folder)
    lost: list[str] = []
    try:
        project.copy_database(draft / DATABASE_NAME, told=told)
        _copy_parts(project, draft, lost)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return Copied(folder, tuple(lost))


def back_up(project: Project, *, told: Told = lambda _done, _all: None) -> Path:
    """Add a backup of the database as it is now, and remove old ones. Raises NoSpace, ProjectError, OSError."""
    size = (project.folder / DATABASE_NAME).stat().st_size
    if shutil.disk_usage(project.folder).free < 3 * size:
        raise NoSpace(tr("There is not enough space to back up this project. Free some space on its disk."))
    folder = private_folder(project.folder / "backups")
    file = folder / f"auto-{now()[:19].replace(':', '-')}.db"
    project.copy_database(file, told=told)
    for one in _superfluous(backups(project.folder), large=size > _LARGE):
        one.file.unlink(missing_ok=True)
    return file


def is_due(project: Project) -> bool:
    """Whether a backup is due by the time that has passed: those of a large project are fewer."""
    newest = next(iter(backups(project.folder)), None)
    large = (project.folder / DATABASE_NAME).stat().st_size > _LARGE
    return newest is None or not large or (datetime.now() - newest.at).total_seconds() > _PAUSE_LARGE


def backups(folder: Path) -> list[Backup]:
    """Those of the project in `folder`, the newest first."""
    found = []
    for file in (folder / "backups").glob("*.db"):
        stat = file.stat()
        found.append(Backup(file, datetime.fromtimestamp(stat.st_mtime), stat.st_size))
    return sorted(found, key=lambda one: one.at, reverse=True)


def restore(folder: Path, backup: Backup) -> Path:
    """A new project beside `folder` with what the backup holds; the folder of the new one. `folder` is not touched.

    Raises ProjectError, OSError.
    """
    moment = f"{backup.at:%Y-%m-%d %H.%M.%S}"
    target = folder.with_name(f"{folder.stem} ({moment}).lepton")
    if target.exists():
        return target
    draft = _new_draft(target)
    try:
        (draft / DATABASE_NAME).touch(mode=0o600)
        shutil.copyfile(backup.file, draft / DATABASE_NAME)
        for part in ("runs", *_PARTS):
            if (folder / part).is_dir():
                shutil.copytree(folder / part, draft / part, symlinks=True, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        with closing(connect(draft / DATABASE_NAME)) as db:
            db.execute("UPDATE meta SET value = value || ? WHERE key = 'name'", (f" ({moment})",))
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return target


def rename_project(folder: Path, name: str) -> Path:
    """Give a closed project another name and its folder with it; the new folder. Raises ProjectExists, ProjectError."""
    target = folder.with_name(f"{name.strip()}.lepton")
    if target != folder and target.exists() and not target.samefile(folder):
        raise ProjectExists(tr("A project with this name already exists."))
    with Project.open(folder) as project:
        project.rename(name)
    try:
        folder.rename(target)
    except OSError as error:
        raise ProjectError(
            tr("The project is now called {name}, but its folder could not be renamed.", name=name.strip())
        ) from error
    return target


def _new_draft(folder: Path) -> Path:
    """An empty folder beside the one to make; what a killed copy left there goes."""
    draft = folder.with_name(f".{folder.stem}.part")
    remove_tree(draft, inside=folder.parent)
    return private_folder(draft)


def _copy_parts(project: Project, draft: Path, lost: list[str]) -> None:
    """Models, word list and the files of samples, as far as they can still be read."""
    private_folder(draft / "runs")
    for run in project.runs():
        source = project.runs_folder / run.folder
        try:
            shutil.copytree(
                source, draft / "runs" / run.folder, symlinks=True, ignore=shutil.ignore_patterns(*_NOT_COPIED)
            )
        except OSError:
            shutil.rmtree(draft / "runs" / run.folder, ignore_errors=True)
            lost.append(tr("The model of run {number} could not be copied: its files are missing.", number=run.number))
    sentences = {
        "word_list": tr("The word list could not be copied."),
        "media": tr("The pictures and other files of samples could not all be copied."),
    }
    for part in _PARTS:
        try:
            if (project.folder / part).is_dir():
                shutil.copytree(project.folder / part, draft / part)
        except OSError:
            lost.append(sentences[part])


def _superfluous(found: Iterable[Backup], *, large: bool) -> list[Backup]:
    """All but the newest few and the last of each of the last days; copies made before a migration stay."""
    own = [one for one in found if one.file.name.startswith("auto-")]
    if large:
        return own[_KEPT_LARGE:]
    last_of_day = {one.at.date(): one for one in reversed(own)}
    days = sorted(last_of_day, reverse=True)[:_KEPT_DAYS]
    kept = {one.file for one in (*own[:_KEPT], *(last_of_day[day] for day in days))}
    return [one for one in own if one.file not in kept]
