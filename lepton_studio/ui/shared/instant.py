"""The instant model beside the window: it follows what is decided, and says when it has learnt it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Signal

from lepton_studio.errors import Cancelled, has_sentence, sentence_of
from lepton_studio.language import tr
from lepton_studio.project.changes import Changes
from lepton_studio.project.records import OrderKey, SampleId
from lepton_studio.ui.shared.background import Work as Job
from lepton_studio.ui.shared.background import WorkContext, window_may_be_gone

if TYPE_CHECKING:
    from lepton_studio.studio.instant.asking import Asked
    from lepton_studio.studio.instant.beside import StandsBeside
    from lepton_studio.studio.instant.model import InstantModel
    from lepton_studio.studio.instant.outlook import Outlook
    from lepton_studio.studio.instant.span_model import SpanModel
    from lepton_studio.studio.instant.span_working import SpanWork
    from lepton_studio.studio.instant.suspects import Suspects
    from lepton_studio.studio.instant.working import Work
    from lepton_studio.ui.shared.session import Session

_FAILURES = 3
"""So many times in a row it may fail before it is left alone until it is switched on again."""


class Instant(QObject):
    """Owned by the session; off until `start`. One thread at most works for it, and takes up whatever was decided
    meanwhile in one go. `changed`: it says something else, or has read more texts.
    """

    changed = Signal()
    _told = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._work: Work | SpanWork | None = None
        self._first: tuple[SampleId, ...] = ()
        self._order: OrderKey = "gain"
        self._is_working = False
        self._failures = 0
        self.trouble = ""
        """A sentence: why it does not go on; else ""."""
        self._told.connect(self._take_news)
        session.changed.connect(self._take_changes)
        session.settled.connect(self._take_changes)
        session.models.ended.connect(self._take_model)

    @property
    def encoder(self) -> str:
        """The id of the model that reads for it; "" while it is off, or does not know yet."""
        return "" if self._work is None else self._work.encoder

    @property
    def can_be(self) -> bool:
        """Whether there is such a model for this project."""
        return self._session.task.learns_at_once and not self._session.project.read_only

    @property
    def learns(self) -> Literal["", "texts", "spans"]:
        """What it learns in this project."""
        return "" if not self.can_be else "spans" if self._session.task.tagged else "texts"

    @property
    def finds_suspects(self) -> bool:
        """Whether it can look for likely label errors: of whole texts only."""
        return self.can_be and bool(self._session.task.linear)

    @property
    def is_on(self) -> bool:
        """Whether it follows what is decided."""
        return self._work is not None

    @property
    def model(self) -> InstantModel | SpanModel | None:
        """What it says now; None while it is off, or has nothing to say yet."""
        return None if self._work is None else self._work.model

    @property
    def of_whole_texts(self) -> InstantModel | None:
        """The same where it says something of whole texts, and nothing inside them."""
        from lepton_studio.studio.instant.model import InstantModel

        return self.model if isinstance(self.model, InstantModel) else None

    @property
    def asked(self) -> tuple[Asked, ...]:
        """What to ask for next, as of the last fit; () while it is off, or has not read anything yet."""
        return () if self._work is None else self._work.asking.order

    @property
    def suspects(self) -> Suspects | None:
        """The likely label errors, as they were found last; None before."""
        return None if self._work is None else self._work.suspects

    @property
    def outlook(self) -> Outlook | None:
        """What more labels are likely to bring, as it was found last; None before."""
        return None if self._work is None else self._work.outlook

    @property
    def read(self) -> tuple[int, int]:
        """(read, all): of how many texts it knows all."""
        if self._work is None:
            return 0, 0
        read = self._work.read
        return min(read.words, read.vectors), read.texts

    def start(self) -> None:
        """Follow from now on, where that can be."""
        from lepton_studio.studio.instant.work_of import work_of

        if self.can_be and self._work is None and self._session.is_open:
            self._failures, self.trouble = 0, ""
            self._work = work_of(self._session.task, self._session.child_owner, first=self._first, order=self._order)
            self._go()

    def stop(self) -> None:
        """Say nothing any more; what goes on ends soon."""
        work, self._work = self._work, None
        if work is not None and not self._is_working:
            work.close()
        self.changed.emit()

    def switch(self) -> None:
        """On or off, from now on and in the next window too."""
        if self.is_on:
            self.stop()
        else:
            self.start()
        self._session.remember(instant=self.is_on)

    def ask_by(self, order: OrderKey) -> None:
        """Choose what is asked for next in this order of `ORDERS_OF_INSTANT`; `changed` says when that is done."""
        self._order = order
        if self._work is not None and self._work.order != order:
            self._work.ask_by(order)
            self._go()

    def find_suspects(self) -> None:
        """Look for likely label errors, once all is read and learnt: `changed` says when `suspects` are there."""
        self.start()
        if self._work is not None:
            self._work.suspect()
            self._go()

    def look_ahead(self, wanted: bool = True) -> None:
        """Find out what more labels bring, once all is read and learnt: `changed` says when `outlook` is another. Not
        `wanted`: leave it.
        """
        if wanted:
            self.start()
        if self._work is not None:
            self._work.look_ahead(wanted)
            self._go()

    def read_first(self, samples: Iterable[SampleId]) -> None:
        """These are shown next."""
        self._first = tuple(samples)
        if self._work is not None:
            self._work.first = self._first
            if self._work.is_due and self._failures < _FAILURES:
                self._go()

    def beside(self, sample: SampleId) -> StandsBeside | None:
        """What stands beside one of the samples that are shown next; None while that is not known."""
        return None if self._work is None else self._work.beside.get(sample)

    def close(self) -> None:
        """The session has ended, and no thread works any more."""
        if self._work is not None:
            self._work.close()

    def _take_changes(self, changes: Changes) -> None:
        if self._work is None:
            return
        if changes.structure:
            self._work.reread()
        elif changes.samples is None or changes.samples or changes.labels:
            self._work.learn()
        if self._failures < _FAILURES:
            self._go()

    def _take_model(self, model: str, _sentence: str, is_done: bool) -> None:
        """The model that it lacked came to this computer."""
        if is_done and self.trouble and model in (self.encoder, "folder"):
            self._failures, self.trouble = 0, ""
            self.changed.emit()
            self._go()

    def _go(self) -> None:
        work = self._work
        if self._is_working or work is None or not self._session.is_open:
            return
        self._is_working = True

        def go_on(progress: WorkContext) -> None:
            def told() -> None:
                with window_may_be_gone():
                    self._told.emit()

            def should_stop() -> bool:
                return progress.should_stop() or self._work is not work

            work.go_on(progress.project, told=told, should_stop=should_stop)

        self._session.background.run(
            Job(tr("Learning from your labels"), writes=False, quiet=True, can_cancel=True, is_awaited=False),
            project=self._session.project,
            function=go_on,
            done=lambda _answer: self._end(work, None),
            failed=lambda error: self._end(work, error),
        )

    def _take_news(self) -> None:
        if self._work is not None:
            self.changed.emit()

    def _end(self, work: Work | SpanWork, error: Exception | None) -> None:
        self._is_working = False
        if work is not self._work:  # switched off meanwhile
            work.close()
        elif error is None:
            self._failures, self.trouble = 0, ""
        elif not isinstance(error, Cancelled):
            self._failures += 1
            self.trouble = sentence_of(error) if has_sentence(error) else tr("The instant model has stopped.")
            if not has_sentence(error):
                self._session.fault_found.emit(error)
            self.changed.emit()
        if error is None and self._work is not None and self._work.is_due:
            self._go()
