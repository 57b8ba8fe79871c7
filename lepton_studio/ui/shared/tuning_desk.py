"""The active run of a session: prepared in a thread, followed by a Runner, its results collected into the project."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from lepton_studio.errors import sentence_of
from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import RunId, RunRecord
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.outcome import Outcome
from lepton_studio.runs.wire import Estimated, Stepped
from lepton_studio.ui.shared.background import Progress

if TYPE_CHECKING:
    from lepton_studio.runs.runner import Runner, SparePool
    from lepton_studio.studio.scratch import ScratchFolder
    from lepton_studio.ui.shared.session import Session


Prepared = tuple[RunId, RunFolder, str, Changes | None]
"""The run, its folder, its base model, and what preparing it changed in the project."""


class TuningDesk(QObject):
    """Owned by the session, which forwards to it. Modules of runs and studio are imported on first use."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._spares: SparePool | None = None
        self._runner: Runner | None = None
        self._run_id: RunId | None = None
        self._run: RunRecord | None = None
        self._preparing = False
        self._measuring: Runner | None = None
        self.last_step: Stepped | None = None
        """The newest step of the active run, for "run 7: 62 %"."""
        self.silent_since: float | None = None
        """When (`time.monotonic`) the active run's child was last heard of, while it does not respond."""

    # -------------------------------------------------------------------------------------------------- state

    @property
    def active_run(self) -> RunRecord | None:
        """As it was when it began or went on: asked for many times a second, so that nothing is read for it."""
        return self._run

    @property
    def is_busy(self) -> bool:
        """Whether a run is being prepared, going on or being collected."""
        return self._preparing or self._run_id is not None

    @property
    def is_measuring(self) -> bool:
        return self._measuring is not None

    def warm_spare(self) -> None:
        """Keep one child ready, its imports done. Call it some seconds after the first paint."""
        if self._spares is None:
            from lepton_studio.runs.runner import SparePool

            self._spares = SparePool(self)
        self._spares.warm()

    # ------------------------------------------------------------------------------------------------- actions

    def start(self, *, model: str, recipe: Recipe) -> None:
        if self.is_busy:
            self._session.failed.emit(tr("A run is going on already. Stop it first, or wait until it is done."))
            return
        self._cancel_measure()
        self._prepare(lambda project: _prepare_run(project, model=model, recipe=recipe), resume=False)

    def resume(self, run_id: RunId) -> None:
        if self.is_busy:
            self._session.failed.emit(tr("A run is going on already. Stop it first, or wait until it is done."))
            return
        self._cancel_measure()
        self._prepare(lambda project: _prepare_resume(project, run_id), resume=True)

    def stop(self, *, keep: bool) -> None:
        if self._runner is not None:
            self._runner.stop(keep=keep)

    def pause(self) -> None:
        if self._runner is not None:
            self._runner.pause()

    def measure(self, *, model: str, recipe: Recipe) -> None:
        if self.is_busy or self._measuring is not None:
            return
        self._session.run_in_background(
            tr("Preparing the trial steps"),
            lambda progress: _prepare_measure(progress, model=model, recipe=recipe),
            self._start_measure,
            failed=lambda error: self._session.measure_ended.emit(sentence_of(error)),
            quiet=True,
        )

    def look_for_left_runs(self) -> None:
        """Follow again a run that went on without the window; say of a dead one that it was interrupted."""
        if (
            self._session.is_open
            and not self._session.project.read_only
            and any(run.status == "running" for run in self._session.project.runs())
        ):
            self._session.run_in_background(
                tr("Looking for interrupted runs"), _left_runs, self._take_left_runs, quiet=True
            )

    def close(self, *, keep_running: bool) -> None:
        for runner, detach in ((self._runner, keep_running), (self._measuring, False)):
            if runner is not None:
                runner.leave(detach=detach)
                runner.wait()
        self._runner = self._measuring = None
        if self._spares is not None:
            self._spares.close()
            self._spares = None

    # ------------------------------------------------------------------------------------------ from step to step

    def _prepare(self, prepare: Any, *, resume: bool) -> None:
        self._preparing = True
        self._session.run_active_changed.emit()

        def ready(answer: Prepared) -> None:
            self._preparing = False
            run_id, folder, model, changes = answer
            if changes is not None:
                self._session.changed.emit(changes)
            self._follow(run_id, folder, model=model, resume=resume)

        self._session.run_in_background(
            tr("Preparing the run"),
            lambda progress: prepare(progress.project),
            ready,
            failed=lambda _error: self._give_up(),
            quiet=True,
            can_cancel=False,
        )

    def _give_up(self) -> None:
        self._preparing = False
        self._session.run_active_changed.emit()

    def _follow(self, run_id: RunId, folder: RunFolder, *, model: str, resume: bool, adopt: bool = False) -> None:
        from lepton_studio.runs.process import needs_network
        from lepton_studio.runs.runner import Runner

        child = None
        if not adopt and self._spares is not None:
            child = self._spares.take(online=needs_network(model))
        runner = Runner(folder, resume=resume, child=child, adopt=adopt, parent=self)
        runner.events_arrived.connect(self._take_events)
        runner.ended.connect(self._collect)
        runner.stopping_stage_changed.connect(self._session.stopping_stage_changed)
        runner.responding_changed.connect(self._note_responding)
        self._runner, self._run_id, self.last_step, self.silent_since = runner, run_id, None, None
        runner.start()
        self._run = self._session.project.run(run_id)
        self._session.run_changed.emit(self._run)
        self._session.run_active_changed.emit()

    def _take_events(self, events: list[object]) -> None:
        steps = [event for event in events if isinstance(event, Stepped)]
        if steps:
            self.last_step = steps[-1]
        if self._run_id is not None:
            self._session.run_events_arrived.emit(self._run_id, events)

    def _note_responding(self, responding: bool) -> None:
        from lepton_studio.runs.monitoring import PATIENCE

        self.silent_since = None if responding else time.monotonic() - PATIENCE.silence

    def _collect(self, outcome: Outcome) -> None:
        run_id = self._run_id
        if run_id is None:
            return
        self._drop(self._runner)
        self._runner = None

        def collected(changes: Any) -> None:
            self._run_id = self._run = self.last_step = None
            if changes is not None:
                self._session.changed.emit(changes)
            run = self._session.project.run(run_id)
            self._session.run_changed.emit(run)
            self._session.run_active_changed.emit()
            self._session.run_ended.emit(run_id, outcome)
            self._session.said.emit(tr("Run {number}: {what}", number=run.number, what=outcome.text), False)
            QTimer.singleShot(1000, self._warm_again)

        self._session.run_in_background(
            tr("Reading the results of run {number}", number=run_id),
            lambda progress: _collect_run(progress, run_id, outcome),
            collected,
            failed=lambda _error: self._forget_run(),
            can_cancel=False,
        )

    def _forget_run(self) -> None:
        self._run_id = self._run = self.last_step = None
        self._session.run_active_changed.emit()

    def _warm_again(self) -> None:
        if self._spares is not None:
            self._spares.warm()

    def _take_left_runs(self, left: list[tuple[RunRecord, RunFolder, bool]]) -> None:
        for run, folder, alive in left:
            if alive and self._run_id is None:
                self._follow(run.id, folder, model=run.model, resume=False, adopt=True)
            elif not alive:
                self._session.run_changed.emit(run)
                self._session.said.emit(tr("Run {number}: {what}", number=run.number, what=run.sentence), False)

    # --------------------------------------------------------------------------------------------------- measure

    def _start_measure(self, folder: ScratchFolder) -> None:
        from lepton_studio.runs.runner import Runner

        if self.is_busy:
            _discard_measure(folder)
            return
        runner = Runner(folder, parent=self)
        runner.events_arrived.connect(self._take_measure)
        runner.ended.connect(lambda outcome: self._end_measure(folder, outcome))
        self._measuring = runner
        runner.start()

    def _take_measure(self, events: list[object]) -> None:
        for event in events:
            if isinstance(event, Estimated):
                self._session.estimated.emit(event)

    def _end_measure(self, folder: ScratchFolder, outcome: Outcome) -> None:
        self._drop(self._measuring)
        self._measuring = None
        _discard_measure(folder)
        self._session.measure_ended.emit("" if outcome.kind in ("finished", "thrown_away") else outcome.text)

    def _cancel_measure(self) -> None:
        if self._measuring is not None:
            self._measuring.stop(keep=False)

    def _drop(self, runner: Runner | None) -> None:
        if runner is not None:
            runner.wait()
            runner.deleteLater()


