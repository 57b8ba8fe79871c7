"""The run in view: what it is doing, the numbers that matter, and Stop with its two ways to end, asked in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPlainTextEdit, QProgressBar, QWidget

from lepton_studio.contract.task import Task
from lepton_studio.language import tr, trn
from lepton_studio.project.records import RunRecord, Split
from lepton_studio.runs.monitoring import StopStage, stage_sentence
from lepton_studio.studio.baselines import baseline_words
from lepton_studio.studio.before_words import before_words
from lepton_studio.studio.judging import JUDGED, Standing, caution, lead_sentence, moved_words
from lepton_studio.studio.scores_in_words import (
    ending_words,
    main_measure,
    main_score,
    measure_title,
    measured,
    run_score,
)
from lepton_studio.ui.shared.score_words import setting_words
from lepton_studio.ui.tune.trials import TrialsPanel
from lepton_studio.ui.tune.watch import RunWatch
from lepton_studio.widgets.figures import NOTHING, Figures
from lepton_studio.widgets.fold import Fold
from lepton_studio.widgets.layouts import button, column, row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import BODY, CAPTION, TITLE, text_font
from lepton_studio.words import clock, memory

_LOW = 430
"""Pixels; below this height only the sentence, the figures and the curves are shown."""
_BESIDE = 660
"""Pixels; from this width on the question stands beside the title."""


class LivePanel(QWidget):
    """`stop_asked(keep)` or `pause_asked()` once the person chose how; `inspect_asked()` for a run that is over."""

    stop_asked = Signal(bool)
    pause_asked = Signal()
    inspect_asked = Signal()
    resume_asked = Signal()

    def __init__(self, task: Task[Any], *, curves: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self.title = words(size=TITLE, bold=True)
        self.sentence = words(size=BODY, muted=True, wrap=True)
        self.worth = words(size=TITLE, bold=True, wrap=True)
        self.caution = words(size=BODY, wrap=True)
        self.caution.setProperty("tone", "warn")
        self.moved = words(size=BODY, wrap=True)
        self.figures = Figures(
            [
                ("score", measure_title(task.measure(task.best))),
                ("loss", tr("loss")),
                ("step", tr("step")),
                ("left", tr("time left")),
                ("speed", tr("samples/s")),
                ("memory", tr("memory")),
            ]
        )
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName(tr("Progress of the run"))
        self.stop = button(tr("Stop…"), tip=tr("Stop this run; you choose what happens to the model"))
        self.stop.clicked.connect(lambda: self.ask_stop(True))
        self.inspect = button(tr("Inspect"), role="primary", tip=tr("See what this model gets right and wrong"))
        self.inspect.clicked.connect(self.inspect_asked)
        self.resume = button(tr("Resume"), role="primary", tip=tr("Continue from the last checkpoint"))
        self.resume.clicked.connect(self.resume_asked)
        self.keep = button(tr("Keep the best so far"), role="primary")
        self.pause = button(tr("Pause"), tip=tr("Stop and keep a checkpoint; Resume continues from there"))
        self.throw = button(tr("Discard"))
        self.go_on = button(tr("Keep tuning"), role="quiet")
        self.question = words(tr("Stop:"), size=BODY)
        self._asking = (self.question, self.keep, self.pause, self.throw, self.go_on)
        self.keep.clicked.connect(lambda: self._answer(lambda: self.stop_asked.emit(True)))
        self.pause.clicked.connect(lambda: self._answer(self.pause_asked.emit))
        self.throw.clicked.connect(lambda: self._answer(lambda: self.stop_asked.emit(False)))
        self.go_on.clicked.connect(lambda: self.ask_stop(False))
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(2000)
        self.log.setStyleSheet("min-height: 96px; max-height: 96px")
        self.log.setAccessibleName(tr("Run log"))
        self.log.setFont(text_font(CAPTION, tabular=True))
        self._logged = 0
        self._stopping = False
        self.fold = Fold(tr("Log"), content=self.log)
        self.trials = TrialsPanel(task, parent=self)
        self._curves = curves
        self._head = row(
            column(self.title, self.sentence, gap=4), row(*self._asking, self.stop, self.resume, self.inspect)
        )
        self._head.setStretch(0, 1)
        self._worth = QWidget(self)
        self._worth.setLayout(column(self.worth, self.caution, self.moved, gap=4))
        content = column(self._head, self._worth, self.progress, self.figures, self.trials, curves, self.fold, gap=12)
        content.setStretchFactor(curves, 1)
        self.setLayout(content)
        self._show(stop=False, inspect=False, resume=False)
        self.ask_stop(False)

    # ----------------------------------------------------------------------------------------- a run at work

    def begin(self, number: int) -> None:
        """A run is being prepared or followed."""
        self.title.setText(tr("Run {number}", number=number) if number else tr("Preparing the run"))
        self.figures.clear()
        self._worth.hide()
        self._caption_score({})
        self.figures.set_caption("left", tr("time left"))
        self.log.clear()
        self._show_trials(None)
        self._logged, self._stopping = 0, False
        self.progress.setRange(0, 0)
        self.progress.setVisible(True)
        self.ask_stop(False)
        self._show(stop=bool(number), inspect=False, resume=False)
        self.say("" if number else tr("Taking a snapshot of the training data…"))

    def show_watch(self, watch: RunWatch, *, now: float) -> None:
        """What is known now."""
        if not self._stopping:
            sentence, tone = watch.sentence(now)
            self.say(sentence, tone=tone)
        share = watch.share()
        self.progress.setRange(0, 0 if share is None else 1000)
        if share is not None:
            self.progress.setValue(round(share * 1000))
        step = watch.step
        if step is not None:
            self.figures.show_figure("loss", "" if step.loss is None else f"{step.loss:.3f}", note=tr("training"))
            of = tr("of {total}", total=f"{step.total_steps:,}")
            self.figures.show_figure("step", f"{step.step:,}", note=of)
            self.figures.show_figure("left", clock(step.seconds_left))
            self.figures.show_figure("speed", f"{step.samples_per_second:,.0f}")
            self.figures.show_figure("memory", memory(step.memory_mb))
        if watch.validation is not None and (score := main_score(watch.validation.scores, self._task)):
            best = main_score(watch.best.scores, self._task) if watch.best is not None else ""
            self._caption_score(watch.validation.scores)
            self.figures.show_figure("score", score, note=tr("best {score}", score=best) if best else "")
        self._show_trials(watch)
        if self._logged < len(watch.log):
            self.log.appendPlainText("\n".join(watch.log[self._logged :]))
            self._logged = len(watch.log)

    def ask_stop(self, asking: bool) -> None:
        """Ask in place how to stop, or take the question back."""
        for part in self._asking:
            part.setVisible(asking)
        self.stop.setVisible(not asking and self._may_stop)
        self._arrange_head()
        if asking:
            self.keep.setFocus()

    def show_stopping(self, stage: StopStage) -> None:
        """The run is asked to stop, then ended: say which."""
        self._stopping = True
        self.ask_stop(False)
        self.stop.setVisible(True)
        self.stop.setEnabled(False)
        self.stop.setText(stage_sentence(stage))
        self.say(stage_sentence(stage))

    # ------------------------------------------------------------------------------------------ a run that is over

    def show_run(self, run: RunRecord) -> None:
        """A run of the list."""
        self._stopping = False
        self.title.setText(tr("Run {number}", number=run.number))
        how = ending_words(run)
        settings = setting_words(run, self._task)
        self.say(f"{how}  ·  {settings}" if settings else how, tone=_tone(run))
        self.progress.setVisible(False)
        self._show_trials(None)
        self.figures.clear()
        self.figures.set_caption("left", tr("time taken"))
        self.show_standings(run, {})
        self.figures.show_figure("step", "" if run.steps is None else f"{run.steps:,}")
        self.figures.show_figure("left", "" if run.seconds is None else clock(run.seconds))
        self.figures.show_figure("speed", "" if not run.samples_per_second else f"{run.samples_per_second:,.0f}")
        self._show(stop=False, inspect=bool(run.scores), resume=run.status == "interrupted")
        self.ask_stop(False)

    def show_standings(self, run: RunRecord, standings: Mapping[Split, Standing]) -> None:
        """What the run is worth: one sentence, what to know of it, and its score with the samples behind it.

        `standings`: how it stands today by split; {} while that is not known.
        """
        split = next((one for one in JUDGED if one in run.scores), None)
        stands = None if split is None else standings.get(split)
        scored = tuple(one for one in JUDGED if one in run.scores)
        told = lead_sentence(stands, self._task, splits=scored) if run.status in ("finished", "stopped") else ""
        moved = [moved_words(one, self._task) for one in standings.values()]
        if stands is not None:
            moved[:0] = [baseline_words(stands), before_words(stands, self._task)]
        self.worth.setText(told)
        self.caution.setText("" if stands is None else caution(stands))
        self.moved.setText("\n".join(one for one in moved if one))
        self._worth.setVisible(bool(told))
        self._arrange_worth()
        self._caption_score({} if split is None else run.scores[split], split=split or "validation")
        scores = {one: self._score(run, one, standings.get(one)) for one in JUDGED if one in run.scores}
        value, note = scores.pop(split) if split is not None else ("", "")
        for value_there, texts in scores.values():
            other = tr("validation {score}", score=value_there)
            note = " · ".join(one for one in (note, other, texts) if one)
        self.figures.show_figure("score", value, note=note)

    def _score(self, run: RunRecord, split: Split, stands: Standing | None) -> tuple[str, str]:
        """(the score, how many texts stand behind it)."""
        if stands is None:
            return run_score(run, self._task, split=split), ""
        texts = trn("{count} text", "{count} texts", stands.n)
        measure = main_measure(stands.today, self._task)
        return ("" if measure is None else measured(stands.today[measure.id], measure)), texts

    def show_past(self, watch: RunWatch) -> None:
        """What the events of a run tell beside its record: the log, its last loss, its memory."""
        self.log.setPlainText("\n".join(watch.log))
        self._logged = len(watch.log)
        self._show_trials(watch)
        if watch.step is not None:
            self.figures.show_figure(
                "loss", "" if watch.step.loss is None else f"{watch.step.loss:.3f}", note=tr("training")
            )
            self.figures.show_figure("memory", memory(watch.step.memory_mb))
        best = "" if watch.best is None else main_score(watch.best.scores, self._task)
        if best and self.figures.value("score") == NOTHING:
            self.figures.show_figure("score", best, note=tr("so far"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.keep.isVisible():
            self.ask_stop(False)
            self.stop.setFocus()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_head()
        self._arrange_worth()

    def _show_trials(self, watch: RunWatch | None) -> None:
        """What the run compares stands above its curves; before there is a step it has the place alone."""
        trials = {} if watch is None else watch.trials
        self.trials.show_trials(trials)
        self._curves.setVisible(not trials or (watch is not None and watch.step is not None))

    def _arrange_worth(self) -> None:
        """Where it is too low for all, what is to be known of the figure is in its tool tip, and the log goes."""
        low = self.height() < _LOW
        more = [part.text() for part in (self.caution, self.moved) if part.text()]
        for part in (self.worth, self.caution, self.moved):
            part.setVisible(bool(part.text()) and (part is self.worth or not low))
        set_tool_tip(self.worth, "\n".join(more) if low else "")
        self.fold.setVisible(not low)

    def _arrange_head(self) -> None:
        """The question stands below the title where there is no room beside it."""
        below = not self.keep.isHidden() and self.width() < _BESIDE
        self.question.setVisible(not self.keep.isHidden() and not below)
        way = QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        if self._head.direction() != way:
            self._head.setDirection(way)

    def say(self, sentence: str, *, tone: str = "") -> None:
        """The sentence under the title."""
        if self.sentence.property("tone") != tone:
            self.sentence.setProperty("tone", tone)
            self.sentence.setProperty("muted", not tone)
            self.sentence.style().unpolish(self.sentence)
            self.sentence.style().polish(self.sentence)
        self.sentence.setText(sentence)

    def _caption_score(self, scores: Mapping[str, float], *, split: Split = "validation") -> None:
        measure = main_measure(scores, self._task) or self._task.measure(self._task.best)
        said = tr("{score}, test") if split == "test" else tr("{score}, validation")
        self.figures.set_caption("score", said.format(score=measure_title(measure)))

    def _answer(self, ask: Callable[[], object]) -> None:
        self.show_stopping("asked")
        ask()

    def _show(self, *, stop: bool, inspect: bool, resume: bool) -> None:
        self._may_stop = stop
        self.stop.setText(tr("Stop…"))
        self.stop.setEnabled(True)
        self.stop.setVisible(stop)
        self.inspect.setVisible(inspect)
        self.resume.setVisible(resume)


def _tone(run: RunRecord) -> str:
    return {"failed": "bad", "interrupted": "warn"}.get(run.status, "")
