"""Labels that are looked at again: those that a model doubts one by one on the page, contradictions pair by pair."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr, trn
from lepton_studio.project.records import BY_GAIN, Filter, SampleId
from lepton_studio.project.reviews import ReviewCounts, ReviewKind
from lepton_studio.ui.frame.key_names import key_name
from lepton_studio.ui.label.contradictions_card import ContradictionsCard
from lepton_studio.ui.label.deciding import Deciding
from lepton_studio.ui.label.sample_history_card import SampleHistoryCard
from lepton_studio.ui.label.self_agreement_card import SelfAgreementCard
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import value_shown
from lepton_studio.widgets.layouts import button, row, words
from lepton_studio.widgets.plain_text import set_tool_tip
from lepton_studio.widgets.theme import CAPTION

KEEP, AMBIGUOUS, HISTORY = "Ctrl+Return", "Ctrl+Shift+G", "Ctrl+Shift+H"


class ReviewBar(QWidget):
    """What is asked of a label that may be wrong, and how many of those looked at so far were."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.asked = words("", wrap=True)
        self.counted = words("", size=CAPTION, muted=True)
        self.keep = button(tr("Keep"), role="quiet")
        self.ambiguous = button(tr("Ambiguous"), role="quiet")
        set_tool_tip(self.keep, key_name(KEEP))
        set_tool_tip(self.ambiguous, key_name(AMBIGUOUS))
        layout = row(self.asked, self.counted, self.keep, self.ambiguous, gap=12)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self.hide()


class Reviewing(QObject):
    """`wanted(Filter)`: samples to work through. Where the person works through labels that may be wrong, each answer
    is kept as a review: another value, or the same one.
    """

    wanted = Signal(object)

    def __init__(self, session: Session, page: QWidget, deciding: Deciding) -> None:
        super().__init__(page)
        self._session, self._page, self._deciding = session, page, deciding
        self._is_awaited = False
        self._suspects: tuple[SampleId, ...] = ()
        self._card: ContradictionsCard | None = None
        self._agreement: SelfAgreementCard | None = None
        self.bar = ReviewBar()
        self.bar.keep.clicked.connect(lambda: deciding.keep_label())
        self.bar.ambiguous.clicked.connect(self.mark_ambiguous)
        deciding.saving.review = self._kind
        session.instant.changed.connect(self._take)
        session.changed.connect(lambda _changes: self.show())

    def actions(self) -> list[Action]:
        """What can be done, in the order of the menu."""
        task, found = self._session.task, []
        if self._session.instant.finds_suspects:
            found.append(Action("suspects", tr("Find possible label errors"), self.find_suspects, "", "label"))
        if task.linear or task.label_kinds:
            title = tr("Find contradictions…")
            found.append(Action("contradictions", title, self.find_contradictions, "", "label"))
        if self._session.instant.finds_suspects:
            found += [
                Action("keep", tr("Keep the label that may be wrong"), self._deciding.keep_label, KEEP, "label",
                       lambda: self.is_asking),
                Action("ambiguous", tr("Mark as ambiguous"), self.mark_ambiguous, AMBIGUOUS, "label",
                       lambda: self.is_asking),
            ]  # fmt: skip
        if self._deciding.again.can_be:
            found.append(Action("self_agreement", tr("Self-agreement…"), self.show_self_agreement, "", "label"))
        title = tr("History of this sample…")
        found.append(
            Action("sample_history", title, self.show_history, HISTORY, "label", lambda: self._deciding.has_sample)
        )
        return found

    def show_self_agreement(self) -> None:
        """Show how often the same answer was given again, and set how often to ask."""
        card = SelfAgreementCard.over(self._page)
        if self._agreement is None:
            self._agreement = card
            card.samples_wanted.connect(self.wanted)
        card.open_on(self._session, self._deciding.again)

    def show_history(self) -> None:
        """Show what became of the sample in view, to bring a state of it back."""
        current = self._deciding.queue.current if self._deciding.is_saved() else None
        if current is not None:
            SampleHistoryCard.over(self._page).open_on(self._session, current.id)

    @property
    def is_asking(self) -> bool:
        """Whether the sample in view is asked about as its label may be wrong."""
        current = self._deciding.queue.current
        return current is not None and self._kind(current.id) == "suspect"

    def find_suspects(self) -> None:
        """Look beside the window for labels that may be wrong, then work through them, the likeliest errors first."""
        self._is_awaited = True
        self._session.said.emit(tr("Looking for label errors…"), False)
        self._session.instant.find_suspects()

    def find_contradictions(self) -> None:
        """Show texts that are nearly the same and labelled in different ways, pair by pair."""
        if self._deciding.is_saved():
            if self._card is None:
                self._card = ContradictionsCard.over(self._page)
                self._card.samples_wanted.connect(self.wanted)
            self._card.look(self._session)

    def mark_ambiguous(self) -> None:
        """Nobody can tell what is right: flag the sample, with a note."""
        self._deciding.keep_label(note=tr("Ambiguous"))

    def show(self) -> None:
        """Another sample is in view, or something was written."""
        self.bar.setVisible(self.is_asking)
        current = self._deciding.queue.current
        if current is None or not self.is_asking:
            return
        task, labels = self._session.task, self._deciding.saving.labels
        own = "" if current.value is None else value_shown(current.value, task=task, labels=labels).words
        said = self._said(current.id)
        if said is None or task.dump(said) == current.value:
            sentence = tr("Is “{label}” right?", label=own)
        else:
            meant = task.words(said, tuple(labels.values()))
            sentence = tr("Is “{label}” right? The model says “{suggestion}”.", label=own, suggestion=meant)
        self.bar.asked.setText(sentence)
        self.bar.counted.setText(counts_in_words(self._session.project.review_counts("suspect")))

    # ------------------------------------------------------------------------------------------------------ inside

    def _said(self, sample: SampleId) -> Any:
        suspects = self._session.instant.suspects
        found = None if suspects is None else suspects.by_sample.get(sample)
        return None if found is None else found.suggestion.value

    def _kind(self, sample: SampleId) -> ReviewKind | None:
        if self._deciding.again.is_asked(sample):
            return "again"
        is_at_it = bool(self._suspects) and self._deciding.queue.filter.ids == self._suspects
        return "suspect" if is_at_it and sample in self._suspects else None

    def _take(self) -> None:
        suspects = self._session.instant.suspects
        if not self._is_awaited or suspects is None:
            return
        self._is_awaited = False
        settled = self._session.project.confirmed()
        found = tuple(one.sample for one in suspects.found if one.sample not in settled)
        if found:
            self._suspects = found
            self.wanted.emit(Filter(ids=found, order=BY_GAIN))
        elif suspects.found:
            self._session.said.emit(tr("You have looked at every label that may be wrong."), False)
        else:
            self._session.said.emit(tr("None of {n} labels looks wrong.", n=f"{suspects.judged:,}"), False)


def counts_in_words(counts: ReviewCounts) -> str:
    """ "31 of 40 reviewed were wrong"; "" before the first."""
    if not counts.reviewed:
        return ""
    return trn(
        "{wrong} of {count} reviewed was wrong",
        "{wrong} of {count} reviewed were wrong",
        counts.reviewed,
        wrong=f"{counts.changed:,}",
    )
