"""The instant model of spans at work: as `working` for whole texts, with the units of some texts in place of all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lepton_studio.errors import Cancelled
from lepton_studio.instant_files import SpansDecided, SpansSaid, take_spans, texts_file, write_decided_spans
from lepton_studio.language import language_in_use
from lepton_studio.private import give_back, temporary_folder
from lepton_studio.progress import ShouldStop, never
from lepton_studio.project.project import Project
from lepton_studio.project.records import OrderKey, SampleId
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.events import Event, Refitted, TextsRead
from lepton_studio.runs.requests import LearnSpans
from lepton_studio.studio.asking import ask
from lepton_studio.studio.embedding import vectors_folder
from lepton_studio.studio.instant.asking import NOTHING_ASKED, Asked, Asking
from lepton_studio.studio.instant.beside import StandsBeside
from lepton_studio.studio.instant.decisions import Decisions, read_decisions
from lepton_studio.studio.instant.model import Score, score_of
from lepton_studio.studio.instant.outlook import Outlook
from lepton_studio.studio.instant.span_model import SpanModel, spans_of_value
from lepton_studio.studio.instant.suspects import Suspects
from lepton_studio.studio.instant.texts import TextsForChild
from lepton_studio.studio.needs import need_of_instant
from lepton_studio.tasks import task_named

_SECONDS = 0.25
"""Of reading, after which a decision gets between."""
_GROWN = 1.25
"""The settings are chosen anew once there are so many times as many decisions as when they were chosen."""
_FEWEST = 8
"""Decisions from which on settings can be chosen."""
_FEWEST_TESTED, _MOST_TESTED = 20, 200
"""Decisions on the test split from which on it is them that the model is judged by, and as many at most: each fit waits
for them."""
_PUT_OFF = 5
_NOTHING = TextsRead(0, 0, 0)


@dataclass
class SpanWork:
    """What is kept between two pieces of work on one project, in one thread at a time: see `working.Work`, of which it
    has all that the window uses. It looks for no suspects and not ahead, and nothing stands beside a sample.
    """

    children: Children
    first: tuple[SampleId, ...] = ()
    model: SpanModel | None = None
    asking: Asking = NOTHING_ASKED
    order: OrderKey = "gain"
    read: TextsRead = _NOTHING
    suspects: Suspects | None = None
    outlook: Outlook | None = None
    beside: Mapping[SampleId, StandsBeside] = field(default_factory=dict)
    folder: Path = field(default_factory=lambda: temporary_folder("instant"))
    _texts: TextsForChild = field(init=False)
    _said: dict[SampleId, SpansSaid] = field(default_factory=dict)
    _score: Score | None = None
    _tested: Score | None = None
    _held_out: dict[SampleId, SpansSaid] = field(default_factory=dict)
    _looked: tuple[SampleId, ...] = ()
    """The samples of `first` of which something was asked last."""
    _fitted: tuple[int, int] = (0, 0)
    """(decisions, texts read) when it was fitted last."""
    _chosen: int = 0
    _put_off: int = 0
    """So many times a decision came before settings were chosen."""
    _unlearnt: threading.Event = field(default_factory=threading.Event)
    _unread: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._texts = TextsForChild(self.folder)
        self.reread()

    @property
    def encoder(self) -> str:
        """The id of the model that reads; "" before it is known."""
        return self._texts.encoder

    def learn(self) -> None:
        """Decisions or labels have changed."""
        self._unlearnt.set()

    def ask_by(self, order: OrderKey) -> None:
        """It asks for what it doubts most, whatever the order is called."""
        self.order = order

    def look_ahead(self, wanted: bool = True) -> None:
        """There is no learning curve of spans."""

    def suspect(self) -> None:
        """It looks for no label errors."""

    def reread(self) -> None:
        """Samples have come or gone, and with them decisions."""
        self._unread.set()
        self._unlearnt.set()

    @property
    def is_due(self) -> bool:
        """Whether anything was said to have changed since it was last looked at."""
        return self._unread.is_set() or self._unlearnt.is_set() or (bool(self.first) and self._looked != self.first)

    def go_on(
        self,
        project: Project,
        *,
        told: Callable[[], object] = lambda: None,
        should_stop: ShouldStop = never,
    ) -> None:
        """Read and learn until nothing is left to do. `told` is called each time `model` or `read` is another.

        Blocks; call it on a clone in a worker. Raises NotAnswered, Cancelled, CouldNotStart, ProjectError, OSError.
        """
        while not should_stop() and self._step(project, should_stop=should_stop):
            told()

    def close(self) -> None:
        """Remove what lies on the disk for the child."""
        give_back(self.folder)

    # ------------------------------------------------------------------------------------------------------- inside

    def _step(self, project: Project, *, should_stop: ShouldStop) -> bool:
        """The most urgent thing; False where there is nothing to do."""
        if self._unread.is_set():
            self._unread.clear()
            self._texts.bring(project, should_stop=should_stop)
            self.read, self._said, self._looked = _NOTHING, {}, ()
        if not self._texts.samples:
            self.model = None
            return False
        is_unread = self.read.vectors < self.read.texts
        decisions, read = self._fitted
        if self._unlearnt.is_set():
            self._unlearnt.clear()
            self._ask(project, fit=True, should_stop=should_stop)
        elif self.first and self._looked != self.first:
            self._ask(project, fit=False, should_stop=should_stop)
        elif is_unread:
            self._ask(project, fit=self.read.vectors >= 2 * read, should_stop=should_stop)
        elif decisions >= _FEWEST and not self._chosen * _GROWN > decisions > self._chosen / _GROWN:
            self._choose(project, should_stop=should_stop)
        elif self.read.vectors != read:
            self._ask(project, fit=True, should_stop=should_stop)
        else:
            return False
        return True

    def _choose(self, project: Project, *, should_stop: ShouldStop) -> None:
        """It takes seconds: a decision or two may come first."""
        may_wait = self._put_off < _PUT_OFF

        def gives_way() -> bool:
            return should_stop() or (may_wait and (self._unlearnt.is_set() or self._looked != self.first))

        try:
            self._ask(project, fit=True, choose=True, should_stop=gives_way)
            self._put_off = 0
        except Cancelled:
            if should_stop():
                raise
            self._put_off += 1

    def _ask(self, project: Project, *, fit: bool, choose: bool = False, should_stop: ShouldStop) -> None:
        with project.snapshot():
            decisions = read_decisions(project)
        task, first = task_named(project.task_id), self.first
        tested = _some(decisions)
        aside = (*decisions.tested, *decisions.skipped)
        spans = tuple(spans_of_value(task, value, decisions.labels) for value in decisions.values)
        write_decided_spans(self.folder, SpansDecided(decisions.samples, spans, aside))
        request = LearnSpans(
            0,
            str(self.folder),
            texts_file(self.folder, self._texts.number).name,
            self.encoder,
            str(vectors_folder(project)),
            tuple(label.name for label in decisions.labels),
            (*first, *(tested if fit else ())),
            _SECONDS,
            fit,
            choose,
            language_in_use(),
        )
        for event in self._asked(request, labels=len(decisions.labels), should_stop=should_stop):
            if isinstance(event, TextsRead):
                self.read = event
            elif isinstance(event, Refitted):
                self._take(event, decisions, task, fit=fit, tested=tested)
        self._looked = first
        if fit:
            self._fitted = len(decisions), self.read.vectors
        if choose:
            self._chosen = len(decisions)

    def _take(
        self, event: Refitted, decisions: Decisions, task: Any, *, fit: bool, tested: Mapping[SampleId, Any]
    ) -> None:
        asked = tuple(map(Asked, event.asked, event.why))
        self.asking = Asking(asked, event.audit, len(decisions), len(decisions.tested))
        if not event.said:
            self.model = None
            return
        said = {one.sample: one for one in take_spans(self.folder, event.said)}
        self._said = said if fit else {**self._said, **said}
        model = SpanModel(task, self._said, decisions.labels, len(decisions))
        if not event.chosen_on:
            self._chosen, self._score, self._held_out = 0, None, {}  # other labels, or another child
        if event.held_out:
            self._held_out = {one.sample: one for one in take_spans(self.folder, event.held_out)}
            gold = dict(zip(decisions.samples, decisions.values, strict=True))
            known = {id: gold[id] for id in self._held_out}
            held_out = replace(model, said=self._held_out)
            self._score = score_of(held_out, known, labels=decisions.labels, on="labelled")
        if fit:
            on_test = score_of(model, tested, labels=decisions.labels, on="test")
            self._tested = on_test if on_test is not None and on_test.n >= _FEWEST_TESTED else None
        self.model = replace(model, score=self._tested or self._score, held_out=self._held_out)

    def _asked(self, request: LearnSpans, *, labels: int, should_stop: ShouldStop) -> list[Event]:
        said: list[Event] = []
        need = need_of_instant(self.encoder, texts=len(self._texts.samples), labels=labels, is_awaited=request.fit)
        with self.children.borrow(need, should_stop=should_stop) as child:
            ask(child, request, on_event=said.append, should_stop=should_stop)
            child.place.pull(self.folder)
        return said


def _some(decisions: Decisions) -> dict[SampleId, Any]:
    """Some of what is decided on the test split, from everywhere in it."""
    every = list(decisions.tested.items())
    return dict(every[:: 1 + len(every) // _MOST_TESTED])
