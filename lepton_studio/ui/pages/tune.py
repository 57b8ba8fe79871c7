"""The Tune page: choices and the check on the left, the run with its curves and all runs on the right."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QStackedWidget, QWidget

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import PredictionFilter, RunId, RunRecord
from lepton_studio.runs.following import StopStage
from lepton_studio.runs.outcome import Outcome
from lepton_studio.runs.wire import Estimated, Event
from lepton_studio.studio.checking import Check, check_before_tuning, findings_of
from lepton_studio.studio.collecting import metric_rows
from lepton_studio.studio.splitting import set_aside_validation
from lepton_studio.studio.tuning import delete_run
from lepton_studio.ui.actions import Action
from lepton_studio.ui.pages.page import Page
from lepton_studio.ui.pages.tune_check import CheckPanel
from lepton_studio.ui.pages.tune_curves import RunCurves, curve_panels, read_curves
from lepton_studio.ui.pages.tune_live import LivePanel
from lepton_studio.ui.pages.tune_recipe import RecipePanel
from lepton_studio.ui.pages.tune_runs import RunsTable
from lepton_studio.ui.pages.tune_watch import RunWatch
from lepton_studio.ui.session import Session
from lepton_studio.widgets.curve_plot import CurvePlot
from lepton_studio.widgets.empty_state import EmptyState, NextStep
from lepton_studio.widgets.layouts import button, column, line, row, words
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE

_LEFT_WIDTH = 340
_CALM_MS = 1200
"""The check and the estimate wait until nothing was changed for so long."""


class TunePage(Page):
    """Keys: Ctrl+Return starts; in the list of runs Space compares, Enter inspects, Delete removes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.choices = RecipePanel()
        self.check = CheckPanel()
        self.start = button(tr("Start"), role="primary", tip=tr("Start tuning (Ctrl+Return)"))
        self.reason = words(size=CAPTION, muted=True, wrap=True)
        self.curves = CurvePlot(curve_panels())
        self.live = LivePanel(curves=self.curves)
        self.runs = RunsTable()
        self.inspect = button(
            tr("Inspect"), role="quiet", tip=tr("See what the chosen run gets right and wrong (Enter)")
        )
        self.resume = button(tr("Resume"), role="quiet", tip=tr("Go on from the last checkpoint"))
        self.delete = button(tr("Delete"), role="quiet", tip=tr("Remove the chosen run and its model"))
        self.sure = words(size=BODY)
        self.really = button(tr("Delete for good"))
        self.spare = button(tr("Keep it"), role="quiet")
        self.empty = EmptyState(
            "tune",
            tr("Nothing tuned yet"),
            sentence=tr("Label at least two samples of two labels, then press Start."),
            steps=[NextStep(tr("Label samples"), lambda: session.open_page("label"))],
        )
        self._checked: Check | None = None
        self._watch: RunWatch | None = None
        self._waiting: dict[RunId, list[Event]] = {}
        self._read: dict[RunId, RunCurves] = {}
        self._measured: object = None
        self._asking_delete: RunId | None = None
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(_CALM_MS)
        self._calm.timeout.connect(self._measure)
        self._clock = QTimer(self)
        self._clock.setInterval(250)
        self._clock.timeout.connect(self._show_watch)
        self._lay_out()
        self._connect()
        self._ask_delete(None)

    # ---------------------------------------------------------------------------------------------------- page

    def refresh(self) -> None:
        """Read the runs, and check again."""
        self._show_runs()
        self._check_again()

    def show_changes(self, changes: Changes) -> None:
        if changes.runs:
            self._show_runs()
        self._check_again()

    def activate(self) -> None:
        first = not self._read and not self.runs.current_run()
        super().activate()
        newest = self.runs.current_run()
        if first and newest is not None:
            self.choices.choose_stored(model=newest.model, recipe=newest.recipe)
        self._clock.start()

    def deactivate(self) -> None:
        super().deactivate()
        self._clock.stop()
        self._calm.stop()

    def show_run(self, run_id: RunId) -> None:
        """Bring a run into view."""
        self.runs.choose(run_id)
        self._show_current()

    def actions_of_page(self) -> Sequence[Action]:
        return (
            Action("tune.start", tr("Start tuning"), self.start_run, "Ctrl+Return", "tune", self._may_start),
            Action("tune.stop", tr("Stop the run…"), lambda: self.live.ask_stop(True), "", "tune", self._is_running),
            Action("tune.inspect", tr("Inspect the chosen run"), self._inspect, "", "tune", self._has_scores),
            Action("tune.resume", tr("Resume the chosen run"), self._resume, "", "tune", self._may_resume),
            Action("tune.delete", tr("Delete the chosen run…"), self._want_delete, "", "tune", self._may_delete),
            Action("tune.zoom", tr("See the whole curves"), self.curves.reset_view, "", "tune"),
        )

    # --------------------------------------------------------------------------------------- before the start

    def start_run(self) -> None:
        """Start with the choices made; says beside the button why not, where it cannot."""
        recipe, model = self.choices.recipe(), self.choices.base_model()
        if recipe is not None and model and self._may_start():
            self.session.start_run(model=model, recipe=recipe)

    def _may_start(self) -> bool:
        return not self._why_not()

    def _why_not(self) -> str:
        if self.session.desk.is_busy:
            return tr("A run is going on.")
        if self.choices.recipe() is None:
            return tr("A setting under “More settings” cannot be read.")
        if not self.choices.base_model():
            return tr("Give the base model's folder or id.")
        if self._checked is None:
            return tr("Looking at the labels…")
        return next((one.sentence for one in self._checked.findings if one.level == "red"), "")

    def _show_start(self) -> None:
        why = self._why_not()
        self.start.setEnabled(not why)
        self.reason.setText(why or tr("Ctrl+Return starts. You can go on labelling meanwhile."))

    def _check_again(self) -> None:
        self._show_start()
        recipe = self.choices.recipe()
        if recipe is not None:
            self.session.run_in_background(
                tr("Checking the labels"),
                lambda progress: check_before_tuning(progress.project, recipe),
                self._show_check,
                quiet=True,
            )

    def _show_check(self, check: Check) -> None:
        self._checked = check
        self.check.show_check(check)
        self._show_start()
        self._show_right()
        if self.is_active:
            self._calm.start()

    def _choices_changed(self) -> None:
        self._show_start()
        self._check_again()

    def _measure(self) -> None:
        recipe, model = self.choices.recipe(), self.choices.base_model()
        if recipe is None or self._why_not() or not self.is_active or self.session.desk.is_measuring:
            return
        if self.choices.models.choice() == "hub":
            self.check.show_estimate(())
            self.check.say(tr("Time and memory are known once the model is on this machine."))
            return
        wanted = (model, recipe, None if self._checked is None else self._checked.counts)
        if wanted != self._measured:
            self._measured = wanted
            self.check.show_estimate(())
            self.check.say(tr("Trying a few steps to estimate time and memory…"))
            self.session.measure(model=model, recipe=recipe)

    def _show_estimate(self, estimate: Estimated) -> None:
        recipe = self.choices.recipe()
        if recipe is not None:
            self.check.show_estimate(findings_of(estimate, recipe))
            self.check.say("")

    def _end_measure(self, sentence: str) -> None:
        self.check.say(tr("No estimate: {reason}", reason=sentence) if sentence else "")
        if self.is_active:
            self._calm.start()  # the choices may have changed meanwhile

    def _mend(self, remedy: str) -> None:
        if remedy == "set_aside_validation":
            self.session.perform_in_background(
                tr("Setting samples aside for validation"),
                set_aside_validation,
                say=tr("One in ten labelled samples is now set aside for validation."),
            )

    # ---------------------------------------------------------------------------------------------- a run at work

    def _take_events(self, run_id: RunId, events: list[Event]) -> None:
        if run_id in self._waiting:
            self._waiting[run_id].extend(events)
            return
        now = time.monotonic()
        watch = self._watch_of(run_id)
        for event in events:
            watch.take(event, now=now)
            for step, name, value in metric_rows(event):
                self.curves.append(run_id, name, step, value)

    def _watch_of(self, run_id: RunId) -> RunWatch:
        if self._watch is None or self._watch.run != run_id:
            self._watch = RunWatch(run_id, time.monotonic())
        return self._watch

    def _show_watch(self) -> None:
        active, current = self.session.active_run, self.runs.current_run()
        if self._watch is not None and active is not None and current is not None and current.id == active.id:
            self.live.show_watch(self._watch, now=time.monotonic())

    def _run_active_changed(self) -> None:
        active = self.session.active_run
        if active is not None and (self._watch is None or self._watch.run != active.id):
            self._watch = RunWatch(active.id, time.monotonic())
            self._load(active.id)
            self.runs.show_runs(self.session.project.runs())
            self.runs.choose(active.id)
        self._show_start()
        if self.is_active:
            self._show_right()
            if self.session.desk.is_busy and active is None:
                self.live.begin(0)
            else:
                self._show_current()

    def _run_ended(self, run_id: RunId, outcome: Outcome) -> None:
        self._watch = None
        self._read.pop(run_id, None)
        self._show_runs()

    def _stage_changed(self, stage: str) -> None:
        stages: dict[str, StopStage] = {"asked": "asked", "terminating": "terminating", "killing": "killing"}
        self.live.show_stopping(stages[stage])

    # ------------------------------------------------------------------------------------------------ the ledger

    def _show_runs(self) -> None:
        runs = self.session.project.runs()
        self.runs.show_runs(runs)
        self._show_right()
        self._show_current()
        self.session.run_in_background(
            tr("Reading the runs"),
            lambda progress: {run.id: _shape(progress.project.metrics(run.id)) for run in runs},
            self.runs.show_shapes,
            quiet=True,
        )

    def _show_right(self) -> None:
        has_runs = self.runs.current_run() is not None or self.session.desk.is_busy
        self._right.setCurrentIndex(1 if has_runs else 0)
        possible = self._checked is not None and self._checked.possible
        self.empty.set_words(
            tr("Ready to tune") if possible else tr("Nothing tuned yet"),
            sentence=tr("Press Start on the left; the curves appear here.")
            if possible
            else tr("Label at least two samples of two labels, then press Start."),
        )
        self.empty.buttons[0].setVisible(not possible)

    def _show_current(self) -> None:
        run, active = self.runs.current_run(), self.session.active_run
        self._ask_delete(None)
        self.inspect.setEnabled(self._has_scores())
        self.resume.setVisible(run is not None and run.status == "interrupted")
        self.resume.setEnabled(self._may_resume())
        self.delete.setEnabled(self._may_delete())
        if run is None:
            return
        if active is not None and run.id == active.id:
            self.live.begin(run.number)
            self._show_watch()
        else:
            self.live.show_run(run)
        self._show_curves()

    def _show_curves(self) -> None:
        """The ticked runs and the one at work; with no tick, the chosen one."""
        current = self.runs.current_run()
        shown = {run.id: run for run in self.runs.compared()}
        if current is not None and (not shown or current.id in shown or len(shown) < 2):
            shown[current.id] = current
        for number in self.curves.shown_runs():
            if number not in shown:
                self.curves.remove_run(number, forget=False)
        for run in sorted(shown.values(), key=lambda one: one.number):
            self.curves.add_run(run.id, tr("run {number}", number=run.number))
            self._load(run.id)
        if current is not None and current.id in self._read:
            self.live.show_past(self._read[current.id].watch)

    def _load(self, run_id: RunId) -> None:
        """Read a run's points beside the window; what arrives meanwhile waits its turn."""
        if run_id in self._read or run_id in self._waiting:
            return
        self._waiting[run_id] = []
        self.session.run_in_background(
            tr("Reading the curves"),
            lambda progress: read_curves(progress.project, run_id),
            lambda curves: self._take_curves(run_id, curves),
            failed=lambda _error: self._take_curves(run_id, RunCurves()),
            quiet=True,
        )

    def _take_curves(self, run_id: RunId, curves: RunCurves) -> None:
        self._read[run_id] = curves
        for name, points in curves.points.items():
            self.curves.extend(run_id, name, points.x, points.y)
        active = self.session.active_run
        if active is not None and active.id == run_id:
            now = time.monotonic()
            curves.watch.run, curves.watch.heard, curves.watch.stepped = run_id, now, now
            self._watch = curves.watch
        self._take_events(run_id, self._waiting.pop(run_id))
        if self.is_active and (current := self.runs.current_run()) is not None and current.id == run_id:
            self.live.show_past(curves.watch)

    def _has_scores(self) -> bool:
        run = self.runs.current_run()
        return run is not None and bool(run.scores)

    def _may_resume(self) -> bool:
        run = self.runs.current_run()
        return run is not None and run.status == "interrupted" and not self.session.desk.is_busy

    def _may_delete(self) -> bool:
        run, active = self.runs.current_run(), self.session.active_run
        return run is not None and (active is None or active.id != run.id)

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

    def _want_delete(self) -> None:
        self._ask_delete(self.runs.current_run())

    def _ask_delete(self, run: RunRecord | None) -> None:
        self._asking_delete = None if run is None or not self._may_delete() else run.id
        asking = self._asking_delete is not None
        if run is not None:
            self.sure.setText(tr("Delete run {number} and its model?", number=run.number))
        for part in (self.sure, self.really, self.spare):
            part.setVisible(asking)
        for other in (self.inspect, self.delete):
            other.setVisible(not asking)
        if asking:
            self.spare.setFocus()

    def _delete(self) -> None:
        run_id = self._asking_delete
        self._ask_delete(None)
        if run_id is not None:
            self.curves.remove_run(run_id)
            self._read.pop(run_id, None)
            self.session.perform(lambda project: delete_run(project, run_id), say="")

    # ---------------------------------------------------------------------------------------------------- layout

    def _lay_out(self) -> None:
        inner = QWidget()
        check_title = words(tr("What it trains on"), size=BODY, bold=True)
        inner.setLayout(column(self.choices, line(), check_title, self.check, None, gap=16, margins=(24, 0, 16, 16)))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        left = QWidget()
        left.setFixedWidth(_LEFT_WIDTH)
        title = words(tr("Tune"), size=TITLE, bold=True)
        foot = column(self.start, self.reason, gap=8, margins=(24, 12, 16, 16))
        left.setLayout(column(column(title, margins=(24, 24, 16, 16)), scroll, line(), foot, gap=0))
        ledger = QWidget()
        heading = words(tr("Runs"), size=BODY, bold=True)
        hint = words(tr("Tick two or more to compare them."), size=CAPTION, muted=True)
        asks = row(self.sure, self.spare, self.really, self.resume, self.inspect, self.delete)
        ledger.setLayout(column(row(heading, hint, None, asks), self.runs, gap=4, margins=(24, 8, 24, 16)))
        top = QWidget()
        top.setLayout(column(self.live, margins=(24, 24, 24, 8)))
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(top)
        split.addWidget(ledger)
        split.setStretchFactor(0, 1)
        split.setSizes([520, 200])
        self._right = QStackedWidget()
        self._right.addWidget(self.empty)
        self._right.addWidget(split)
        self.setLayout(row(left, line(vertical=True), self._right, gap=0))

    def _connect(self) -> None:
        session = self.session
        self.start.clicked.connect(self.start_run)
        self.choices.changed.connect(self._choices_changed)
        self.check.show_asked.connect(session.show_samples)
        self.check.remedy_asked.connect(self._mend)
        self.live.stop_asked.connect(lambda keep: session.stop_run(keep=keep))
        self.live.inspect_asked.connect(self._inspect)
        self.live.resume_asked.connect(self._resume)
        self.runs.current_changed.connect(self._show_current)
        self.runs.compared_changed.connect(self._show_curves)
        self.runs.inspect_asked.connect(self._inspect)
        self.runs.delete_asked.connect(self._want_delete)
        self.inspect.clicked.connect(self._inspect)
        self.resume.clicked.connect(self._resume)
        self.delete.clicked.connect(self._want_delete)
        self.really.clicked.connect(self._delete)
        self.spare.clicked.connect(lambda: self._ask_delete(None))
        session.run_events_arrived.connect(self._take_events)
        session.run_active_changed.connect(self._run_active_changed)
        session.run_ended.connect(self._run_ended)
        session.stopping_stage_changed.connect(self._stage_changed)
        session.estimated.connect(self._show_estimate)
        session.measure_ended.connect(self._end_measure)


def _shape(metrics: Sequence[tuple[int, str, float | None]]) -> tuple[float | None, ...]:
    """The validation scores of a run in order: macro-F1, else accuracy."""
    for name in ("validation_macro_f1", "validation_accuracy"):
        found = tuple(value for _, one, value in metrics if one == name)
        if found:
            return found
    return ()
