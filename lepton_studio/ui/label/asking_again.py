"""Now and then a text that the person has labelled is asked about again, among the others and as if it were new."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from PySide6.QtCore import QObject

from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.errors import NoSuchSample
from lepton_studio.project.history import user_name
from lepton_studio.project.records import Sample, SampleId
from lepton_studio.ui.shared.history_steps import Offer
from lepton_studio.ui.shared.session import Session
from lepton_studio.ui.shared.wording import value_shown

GAP = 100
"""Decisions between the first answer and the second one, at least."""
_POOL_FOR = 20
"""Changes after which those that may be asked are drawn anew."""


class AskingAgain(QObject):
    """`next` says which sample to ask about again, mostly none. The first answer stays; the second one is kept as a
    review, and where it is another one the person may take it. Only where one press is an answer (`can_be`).
    """

    def __init__(self, session: Session, *, can_be: bool) -> None:
        super().__init__(session)
        self._session = session
        self.can_be = can_be and not session.project.read_only
        self.gap = GAP
        self.chance = Random()
        self._pool: list[SampleId] = []
        self._changes = 0
        self._asked: SampleId | None = None
        """What is asked about now, until it is answered."""
        self.share = session.project.ask_again() if self.can_be else 0.0
        session.changed.connect(self._take)
        self._draw()

    def ask(self, share: float) -> None:
        """From now on so many of all questions are such."""
        if self._session.perform(lambda project: project.set_ask_again(share)) is not None:
            self.share = share
            self._draw()

    def next(self, decided: Sample | None) -> Sample | None:
        """What to ask about after this one, as if it had no label; None: the queue goes on. Never two in a row."""
        if decided is not None and decided.id == self._asked:
            return None
        self._asked = None
        if self.chance.random() >= self.share:
            return None
        while self._pool:
            sample_id = self._pool.pop()
            try:
                sample = self._session.sample(sample_id)
            except NoSuchSample:
                continue
            if sample.value is not None:
                self._asked = sample_id
                return self.shown(sample)
        return None

    def is_asked(self, sample: SampleId) -> bool:
        """Whether the answer to this one is a second one."""
        return sample == self._asked

    def shown(self, sample: Sample) -> Sample:
        """As it is shown: without the first answer, while it is asked about."""
        return replace(sample, value=None, origin=None, draft=None) if sample.id == self._asked else sample

    def forget(self) -> None:
        """The person went on elsewhere without an answer."""
        self._asked = None

    def leave(self, sample: SampleId) -> None:
        """It is answered, or passed over: it stands there with its first answer again."""
        if sample == self._asked:
            self._asked = None

    # ------------------------------------------------------------------------------------------------------ inside

    def _take(self, changes: Changes) -> None:
        self._changes += 1
        if self._changes % _POOL_FOR == 0 and self.share:
            self._draw()
        if changes.samples is not None and len(changes.samples) == 1 and self.share:
            self._compare(min(changes.samples), changes.position)

    def _draw(self) -> None:
        if not self.share:
            return
        who, gap = user_name(), self.gap
        self._session.run_in_background(
            tr("Drawing samples to ask again"),
            lambda progress: progress.project.to_ask_again(who, gap=gap),
            self._fill,
            quiet=True,
            is_awaited=False,
        )

    def _fill(self, pool: tuple[SampleId, ...]) -> None:
        self._pool = [one for one in pool if one != self._asked]

    def _compare(self, sample: SampleId, entry: int) -> None:
        """Where this change was a second answer that is another one: say so, and offer to take it."""
        found = [one for one in self._session.project.reviews_of(sample) if one.entry == entry]
        if not found or found[0].kind != "again" or found[0].is_same or found[0].undone:
            return
        session, one = self._session, found[0]
        labels = {label.id: label for label in session.project.labels()}
        task = session.task
        before, after = (value_shown(value, task=task, labels=labels).words for value in (one.before, one.after))
        ids = task.labels_in(task.parse(one.after, tuple(labels.values())))

        def take() -> None:
            session.perform(lambda project: project.annotate(sample, one.after, labels=ids))

        said = tr("You labelled this sample “{before}” before. It keeps that label.", before=before)
        session.offered.emit(Offer(said, tr("Change to “{label}”", label=after), take))
