"""The Label page: one sample and its editor, for any task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QWidget

from lepton_studio.contract.editing import BulkEdit
from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.label_options import offered
from lepton_studio.project.records import BY_GAIN, Filter, Label, LabelId, Labels, SampleId, Suggestion
from lepton_studio.studio.instant.asking import why_words
from lepton_studio.ui.bulk.rule_actions import rule_actions
from lepton_studio.ui.label.answered import feed_answered
from lepton_studio.ui.label.beside import Beside
from lepton_studio.ui.label.bulk_card import BulkCard
from lepton_studio.ui.label.copying import copied
from lepton_studio.ui.label.counts import Counter, Counts
from lepton_studio.ui.label.deciding import Deciding
from lepton_studio.ui.label.enough import Enough
from lepton_studio.ui.label.filter_row import FilterRow
from lepton_studio.ui.label.found_line import FoundLine
from lepton_studio.ui.label.guiding import Guiding
from lepton_studio.ui.label.label_actions import keys_to_remember, label_actions
from lepton_studio.ui.label.nothing_left import nothing_left
from lepton_studio.ui.label.queue import UNLABELLED
from lepton_studio.ui.label.rating_scale import feed_scale
from lepton_studio.ui.label.reviewing import Reviewing
from lepton_studio.ui.label.settling import Settling
from lepton_studio.ui.label.side_panel import SidePanel
from lepton_studio.ui.label.sources_card import SourcesCard
from lepton_studio.ui.label.suggestions import Suggestions
from lepton_studio.ui.label.telling import tell_sample
from lepton_studio.ui.label.work_area import WorkArea
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.editors import new_editor
from lepton_studio.ui.shared.page import Page
from lepton_studio.ui.shared.read_only import grey_if_only_read
from lepton_studio.ui.shared.session import Session
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
        self.labels: Labels = ()
        self._offered: Labels | None = None
        self._by_id: dict[LabelId, Label] = {}
        self._counts = Counts()
        self._started = False
        self.suggestions = Suggestions(session)
        self.suggestions.changed.connect(self._show_other_suggestions)
        self.counter = Counter(session, self)
        self.counter.counted.connect(self._show_counts)

        self.filters = FilterRow(("unlabelled", "labelled", "flagged", "skipped", "any"), session=session, orders=True)
        self.filters.wanted.connect(self.show_samples)
        self.found = FoundLine(session)
        self.found.all_wanted.connect(self.show_all_found)
        self.found.counted.connect(self._show_if_nothing)
        self.editor = new_editor(session.task)
        self.deciding = Deciding(
            session,
            editor=self.editor,
            suggestions=self.suggestions,
            quietly=self.own_change,
            flush_note=lambda: self.card.flush_note(),
            parent=self,
        )
        self.queue = self.deciding.queue
        self.deciding.spot_check.wanted.connect(self.show_samples)
        self.reviewing = Reviewing(session, self, self.deciding)
        self.reviewing.wanted.connect(self.show_samples)
        self.settling = Settling(session, self, self.deciding)
        self.settling.wanted.connect(self.show_samples)
        self.editor.edited.connect(self.deciding.take_edit)
        self.editor.finished.connect(self.deciding.accept)
        self.editor.refused.connect(self._take_refusal)
        self.editor.bulk_wanted.connect(self._preview_bulk)
        feed_scale(session, self.editor)
        self.work = WorkArea(self.editor, task=session.task)
        self.card = self.work.card
        self.card.noted.connect(self.deciding.save_note)
        self.card.left.connect(self.setFocus)
        self.beside = Beside(session, self.work.beside, self.deciding)
        self.recent = self.work.recent
        self.recent.sample_wanted.connect(self.deciding.go_to)
        self.side = SidePanel(session, self.suggestions)
        self.enough = Enough(session, self, side=self.side, spot_check=self.deciding.spot_check)
        self.box = self.side.box
        self.box.tune_wanted.connect(lambda: session.open_page("tune"))
        self.box.word_list_wanted.connect(self.choose_word_list)
        self.panel = self.side.labels
        self.panel.samples_wanted.connect(self.show_samples)
        self.panel.left.connect(self.setFocus)
        self.guiding = Guiding(session, self, self.deciding, fold=self.side.turn_meanings, anchor=self.card)
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.timeout.connect(self._read_ahead)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_LATER)
        self._later.timeout.connect(self._show_recent)
        self.deciding.shown.connect(self._show_sample)
        self.deciding.worked_on.connect(self.recent.add)
        self.deciding.stayed.connect(self._later.start)
        self.deciding.stayed.connect(self.counter.ask)
        self.deciding.went_on.connect(self._show_recent)
        self.deciding.went_on.connect(self.counter.ask)
        self._build()
        bar = self.reviewing.bar
        grey_if_only_read(
            session.project, *self.box.writing, *self.panel.adding, bar.keep, bar.ambiguous, self.settling.panel
        )
        session.run_ended.connect(lambda _run, _outcome: self.counter.ask())
        session.instant.changed.connect(self._take_instant)

    # ---------------------------------------------------------------------------------------------- what is shown

    def refresh(self) -> None:
        self.recent.forget()
        self._read_labels()
        if not self._started:
            self._started = True
            by_gain = replace(UNLABELLED, order=BY_GAIN)
            self.queue.start(by_gain if self.session.instant.can_be else UNLABELLED)
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
        self.deciding.is_saved()

    def show_changes(self, changes: Changes) -> None:
        self.recent.forget(changes.samples)
        if changes.labels:
            self._read_labels()
        current = self.queue.current
        elsewhere = not (changes.structure or changes.labels or current is None or changes.touches(current.id))
        if elsewhere and changes.samples is not None and len(changes.samples) == 1:
            self.deciding.go_to(min(changes.samples))  # undone or redone: show where
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
        if not self.deciding.start(which):
            return
        self._started = True
        self._read_labels()
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
        self.deciding.go_to(sample)

    def search(self, text: str) -> bool:
        if self.deciding.search(text):
            self._show_filter()
            self._show_sample()
        return True

    def actions_of_page(self) -> Sequence[Action]:
        of_page = label_actions(
            self.deciding,
            task=self.session.task,
            instant=self.session.instant,
            beside=self.beside,
            note=self.card.edit_note,
            copy=self.copy,
            add_label=self.panel.begin_adding,
            choose_word_list=self.choose_word_list,
            choose_source=lambda: SourcesCard.over(self).show_sources(self.suggestions.sources),
            reviewing=self.reviewing,
            settling=self.settling,
            guiding=self.guiding,
            enough=self.enough,
        )
        return [*of_page, *rule_actions(self.session, self)]

    def keys_of_page(self) -> Sequence[tuple[str, str]]:
        return [*self.editor.keys(), ("Ctrl+Tab", tr("go to the next control, where Tab moves within the text"))]

    # ------------------------------------------------------------------------------------------------ what is done

    def copy(self) -> None:
        """Put what is selected on the clipboard; where nothing is, the text of the sample."""
        if copied(self, self.queue.current):
            self.session.said.emit(tr("Text copied."), False)

    def choose_word_list(self) -> None:
        """Ask for a dictionary or pattern file to suggest from."""
        chosen, _kind = QFileDialog.getOpenFileName(self, tr("Suggest from a word list"))
        if chosen:
            self.suggestions.read_word_list(Path(chosen))

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self.work.has_sample:  # no focus proxy: Tab would go past the chips, straight to the editor
            self.editor.setFocus(event.reason())

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

    def _preview_bulk(self, edit: BulkEdit[Any]) -> None:
        if self.deciding.is_saved():
            BulkCard.over(self).preview(self.session, edit)

    # ------------------------------------------------------------------------------------------------------ inside

    def _read_labels(self) -> None:
        before = self.labels
        self.labels = tuple(sorted(self.session.project.labels(), key=lambda label: label.position))
        if self._started and before != self.labels:
            self.suggestions.load(self.labels)  # what it suggested may be gone
            self.recent.forget()
        self._by_id = self.deciding.saving.labels = {label.id: label for label in self.labels}
        self._offer(())
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
        order = self.queue.filter.order
        if order.is_asked:
            self.session.instant.ask_by(order.key)
        self._show_chips()
        self.found.count(self.queue.filter)

    def _show_chips(self) -> None:
        has_margin = self.session.task.has_one_label
        self.filters.show_filter(
            self.queue.filter,
            labels=self.labels,
            by=self.suggestions.by,
            has_margin=has_margin,
            learns=self.session.instant.learns,
        )

    def _show_sample(self) -> None:
        sample = self.queue.current
        self.deciding.saving.begin()
        self.reviewing.show()
        self.settling.show()
        self._show_work(sample is not None)
        if sample is None:
            self._show_if_nothing()
            return
        task = self.session.task
        value = None if sample.begun is None else task.parse(sample.begun, self.labels)
        given = task.input(sample.text, sample.fields, media=self.session.project.media_folder)
        self.card.show_sample(sample, given, search=self.queue.filter.search, why=self._why())
        self._offer(() if value is None else task.labels_in(value))
        self.editor.show_sample(given, value)
        tell_sample(self.editor, sample.text, labelled="" if value is None else task.words(value, self.labels))
        self.editor.mark_searched(self.queue.filter.search.split())
        self.work.fit()  # after the narrowing is taken back: the labels need their full room again
        self._show_suggestion()
        self.beside.show(self._by_id)
        self._ahead.start()

    def _offer(self, besides: Sequence[LabelId]) -> None:
        """Let the editor offer all labels but retired ones, and those that the sample has."""
        labels = offered(self.labels, besides=besides)
        if labels != self._offered:
            self._offered = labels
            self.editor.set_labels(labels)

    def _why(self) -> str:
        suggestion = self._suggestion()
        likeliest = () if suggestion is None else tuple(suggestion.scores)
        names = tuple(self._by_id[one].name for one in likeliest if one in self._by_id)
        return why_words(self.queue.why, names)

    def _take_instant(self) -> None:
        self.queue.ask_anew()
        self._ahead.start()
        self.side.show_instant(self.session.instant)

    def _read_ahead(self) -> None:
        self.queue.read_ahead()
        self.session.instant.read_first(self.queue.coming())
        self.beside.show_next()

    def _show_work(self, shown: bool) -> None:
        if shown == self.work.has_sample:
            return
        had_focus = self._active and (self.hasFocus() or self.editor.hasFocus())
        self.work.show_work(shown)
        if had_focus:
            self.setFocus()

    def _suggestion(self) -> Suggestion[Any] | None:
        return self.deciding.suggestion

    def _show_other_suggestions(self) -> None:
        self._show_suggestion()
        self.beside.suggestion_came()
        if self._started:
            self._show_chips()

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
        self.box.show_suggestion(
            suggestion,
            self._by_id,
            unlabelled=unlabelled,
            goes_on=self.deciding.goes_on,
            is_blind=self.deciding.is_blind,
            is_hidden=self.deciding.hides_suggestion,
        )

    def _show_recent(self) -> None:
        self._later.stop()
        self.recent.show_decisions(self.session.sample, self.session.task, self._by_id)

    def _show_counts(self, counts: Counts) -> None:
        self._counts = counts
        self.found.count(self.queue.filter)
        self.side.show_progress(counts)
        self.panel.show_labels(self.labels, counts)
        self._show_box(self._suggestion())
        self._show_if_nothing()

    def show_all_found(self) -> None:
        """All that the search finds, whatever the chips say."""
        self.show_samples(Filter(search=self.queue.filter.search))

    def _show_if_nothing(self) -> None:
        if self.queue.current is None:
            self.work.say_nothing_left(*nothing_left(self._counts.samples, self))

    def _build(self) -> None:
        top = row(self.filters, self.found, gap=12)
        top.setStretch(0, 1)
        left = column(top, self.reviewing.bar, self.settling.panel, self.work, gap=16)
        left.setStretch(3, 1)
        layout = row(left, 24, self.side, gap=0, margins=(24, 16, 24, 16))
        layout.setStretch(0, 1)
        self.setLayout(layout)
