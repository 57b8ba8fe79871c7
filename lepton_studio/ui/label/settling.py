"""Samples on which people differ: looked for when a person asks, then worked through with all answers in view."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from lepton_studio.language import tr
from lepton_studio.project.records import Filter, SampleId
from lepton_studio.studio.answer_words import shown_answers
from lepton_studio.studio.answering import answers_on, to_settle
from lepton_studio.ui.label.deciding import Deciding
from lepton_studio.ui.label.settle_panel import SETTLE_KEYS, SettlePanel
from lepton_studio.ui.shared.actions import Action
from lepton_studio.ui.shared.session import Session


class Settling(QObject):
    """`wanted(Filter)`: the samples to work through. While that goes on, each decision settles its sample.

    Elsewhere nobody sees what others answered: it would sway their own answer.
    """

    wanted = Signal(object)

    def __init__(self, session: Session, page: QWidget, deciding: Deciding) -> None:
        super().__init__(page)
        self._session, self._page, self._deciding = session, page, deciding
        self._samples: tuple[SampleId, ...] = ()
        self.panel = SettlePanel()
        self.panel.taken.connect(self.take)
        deciding.saving.settles = self._is_at
        session.settling_requested.connect(self.find)

    def actions(self) -> list[Action]:
        """What can be done, in the order of the menu."""
        within = tr("Several people")
        return [
            Action("people", tr("People and agreement…"), self.show_people, "", "label", within=within),
            Action("settle", tr("Settle what people differ on"), self.find, "", "label", within=within),
            *(
                Action(f"take_answer_{place + 1}", tr("Take answer {number}", number=place + 1),
                       partial(self.take, place), key, "label", partial(self.can_take, place), within=within)
                for place, key in enumerate(SETTLE_KEYS)
            ),
        ]  # fmt: skip

    def show_people(self) -> None:
        """Show who labelled how much, how far they agree and on what they differ."""
        from lepton_studio.ui.label.people_card import PeopleCard

        if self._deciding.is_saved():
            PeopleCard.over(self._page).ask(self._session, shown=self.work_through)

    def find(self) -> None:
        """Look beside the window for what people differ on, and begin with the first."""
        task = self._session.task
        self._session.run_in_background(
            tr("Comparing answers"), lambda progress: to_settle(progress.project, task), self._begin, quiet=True
        )

    def work_through(self, samples: tuple[SampleId, ...]) -> None:
        """Show these samples one after another, each with all answers."""
        self._samples = samples
        self.wanted.emit(Filter(ids=samples))

    def show(self) -> None:
        """Another sample is in view, or it has another value: show the answers, where they are being settled."""
        sample = self._deciding.queue.current
        if sample is None or not self._is_at(sample.id):
            self.panel.hide()
            return
        project, task = self._session.project, self._session.task
        labels = project.labels()
        answers = shown_answers(task, labels, text=sample.text, answers=answers_on(project, task, sample.id))
        place, every = self._samples.index(sample.id) + 1, len(self._samples)
        title = tr("What people said · {n} of {all}", n=f"{place:,}", all=f"{every:,}")
        now = None if sample.value is None else task.parse(sample.value, labels)
        self.panel.show_answers(answers, title=title, now=now)

    def can_take(self, place: int) -> bool:
        """Whether there is such an answer in view."""
        current = self._deciding.queue.current
        return current is not None and self._is_at(current.id) and place < len(self.panel.answers)

    def take(self, place: int) -> None:
        """Make this answer the annotation, and go on."""
        if self.can_take(place):
            self._deciding.settle(self.panel.answers[place].value)

    def _is_at(self, sample: SampleId) -> bool:
        return bool(self._samples) and self._deciding.queue.filter.ids == self._samples and sample in self._samples

    def _begin(self, samples: tuple[SampleId, ...]) -> None:
        if samples:
            self.work_through(samples)
            return
        several = len(self._session.project.people()) > 1
        self._session.said.emit(
            tr("There is nothing to settle.")
            if several
            else tr("Only one person has labelled this project so far, so there is nothing to settle."),
            False,
        )
