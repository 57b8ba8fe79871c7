"""The runs of a session: frozen in a thread, queued, followed one at a time, their results collected."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import RunId, RunRecord
from lepton_studio.runs.events import Event, Stepped
from lepton_studio.runs.folder import RunFolder
from lepton_studio.runs.job import Recipe, TrialKind
from lepton_studio.runs.outcome import Outcome
from lepton_studio.ui.shared.background import WorkContext
from lepton_studio.ui.shared.trial_steps import TrialSteps
from lepton_studio.ui.shared.workplace import Workplace

if TYPE_CHECKING:
    from lepton_studio.runs.runner import Runner
    from lepton_studio.studio.queueing import Begun
    from lepton_studio.studio.tuning import LeftRun


class RunScheduler(QObject):
    """One for a session. Modules of runs and studio are imported on first use."""

    changed = Signal(object)
    """Changes: of the runs, or of what preparing one gave splits to."""
    run_changed = Signal(object)
    """RunRecord: a run was begun or is over."""
    events_arrived = Signal(int, list)
    """run id, list of wire events."""
    run_ended = Signal(int, object)
    """run id, Outcome: after the run's results are in the project."""
    active_changed = Signal()
    """Another run is at work, or none; or one begins or ends to be prepared."""
    queue_changed = Signal()
    """Other runs wait, in another order, or for something else."""
    stopping_stage_changed = Signal(str)
    said = Signal(str)
    """A sentence for a toast."""

    def __init__(self, session: Workplace, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._run: RunRecord | None = None
        self._runner: Runner | None = None
        self._preparing = 0
        self._is_beginning = False
        self.trial = TrialSteps(session, parent=self)
        self._waiting: tuple[RunRecord, ...] = ()
        self.last_step: Stepped | None = None
        """The newest step of the active run, for "run 7: 62%"."""
        self.silent_since: float | None = None
        """When (`time.monotonic`) the active run's child was last heard of, while it does not respond."""
        self.waits_for = ""
        """A sentence: what the active run waits for before it can begin, such as memory."""

    # -------------------------------------------------------------------------------------------------- state

    @property
    def active_run(self) -> RunRecord | None:
        """As it was when it began or went on: asked for many times a second, so that nothing is read for it."""
        return self._run

    @property
    def queued_runs(self) -> tuple[RunRecord, ...]:
        """The runs that wait, the next one first."""
        return self._waiting

    @property
    def is_preparing(self) -> bool:
        """Whether a run is being frozen, or is about to begin."""
        return self._preparing > 0 or self._is_beginning

    @property
    def is_busy(self) -> bool:
        """Whether a run is being prepared, going on or being collected. Others may wait for it."""
        return self.is_preparing or self._run is not None

    # ------------------------------------------------------------------------------------------------- actions

    def start(self, *, model: str, recipe: Recipe) -> None:
        """Freeze what the run trains on; it begins at once, or waits behind others."""
        self._prepare(lambda project, told: _queue_run(project, told, model=model, recipe=recipe))

    def resume(self, run_id: RunId) -> None:
        """Go on with an interrupted run, at once or behind others."""
        self._prepare(lambda project, told: _queue_resume(project, told, run_id))

    def move(self, run_id: RunId, *, by: int) -> None:
        """Let a run that waits be so many places later, earlier where `by` is below 0."""
        self._change_queue(lambda project: _move(project, run_id, by=by))

    def take_out(self, run_id: RunId) -> None:
        """Take a run out of the queue."""
        self._change_queue(lambda project: _take_out(project, run_id))

    def stop(self, *, keep: bool) -> None:
        if self._runner is not None:
            self._runner.stop(keep=keep)

    def pause(self) -> None:
        if self._runner is not None:
            self._runner.pause()

    def measure(self, *, model: str, recipe: Recipe) -> None:
        """Try a few steps, unless a run is at work or waits."""
        if not self.is_busy and not self._waiting:
            self.trial.start(model=model, recipe=recipe, is_unwanted=lambda: self.is_busy)

    def try_out(self, kind: TrialKind, *, model: str, recipe: Recipe) -> None:
        """As `measure`, for a trial of another kind."""
        if not self.is_busy and not self._waiting:
            self.trial.start(model=model, recipe=recipe, is_unwanted=lambda: self.is_busy, kind=kind)

    def look_for_left_runs(self) -> None:
        """Follow again a run that went on without the window, say of a dead one that it was interrupted, and go on with
        the queue."""
        project = self._session.project
        if (
            self._session.is_open
            and not project.read_only
            and any(run.status in ("running", "queued") for run in project.runs())
        ):
            self._session.run_in_background(
                tr("Looking for interrupted runs"), _left_runs, self._take_left_runs, quiet=True
            )

    def close(self, *, keep_running: bool) -> None:
        """The window goes: the run goes on without it, or saves a checkpoint and ends. Waits for neither."""
        if self._runner is not None:
            self._runner.leave(detach=keep_running)
            self._runner.retire()
            self._runner = None
        self.trial.close()

    # ------------------------------------------------------------------------------------------ from step to step

    def _prepare(self, prepare: Callable[[Project, Callable[[Changes], object]], RunRecord]) -> None:
        self.trial.stop()
        self._preparing += 1
        self.active_changed.emit()
        given: list[Changes] = []

        def ready(run: RunRecord) -> None:
            self._preparing -= 1
            for changes in given:
                self.changed.emit(changes)
            self.run_changed.emit(run)
            is_next = self._run is None and not self._waiting
            self._read_queue()
            self._begin_next()
            if not is_next:
                self.active_changed.emit()
                self.said.emit(tr("Run {number} was added to the queue.", number=run.number))

        self._session.run_in_background(
            tr("Preparing the run"),
            lambda progress: prepare(progress.project, given.append),
            ready,
            failed=lambda _error: self._give_up(),
            quiet=True,
            can_cancel=False,
        )

    def _give_up(self) -> None:
        self._preparing -= 1
        self.active_changed.emit()

    def _change_queue(self, change: Callable[[Project], Changes]) -> None:
        def done(changes: Changes) -> None:
            self._read_queue()
            self.changed.emit(changes)

        self._session.run_in_background(
            tr("Changing the queue"), lambda progress: change(progress.project), done, quiet=True, can_cancel=False
        )

    def _read_queue(self) -> None:
        from lepton_studio.studio.queueing import queued_runs

        self._waiting = queued_runs(self._session.project)
        self.queue_changed.emit()

    def _begin_next(self) -> None:
        """Begin with the next run, where none is at work."""
        if self._run is not None or self._is_beginning or not self._waiting or not self._session.is_open:
            return
        self._is_beginning = True
        self.active_changed.emit()

        def begun(found: Begun | None) -> None:
            self._is_beginning = False
            if found is not None:
                self._follow(found.run, found.folder, resume=found.resume)
            self._read_queue()
            if found is None:
                self.active_changed.emit()

        def failed(_error: Exception) -> None:
            self._is_beginning = False
            self.active_changed.emit()

        self._session.run_in_background(
            tr("Preparing the run"),
            lambda progress: _begin_next(progress.project),
            begun,
            failed=failed,
            quiet=True,
            can_cancel=False,
        )

    def _follow(self, run: RunRecord, folder: RunFolder, *, resume: bool, adopt: bool = False) -> None:
        from lepton_studio.runs.runner import Runner
        from lepton_studio.studio.needs import need_of_run

        need = need_of_run(run)
        runner = Runner(folder, children=self._session.child_owner, need=need, resume=resume, adopt=adopt)
        runner.events_arrived.connect(self._take_events)
        runner.ended.connect(self._collect)
        runner.waits.connect(self._note_waiting)
        runner.stopping_stage_changed.connect(self.stopping_stage_changed)
        runner.responding_changed.connect(self._note_responding)
        self._runner, self._run, self.last_step, self.silent_since = runner, run, None, None
        self.waits_for = ""
        runner.start()
        self.run_changed.emit(run)
        self.active_changed.emit()

    def _take_events(self, events: list[Event]) -> None:
        steps = [event for event in events if isinstance(event, Stepped)]
        if steps:
            self.last_step = steps[-1]
        self.waits_for = ""
        if self._run is not None:
            self.events_arrived.emit(self._run.id, events)

    def _note_waiting(self, sentence: str) -> None:
        self.waits_for = sentence
        self.queue_changed.emit()

    def _note_responding(self, responding: bool) -> None:
        from lepton_studio.runs.monitoring import PATIENCE

        self.silent_since = None if responding else time.monotonic() - PATIENCE.silence

    def _collect(self, outcome: Outcome) -> None:
        begun = self._run
        if begun is None or self._runner is None:
            return
        self._runner.retire()
        self._runner = None

        def collected(changes: Changes | None) -> None:
            self._forget_run()
            if changes is not None:
                self.changed.emit(changes)
            run = self._session.project.run(begun.id)
            self.run_changed.emit(run)
            self.active_changed.emit()
            self.run_ended.emit(begun.id, outcome)
            self.said.emit(tr("Run {number}: {what}", number=run.number, what=outcome.text))
            self._begin_next()

        def failed(_error: Exception) -> None:
            self._forget_run()
            self.active_changed.emit()
            self._begin_next()

        self._session.run_in_background(
            tr("Reading the results of run {number}", number=begun.number),
            lambda progress: _collect_run(progress, begun.id, outcome),
            collected,
            failed=failed,
            can_cancel=False,
        )

    def _forget_run(self) -> None:
        self._run = self.last_step = None

    def _take_left_runs(self, left: tuple[list[tuple[LeftRun, RunFolder]], tuple[RunRecord, ...]]) -> None:
        runs, unsettled = left
        for one, folder in runs:
            if one.alive and self._run is None:
                self._follow(one.run, folder, resume=False, adopt=True)
        for run in (*(one.run for one, _ in runs if not one.alive), *unsettled):
            self.run_changed.emit(run)
            self.said.emit(tr("Run {number}: {what}", number=run.number, what=run.sentence))
        self._read_queue()
        self._begin_next()


def _queue_run(project: Project, told: Callable[[Changes], object], *, model: str, recipe: Recipe) -> RunRecord:
    from lepton_studio.studio.queueing import queue_run

    return queue_run(project, model=model, recipe=recipe, on_changes=told)


def _queue_resume(project: Project, told: Callable[[Changes], object], run_id: RunId) -> RunRecord:
    from lepton_studio.studio.queueing import queue_resume

    return queue_resume(project, run_id, on_changes=told)


def _move(project: Project, run_id: RunId, *, by: int) -> Changes:
    from lepton_studio.studio.queueing import move_queued

    return move_queued(project, run_id, by=by)


def _take_out(project: Project, run_id: RunId) -> Changes:
    from lepton_studio.studio.queueing import take_out

    return take_out(project, run_id)


def _begin_next(project: Project) -> Begun | None:
    from lepton_studio.studio.queueing import begin_next

    return begin_next(project)


def _collect_run(progress: WorkContext, run_id: RunId, outcome: Outcome) -> Changes:
    from lepton_studio.studio.tuning import collect_run

    return collect_run(progress.project, run_id, outcome)


def _left_runs(progress: WorkContext) -> tuple[list[tuple[LeftRun, RunFolder]], tuple[RunRecord, ...]]:
    """Runs that were left "running", with their folders, and those that waited and do not any more."""
    from lepton_studio.studio.queueing import settle_queue
    from lepton_studio.studio.tuning import left_runs, run_folder

    project = progress.project
    return [(one, run_folder(project, one.run)) for one in left_runs(project)], settle_queue(project)
