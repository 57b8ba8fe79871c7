"""The Label page: one sample, its labels, one press each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.project import Project
from lepton_studio.project.records import Filter, Label, LabelId, Labels, Sample, SampleId
from lepton_studio.tasks import load_part
from lepton_studio.ui.actions import Action
from lepton_studio.ui.labelling.counts import Counter, Counts
from lepton_studio.ui.labelling.filter_row import FilterRow
from lepton_studio.ui.labelling.queue import UNLABELLED, SampleQueue
from lepton_studio.ui.labelling.recent_strip import RecentStrip
from lepton_studio.ui.labelling.sample_card import SampleCard
from lepton_studio.ui.labelling.side_panel import SidePanel
from lepton_studio.ui.labelling.suggestions import Suggestions
from lepton_studio.ui.pages.page import Page
from lepton_studio.ui.session import Session
from lepton_studio.widgets.empty_state import EmptyState, NextStep
from lepton_studio.widgets.layouts import column, row
from lepton_studio.widgets.resized import Resized

_THOUGHT = 300.0
"""Seconds; a longer time before a decision was a pause, and is not recorded."""


class LabelPage(Page):
    """Keys: labels' own, Enter accepts, Space skips, Backspace goes back, arrows move, F flags, N notes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.queue = SampleQueue(session.project)
        self.labels: Labels = ()
        self._by_id: dict[LabelId, Label] = {}
        self._counts = Counts()
        self._shown_at = time.monotonic()
        self._started = False
        self.suggestions = Suggestions(session)
        self.suggestions.changed.connect(self._show_suggestion)
        self.counter = Counter(session, self)
        self.counter.counted.connect(self._show_counts)

        self.filters = FilterRow(("unlabelled", "labelled", "flagged", "skipped", "any"))
        self.filters.wanted.connect(self.show_samples)
        self.card = SampleCard()
        self.card.noted.connect(self._save_note)
        self.card.left.connect(self.setFocus)
        self.editor: Any = load_part(session.task.editor)()
        self.editor.edited.connect(self._decide)
        self.recent = RecentStrip()
        self.recent.sample_wanted.connect(self._go_to)
        self.side = SidePanel(session, self.suggestions)
        self.box = self.side.box
        self.box.tune_wanted.connect(lambda: session.open_page("tune"))
        self.panel = self.side.labels
        self.panel.samples_wanted.connect(self.show_samples)
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.timeout.connect(self.queue.read_ahead)
        self._empty = EmptyState("check", "", sentence="")
        self._build()
        self.setFocusProxy(self.editor)
        session.run_ended.connect(lambda _run, _outcome: self.counter.ask())

    # ---------------------------------------------------------------------------------------------- what is shown

    def refresh(self) -> None:
        self._read_labels()
        if not self._started:
            self._started = True
            self.queue.start(UNLABELLED)
            self.suggestions.load()
        else:
            self.queue.reread()
        self._show_filter()
        self._show_sample()
        self.counter.ask()

    def deactivate(self) -> None:
        super().deactivate()
        self._ahead.stop()

    def show_changes(self, changes: Changes) -> None:
        if changes.labels:
            self._read_labels()
        current = self.queue.current
        if changes.samples is None or changes.structure or changes.labels or current is None:
            self.queue.reread()
            self._show_sample()
        elif changes.samples and not changes.touches(current.id):
            self._go_to(min(changes.samples))  # undone or redone elsewhere: show where
        elif changes.samples:
            self.queue.reread()
            self._show_sample()
        self._show_recent()
        self.counter.ask()

    def show_samples(self, which: Filter) -> None:
        """Work through these samples."""
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
        state = "any" if text and self.queue.filter == UNLABELLED else self.queue.filter.state
        if not text and self.queue.filter == Filter(search=self.queue.filter.search):
            state = UNLABELLED.state
        self.queue.start(replace(self.queue.filter, search=text, state=state))
        self._show_filter()
        self._show_sample()
        return True

    def actions_of_page(self) -> Sequence[Action]:
        flag, note = self._letter_keys()

        def has_sample() -> bool:
            return self.queue.current is not None

        return [
            Action("accept", tr("Accept the suggestion"), self.accept, "Return", "label", has_sample),
            Action("skip", tr("Skip"), self.skip, "Space", "label", has_sample),
            Action("back", tr("Back to the sample before"), self.back, "Backspace", "label"),
            Action("next", tr("Next sample"), self.forward, "Right", "label", has_sample),
            Action("previous", tr("Previous sample"), self.backward, "Left", "label"),
            Action("flag", tr("Flag"), self.flag, flag, "label", has_sample),
            Action("note", tr("Note"), self.card.edit_note, note, "label", has_sample),
            Action("clear", tr("Take the label off"), self.clear_label, "Delete", "label", has_sample),
            Action("add_label", tr("Add a label …"), self.panel.begin_adding, "Ctrl+L", "label"),
            Action("suggest", tr("Suggest labels for all unlabelled samples"), self.suggestions.suggest_unlabelled,
                   "", "label", lambda: self.suggestions.run is not None),
        ]  # fmt: skip

    # ------------------------------------------------------------------------------------------------ what is done

    def accept(self) -> None:
        """Take the suggestion as the label; nothing where there is none."""
        current = self.queue.current
        suggestion = self.suggestions.of(current.id) if current is not None else None
        if suggestion is not None and suggestion.label in self._by_id:
            self._save(self.session.task.from_labels((suggestion.label,)), origin="suggestion")
        else:
            self.session.said.emit(tr("There is no suggestion for this sample."), False)

    def skip(self) -> None:
        """Put the sample aside."""
        current = self.queue.current
        if current is not None:
            self._write_and_go_on(current.id, lambda project: project.skip(current.id))

    def clear_label(self) -> None:
        """Make the sample unlabelled again."""
        current = self.queue.current
        if current is not None and current.value is not None:
            self.session.perform(lambda project: project.annotate(current.id, None))

    def flag(self) -> None:
        """Flag the sample, or take the flag off."""
        current = self.queue.current
        if current is not None:
            self.session.perform(lambda project: project.flag(current.id, not current.flagged))

    def forward(self) -> None:
        """Show the next sample of the filter."""
        if self.queue.forward() is None and self.queue.current is not None:
            self.session.said.emit(tr("That was the last one here."), False)
        self._show_sample()

    def backward(self) -> None:
        """Show the sample before."""
        if self.queue.backward() is not None:
            self._show_sample()

    def back(self) -> None:
        """Return to the sample seen before."""
        if self.queue.back() is not None:
            self._show_sample()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A key that the editor left comes here from below; one that came to the page itself is offered to the editor.
        if not self.editor.hasFocus() and not self.run_plain_key(event):
            self.editor.keyPressEvent(event)
            if event.isAccepted():
                return
            event.ignore()
        elif self.editor.hasFocus():
            super().keyPressEvent(event)

    # ----------------------------------------------------------------------------------------------------- inside

    def _decide(self, value: Any) -> None:
        self._save(value, origin="manual")

    def _save(self, value: Any, *, origin: Any) -> None:
        current = self.queue.current
        if current is None:
            return
        task = self.session.task
        ids = task.labels_in(value)
        spent = time.monotonic() - self._shown_at
        name = tr("Label as {label}", label=", ".join(self._by_id[one].name for one in ids if one in self._by_id))

        def write(project: Project) -> Changes:
            return project.annotate(
                current.id,
                task.dump(value),
                labels=ids,
                origin=origin,
                seconds=round(spent, 2) if spent < _THOUGHT else None,
                name=name,
            )

        self._write_and_go_on(current.id, write)

    def _write_and_go_on(self, sample: SampleId, write: Any) -> None:
        # The next sample is shown before the pages are told, so that one press is one repaint.
        self.recent.add(sample)
        before = self.queue.current
        self.queue.forward(deciding=True)
        with self.own_change():
            changes = self.session.perform(write)
        if changes is None:
            self.queue.go_to(sample)
        if self.queue.current is not None and self.queue.current is before:
            self.queue.reread()
        self._show_sample()
        self._show_recent()
        self.counter.ask()

    def _save_note(self, text: str) -> None:
        current = self.queue.current
        if current is not None and text != current.note:
            self.session.perform(lambda project: project.note(current.id, text))

    def _go_to(self, sample: SampleId) -> None:
        if self.queue.go_to(sample) is not None:
            self._show_sample()

    def _read_labels(self) -> None:
        self.labels = tuple(sorted(self.session.project.labels(), key=lambda label: label.position))
        self._by_id = {label.id: label for label in self.labels}
        self.editor.set_labels(self.labels)
        self.panel.show_labels(self.labels, self._counts)
        flag, note = self._letter_keys()
        self.side.show_keys(flag=flag, note=note)
        self._show_filter()
        self._show_recent()
        self._fit()

    def _letter_keys(self) -> tuple[str, str]:
        """The keys of flag and note: letters, unless the editor takes letters itself."""
        return ("Ctrl+G", "Ctrl+M") if self.editor.takes_letters else ("F", "N")

    def _show_filter(self) -> None:
        self.filters.show_filter(self.queue.filter, labels=self.labels)

    def _show_sample(self) -> None:
        sample = self.queue.current
        self._shown_at = time.monotonic()
        self._show_stack(0 if sample is not None else 1)
        if sample is None:
            self._show_nothing()
            return
        self.card.show_sample(sample, search=self.queue.filter.search)
        self.editor.show_value(self._value_of(sample))
        self._fit()  # after the narrowing is taken back: the labels need their full room again
        self._show_suggestion()
        self._ahead.start()

    def _show_stack(self, index: int) -> None:
        if index == self._stack.currentIndex():
            return
        had_focus = self._active and (self.hasFocus() or self.editor.hasFocus())
        self.setFocusProxy(self.editor if index == 0 else cast(QWidget, None))
        if had_focus:
            self.setFocus()
        self._stack.setCurrentIndex(index)

    def _value_of(self, sample: Sample) -> Any:
        return None if sample.value is None else self.session.task.parse(sample.value, self.labels)

    def _show_suggestion(self) -> None:
        sample = self.queue.current
        suggestion = self.suggestions.of(sample.id) if sample is not None else None
        unlabelled = self._counts.samples - self._counts.labelled
        self.box.show_suggestion(suggestion, self._by_id, unlabelled=unlabelled)
        self.editor.suggest(self.session.task.from_labels((suggestion.label,)) if suggestion is not None else None)

    def _show_recent(self) -> None:
        self.recent.show_decisions(self.session.project, self.session.task, self._by_id)

    def _show_counts(self, counts: Counts) -> None:
        self._counts = counts
        self.side.show_progress(counts)
        self.panel.show_labels(self.labels, counts)
        self._show_suggestion()
        if self.queue.current is None:
            self._show_nothing()

    def _show_nothing(self) -> None:
        show_all = NextStep(tr("Show all samples"), lambda: self.show_samples(Filter()))
        if not self._counts.samples and self.session.project.count() == 0:
            self._empty.set_words(
                tr("Nothing to label yet"), sentence=tr("Drop a file with texts here, or import one on the Data page.")
            )
            self._empty.set_steps([NextStep(tr("Go to Data"), lambda: self.session.open_page("data"))])
        elif self.queue.filter == UNLABELLED:
            self._empty.set_words(
                tr("All samples are labelled"),
                sentence=tr(
                    "Tune a model on them, or go through your labels once more. Ctrl+Z takes the last one back."
                ),
            )
            self._empty.set_steps([NextStep(tr("Go to Tune"), lambda: self.session.open_page("tune")), show_all])
        else:
            self._empty.set_words(
                tr("No sample fits"), sentence=tr("Nothing in the project fits these chips and this search.")
            )
            self._empty.set_steps([show_all])

    # ----------------------------------------------------------------------------------------------------- layout

    def _build(self) -> None:
        work = QWidget()
        work.setLayout(column(self.card, self.editor, self.recent, None, gap=16))
        self._work = Resized()
        self._work.resized.connect(self._fit)
        self._stack = QStackedLayout(self._work)
        self._stack.addWidget(work)
        self._stack.addWidget(self._empty)
        left = column(self.filters, self._work, gap=16)
        left.setStretch(1, 1)
        layout = row(left, 24, self.side, gap=0, margins=(24, 16, 24, 16))
        layout.setStretch(0, 1)
        self.setLayout(layout)

    def _fit(self) -> None:
        # Short texts all get the same room, so that the labels below stay in their place; a long one gets all there is.
        height = self._work.height()
        most = max(84, round(height * 0.45))
        editor = max(44, min(most, self.editor.needed_height(self._work.width())))
        room = max(120, height - editor - 28 - 2 * 16)
        usual = min(room, max(200, round(height * 0.44)))
        needed = self.card.needed_height()
        self.editor.setFixedHeight(editor)
        self.card.setFixedHeight(usual if needed <= usual else min(room, needed))
