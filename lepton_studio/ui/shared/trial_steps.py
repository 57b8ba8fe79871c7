"""What is tried in a child before a run: a few steps, to say what it would take, how methods change texts, which
learning rate to use. It gives way to any run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from lepton_studio.errors import sentence_of
from lepton_studio.language import tr
from lepton_studio.runs.events import Estimated, Previewed, RateFound
from lepton_studio.runs.job import Recipe, TrialKind
from lepton_studio.runs.outcome import Outcome
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.workplace import Workplace

if TYPE_CHECKING:
    from lepton_studio.runs.runner import Runner
    from lepton_studio.studio.scratch import ScratchFolder


class TrialSteps(QObject):
    """One for a session; one trial at a time. Modules of runs and studio are imported on first use."""

    estimated = Signal(object)
    """Estimated."""
    ended = Signal(str)
    """A sentence: why there is no estimate; "" where there is one, or none is wanted any more."""
    answered = Signal(object)
    """Previewed or RateFound."""
    unanswered = Signal(str)
    """The trial of another kind is over; a sentence where it failed."""

    def __init__(self, session: Workplace, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._runner: Runner | None = None

    @property
    def is_going_on(self) -> bool:
        return self._runner is not None

    def start(
        self, *, model: str, recipe: Recipe, is_unwanted: Callable[[], bool], kind: TrialKind = "measure"
    ) -> None:
        """Begin, where no trial goes on; `is_unwanted` is asked again when the data is ready."""
        if self._runner is None:
            self._session.run_in_background(
                tr("Preparing the trial steps"),
                lambda progress: _prepare(progress, model=model, recipe=recipe, kind=kind),
                lambda folder: self._begin(folder, kind=kind, is_unwanted=is_unwanted),
                failed=lambda error: self._tell_end(kind, sentence_of(error)),
                quiet=True,
            )

    def stop(self) -> None:
        """A run is about to begin."""
        if self._runner is not None:
            self._runner.stop(keep=False)

    def close(self) -> None:
        """The window goes."""
        if self._runner is not None:
            self._runner.leave(detach=False)
            self._runner.retire()
            self._runner = None

    def _begin(self, folder: ScratchFolder, *, kind: TrialKind, is_unwanted: Callable[[], bool]) -> None:
        from lepton_studio.runs.runner import Runner
        from lepton_studio.studio.needs import need_of_measure

        if is_unwanted() or self._runner is not None:
            self._discard(folder)
            return
        job = folder.job()
        need = need_of_measure(job.model, job.recipe)
        runner = Runner(folder, children=self._session.child_owner, need=need, warm=True)
        runner.events_arrived.connect(self._take)
        runner.ended.connect(lambda outcome: self._end(folder, outcome, kind=kind))
        self._runner = runner
        runner.start()

    def _take(self, events: list[object]) -> None:
        for event in events:
            if isinstance(event, Estimated):
                self.estimated.emit(event)
            elif isinstance(event, Previewed | RateFound):
                self.answered.emit(event)

    def _end(self, folder: ScratchFolder, outcome: Outcome, *, kind: TrialKind) -> None:
        if self._runner is not None:
            self._runner.retire()
        self._runner = None
        self._discard(folder)
        self._tell_end(kind, "" if outcome.kind in ("finished", "thrown_away") else outcome.text_of_trial)

    def _tell_end(self, kind: TrialKind, sentence: str) -> None:
        (self.ended if kind == "measure" else self.unanswered).emit(sentence)

    def _discard(self, folder: ScratchFolder) -> None:
        from lepton_studio.studio.tuning import discard_measure

        self._session.run_in_background(
            tr("Preparing the trial steps"), lambda _progress: discard_measure(folder), lambda _gone: None, quiet=True
        )


def _prepare(progress: WorkContext, *, model: str, recipe: Recipe, kind: TrialKind) -> ScratchFolder:
    from lepton_studio.studio.tuning import prepare_measure

    return prepare_measure(progress.project, model=model, recipe=recipe, kind=kind)
