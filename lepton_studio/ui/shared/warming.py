"""Has the child that waits load the encoder that the project's texts will be read by, before a person asks for it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.session import Session

_CALM = 1000
"""Milliseconds after the last change of the samples."""


class Warming(QObject):
    """Owned by the session. Looks which encoder fits, in a thread: at once, and after samples came or went."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._calm = QTimer(self, singleShot=True, interval=_CALM)
        self._calm.timeout.connect(self.look)
        session.changed.connect(self._take_changes)
        self.look()

    def look(self) -> None:
        """Tell the owner of the children."""
        session = self._session
        if session.is_open:
            session.run_in_background(
                tr("Looking at the language of the texts"),
                _encoder_for,
                session.child_owner.warm,
                quiet=True,
                is_awaited=False,
            )

    def _take_changes(self, changes: Changes) -> None:
        if changes.structure:
            self._calm.start()


def _encoder_for(progress: WorkContext) -> str:
    from lepton_studio.studio.proposing import encoder_for

    return encoder_for(progress.project)
