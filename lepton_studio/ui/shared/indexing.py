"""Has the index of words follow the texts of a project, in a thread that lets every other write go first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.ui.shared.background import WorkContext

if TYPE_CHECKING:
    from lepton_studio.ui.shared.session import Session


class Indexing(QObject):
    """Owned by the session. It looks when the project is opened and when samples came: what was stopped goes on."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._goes_on = False
        session.changed.connect(self._take_changes)
        self.look()

    def look(self) -> None:
        """Index what is not in the index yet, unless that goes on already."""
        session = self._session
        if self._goes_on or session.project.read_only or not session.is_open or not session.project.texts_to_index:
            return
        self._goes_on = True
        session.run_in_background(
            tr("Indexing texts for the search"),
            _index,
            self._look_again,
            failed=lambda _error: self._stop(),
            quiet=True,
            is_awaited=False,
        )

    def _look_again(self, _answer: None) -> None:
        self._stop()
        self.look()

    def _stop(self) -> None:
        self._goes_on = False

    def _take_changes(self, changes: Changes) -> None:
        if changes.structure:
            self.look()


def _index(progress: WorkContext) -> None:
    progress.project.index_texts(should_stop=progress.should_stop)
