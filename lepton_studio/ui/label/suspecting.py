"""Labels that may be wrong: looked for when a person asks, then worked through, the likeliest errors first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from lepton_studio.language import tr
from lepton_studio.project.records import BY_GAIN, Filter
from lepton_studio.ui.shared.session import Session


class Suspecting(QObject):
    """`found(Filter)`: the samples to work through."""

    found = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._is_awaited = False
        session.instant.changed.connect(self._take)

    def find(self) -> None:
        """Look for them beside the window."""
        self._is_awaited = True
        self._session.said.emit(tr("Looking for label errors…"), False)
        self._session.instant.find_suspects()

    def _take(self) -> None:
        suspects = self._session.instant.suspects
        if not self._is_awaited or suspects is None:
            return
        self._is_awaited = False
        if suspects.found:
            self.found.emit(Filter(ids=tuple(suspects.by_sample), order=BY_GAIN))
        else:
            self._session.said.emit(tr("None of {n} labels looks wrong.", n=f"{suspects.judged:,}"), False)
