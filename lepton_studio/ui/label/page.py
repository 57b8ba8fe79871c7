"""The Label page: one sample and its editor, for any task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QWidget

from lepton_studio.contract.editing import BulkEdit
from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import Filter, Label, LabelId, Labels, Origin, Sample, SampleId, Suggestion
from lepton_studio.project.sample_writes import Annotate, Flag, SampleWrite, Skip
from lepton_studio.tasks import load_part
from lepton_studio.ui.label import work_area
from lepton_studio.ui.label.answered import feed_answered
from lepton_studio.ui.label.bulk_card import BulkCard
from lepton_studio.ui.label.copying import selected_text
from lepton_studio.ui.label.counts import Counter, Counts
from lepton_studio.ui.label.filter_row import FilterRow
from lepton_studio.ui.label.found_line import FoundLine
from lepton_studio.ui.label.label_actions import keys_to_remember, label_actions
from lepton_studio.ui.label.queue import UNLABELLED, SampleQueue
from lepton_studio.ui.label.rating_scale import feed_scale
from lepton_studio.ui.label.saving import Saving
from lepton_studio.ui.label.side_panel import SidePanel
from lepton_studio.ui.label.suggestions import Suggestions
from lepton_studio.ui.label.work_area import WorkArea
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.page import Page
from lepton_studio.ui.shared.session import Session
from lepton_studio.widgets.empty_state import NextStep
from lepton_studio.widgets.layouts import column, row

_LATER = 200
"""Milliseconds from a change that stays on the sample to the strip of last decisions."""


class LabelPage(Page):
    """An editor in which one press decides goes on with each edit; any other saves each edit and stays.

    Keys: the editor's own; Enter accepts or goes on, Space skips, Backspace goes back, arrows move, F flags, N notes.
    """

    shows_samples = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.queue = SampleQueue(session.project, session.writing.shown)
        self.labels: Labels = ()
        self._by_id: dict[LabelId, Label] = {}
        self._counts = Counts()
        self._started = False
        self.suggestions = Suggestions(session)
        self.suggestions.changed.connect(self._show_suggestion)
        self.counter = Counter(session, self)
        self.counter.counted.connect(self._show_counts)

        self.filters = FilterRow(("unlabelled", "labelled", "flagged", "skipped", "any"))
        self.filters.wanted.connect(self.show_samples)
        self.found = FoundLine(session)
        self.found.all_wanted.connect(self._show_all_found)
        self.found.counted.connect(self._show_nothing_found)
        self.editor: Any = load_part(session.task.editor)()
        self.editor.edited.connect(self._take_edit)
        said = {"finished": self.accept, "refused": self._take_refusal, "bulk_wanted": self._preview_bulk}
        for signal, slot in said.items():
            if hasattr(self.editor, signal):
                getattr(self.editor, signal).connect(slot)
        feed_scale(session, self.editor)
        self.saving = Saving(session, editor=self.editor, parent=self)
        self.work = WorkArea(self.editor, task=session.task)
        self.card = self.work.card
        self.card.noted.connect(self._save_note)
        self.card.left.connect(self.setFocus)
        self.recent = self.work.recent
        self.recent.sample_wanted.connect(self._go_to)
        self.side = SidePanel(session, self.suggestions)
        self.box = self.side.box
        self.box.tune_wanted.connect(lambda: session.open_page("tune"))
        self.box.word_list_wanted.connect(self.choose_word_list)
        self.panel = self.side.labels
        self.panel.samples_wanted.connect(self.show_samples)
        self.panel.left.connect(self.setFocus)
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.timeout.connect(self.queue.read_ahead)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER)
        self._later.timeout.connect(self._show_recent)
        self._build()
        self.setFocusProxy(self.editor)
        session.run_ended.connect(lambda _run, _outcome: self.counter.ask())

    # ---------------------------------------------------------------------------------------------- what is shown

    def refresh(self) -> None:
        self.recent.forget()
        self._read_labels()
        if not self._started:
            self._started = True
            self.queue.start(UNLABELLED)
            self.suggestions.load(self.labels)
            feed_answered(self.session, self.editor)
        else:
            self.queue.reread()
        self._show_filter()
        self._show_sample()
        self.counter.ask()

    def deactivate(self) -> None:
        self.flush()
        super().deactivate()
        self._ahead.stop()

    def flush(self) -> None:
        self._is_saved()

    def show_changes(self, changes: Changes) -> None:
        self.recent.forget(changes.samples)
        if changes.labels:
            self._read_labels()
        current = self.queue.current
        elsewhere = not (changes.structure or changes.labels or current is None or changes.touches(current.id))
        if elsewhere and changes.samples is not None and len(changes.samples) == 1:
            self._go_to(min(changes.samples))  # undone or redone: show where
        elif not elsewhere:
            self.queue.reread()
            self._show_sample()
        if self.editor.one_press:
            self._show_recent()
        else:
            self._later.start()  # the value may be a large one, to be read once more for the strip
        self.counter.ask()

    def show_settled(self, changes: Changes) -> None:
        self.counter.ask()

    def show_samples(self, which: Filter) -> None:
        """Work through these samples."""
        if not self._is_saved():
            return
        self._started = True
        self._read_labels()
        self.queue.start(which)
        self.mark_fresh()
        self._show_filter()
        self._show_sample()
        self.counter.ask()
        self.search_changed.emit(which.search)
        self.setFocus()

    @property
    def search_text(self) -> str:
        return self.queue.filter.search

    def go_to_sample(self, sample: SampleId) -> None:
        self._go_to(sample)

    def search(self, text: str) -> bool:
        if not self._is_saved():
            return True
        self.queue.start(replace(self.queue.filter, search=text))
        self._show_filter()
        self._show_sample()
        return True

    def actions_of_page(self) -> Sequence[Action]:
        return label_actions(self)

    def keys_of_page(self) -> Sequence[tuple[str, str]]:
        return cast(Sequence[tuple[str, str]], self.editor.keys())

    # ------------------------------------------------------------------------------------------------ what is done

    def accept(self) -> None:
        """Go on from a sample that is labelled; else take the suggestion, or that there is nothing to mark."""
        if not self._is_saved():
            return
        current, task = self.queue.current, self.session.task
        if current is None:
            return
        suggestion = self.suggestions.of(current)
        if current.begun is not None and not self.editor.one_press:
            if current.value is None:
                self.session.said.emit(tr("Something is left open here: the sample stays to label."), False)
            self._go_on(current)
        elif suggestion is not None and (problem := self._problem_with(suggestion.value)):
            self.session.said.emit(problem, False)
        elif suggestion is not None:
            self._decide(suggestion.value, origin="suggestion")
        elif none_key := getattr(self.editor, "none_key", ""):
            self.session.said.emit(
                tr("Nothing is chosen yet: {key} says that none of them holds.", key=none_key), False
            )
        elif task.empty is not None and current.value is None:
            self._decide(task.empty, origin="manual")
        else:
            self.session.said.emit(tr("There is no suggestion for this sample."), False)

    def _problem_with(self, value: Any) -> str:
        ask = getattr(self.editor, "problem_with", None)
        return "" if ask is None else str(ask(self.session.task.accept(value)))

    def take_suggestion(self) -> None:
        """Put the suggestion in place of what is marked, and stay."""
        current = self.queue.current if self._is_saved() else None
        suggestion = self.suggestions.of(current) if current is not None else None
        if suggestion is None:
            self.session.said.emit(tr("There is no suggestion for this sample."), False)
        elif current is not None:
            self._keep(current, suggestion.value, origin="suggestion")
            self._show_sample()

    def skip(self) -> None:
        """Put the sample aside."""
        current = self.queue.current
        if current is not None and self._is_saved():
            self._write_and_go_on(current, Skip(current.id))

    def clear(self) -> None:
        """Make the sample unlabelled again."""
        current = self.queue.current if self._is_saved() else None
        if current is not None and current.begun is not None:
            self.session.perform(Annotate(current.id, None))

    def flag(self) -> None:
        """Flag the sample, or take the flag off."""
        current = self.queue.current if self._is_saved() else None
        if current is not None:
            self.session.perform(Flag(current.id, not current.flagged))

    def forward(self) -> None:
        """Show the next sample of the filter."""
        if self._is_saved():
            self._show_next(self.queue.forward())

    def backward(self) -> None:
        """Show the sample before."""
        if self._is_saved() and self.queue.backward() is not None:
            self._show_sample()

    def back(self) -> None:
        """Return to the sample seen before."""
        if self._is_saved() and self.queue.back() is not None:
            self._show_sample()

    def copy(self) -> None:
        """Put what is selected on the clipboard; where nothing is, the text of the sample."""
        selected = selected_text(self, focus=self.window().focusWidget())
        current = self.queue.current
        if selected:
            QGuiApplication.clipboard().setText(selected)
        elif current is not None:
            QGuiApplication.clipboard().setText(current.text)
            self.session.said.emit(tr("The text of the sample is copied."), False)

    def choose_word_list(self) -> None:
        """Ask for a dictionary or pattern file to suggest from."""
        chosen, _kind = QFileDialog.getOpenFileName(self, tr("Suggest from a word list"))
        if chosen:
            self.suggestions.read_word_list(Path(chosen))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A key that the editor left comes here from below; one that came to the page itself is offered to the editor.
        focus = self.window().focusWidget()
        if isinstance(focus, QAbstractButton) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus.click()  # a button reached with Tab lets Enter through
        elif self.card.scroll_by_key(event):
            event.accept()
        elif focus is not None and (focus is self.editor or self.editor.isAncestorOf(focus)):
            super().keyPressEvent(event)
        elif not self.run_plain_key(event):
            self.editor.keyPressEvent(event)
            if not event.isAccepted():
                event.ignore()

    # ------------------------------------------------------------------------------------------------------ saving

    def _is_saved(self) -> bool:
        """Save what is typed and waits for a pause. False where that cannot be done now; the person has been told."""
        self.card.flush_note()
        return self.saving.is_done()

    def _take_edit(self, value: Any) -> None:
        self.card.flush_note()
        current = self.queue.current
        if current is not None and self.editor.one_press and value is not None:
            self._decide(value, origin="manual")
        elif current is not None:
            self._keep(current, value, origin="manual")

    def _decide(self, value: Any, *, origin: Origin) -> None:
        """Save a value, and go on to the next sample."""
        current = self.queue.current
        if current is not None:
            self._write_and_go_on(current, self.saving.annotation(current, value, origin=origin))

    def _keep(self, sample: Sample, value: Any, *, origin: Origin) -> None:
        """Save a value, and stay."""
        task = self.session.task
        stored = None if value is None else task.dump(value)
        if value is None or task.done(value):
            self.queue.keep(stored)
        else:
            self.queue.keep(None, draft=stored)
        with self.own_change():
            self.saving.save(sample, value, origin=origin)
        self.recent.add(sample.id)
        self._later.start()
        self.counter.ask()

    def _write_and_go_on(self, sample: Sample, write: SampleWrite) -> None:
        # The next sample is shown before the pages are told, so that one press is one repaint.
        before = self.queue.current
        self._step_on(sample)
        with self.own_change():
            changes = self.session.perform(write)
        if changes is None:
            self.queue.go_to(sample.id)
        if self.queue.current is not None and self.queue.current is before:
            self.queue.reread()
        self._show_sample()
        self._show_recent()
        self.counter.ask()

    def _go_on(self, sample: Sample) -> None:
        self._show_next(self._step_on(sample))
        self._show_recent()

    def _show_next(self, following: Sample | None) -> None:
        if following is None and self.queue.current is not None:
            self.session.said.emit(tr("That was the last one here."), False)
        else:
            self._show_sample()

    def _step_on(self, sample: Sample) -> Sample | None:
        self.recent.add(sample.id)
        return self.queue.forward(deciding=True)

    def _save_note(self, sample: SampleId, text: str) -> None:
        with self.own_change():
            self.saving.note(sample, text)
        self.queue.keep_note(sample, text)

    def _preview_bulk(self, edit: BulkEdit[Any]) -> None:
        if self._is_saved():
            BulkCard.over(self).preview(self.session, edit)

    # ------------------------------------------------------------------------------------------------------ inside

    def _go_to(self, sample: SampleId) -> None:
        if self._is_saved() and self.queue.go_to(sample) is not None:
            self._show_sample()

    def _read_labels(self) -> None:
        before = self.labels
        self.labels = tuple(sorted(self.session.project.labels(), key=lambda label: label.position))
        if self._started and before != self.labels:
            self.suggestions.load(self.labels)  # what it suggested may be gone
            self.recent.forget()
        self._by_id = self.saving.labels = {label.id: label for label in self.labels}
        self.editor.set_labels(self.labels)
        self.panel.show_labels(self.labels, self._counts)
        self.side.show_meanings(self.labels)
        types = self.editor.takes_letters and not self.editor.one_press
        of_page = keys_to_remember(self.actions_of_page(), types=types, one_press=self.editor.one_press)
        self.side.show_keys(self.editor.keys(), of_page=of_page)
        self._show_filter()
        self._show_recent()
        self.work.expect(self.session.project.usual_length())
        self.work.fit()

    def _show_filter(self) -> None:
        self.filters.show_filter(self.queue.filter, labels=self.labels)
        self.found.count(self.queue.filter)

    def _show_sample(self) -> None:
        sample = self.queue.current
        self.saving.begin()
        self._show_work(sample is not None)
        if sample is None:
            self._show_nothing()
            return
        task = self.session.task
        value = None if sample.begun is None else task.parse(sample.begun, self.labels)
        self.card.show_sample(sample, search=self.queue.filter.search)
        self.editor.show_sample(task.input(sample.text, sample.fields), value)
        if hasattr(self.editor, "mark_searched"):
            self.editor.mark_searched(self.queue.filter.search.split())
        self.work.fit()  # after the narrowing is taken back: the labels need their full room again
        self._show_suggestion()
        self._ahead.start()

    def _show_work(self, shown: bool) -> None:
        if shown == self.work.has_sample:
            return
        had_focus = self._active and (self.hasFocus() or self.editor.hasFocus())
        self.setFocusProxy(self.editor if shown else cast(QWidget, None))
        if had_focus:
            self.setFocus()
        self.work.show_work(shown)

    def _suggestion(self) -> Suggestion[Any] | None:
        return self.suggestions.of(self.queue.current) if self.queue.current is not None else None

    def _show_suggestion(self) -> None:
        suggestion = self._suggestion()
        self._show_box(suggestion)
        self.editor.suggest(suggestion.value if suggestion is not None else None)

    def _take_refusal(self, left: Any) -> None:
        if self.queue.current is not None:
            self.suggestions.keep_left(self.queue.current, left)
            self._show_box(self._suggestion())

    def _show_box(self, suggestion: Suggestion[Any] | None) -> None:
        unlabelled = self._counts.samples - self._counts.labelled
        current = self.queue.current
        goes_on = current is not None and current.value is not None and not self.editor.one_press
        self.box.show_suggestion(suggestion, self._by_id, unlabelled=unlabelled, goes_on=goes_on)

    def _show_recent(self) -> None:
        self._later.stop()
        self.recent.show_decisions(self.session.sample, self.session.task, self._by_id)

    def _show_counts(self, counts: Counts) -> None:
        self._counts = counts
        self.found.count(self.queue.filter)
        self.side.show_progress(counts)
        self.panel.show_labels(self.labels, counts)
        self._show_box(self._suggestion())
        if self.queue.current is None:
            self._show_nothing()

    def _show_all_found(self) -> None:
        """All that the search finds, whatever the chips say."""
        self.show_samples(Filter(search=self.queue.filter.search))

    def _show_nothing_found(self) -> None:
        if self.queue.current is None:
            self._show_nothing()

    def _show_nothing(self) -> None:
        show_all = NextStep(tr("Show all samples"), lambda: self.show_samples(Filter()))
        if not self._counts.samples and self.session.project.count() == 0:
            to_data = NextStep(tr("Go to Data"), lambda: self.session.open_page("data"))
            self.work.say_nothing_left(*work_area.nothing_to_label(), [to_data])
        elif self.queue.filter == UNLABELLED:
            to_tune = NextStep(tr("Go to Tune"), lambda: self.session.open_page("tune"))
            self.work.say_nothing_left(*work_area.all_labelled(), [to_tune, show_all])
        elif self.found.elsewhere:
            all_found = NextStep(tr("Show all that were found"), self._show_all_found)
            self.work.say_nothing_left(*work_area.found_elsewhere(self.found.elsewhere), [all_found])
        else:
            self.work.say_nothing_left(*work_area.nothing_fits(), [show_all])

    def _build(self) -> None:
        top = row(self.filters, self.found, gap=12)
        top.setStretch(0, 1)
        left = column(top, self.work, gap=16)
        left.setStretch(1, 1)
        layout = row(left, 24, self.side, gap=0, margins=(24, 16, 24, 16))
        layout.setStretch(0, 1)
        self.setLayout(layout)
