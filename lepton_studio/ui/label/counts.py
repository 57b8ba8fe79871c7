"""How much is labelled, counted beside the window and never more often than is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal

from lepton_studio.language import tr
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, LabelId
from lepton_studio.ui.shared.session import Session


@dataclass(frozen=True, slots=True)
class Counts:
    """Samples, labelled ones, and decisions per label."""

    samples: int = 0
    labelled: int = 0
    per_label: Mapping[LabelId, int] = field(default_factory=dict)
    again: str = ""
    """How often the same answer was given again, in a sentence; "" where nothing was asked again."""


class Counter(QObject):
    """`counted(Counts)` soon after `ask`; several asks in a row are one count."""

    counted = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._counting = False
        self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(60)
        self._timer.timeout.connect(self._count)

    def ask(self) -> None:
        """Something changed: count again."""
        if not self._timer.isActive():
            self._timer.start()

    def _count(self) -> None:
        if not self._session.is_open:
            return
        if self._counting:
            self._again = True
            return
        self._counting = True
        self._session.run_in_background(
            tr("Counting samples"), lambda progress: count(progress.project), self._take, failed=self._fail, quiet=True
        )

    def _take(self, counts: Counts) -> None:
        self._counting = False
        self.counted.emit(counts)
        if self._again:
            self._again = False
            self.ask()

    def _fail(self, _error: Exception) -> None:
        self._counting = False


def count(project: Project) -> Counts:
    """Count now."""
    from lepton_studio.studio.self_agreement import self_agreement, self_agreement_sentence

    again = self_agreement_sentence(self_agreement(project)) if project.review_counts("again").reviewed else ""
    return Counts(project.count(), project.count(Filter(state="labelled")), project.label_counts(), again)
