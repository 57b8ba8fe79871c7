"""What is done with the open project as a whole: copies, backups, a name, a check; and what is said of its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from lepton_studio.errors import sentence_of
from lepton_studio.language import tr
from lepton_studio.project.copies import Backup, Copied, backups, rename_project, restore
from lepton_studio.project.errors import ProjectError
from lepton_studio.ui.frame.backups_card import BackupsCard
from lepton_studio.ui.frame.window import Window
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.start.opening import OpenedProject


class ProjectFiles(QObject):
    """One for the window, whose events it looks at; all methods belong to its thread."""

    def __init__(self, window: Window, *, over: QWidget) -> None:
        super().__init__(over)
        self._window, self._over = window, over
        over.installEventFilter(self)
        self._banner = window.place_banner
        self._banner.asked.connect(self._save_from_banner)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        session = self._window.session
        if event.type() == QEvent.Type.WindowActivate and session is not None:
            session.keeping.look()  # somebody may have moved the folder in another program
        return super().eventFilter(watched, event)

    def follow(self, session: Session) -> None:
        """Show whether the work of this session is kept."""
        session.keeping.changed.connect(lambda: self._show_kept(session))
        self._show_kept(session)

    def choose(self) -> None:
        """Ask for a project's folder, and open it."""
        chosen = QFileDialog.getExistingDirectory(self._over, tr("Open a project (a folder ending in .lepton)"))
        if chosen:
            self._window.open_project(Path(chosen))

    def save_copy(self) -> None:
        """Ask where to, and copy the project beside the window."""
        session = self._window.session
        target = None if session is None else self._ask_where(session, tr("Save a copy of this project"))
        if session is not None and target is not None:
            session.keeping.save_copy(target, self._say_copied)

    def merge_copy(self) -> None:
        """Ask for a copy of the project that somebody else labelled, and say what merging it would do."""
        from lepton_studio.ui.frame.merge_card import MergeCard

        session = self._window.session
        if session is None:
            return
        near = str(session.project.folder.parent)
        title = tr("Choose a copy of this project (a folder ending in .lepton)")
        chosen = QFileDialog.getExistingDirectory(self._over, title, near)
        if chosen:
            MergeCard.over(self._window.toast.host).ask(session, Path(chosen))

    def save_elsewhere(self) -> None:
        """The folder is gone: save all that can still be read, go on there, and do again what was refused since."""
        session = self._window.session
        target = None if session is None else self._ask_where(session, tr("Save this project elsewhere"))
        if session is None or target is None:
            return

        def saved(copied: Copied) -> None:
            refused = tuple(session.keeping.refused)
            session.keeping.may_lose = True  # as it is done again in the new place
            if self._window.open_project(copied.folder) and self._window.session is not None:
                for write in refused:
                    self._window.session.perform(write)
                self._say_copied(copied)

        session.keeping.save_copy(target, saved)

    def rename(self) -> None:
        """Ask for another name; the project is closed for a moment, as its folder gets the name too."""
        from lepton_studio.ui.frame.rename_card import RenameCard

        session = self._window.session
        if session is not None:
            RenameCard.over(self._window.toast.host).ask(session.project.name, named=self._rename)

    def show_backups(self) -> None:
        """Show the backups, to open one beside the project."""
        session = self._window.session
        if session is not None:
            folder = session.project.folder
            card = BackupsCard.over(self._window.toast.host)
            card.show_backups(backups(folder), chosen=lambda backup: self._open_backup(session, backup))

    def say_not_opened(self, opened: OpenedProject) -> None:
        """Say why; where the project is damaged and has backups, they are a click away."""
        folder = opened.damaged
        found = backups(folder) if folder is not None else []
        if folder is None or not found:
            self._window.toast.say(opened.sentence, seconds=10)
            return

        def restored(backup: Backup) -> None:
            try:
                self._window.open_project(restore(folder, backup))
            except (ProjectError, OSError) as error:
                self._window.toast.say(sentence_of(error), seconds=10)

        def show() -> None:
            BackupsCard.over(self._window.toast.host).show_backups(found, chosen=restored)

        self._window.toast.say(opened.sentence, action=tr("Backups…"), run=show, seconds=60)

    def check(self) -> None:
        """Read all that the project holds, beside the window, and say what is damaged."""
        from lepton_studio.studio.project_check import check_project
        from lepton_studio.ui.frame.check_card import CheckCard

        session = self._window.session
        if session is not None:
            session.run_in_background(
                tr("Checking the project"),
                lambda progress: check_project(progress.project, progress=progress),
                CheckCard.over(self._window.toast.host).show_findings,
            )

    # ---------------------------------------------------------------------------------------------- its own steps

    def _rename(self, name: str) -> None:
        session = self._window.session
        if session is None or name == session.project.name:
            return
        folder = session.project.folder
        if not self._window.leave_project(lambda: self._rename_closed(folder, name)):
            return
        self._rename_closed(folder, name)

    def _rename_closed(self, folder: Path, name: str) -> None:
        sentence = tr("The project is now called “{name}”.", name=name)
        try:
            renamed = rename_project(folder, name)
            self._window.forget_project(folder)
        except (ProjectError, OSError) as error:
            renamed, sentence = folder, sentence_of(error)
        if self._window.open_project(renamed):
            self._window.toast.say(sentence, seconds=6)

    def _open_backup(self, session: Session, backup: Backup) -> None:
        folder = session.project.folder
        session.run_in_background(
            tr("Opening a backup"),
            lambda _progress: restore(folder, backup),
            self._window.open_project,
            can_cancel=False,
        )

    def _ask_where(self, session: Session, title: str) -> Path | None:
        """The folder of a new project."""
        near = session.project.folder.parent
        start = (near if near.is_dir() else Path.home()) / tr("{name} (copy)", name=session.project.name)
        chosen, _kind = QFileDialog.getSaveFileName(self._over, title, f"{start}.lepton")
        if not chosen:
            return None
        target = Path(chosen)
        return target if target.suffix == ".lepton" else target.with_name(f"{target.name}.lepton")

    def _say_copied(self, copied: Copied) -> None:
        said = tr("The project is saved in {folder}.", folder=copied.folder)
        self._window.toast.say(" ".join((said, *copied.lost)), seconds=10)

    def _save_from_banner(self) -> None:
        session = self._window.session
        if session is not None:
            ask: Callable[[], None] = self.save_elsewhere if session.keeping.is_gone else self.save_copy
            ask()

    def _show_kept(self, session: Session) -> None:
        if session is not self._window.session:
            return
        keeping = session.keeping
        self._window.header.saved.show_state(keeping.state, at=keeping.at, folder=session.project.folder)
        self._window.banner.says_saved = keeping.state in ("saved", "read_only")
        if keeping.is_gone:
            self._banner.say(
                str(session.project.gone()) + " " + tr("Everything saved before that can be saved elsewhere."),
                action=tr("Save elsewhere…"),
                tone="bad",
            )
        elif session.project.is_newer:
            self._banner.say(
                tr(
                    "This project was made by a newer version of this app and is open read-only. You can browse, "
                    "search, export and predict; nothing is changed. Update the app to change it."
                ),
                action=tr("Save a copy…"),
            )
        elif keeping.state == "read_only":
            self._banner.say(
                tr(
                    "This project is read-only: its folder cannot be written to, or the disk is full. You "
                    "can still browse, search, export and predict; nothing is changed."
                ),
                action=tr("Save a copy…"),
            )
        else:
            self._banner.hide()
