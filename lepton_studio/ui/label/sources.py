"""The sources of suggestions as they are measured now, and which one the person chose."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from lepton_studio.contract.task import Input
from lepton_studio.language import tr
from lepton_studio.project.agreement import Agreement
from lepton_studio.project.project import Project
from lepton_studio.project.records import SampleId
from lepton_studio.project.suggestion_settings import SuggestionSettings
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.session import Session

if TYPE_CHECKING:
    from lepton_studio.studio.sources import Source

_GROWN = 10
"""Measured anew after so many decisions more, or fewer."""


class Sources(QObject):
    """Owned by what suggests. `measured`: the best first. `find`: the word list in use. `agreement`: of people with
    suggestions, as of the last measuring. `changed`: they were measured anew; `chose`: the person chose
    another one.
    """

    changed = Signal()
    chose = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.measured: tuple[Source, ...] = ()
        self.find: Callable[[Input], Any | None] | None = None
        self.settings = session.project.suggestion_settings()
        self.agreement = Agreement()
        self._decisions = -1
        self._is_measuring = False
        self._said: set[int] = set()
        """Runs of which the person was told that they suggest now."""
        session.instant.changed.connect(self._take_instant)

    @property
    def chosen(self) -> str:
        """The source that the person chose; "" for the one that is right most often."""
        return self.settings.source

    @property
    def is_ranked(self) -> bool:
        """Whether anything is known of how good they are, or one is chosen."""
        return bool(self.chosen) or any(one.is_measured for one in self.measured)

    def favours_instant(self, beats_by_scores: bool) -> bool:
        """Whether the instant model counts before the newest run: as long as that is not better on the test samples
        beyond chance; where both were not measured there, by the scores that each has of itself.
        """
        from lepton_studio.studio.sources import takes_over

        on_test = {one.predictor.kind for one in self.measured if one.on == "test" and one.is_measured}
        return takes_over(self.measured) is None if on_test >= {"run", "instant"} else beats_by_scores

    @property
    def project(self) -> Project:
        """Whose they are."""
        return self._session.project

    def measure(self) -> None:
        """Find out beside the window how good each is."""
        if self._is_measuring:
            return
        self._is_measuring = True
        model, find = self._session.instant.model, self.find
        self._decisions = 0 if model is None else model.decisions

        def work(progress: WorkContext) -> tuple[tuple[Source, ...], Agreement]:
            from lepton_studio.studio.sources import measure_sources

            project = progress.project
            return measure_sources(project, model=model, find=find), project.agreement()

        self._session.run_in_background(
            tr("Measuring suggestions"), work, self._take, failed=lambda _error: self._end(), quiet=True
        )

    def set(self, settings: SuggestionSettings) -> None:
        """Let this source suggest, and hide so much; kept in the project."""
        if settings != self.settings:
            self.settings = settings
            self._session.perform(lambda project: project.set_suggestion_settings(settings))
            self.changed.emit()
            self.chose.emit()

    def hides(self, sample: SampleId) -> bool:
        """Whether chance chose this sample: what is suggested of it is hidden until the person has answered."""
        return Random(f"answer first {sample}").random() < self.settings.hidden

    def _take(self, read: tuple[tuple[Source, ...], Agreement]) -> None:
        from lepton_studio.studio.sources import takes_over, takes_over_words

        self._is_measuring = False
        found, self.agreement = read
        self.measured = found
        over = takes_over(found)
        if over is not None and over[0].predictor.id not in self._said and not self.chosen:
            self._said.add(over[0].predictor.id)
            self._session.said.emit(takes_over_words(*over), False)
        self.changed.emit()

    def _end(self) -> None:
        self._is_measuring = False

    def _take_instant(self) -> None:
        model = self._session.instant.model
        decisions = 0 if model is None else model.decisions
        if model is not None and model.score is not None and abs(decisions - self._decisions) >= _GROWN:
            self.measure()
