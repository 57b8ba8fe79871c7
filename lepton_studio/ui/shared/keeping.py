"""Whether what the person does is kept: the mark that says "saved", the watch over the folder, backups now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.copies import Copied, back_up, backups, is_due, save_copy
from lepton_studio.project.errors import DiskFailed, NoSpace, ProjectGone
from lepton_studio.project.project import Project
from lepton_studio.ui.shared.background import WorkContext

if TYPE_CHECKING:
    from lepton_studio.ui.shared.session import Session

Kept = Literal["saved", "unsaved", "gone", "read_only"]
"""Every write is durable when it returns. "unsaved": the last one could not be made; "gone": none can be."""

_LOOK_EVERY = 5_000
_ANSWER_AFTER = 20
_BACK_UP_EVERY = 10 * 60_000
"""Milliseconds."""

Write = Callable[[Project], Changes | None]


class Keeping(QObject):
    """Owned by the session. `changed`: `state` or `at` is another now."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.state: Kept = "read_only" if session.project.read_only else "saved"
        self.at: datetime | None = None
        """When something was written last by this window."""
        self.refused: list[Write] = []
        """What could not be written since the folder is gone, in order: to be done again where the project is saved."""
        self.may_lose = False
        """The person wants to leave the project although something in `refused` is saved nowhere."""
        self._rescue: Project | None = None
        self._backed_up = session.project.write_count()
        self._has_no_room = False
        self._look: threading.Thread | None = None
        self._there: list[bool] = []
        """The answer of that thread, which knows nothing of Qt: the window may be gone before it comes."""
        self._answered = QTimer(self)
        self._answered.setInterval(_ANSWER_AFTER)
        self._answered.timeout.connect(self._take_look)
        if not session.project.read_only:
            self._rescue = session.project.clone()  # opened now: it reads the file even after that was deleted
            for work, every in ((self.look, _LOOK_EVERY), (self.back_up, _BACK_UP_EVERY)):
                timer = QTimer(self)
                timer.timeout.connect(work)
                timer.start(every)

    @property
    def is_gone(self) -> bool:
        """Whether the folder is not where it was opened."""
        return self.state == "gone"

    def wrote(self) -> None:
        """Something was written."""
        self.at = datetime.now()
        self._be("saved")

    def failed(self, error: Exception, write: Write) -> str:
        """Something was not written; a sentence for the person where that of the error stands in the banner already."""
        self.notice(error)
        if not isinstance(error, ProjectGone):
            return ""
        self.refused.append(write)
        return tr("Not saved. It will be redone once the project is saved elsewhere.")

    def notice(self, error: Exception) -> None:
        """An error of any work: it may be the disk's fault, and not that of what was to be written."""
        if isinstance(error, ProjectGone):
            self._be("gone")
        elif isinstance(error, NoSpace | DiskFailed) and self.state == "saved":
            self._be("unsaved")

    def look(self) -> None:
        """Look whether the folder is in its place, in a thread: a network drive may take long to answer."""
        if self._look is not None or not self._session.is_open:
            return
        project, there = self._session.project, self._there
        self._look = threading.Thread(
            target=lambda: there.append(project.is_in_place()), name="look for the project", daemon=True
        )
        self._look.start()
        self._answered.start()

    def back_up(self) -> None:
        """Make a backup beside the window if something was written since the last one."""
        project = self._session.project
        if self.state != "saved" or self._session.background.writer is not None:
            return
        count = project.write_count()
        if count == self._backed_up and (backups(project.folder) or not project.count()):
            return
        if not is_due(project):
            return

        def work(progress: WorkContext) -> Path | None:
            try:
                return back_up(progress.project, told=progress)
            except NoSpace as error:
                if self._has_no_room:
                    return None
                self._has_no_room = True
                raise error

        def done(_file: Path | None) -> None:
            self._backed_up = count

        self._session.run_in_background(tr("Making a backup"), work, done, quiet=True)

    def save_copy(self, folder: Path, done: Callable[[Copied], None]) -> None:
        """Copy the project beside the window, from a connection that still reads what is gone."""
        self._session.run_in_background(
            tr("Saving a copy"),
            lambda progress: save_copy(progress.project, folder, told=progress),
            done,
            through=self._rescue,
        )

    def close(self) -> None:
        """Let go of the file."""
        if self._rescue is not None:
            self._rescue.close()

    def _take_look(self) -> None:
        if not self._there:
            return
        self._answered.stop()
        self._look = None
        if not self._there.pop():
            self._be("gone")
        elif self.is_gone:  # it came back
            self._be("saved")
            for write in self._take_refused():
                self._session.perform(write)

    def _take_refused(self) -> list[Write]:
        refused, self.refused = self.refused, []
        return refused

    def _be(self, state: Kept) -> None:
        self.state = state
        self.changed.emit()
