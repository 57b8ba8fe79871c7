"""Says once what correcting a test label does: it moves the score of every run that was measured by it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import PredictionFilter
from lepton_studio.ui.shared.session import Session

_MOST = 2000
"""Samples; a write that touches more is no correction by hand."""


class HeldOutNotice(QObject):
    """Watches the writes of a session. Its sentence is a toast, once a session; the scores themselves stay marked."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.was_said = False
        session.changed.connect(self._look)
        session.settled.connect(self._look)

    def _look(self, changes: Changes) -> None:
        if self.was_said or changes.structure or not changes.samples or len(changes.samples) > _MOST:
            return
        project, touched = self._session.project, tuple(changes.samples)
        for run in project.runs():
            if "test" not in run.scores:
                continue
            if project.prediction_count(run.id, PredictionFilter("test", samples=touched)) and project.fixes_since(
                run.id, "test"
            ):
                self.was_said = True
                self._session.said.emit(
                    tr(
                        "That is a test sample: a corrected test label changes the score of every run, and they are "
                        "marked. Look at the other test samples as well, not only at those that the model got wrong."
                    ),
                    False,
                )
            return
