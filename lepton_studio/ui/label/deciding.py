"""What a person does with the sample in view: decide, go on, put it aside, step back; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.contract.editing import Editor
from lepton_studio.language import tr
from lepton_studio.project.records import Filter, Offered, Origin, Sample, SampleId, Split, Suggestion
from lepton_studio.project.sample_writes import Annotate, Flag, Review, SampleWrite, Skip
from lepton_studio.studio.instant.asking import AGAIN, CHECKED, DRAWN, Asked
from lepton_studio.ui.label.asking_again import AskingAgain
from lepton_studio.ui.label.nearly_equal import NearlyEqual
from lepton_studio.ui.label.queue import SampleQueue
from lepton_studio.ui.label.saving import Saving
from lepton_studio.ui.label.splitting import Splitting
from lepton_studio.ui.label.spot_checking import SpotChecking
from lepton_studio.ui.label.suggestions import Suggestions
from lepton_studio.ui.shared.session import Session


@dataclass(frozen=True, slots=True)
class _Look:
    """How a sample came in view: without a value, and with its suggestion hidden."""

    sample: SampleId = 0
    is_new: bool = False
    hides: bool = False


class Deciding(QObject):
    """The steps through the samples of a queue. Each is one undo step at most, saved before the next sample is shown.

    `quietly` gives a context in which a change is the page's own (`Page.own_change`); `flush_note` saves the note that
    is being typed.
    """

    shown = Signal()
    """Another sample is current, or the same one with another value: show it."""
    worked_on = Signal(int)
    """The sample of this id was decided on, or gone on from."""
    stayed = Signal()
    """A value is saved, and its sample stays in view."""
    went_on = Signal()
    """A sample is done with, and the next one is in view."""

    def __init__(
        self,
        session: Session,
        *,
        editor: Editor[Any],
        suggestions: Suggestions,
        quietly: Callable[[], AbstractContextManager[None]],
        flush_note: Callable[[], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.spot_check = SpotChecking(session, parent)
        self.editor = editor
        self.suggestions = suggestions
        self._quietly = quietly
        self._flush_note = flush_note
        self.again = AskingAgain(session, can_be=editor.one_press and bool(session.task.linear))
        self.queue = SampleQueue(
            session.project,
            lambda sample: self.again.shown(self.spot_check.shown(session.writing.shown(sample))),
            self._asked,
            self.again.next,
        )
        self.went_on.connect(lambda: self.spot_check.look(self.queue.filter))
        self._seen = _Look()
        self.saving = Saving(session, flush=editor.flush, parent=self)
        self.nearly_equal = NearlyEqual(session, parent)
        self.worked_on.connect(self.nearly_equal.look_soon)
        self.splitting = Splitting(session)

    def _asked(self) -> Sequence[Asked]:
        """What the instant model asks about; among samples that were selected its suspects first."""
        instant = self._session.instant
        if self.spot_check.check is not None and self.queue.filter.ids is not None:
            return self.spot_check.asked
        if sorted_out := self.splitting.asked(self.queue.filter):
            return sorted_out
        is_selected = self.queue.filter.ids is not None and instant.suspects is not None
        return (*instant.suspects.order, *instant.asked) if is_selected and instant.suspects else instant.asked

    @property
    def has_sample(self) -> bool:
        """Whether there is one to decide on."""
        return self.queue.current is not None

    @property
    def is_blind(self) -> bool:
        """Whether nothing is suggested for the current sample until the person has said something: it is one of those
        that chance chose to test on or to check, and a suggestion would sway the answer; or one of those on which it is
        hidden to see how much it does.
        """
        current = self.queue.current
        return current is not None and (self._is_blind_by_queue(current) or self.hides_suggestion)

    @property
    def hides_suggestion(self) -> bool:
        """Whether there is a suggestion for the current sample, which is hidden to see how much suggestions sway."""
        current = self.queue.current
        return current is not None and self._look(current).hides and self.suggestions.whole(current) is not None

    def _is_blind_by_queue(self, current: Sample) -> bool:
        return current.begun is None and self.queue.why in (DRAWN, CHECKED, AGAIN)

    def _look(self, current: Sample) -> _Look:
        """How the sample came in view; what is hidden then stays so until the person goes on."""
        if self._seen.sample != current.id:
            is_new = current.begun is None
            hides = is_new and self.suggestions.sources.hides(current.id)
            self._seen = _Look(current.id, is_new, hides)
        return self._seen

    def _offered(self, current: Sample, value: Any) -> Offered | None:
        """What was suggested to the person who decides on a sample that came in view without a value."""
        if value is None or not self._look(current).is_new or self.queue.why in (DRAWN, CHECKED, AGAIN):
            return None  # those are drawn from all samples, the others chosen by a model: they would not compare
        whole = self.suggestions.whole(current)
        return None if whole is None else Offered(self._seen.hides, self._session.task.accept(whole.value) == value)

    @property
    def suggestion(self) -> Suggestion[Any] | None:
        """What is suggested for the current sample."""
        current = self.queue.current
        if current is None or self.is_blind:
            return None
        into = self.splitting.into(self.queue.filter)
        return self.splitting.suggestion(current, into) if into else self.suggestions.of(current)

    @property
    def goes_on(self) -> bool:
        """Whether Enter goes on, as something is said of the sample, and does not take the suggestion in its place."""
        current = self.queue.current
        return current is not None and current.begun is not None and not self.editor.one_press

    def is_saved(self) -> bool:
        """Save what is typed and waits for a pause. False where that cannot be done now; the person has been told."""
        self._flush_note()
        return self.saving.is_done()

    # -------------------------------------------------------------------------------------------------- deciding

    def accept(self) -> None:
        """Go on from a sample that is labelled; else take the suggestion, or that there is nothing to mark."""
        if not self.is_saved():
            return
        current, task, editor = self.queue.current, self._session.task, self.editor
        if current is None:
            return
        suggestion = self.suggestion
        if self.goes_on:
            if current.value is None:
                self._say(tr("Something here is unfinished, so the sample still counts as unlabelled."))
            self._show_next(self._step_on(current))
            self.went_on.emit()
        elif suggestion is not None and (problem := editor.problem_with(task.accept(suggestion.value))):
            self._say(problem)
        elif suggestion is not None:
            self._decide(current, suggestion.value, origin="suggestion")
        elif editor.none_key:
            self._say(tr("Nothing selected yet. Press {key} if none of the labels applies.", key=editor.none_key))
        elif task.empty is not None and current.value is None:
            self._decide(current, task.empty, origin="manual")
        elif self.hides_suggestion:
            self._say(tr("The suggestion is hidden here until you have answered."))
        else:
            self._say(tr("There is no suggestion for this sample."))

    def take_edit(self, value: Any) -> None:
        """The person changed the value; an editor in which one press decides goes on with that."""
        self._flush_note()
        current = self.queue.current
        if current is not None and self.editor.one_press and value is not None:
            self._decide(current, value, origin="manual")
        elif current is not None:
            self._keep(current, value, origin="manual")

    def take_value(self, value: Any) -> None:
        """Give the current sample this value, which the person saw on another one."""
        if self.is_saved() and self.has_sample:
            self.take_edit(value)
            if not self.editor.one_press:
                self.shown.emit()

    def settle(self, value: Any) -> None:
        """Give the current sample this value, and go on."""
        current = self.queue.current if self.is_saved() else None
        if current is not None:
            self._decide(current, value, origin="manual")

    def take_suggestion(self) -> None:
        """Put the suggestion in place of what is marked, and stay."""
        current = self.queue.current if self.is_saved() else None
        suggestion = self.suggestion
        if suggestion is None:
            self._say(tr("There is no suggestion for this sample."))
        elif current is not None:
            self._keep(current, suggestion.value, origin="suggestion")
            self.shown.emit()

    def keep_label(self, *, note: str = "") -> None:
        """The sample was looked at again, and keeps what it has; with a note where nobody can tell what is right."""
        current = self.queue.current if self.is_saved() else None
        kind = None if current is None else self.saving.review(current.id)
        if current is not None and kind is not None and current.value is not None:
            ids = self._session.task.labels_in(
                self._session.task.parse(current.value, tuple(self.saving.labels.values()))
            )
            name = tr("Mark as ambiguous") if note else tr("Keep the label")
            write = Review(current.id, current.value, ids, kind, ambiguous=bool(note), note=note, name=name)
            self._write_and_go_on(current, write)

    def skip(self) -> None:
        """Put the sample aside."""
        current = self.queue.current
        if current is None or not self.is_saved():
            return
        if self.again.is_asked(current.id):  # it has its label: there is nothing to put aside
            self._show_next(self._step_on(current))
            self.went_on.emit()
        else:
            self._write_and_go_on(current, Skip(current.id))

    def clear(self) -> None:
        """Make the sample unlabelled again."""
        current = self.queue.current if self.is_saved() else None
        if current is not None and current.begun is not None:
            self._session.perform(Annotate(current.id, None))

    def flag(self) -> None:
        """Flag the sample, or take the flag off."""
        current = self.queue.current if self.is_saved() else None
        if current is not None:
            self._session.perform(Flag(current.id, not current.flagged))

    def find_similar(self) -> None:
        """Work through the unlabelled samples that are most like this one."""
        current = self.queue.current if self.is_saved() else None
        if current is not None:
            self._session.similar.find(current.id, self._session.show_samples, state="unlabelled")

    def save_note(self, sample: SampleId, text: str) -> None:
        """Keep what was typed on a sample."""
        if self._session.refuses():
            self.shown.emit()
            return
        with self._quietly():
            self.saving.note(sample, text)
        self.queue.keep_note(sample, text)

    # -------------------------------------------------------------------------------------------------- stepping

    def start(self, which: Filter) -> bool:
        """Walk through these samples from their first. False where something cannot be saved now; it is shown on."""
        if not self.is_saved():
            return False
        self.again.forget()
        self.queue.start(which)
        return True

    def search(self, text: str) -> bool:
        """Walk through those of the filter that hold these words."""
        return self.start(replace(self.queue.filter, search=text))

    def forward(self) -> None:
        """Show the next sample of the filter."""
        if self.is_saved():
            self._show_next(self.queue.forward())

    def backward(self) -> None:
        """Show the sample before."""
        if self.is_saved() and self.queue.backward() is not None:
            self.shown.emit()

    def back(self) -> None:
        """Return to the sample seen before."""
        if self.is_saved() and self.queue.back() is not None:
            self.shown.emit()

    def go_to(self, sample: SampleId) -> None:
        """Show one sample."""
        if self.is_saved() and self.queue.go_to(sample) is not None:
            self.shown.emit()

    # ---------------------------------------------------------------------------------------------------- inside

    def _decide(self, current: Sample, value: Any, *, origin: Origin) -> None:
        """Save a value, and go on to the next sample."""
        self._write_and_go_on(
            current,
            self.saving.annotation(
                current, value, origin=origin, split=self._split, offered=self._offered(current, value)
            ),
        )

    @property
    def _split(self) -> Split | None:
        """Where the current sample goes with its value: what chance chose is to test on."""
        return "test" if self.queue.why == DRAWN else None

    def _keep(self, sample: Sample, value: Any, *, origin: Origin) -> None:
        """Save a value, and stay."""
        if self._session.refuses():
            self.shown.emit()  # as it is stored
            return
        task = self._session.task
        stored = None if value is None else task.dump(value)
        if value is None or task.done(value):
            self.queue.keep(stored)
        else:
            self.queue.keep(None, draft=stored)
        offered = self._offered(sample, value)
        with self._quietly():
            self.saving.save(sample, value, origin=origin, split=self._split, offered=offered)
        self.worked_on.emit(sample.id)
        self.stayed.emit()

    def _write_and_go_on(self, sample: Sample, write: SampleWrite) -> None:
        if self._session.refuses():
            self.shown.emit()  # as it is stored
            return
        # The next sample is shown before the pages are told, so that one press is one repaint.
        before = self.queue.current
        self._step_on(sample)
        with self._quietly():
            changes = self._session.perform(write)
        if changes is None:
            self.queue.go_to(sample.id)
        if self.queue.current is not None and self.queue.current is before:
            self.queue.reread()
        self.shown.emit()
        self.went_on.emit()

    def _step_on(self, sample: Sample) -> Sample | None:
        self.worked_on.emit(sample.id)
        following = self.queue.forward(deciding=True)
        self.again.leave(sample.id)
        return following

    def _show_next(self, following: Sample | None) -> None:
        if following is None and self.queue.current is not None:
            self._say(tr("That was the last sample here."))
        else:
            self.shown.emit()

    def _say(self, sentence: str) -> None:
        self._session.said.emit(sentence, False)
