"""The Tune page: choices and the check on the left, the run in view with its curves and all runs on the right."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import PredictionFilter, RunId, RunRecord
from lepton_studio.runs.curves import metric_rows
from lepton_studio.runs.events import Event
from lepton_studio.runs.monitoring import StopStage
from lepton_studio.studio.tuning import delete_run, run_folder
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.chart_menu import offer_chart
from lepton_studio.ui.shared.page import Page
from lepton_studio.ui.shared.read_only import grey_if_only_read
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.tune.compare import WIDTH, ComparePanel
from lepton_studio.ui.tune.curves import RunCurves, curve_panels, read_curves, shape_of
from lepton_studio.ui.tune.judge import Judge
from lepton_studio.ui.tune.ledger import LedgerPanel
from lepton_studio.ui.tune.live import LivePanel
from lepton_studio.ui.tune.queue import QueuePanel
from lepton_studio.ui.tune.start import StartPanel
from lepton_studio.ui.tune.watch import RunWatch
from lepton_studio.widgets.curve_plot import CurvePlot
from lepton_studio.widgets.empty_state import EmptyState, NextStep
from lepton_studio.widgets.layouts import column, line, row

_CLOCK_MS = 250
_BESIDE = 760
"""Pixels; from this width on two runs are compared beside the one in view."""
_ANY = 16_777_215


class TunePage(Page):
    """Keys: Ctrl+Return starts; in the list of runs Space compares, Enter inspects, Delete removes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        # Each part is born where it stays: a new parent would bring the style sheet to all that is in it once more.
        self._right = QStackedWidget(self)
        self._split = QSplitter(Qt.Orientation.Vertical, self._right)
        self._top = QWidget(self._split)
        self.left = StartPanel(session, self)
        self.curves = CurvePlot(curve_panels(session.task), parent=self._top)
        offer_chart(self.curves, self.curves, name="curves", say=lambda said: session.said.emit(said, False))
        self.live = LivePanel(session.task, curves=self.curves, parent=self._top)
        self.compare = ComparePanel(session.task, parent=self._top)
        self._below = QWidget(self._split)
        self.queue = QueuePanel(session.task, parent=self._below)
        self.ledger = LedgerPanel(session.task, parent=self._below)
        self.runs = self.ledger.runs
        self.empty = EmptyState(
            "tune",
            tr("Nothing tuned yet"),
            sentence=self._what_is_missing(),
            steps=[NextStep(tr("Label samples"), lambda: session.open_page("label"))],
            parent=self._right,
        )
        self.judge = Judge(session, self)
        self._watch: RunWatch | None = None
        self._waiting: dict[RunId, list[Event]] = {}
        self._read: dict[RunId, RunCurves] = {}
        self._opened = False
        self._clock = QTimer(self)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self._show_watch)
        self._lay_out()
        self._connect()
        ledger = self.ledger
        writing = (self.left.start, self.live.resume, ledger.resume, ledger.delete, ledger.really, self.queue)
        grey_if_only_read(session.project, *writing)

    # ---------------------------------------------------------------------------------------------------- page

    def refresh(self) -> None:
        """Read the runs, and look at the labels again."""
        self._show_runs()
        self._show_queue()
        newest = self.runs.current_run()
        if not self._opened and newest is not None:
            self.left.show_choices_of(newest)
        self._opened = True
        self.left.check_again()

    def show_changes(self, changes: Changes) -> None:
        if changes.runs:
            self._show_runs()
        else:
            self.judge.look(self.runs.compared())
        self.left.check_again()

    def activate(self) -> None:
        super().activate()
        self._clock.start()

    def deactivate(self) -> None:
        super().deactivate()
        self._clock.stop()
        self.left.rest()

    def show_run(self, run_id: RunId) -> None:
        """Bring a run into view."""
        self.runs.choose(run_id)
        self._show_current()

    def actions_of_page(self) -> Sequence[Action]:
        return (
            Action("tune.start", tr("Start tuning"), self.left.start_run, "Ctrl+Return", "tune", self.left.may_ask),
            Action("tune.stop", tr("Stop the run…"), self._ask_stop, "Ctrl+.", "tune", self._is_running),
            Action("tune.inspect", tr("Inspect the selected run"), self._inspect, "", "tune", self._has_scores),
            Action("tune.resume", tr("Resume the selected run"), self._resume, "", "tune", self._may_resume),
            Action(
                "tune.further",
                tr("Tune the selected run further"),
                self._tune_further,
                "",
                "tune",
                self.ledger.may_go_further,
            ),
            Action(
                "tune.delete",
                tr("Delete the selected run…"),
                self.ledger.ask_delete,
                "",
                "tune",
                self.ledger.may_delete,
            ),
            Action("tune.zoom", tr("Show the full curves"), self.curves.reset_view, "", "tune"),
        )

    # ---------------------------------------------------------------------------------------------- a run at work

    def _take_events(self, run_id: RunId, events: list[Event]) -> None:
        if run_id in self._waiting:
            self._waiting[run_id].extend(events)
            return
        if not events:
            return  # a run that is over is read, not watched
        now = time.monotonic()
        watch = self._watch_of(run_id)
        for event in events:
            watch.take(event, now=now)
            for step, name, value in metric_rows(event):
                self.curves.append(run_id, name, step, value)

    def _watch_of(self, run_id: RunId) -> RunWatch:
        if self._watch is None or self._watch.run != run_id:
            self._watch = RunWatch(run_id, time.monotonic(), self.session.task)
        return self._watch

    def _show_watch(self) -> None:
        active, current = self.session.active_run, self.runs.current_run()
        if self._watch is not None and active is not None and current is not None and current.id == active.id:
            self._watch.silent_since = self.session.scheduler.silent_since
            self._watch.waits_for = self.session.scheduler.waits_for
            self.live.show_watch(self._watch, now=time.monotonic())

    def _run_active_changed(self) -> None:
        active = self.session.active_run
        if active is not None and (self._watch is None or self._watch.run != active.id):
            self._watch = RunWatch(active.id, time.monotonic(), self.session.task)
            self._read.pop(active.id, None)
            self._load(active.id)
            self.runs.show_runs(self.session.project.runs())
            self.runs.choose(active.id)
        self._show_queue()
        self._show_right()
        if self.session.scheduler.is_preparing and active is None:
            self.live.begin(0)
        else:
            self._show_current()

    def _run_ended(self, run_id: RunId, _outcome: object) -> None:
        self._watch = None
        self._read.pop(run_id, None)
        self._show_runs()

    def _show_queue(self) -> None:
        runs = self.session.scheduler
        self.queue.show_queue(runs.queued_runs, is_working=runs.is_busy)
        self.left.show_state()

    def _ask_stop(self) -> None:
        active = self.session.active_run
        if active is not None:
            self.show_run(active.id)
            self.live.ask_stop(True)

    def _stage_changed(self, stage: str) -> None:
        stages: dict[str, StopStage] = {"asked": "asked", "terminating": "terminating", "killing": "killing"}
        self.live.show_stopping(stages[stage])

    # ------------------------------------------------------------------------------------------------ the ledger

    def _show_runs(self) -> None:
        runs, task = self.session.project.runs(), self.session.task
        self.runs.show_runs(runs)
        self.judge.look(self.runs.compared())
        self._show_right()
        self._show_current()
        self.session.run_in_background(
            tr("Reading the runs"),
            lambda progress: {run.id: shape_of(progress.project.metrics(run.id), task=task) for run in runs},
            self.runs.show_shapes,
            quiet=True,
        )

    def _show_right(self) -> None:
        has_runs = self.runs.current_run() is not None or self.session.scheduler.is_busy
        self._right.setCurrentIndex(1 if has_runs else 0)
        if self.left.is_possible():
            self.empty.set_words(
                tr("Ready to tune"), sentence=tr("Press Start on the left. The curves will appear here.")
            )
        else:
            self.empty.set_words(tr("Nothing tuned yet"), sentence=self._what_is_missing())
        self.empty.buttons[0].setVisible(not self.left.is_possible())

    def _what_is_missing(self) -> str:
        if self.session.task.from_labels is not None:
            return tr("Label at least two samples for each of two labels, then press Start.")
        return tr("Label some samples, then press Start.")

    def _show_current(self) -> None:
        run, active = self.runs.current_run(), self.session.active_run
        self.ledger.show_state(working=None if active is None else active.id, may_resume=self._may_resume())
        if run is None:
            return
        if active is not None and run.id == active.id:
            self.live.begin(run.number)
            self._show_watch()
        else:
            self.live.show_run(run)
            self._show_worth()
        self._show_curves()

    def _show_worth(self) -> None:
        """What the labels of today say of the run in view."""
        run, active = self.runs.current_run(), self.session.active_run
        if run is not None and (active is None or active.id != run.id):
            self.live.show_standings(run, self.judge.of(run))

    def _take_standings(self) -> None:
        self.runs.show_standings(self.judge.standings)
        self._show_worth()

    def _show_compared(self) -> None:
        """Two ticked runs are held against each other, the earlier one first."""
        self._show_curves()
        pair = self.judge.pair(self.runs.compared())
        self.compare.setVisible(pair is not None)
        self._fit()
        if pair is not None:
            self.compare.begin(*pair)
        self.judge.look(self.runs.compared())

    def _show_curves(self) -> None:
        """The chosen run, and those that are ticked; two or more ticked ones stand for themselves."""
        current = self.runs.current_run()
        shown = {run.id: run for run in self.runs.compared()}
        if current is not None and len(shown) < 2:
            shown[current.id] = current
        for run_id in self.curves.shown_runs():
            if run_id not in shown:
                self.curves.remove_run(run_id, forget=False)
        for run in sorted(shown.values(), key=lambda one: one.number):
            self.curves.add_run(run.id, tr("run {number}", number=run.number))
            self._load(run.id)
        if current is not None and current.id in self._read:
            self._show_past(current)

    def _show_past(self, run: RunRecord) -> None:
        active = self.session.active_run
        if active is None or active.id != run.id:
            self.live.show_past(self._read[run.id].watch)

    def _load(self, run_id: RunId) -> None:
        """Read a run's points beside the window; what arrives meanwhile waits its turn."""
        if run_id in self._read or run_id in self._waiting:
            return
        self._waiting[run_id] = []
        self.session.run_in_background(
            tr("Reading the curves"),
            lambda progress: read_curves(progress.project, run_id, task=self.session.task),
            lambda curves: self._take_curves(run_id, curves),
            failed=lambda _error: self._take_curves(run_id, RunCurves(self.session.task)),
            quiet=True,
        )

    def _take_curves(self, run_id: RunId, curves: RunCurves) -> None:
        self._read[run_id] = curves
        for name, points in curves.points.items():
            self.curves.extend(run_id, name, points.x, points.y)
        active = self.session.active_run
        if active is not None and active.id == run_id:
            now = time.monotonic()
            curves.watch.run, curves.watch.stepped = run_id, now
            self._watch = curves.watch
        self._take_events(run_id, self._waiting.pop(run_id))
        current = self.runs.current_run()
        if current is not None and current.id == run_id:
            self._show_past(current)
            self._show_watch()

    def _has_scores(self) -> bool:
        run = self.runs.current_run()
        return run is not None and bool(run.scores)

    def _may_resume(self) -> bool:
        run = self.runs.current_run()
        return run is not None and run.status == "interrupted"

    def _is_running(self) -> bool:
        return self.session.active_run is not None

    def _inspect(self) -> None:
        run = self.runs.current_run()
        if run is not None and self._has_scores():
            self.session.show_predictions(run.id, PredictionFilter())

    def _resume(self) -> None:
        run = self.runs.current_run()
        if run is not None and self._may_resume():
            self.session.resume_run(run.id)

    def _tune_further(self) -> None:
        run = self.runs.current_run()
        if run is not None and self.ledger.may_go_further():
            self.left.choices.choose_model(str(run_folder(self.session.project, run).model))

    def _delete(self, run_id: RunId) -> None:
        if any(run.id == run_id for run in self.session.scheduler.queued_runs):
            self.session.scheduler.take_out(run_id)
            return

        def done(changes: Changes | None) -> None:
            self.curves.remove_run(run_id)
            self._read.pop(run_id, None)
            if changes is not None:
                self.session.changed.emit(changes)

        title = tr("Deleting run {number}", number=run_id)
        self.session.perform_in_background(title, lambda project: delete_run(project, run_id), done=done)

    # ---------------------------------------------------------------------------------------------------- layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """In a narrow window the comparison takes the place of the run in view."""
        beside = self.width() - self.left.width() >= _BESIDE
        self.live.setVisible(beside or self.compare.isHidden())
        # A narrow page shows one of both, so that the two together may not hold it open; 0 is what its parts need.
        self._top.setMinimumWidth(0 if self.compare.isHidden() else WIDTH)
        self.compare.setMaximumWidth(WIDTH if beside else _ANY)

    def _lay_out(self) -> None:
        beside = row(self.live, self.compare, gap=24, margins=(24, 24, 24, 8))
        beside.setStretch(0, 1)
        self._top.setLayout(beside)
        self.compare.hide()
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._top)
        self._below.setLayout(column(self.queue, self.ledger, gap=0))
        self._split.addWidget(self._below)
        self._split.setStretchFactor(0, 1)
        self._split.setSizes([520, 200])
        self._right.addWidget(self.empty)
        self._right.addWidget(self._split)
        self.setLayout(row(self.left, line(vertical=True), self._right, gap=0))

    def _connect(self) -> None:
        session = self.session
        self.left.checked.connect(self._show_right)
        self.live.stop_asked.connect(lambda keep: session.stop_run(keep=keep))
        self.live.pause_asked.connect(session.pause_run)
        self.live.inspect_asked.connect(self._inspect)
        self.live.resume_asked.connect(self._resume)
        self.runs.current_changed.connect(self._show_current)
        self.runs.compared_changed.connect(self._show_compared)
        self.judge.judged.connect(self._take_standings)
        self.judge.compared.connect(self.compare.show_comparison)
        self.compare.samples_asked.connect(session.show_predictions)
        self.ledger.inspect_asked.connect(self._inspect)
        self.ledger.resume_asked.connect(self._resume)
        self.ledger.further_asked.connect(self._tune_further)
        self.ledger.delete_confirmed.connect(self._delete)
        session.run_events_arrived.connect(self._take_events)
        session.run_active_changed.connect(self._run_active_changed)
        session.scheduler.queue_changed.connect(self._show_queue)
        self.queue.moved.connect(lambda run, by: session.scheduler.move(run, by=by))
        self.queue.taken_out.connect(session.scheduler.take_out)
        session.run_ended.connect(self._run_ended)
        session.stopping_stage_changed.connect(self._stage_changed)