def _prepare_run(project: Any, *, model: str, recipe: Recipe) -> Prepared:
    from lepton_studio.studio.tuning import prepare_run

    changed: list[Changes] = []
    run, folder = prepare_run(project, model=model, recipe=recipe, on_changes=changed.append)
    return run.id, folder, run.model, changed[0] if changed else None


def _prepare_resume(project: Any, run_id: RunId) -> Prepared:
    from lepton_studio.studio.tuning import prepare_resume

    return run_id, prepare_resume(project, run_id), project.run(run_id).model, None


def _prepare_measure(progress: Progress, *, model: str, recipe: Recipe) -> ScratchFolder:
    from lepton_studio.studio.tuning import prepare_measure

    return prepare_measure(progress.project, model=model, recipe=recipe)


def _discard_measure(folder: ScratchFolder) -> None:
    from lepton_studio.studio.tuning import discard_measure

    discard_measure(folder)


def _collect_run(progress: Progress, run_id: RunId, outcome: Outcome) -> Any:
    from lepton_studio.studio.tuning import collect_run

    return collect_run(progress.project, run_id, outcome)


def _left_runs(progress: Progress) -> list[tuple[RunRecord, RunFolder, bool]]:
    from lepton_studio.studio.tuning import left_runs, run_folder

    return [(one.run, run_folder(progress.project, one.run), one.alive) for one in left_runs(progress.project)]
