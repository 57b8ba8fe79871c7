"""Says once what correcting a test label does: it moves the score of every run that was measured by it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import PredictionFilter, SampleId
from lepton_studio.ui.shared.looking import Look
from lepton_studio.ui.shared.session import Session

_MOST = 2000
"""Samples; a write that touches more is no correction by hand."""


class HeldOutNotice(QObject):
    """Watches the writes of a session. Its sentence is a toast, once a session; the scores themselves stay marked."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.was_said = False
        self._touched: frozenset[SampleId] = frozenset()
        self._look_up = Look(session, tr("Looking for test samples"))
        session.changed.connect(self._look)
        session.settled.connect(self._look)

    def _look(self, changes: Changes) -> None:
        if self.was_said or changes.structure or not changes.samples or len(changes.samples) > _MOST:
            return
        self._touched |= changes.samples
        touched = tuple(self._touched)
        self._look_up.ask(lambda project: _is_corrected(project, touched), self._say)

    def _say(self, corrected: bool) -> None:
        self._touched = frozenset()
        if corrected and not self.was_said:
            self.was_said = True
            self._session.said.emit(
                tr(
                    "This is a test sample. Correcting it changes the scores of all runs; affected scores "
                    "are marked. Review the other test samples too, not only the ones the model got wrong."
                ),
                False,
            )


def _is_corrected(project: Project, touched: tuple[SampleId, ...]) -> bool:
    """Whether one of these is a test sample of the newest run that was tested, and annotations there changed since."""
    run = next((run for run in project.runs() if "test" in run.scores), None)
    return (
        run is not None
        and project.prediction_count(run.id, PredictionFilter("test", samples=touched)) > 0
        and project.fixes_since(run.id, "test") > 0
    )
