"""Opening and making projects: an open one, or the sentence that says why not."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from lepton_studio.contract.task import UnknownTask
from lepton_studio.errors import sentence_of
from lepton_studio.language import tr
from lepton_studio.project.errors import DiskFailed, NoSpace, ProjectDamaged, ProjectError, ProjectTooNew, ReadOnlyPlace
from lepton_studio.project.opening import is_newer, is_older
from lepton_studio.project.project import Project
from lepton_studio.tasks import all_tasks, task_named


@dataclass(frozen=True, slots=True)
class OpenedProject:
    """Either a project, or None and a sentence for the person."""

    project: Project | None
    sentence: str = ""
    damaged: Path | None = None
    """The folder of a project that cannot be opened as it is damaged; it may have backups."""


def open_project(folder: Path) -> OpenedProject:
    """Open a project that is there; for reading only where nothing can be written, or a newer version made it."""
    return _told(lambda: _beside(folder) if is_older(folder) or is_newer(folder) else _opened(folder), folder=folder)


def _beside(folder: Path) -> Project:
    """Open it in a thread; the window is painted meanwhile, and takes no keys and clicks."""
    if QCoreApplication.instance() is None:
        return _opened(folder)  # there is no window, and no event would ever end the loop
    loop, found = QEventLoop(), Future[Project]()

    def work() -> None:
        try:
            found.set_result(_opened(folder))
        except Exception as error:
            found.set_exception(error)
        loop.quit()

    QTimer.singleShot(0, loop, Thread(target=work, name="bring up to date", daemon=True).start)
    loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    return found.result()


def _opened(folder: Path) -> Project:
    """On a full disk people must be able to look, to export and to make room."""
    try:
        return Project.open(folder)
    except (ReadOnlyPlace, NoSpace, DiskFailed, ProjectTooNew):
        return Project.open(folder, read_only=True)


def create_project(folder: Path, *, task: str, labels: tuple[str, ...]) -> OpenedProject:
    """Make a new project."""
    return _told(lambda: Project.create(folder, task=task, labels=labels))


def open_sample_project(home: Path, *, task: str, texts: str = "") -> OpenedProject:
    """Open the sample project of a task below `home`, made when it is not there; of the first task, that with the
    `texts` chosen by their id.
    """

    def sample() -> Project:
        from lepton_studio.studio.sample_project import create_sample_project, first_samples

        chosen = next((one for one in first_samples()[1:] if one.id == texts), None)
        title = chosen.title if chosen is not None else "" if task == "text_classification" else all_tasks()[task].title
        folder = home / f"{tr('Sample project')}{f' ({tr(title)})' if title else ''}.lepton"
        return _opened(folder) if folder.exists() else create_sample_project(folder, task, texts=chosen)

    return _told(sample)


def _told(make: Callable[[], Project], *, folder: Path | None = None) -> OpenedProject:
    try:
        project = make()
    except ProjectDamaged as error:
        return OpenedProject(None, sentence_of(error), damaged=folder)
    except (ProjectError, OSError) as error:
        return OpenedProject(None, sentence_of(error))
    try:
        task_named(project.task_id)
    except UnknownTask as error:
        project.close()
        return OpenedProject(None, str(error))
    return OpenedProject(project)
