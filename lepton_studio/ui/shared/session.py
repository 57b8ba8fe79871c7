"""The open project and everything that can be done to it: the only object that pages get."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from lepton_studio.contract.task import Task
from lepton_studio.errors import Cancelled, StudioError, has_sentence, sentence_of
from lepton_studio.hub.connection import Connection, connection_of
from lepton_studio.language import tr
from lepton_studio.os_words import reason_of
from lepton_studio.project.changes import Changes
from lepton_studio.project.errors import DiskFailed, ReadOnlyProject
from lepton_studio.project.gate import Ticket
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, LabelId, PredictionFilter, RunId, RunRecord, Sample, SampleId
from lepton_studio.project.sample_writes import SampleWrite
from lepton_studio.runs.events import Event
from lepton_studio.runs.job import Recipe
from lepton_studio.runs.outcome import Outcome
from lepton_studio.settings import Settings
from lepton_studio.tasks import task_named
from lepton_studio.ui.shared.background import Background, Work, WorkContext
from lepton_studio.ui.shared.history_steps import HistorySteps
from lepton_studio.ui.shared.indexing import Indexing
from lepton_studio.ui.shared.instant import Instant
from lepton_studio.ui.shared.keeping import Keeping
from lepton_studio.ui.shared.model_desk import ModelDesk
from lepton_studio.ui.shared.run_scheduler import RunScheduler
from lepton_studio.ui.shared.similar import SimilarSamples
from lepton_studio.ui.shared.suggesting import Suggesting
from lepton_studio.ui.shared.writing import Done, Write, Writing

if TYPE_CHECKING:
    from lepton_studio.runs.children.owner import Children

T = TypeVar("T")


class Session(QObject):
    """One open project in one window. All methods and signals belong to the window's thread."""

    changed = Signal(object)
    """Changes: a write was done (by this window or by its background work), or is shown as done while it waits."""
    settled = Signal(object)
    """Changes: a write on a sample that was shown as done while it waited is in the project now."""
    run_changed = Signal(object)
    """RunRecord: a run was created, or its record changed."""
    run_events_arrived = Signal(int, list)
    """run id, list of wire events: at most one list per 50 ms."""
    run_ended = Signal(int, object)
    """run id, Outcome: after the run's results are in the project."""
    run_active_changed = Signal()
    stopping_stage_changed = Signal(str)
    """A stage of stopping ("asked", "terminating", "killing"); `runs.following.stage_sentence` phrases it."""
    estimated = Signal(object)
    """Estimated: the answer of `measure`."""
    measure_ended = Signal(str)
    """The measure job is over; a sentence when it failed, else ""."""
    failed = Signal(str)
    """A sentence: something did not work; shown as a toast."""
    said = Signal(str, bool)
    """A sentence for a toast, and whether it offers Undo."""
    closing = Signal()
    """The last moment to write; nothing else writes any more."""
    offered = Signal(object)
    """Offer: a sentence for a toast, with something to do about it."""
    history_requested = Signal()
    """Show the history."""
    fault_found = Signal(object)
    """Exception: a fault of ours in background work; the error banner takes it."""
    samples_requested = Signal(object)
    """Filter: show these samples on the Label page."""
    sample_requested = Signal(int)
    """sample id: show this one sample on the Label page."""
    predictions_requested = Signal(int, object)
    """run id, PredictionFilter: show these on the Inspect page."""
    settling_requested = Signal()
    """The samples on which people differ are wanted, on the Label page."""
    page_requested = Signal(str)
    """Page id."""
    hub_requested = Signal(str)
    """Models from the Hub are wanted; the name to look for, "" for none in particular."""
    model_fetched = Signal(str)
    """The name of a model of the Hub that is on this computer now."""
    model_chosen = Signal(str)
    """The name of a model to tune, chosen outside the Tune page."""
    models_requested = Signal()
    """The card of the models that come with the app is wanted."""

    settings_chosen = Signal(object)
    """dict of fields of `Settings`: the person chose something that is to be remembered."""

    def __init__(self, project: Project, parent: QObject | None = None, *, settings: Settings = Settings()) -> None:
        super().__init__(parent)
        self.project = project
        self.settings = settings
        self.hub: Callable[[], Connection] = lambda: connection_of(self.settings)
        """How the Hub is reached now; the window puts its own here, which knows a token that is kept nowhere."""
        self.task: Task[Any] = task_named(project.task_id)
        self.background = Background(self)
        self.writing = Writing(project, self)
        self.scheduler = RunScheduler(self, parent=self)
        self.suggesting = Suggesting(self)
        self.models: ModelDesk = ModelDesk(self)
        self.instant = Instant(self)
        self.similar = SimilarSamples(self)
        self.steps = HistorySteps(self)
        self.keeping = Keeping(self)
        self.writing.kept.connect(self.keeping.wrote)
        self.writing.not_kept.connect(self._say_not_kept)
        project.sync_later()
        self.is_open = True
        """False once closed: a timer that fires afterwards must find out."""
        self._children: Children | None = None
        self._forward_runs()
        self.indexing = Indexing(self)
        self.models.fault_found.connect(self.fault_found)
        self.closing.connect(self.models.cancel)

    # ------------------------------------------------------------------------------------------------ writing

    def perform(self, write: Write, *, say: str = "", done: Done | None = None) -> Changes | None:
        """Do one short write and tell every page; None when it could not be done (the person has been told why).

        Where something else is being written it is done beside the window, in its turn. A write on a sample
        (`SampleWrite`) is shown as done meanwhile and the answer names its sample; of any other the answer is empty.

        `say`: a sentence for a toast with Undo. `done` is told the result in place of the pages. Keep writes under some
        thousand rows; `perform_in_background` beyond.
        """
        if self.refuses():
            return None
        tell = done or (lambda changes: self._tell(changes, say=say))
        ticket = self.project.gate.ask_if_free()
        if ticket is None:
            return self._perform_in_turn(write, tell)
        with self.project.gate.turn(ticket):
            changes = self._written(write)
        if changes is not None:
            tell(changes)
        return changes

    def perform_in_background(self, title: str, write: Write, *, say: str = "", done: Done | None = None) -> None:
        """As `perform`, in a thread, for writes that touch many samples. What is asked for later is written later."""
        if self.refuses():
            return
        self.run_in_background(
            title,
            lambda progress: write(progress.project),
            done or (lambda changes: self._tell(changes, say=say)),
            failed=lambda error: self.keeping.failed(error, write),
            writes=True,
            can_cancel=False,
            ticket=self.project.gate.ask() if self.is_open else None,
        )

    def refuses(self) -> bool:
        """Whether nothing can be written, as the project is only read; says so to the person."""
        try:
            self.project.check_writable()
        except ReadOnlyProject as error:
            self.failed.emit(sentence_of(error))
            return True
        return False

    def sample(self, sample_id: SampleId) -> Sample:
        """One sample as the person left it, be it written already or not. Raises NoSuchSample."""
        return self.writing.shown(self.project.sample(sample_id))

    def _written(self, write: Write) -> Changes | None:
        try:
            changes = write(self.project) or self._nothing()
        except Exception as error:
            if not has_sentence(error):
                raise
            self.failed.emit(self.keeping.failed(error, write) or sentence_of(error))
            return None
        self.writing.sync()
        return changes

    def _perform_in_turn(self, write: Write, tell: Done) -> Changes:
        foreseen = self._nothing()
        if isinstance(write, SampleWrite):
            foreseen = replace(foreseen, samples=frozenset((write.sample,)))

        def done(changes: Changes | None) -> None:
            self.keeping.wrote()
            if isinstance(write, SampleWrite):
                self.settled.emit(changes or foreseen)
            else:
                tell(changes or self._nothing())

        def failed(error: Exception) -> None:
            if has_sentence(error):
                self.failed.emit(self.keeping.failed(error, write) or sentence_of(error))
            else:
                self.fault_found.emit(error)
            self.changed.emit(foreseen)  # back to what is true

        self.writing.add(write, done=done, failed=failed)
        if isinstance(write, SampleWrite):
            tell(foreseen)
        elif writer := self.background.writer:
            self.said.emit(tr("This will be done as soon as “{title}” has finished.", title=writer.title), False)
        return foreseen

    def _nothing(self) -> Changes:
        return Changes("", self.project.history_position())

    def _tell(self, changes: Changes | None, *, say: str) -> None:
        if changes is not None:
            self.changed.emit(changes)
            if say:
                self.said.emit(say, True)

    def _say_not_kept(self, error: Exception) -> None:
        self.keeping.notice(error if isinstance(error, StudioError) else DiskFailed(sentence_of(error)))
        if not self.keeping.is_gone:
            self.failed.emit(
                tr(
                    "Your last edits are not safely on disk: {reason}. They are kept as long as this window is open.",
                    reason=reason_of(error.__cause__ or error),
                )
            )

    # ------------------------------------------------------------------------------------------- beside the window

    def run_in_background(
        self,
        title: str,
        work: Callable[[WorkContext], T],
        done: Callable[[T], object],
        *,
        failed: Callable[[Exception], object] | None = None,
        writes: bool = False,
        quiet: bool = False,
        can_cancel: bool = True,
        is_awaited: bool = True,
        through: Project | None = None,
        ticket: Ticket | None = None,
    ) -> Work:
        """Run `work` in a thread; the window shows `title`, how far, how long yet and Cancel (unless `quiet`).

        `work` gets a `WorkContext`: `progress(done, total)`, `progress.should_stop()`, `progress.project` (its own
        connection). `done` gets its answer in the window's thread. An error with a sentence becomes a toast, after
        `failed(error)` where given. `writes`: it writes much; what the person does meanwhile waits for it.
        `is_awaited`: a person asked for it, so that closing the window is to ask first. `through`:
        a connection to use in place of a new one. `ticket`: its place in the order of writes.
        """
        job = Work(title, writes=writes, quiet=quiet, can_cancel=can_cancel, is_awaited=is_awaited)

        def finished(answer: T) -> None:
            if writes:
                self.keeping.wrote()
            done(answer)

        def told(error: Exception) -> None:
            error = self.project.told(error)
            self.keeping.notice(error)
            if failed is not None:
                failed(error)
            if isinstance(error, Cancelled):
                if not quiet:
                    self.said.emit(tr("Cancelled: {title}", title=title), False)
            elif has_sentence(error):
                self.failed.emit(sentence_of(error))
            else:
                self.fault_found.emit(error)

        if self.is_open:
            self.background.run(
                job, project=self.project, function=work, done=finished, failed=told, through=through, ticket=ticket
            )
        return job

    # ---------------------------------------------------------------------------------------------------- runs

    @property
    def child_owner(self) -> Children:
        """The owner of all children of this session, made when it is first asked for."""
        if self._children is None:
            from lepton_studio.runs.children.owner import Children

            self._children = Children()
        return self._children

    @property
    def has_child_owner(self) -> bool:
        """Whether there is an owner yet: who only asks what goes on need not make one."""
        return self._children is not None

    def person_acted(self) -> None:
        """A person is at work just now: tuning gives way."""
        if self._children is not None:
            self._children.person_acted()

    @property
    def active_run(self) -> RunRecord | None:
        """The run that is going on or being stopped; None otherwise."""
        return self.scheduler.active_run

    def start_run(self, *, model: str, recipe: Recipe) -> None:
        """Freeze the data and tune, at once or when its turn comes; `failed` says why it cannot."""
        if not self.refuses():
            self.scheduler.start(model=model, recipe=recipe)

    def resume_run(self, run_id: RunId) -> None:
        """Go on with an interrupted run from its newest checkpoint, at once or when its turn comes."""
        if not self.refuses():
            self.scheduler.resume(run_id)

    def stop_run(self, *, keep: bool) -> None:
        """Stop the active run: keep the best model so far, or throw the run away."""
        self.scheduler.stop(keep=keep)

    def pause_run(self) -> None:
        """Stop the active run with a checkpoint from which `resume_run` goes on."""
        self.scheduler.pause()

    def measure(self, *, model: str, recipe: Recipe) -> None:
        """Try a few steps in a child; `estimated` answers. Ignored while a run or another measure goes on."""
        self.scheduler.measure(model=model, recipe=recipe)

    def _forward_runs(self) -> None:
        runs = self.scheduler
        for here, there in (
            (self.changed, runs.changed),
            (self.run_changed, runs.run_changed),
            (self.run_events_arrived, runs.events_arrived),
            (self.run_ended, runs.run_ended),
            (self.run_active_changed, runs.active_changed),
            (self.stopping_stage_changed, runs.stopping_stage_changed),
            (self.estimated, runs.trial.estimated),
            (self.measure_ended, runs.trial.ended),
        ):
            there.connect(here)
        runs.said.connect(lambda sentence: self.said.emit(sentence, False))

    # ---------------------------------------------------------------------------------------------- navigation

    def remember(self, **choices: str | bool | tuple[str, ...]) -> None:
        """Keep these fields of the settings for the next time."""
        self.settings = replace(self.settings, **choices)  # type: ignore[arg-type]
        self.settings_chosen.emit(choices)

    def show_samples(self, which: Filter) -> None:
        """Open the Label page on these samples."""
        self.samples_requested.emit(which)

    def show_predictions(self, run_id: RunId, which: PredictionFilter) -> None:
        """Open the Inspect page on these predictions."""
        self.predictions_requested.emit(run_id, which)

    def open_page(self, page_id: str) -> None:
        """Open a page by its id: data, label, tune, inspect, out."""
        self.page_requested.emit(page_id)

    def relabeller(self, mapping: Mapping[LabelId, LabelId | None]) -> Callable[[object], object | None]:
        """The `relabel` that `Project.merge_labels` and `delete_label` ask for, in terms of this task's values."""
        labels = self.project.labels()

        def relabel(stored: object) -> object | None:
            value = self.task.relabel(self.task.parse(stored, labels), mapping)
            return None if value is None else self.task.dump(value)

        return relabel

    # ------------------------------------------------------------------------------------------------- closing

    def close(self, *, keep_running: bool = False) -> None:
        """End the session: `keep_running` lets the active run go on without the window, else it can be resumed."""
        self.is_open = False
        self.scheduler.close(keep_running=keep_running)
        if self._children is not None:
            self._children.close()
        self.background.close()
        self.instant.close()
        self.closing.emit()
        self.writing.close()
        self.keeping.close()
        self.project.close()


def new_project_folder(parent: Path, name: str) -> Path:
    """The folder that a project of this name gets below `parent`."""
    return parent / f"{name.strip()}.lepton"


__all__ = ["Event", "Outcome", "Session", "new_project_folder"]
