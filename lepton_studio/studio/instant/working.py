"""The instant model at work: it reads and learns in the live child until no text and no decision is left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from lepton_studio.contract.task import Task
from lepton_studio.errors import Cancelled
from lepton_studio.instant_files import (
    Said,
    take_curve,
    take_said,
    take_suspects,
    texts_file,
    write_by_chance,
    write_decisions,
)
from lepton_studio.language import language_in_use
from lepton_studio.private import give_back, temporary_folder
from lepton_studio.progress import ShouldStop, never
from lepton_studio.project.label_options import is_retired
from lepton_studio.project.project import Project
from lepton_studio.project.records import OrderKey, SampleId
from lepton_studio.runs.children.owner import Children
from lepton_studio.runs.events import Beside, CurveLearnt, Event, Refitted, Suspected, TextsRead
from lepton_studio.runs.requests import LearnCurve, LookBeside, ReadOn, Refit, Suspect
from lepton_studio.studio.asking import ask
from lepton_studio.studio.embedding import vectors_folder
from lepton_studio.studio.instant.asking import NOTHING_ASKED, Asked, Asking
from lepton_studio.studio.instant.beside import Neighbour, StandsBeside
from lepton_studio.studio.instant.decisions import Decisions, described, read_decisions, targets_of
from lepton_studio.studio.instant.model import InstantModel, Score, score_of
from lepton_studio.studio.instant.other import other_label
from lepton_studio.studio.instant.outlook import Outlook, of_people, outlook_of
from lepton_studio.studio.instant.pace import Pace, read_pace
from lepton_studio.studio.instant.suspects import Suspects, suspects_of
from lepton_studio.studio.instant.texts import TextsForChild
from lepton_studio.studio.needs import need_of_instant
from lepton_studio.tasks import task_named

_SECONDS = 0.25
"""Of reading, after which a decision gets between."""
_GROWN = 1.25
"""The settings are chosen anew once there are so many times as many decisions, or vectors, as when they were chosen."""
_FEWEST = 6
"""Decisions from which on settings can be chosen."""
_FEWEST_COMPARED, _MOST_COMPARED = 40, 200
"""Decisions on the test split from which on, and up to which, they are compared with what the queue asked for."""
_FEWEST_TESTED = 20
"""Decisions on the test split from which on it is them that the model is judged by."""
_MOST_TESTED = 1000
"""Of a larger test split as many from everywhere in it: each fit waits for them."""
_NOTHING = TextsRead(0, 0, 0)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How many decisions there were, and how far the texts were read."""

    decisions: int = 0
    read: TextsRead = _NOTHING


@dataclass
class Work:
    """What is kept between two pieces of work on one project, in one thread at a time.

    `first`: samples to read first, set by any thread.
    `learn`, `reread`, `suspect` and `look_ahead` are called by any thread: decisions or labels have changed; samples
    have come or gone; likely label errors are wanted; so is an outlook on what more labels bring.
    """

    children: Children
    first: tuple[SampleId, ...] = ()
    model: InstantModel | None = None
    asking: Asking = NOTHING_ASKED
    order: OrderKey = "gain"
    """How the next samples are chosen, one of `ORDERS_OF_INSTANT`; `ask_by` changes it."""
    at_once: int = 0
    """So many of them are chosen at a time; 0: as many as usual."""
    suspects: Suspects | None = None
    outlook: Outlook | None = None
    read: TextsRead = _NOTHING
    beside: Mapping[SampleId, StandsBeside] = field(default_factory=dict)
    """Of those of `first`, as of the last time that it learnt."""
    folder: Path = field(default_factory=lambda: temporary_folder("instant"))
    _texts: TextsForChild = field(init=False)
    _labels: int = 0
    _fitted_by: Refit | None = None
    """The last one, where there were decisions."""
    _fits: int = 0
    _looked: tuple[int, tuple[SampleId, ...]] = (0, ())
    """After so many of them, beside these samples."""
    _score: Score | None = None
    _held_out: Said | None = None
    _pace: Pace | None = None
    _fitted: _Fit = _Fit()
    _chosen: _Fit = _Fit()
    _has_learnt: bool = False
    """The last thing that was done was to learn, not to read."""
    _unlearnt: threading.Event = field(default_factory=threading.Event)
    _unread: threading.Event = field(default_factory=threading.Event)
    _unsuspected: threading.Event = field(default_factory=threading.Event)
    _unforeseen: threading.Event = field(default_factory=threading.Event)

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
        """Choose the next samples in this order of `ORDERS_OF_INSTANT` from now on; called by any thread."""
        if order != self.order:
            self.order, self.asking = order, NOTHING_ASKED
            self._unlearnt.set()

    def suspect(self) -> None:
        """Find likely label errors, once all is read and learnt; `suspects` is None until then."""
        self.suspects = None
        self._unsuspected.set()

    def look_ahead(self, wanted: bool = True) -> None:
        """Measure the learning curve, once all is read and learnt, and from the beginning where a decision comes in
        between; `outlook` is that of before until then. Not `wanted`: leave it.
        """
        if wanted:
            self._unforeseen.set()
        else:
            self._unforeseen.clear()

    def reread(self) -> None:
        """Samples have come or gone, and with them decisions."""
        self._unread.set()
        self._unlearnt.set()

    @property
    def is_due(self) -> bool:
        """Whether anything was said to have changed since it was last looked at."""
        wanted = (self._unread, self._unlearnt, self._unsuspected, self._unforeseen)
        return any(one.is_set() for one in wanted) or self._is_to_look

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
        """The most urgent thing; False where there is nothing to do. Reading gets its turn after each decision: who
        decides faster than it learns would keep it from the other texts.
        """
        if self._unread.is_set():
            self._unread.clear()
            if not self._texts.bring(project, should_stop=should_stop):
                self._fitted_by, self.beside = None, {}  # by texts that are not there any more
            self.read = TextsRead(len(self._texts.samples), 0, 0)
        if not self._texts.samples:
            self.model = None
            return False
        is_unread = self.read.vectors < self.read.texts or self.read.words < self.read.texts
        if not self.read.words or (is_unread and self._has_learnt):
            self._read_on(project, should_stop=should_stop)  # what is in view first: else nothing could be said of it
        elif self._is_to_look:
            self._look_beside(should_stop=should_stop)  # a moment's work, for who has the sample in view now
        elif self._unlearnt.is_set():
            self._unlearnt.clear()
            self._refit(project, choose=False, should_stop=should_stop)
        elif self._is_to_choose():
            self._refit(project, choose=True, should_stop=should_stop)
        elif is_unread:
            self._read_on(project, should_stop=should_stop)
        elif self._fitted.read != self.read:
            self._refit(project, choose=False, should_stop=should_stop)
        elif self._unsuspected.is_set():
            self._unsuspected.clear()
            self._suspect(project, should_stop=should_stop)
        elif self._unforeseen.is_set():
            self._look_ahead(project, should_stop=should_stop)
        else:
            return False
        return True

    def _is_to_choose(self) -> bool:
        now, before = self._fitted, self._chosen
        if now.decisions < _FEWEST:
            return False
        grown = now.decisions >= _GROWN * before.decisions or now.read.vectors >= _GROWN * before.read.vectors
        return grown or now.decisions * _GROWN < before.decisions

    def _read_on(self, project: Project, *, should_stop: ShouldStop) -> None:
        self._has_learnt = False
        request = ReadOn(
            0,
            *self._place(project),
            _SECONDS,
            self.first,
            language_in_use(),
        )
        for event in self._asked(request, is_awaited=not self.read.words, should_stop=should_stop):
            if isinstance(event, TextsRead):
                self.read = event
        if self.read.vectors > _GROWN * self._fitted.read.vectors:
            self._unlearnt.set()  # there is more to say something of

    def _refit(self, project: Project, *, choose: bool, should_stop: ShouldStop) -> None:
        self._has_learnt = True
        with project.snapshot():
            decisions = read_decisions(project)
            by_hand: list[SampleId] = []
            if choose:
                self._pace = read_pace(project)
                by_hand = project.decided_by_hand() if len(decisions.tested) >= _FEWEST_COMPARED else []
        task = task_named(project.task_id)
        assert task.linear
        self._fitted = _Fit(len(decisions), self.read)
        if task.linear != "number" and not decisions.labels:
            self.model, self._fitted_by, self.beside = None, None, {}
            return
        self._write(decisions, task)
        if by_hand:
            self._write_by_chance(decisions, by_hand, task)
        request = Refit(
            0,
            *self._place(project),
            task.linear,
            tuple(map(described, decisions.labels)),
            choose,
            language_in_use(),
            self.order,
            self.at_once,
            () if self._pace is None else (self._pace.a_text, self._pace.a_character),
        )
        self._labels = len(decisions.labels)
        for event in self._asked(request, is_awaited=True, should_stop=should_stop):
            if isinstance(event, TextsRead):
                self.read = event
            elif isinstance(event, Refitted):
                self._take(event, decisions, project, order=request.order)
        self._fitted = replace(self._fitted, read=self.read)
        if choose:
            self._chosen = self._fitted
        self._fitted_by, self._fits = request if len(decisions) else None, self._fits + 1

    @property
    def _is_to_look(self) -> bool:
        return self._fitted_by is not None and bool(self.first) and self._looked != (self._fits, self.first)

    def _look_beside(self, *, should_stop: ShouldStop) -> None:
        by, samples, model = self._fitted_by, self.first, self.model
        assert by is not None
        outputs = [-1 if model is None else model.likeliest(one) for one in samples]
        request = LookBeside(
            0,
            by.folder,
            by.texts,
            by.encoder,
            by.vectors,
            by.kind,
            by.labels,
            samples,
            tuple(outputs),
            by.language,
        )
        output_of = dict(zip(samples, outputs, strict=True))
        found = {}
        for event in self._asked(request, is_awaited=True, should_stop=should_stop):
            if isinstance(event, Beside):
                near = tuple(map(Neighbour, event.near, event.cosines))
                label = model.labels[output_of[event.sample]] if model is not None and model.labels else None
                found[event.sample] = StandsBeside(near, event.words, label if event.words else None)
        self.beside, self._looked = found, (self._fits, samples)

    def _suspect(self, project: Project, *, should_stop: ShouldStop) -> None:
        with project.snapshot():
            decisions = read_decisions(project)
        task = task_named(project.task_id)
        assert task.linear
        self._write(decisions, task)
        names = tuple(map(described, decisions.labels))
        request = Suspect(0, *self._place(project), task.linear, names, language_in_use())
        for event in self._asked(request, is_awaited=True, should_stop=should_stop):
            if isinstance(event, Suspected):
                self.suspects = self._found(event, decisions, task)  # once and whole: other threads read it

    def _found(self, event: Suspected, decisions: Decisions, task: Task[Any]) -> Suspects:
        if not event.suspects:
            return Suspects(event.judged)
        said, doubt = take_suspects(self.folder, event.suspects)
        error = 0.0 if self.model is None else self.model.error
        model = InstantModel(task, said, decisions.ids, len(decisions), decisions.ratings, error)
        return suspects_of(model, doubt, judged=event.judged)

    def _look_ahead(self, project: Project, *, should_stop: ShouldStop) -> None:
        with project.snapshot():
            decisions = of_people(project, read_decisions(project))
        task = task_named(project.task_id)
        assert task.linear
        self._write(decisions, task)
        names = tuple(map(described, decisions.labels))
        request = LearnCurve(0, *self._place(project), task.linear, names, language_in_use())

        def gives_way() -> bool:
            return should_stop() or self._unlearnt.is_set() or not self._unforeseen.is_set()

        try:
            said = self._asked(request, is_awaited=True, should_stop=gives_way)
        except Cancelled:
            if should_stop():
                raise
            return
        self._unforeseen.clear()
        for event in said:
            if isinstance(event, CurveLearnt):
                curve = take_curve(self.folder, event.curve) if event.curve else None
                self.outlook = outlook_of(curve, decisions, task)

    def _write(self, decisions: Decisions, task: Task[Any]) -> None:
        """For the child."""
        aside = np.array([*decisions.tested, *decisions.skipped], np.int64)
        samples = np.array(decisions.samples, np.int64)
        write_decisions(self.folder, samples, targets_of(decisions, task), aside=aside)

    def _write_by_chance(self, decisions: Decisions, by_hand: Sequence[SampleId], task: Task[Any]) -> None:
        """For the child, which compares what was drawn with what was asked for."""
        taught = set(decisions.samples)
        drawn = sorted([one for one in by_hand if one in decisions.tested][:_MOST_COMPARED])
        targets = targets_of(replace(decisions, values=tuple(decisions.tested[one] for one in drawn)), task)
        asked = [one for one in by_hand if one in taught][:_MOST_COMPARED]
        write_by_chance(self.folder, np.array(drawn, np.int64), targets, asked=np.array(asked, np.int64))

    def _place(self, project: Project) -> tuple[str, str, str, str]:
        """Where the texts lie, who reads them, where their vectors are."""
        texts = texts_file(self.folder, self._texts.number).name
        return str(self.folder), texts, self.encoder, str(vectors_folder(project))

    def _take(self, event: Refitted, decisions: Decisions, project: Project, *, order: str) -> None:
        task = task_named(project.task_id)
        asked = tuple(map(Asked, event.asked, event.why))
        if order == self.order:
            self.asking = Asking(asked, event.audit, len(decisions), len(decisions.tested))
        if not event.said:
            self.model = None
            return
        said = take_said(self.folder, event.said)
        other = other_label(decisions.labels)
        model = InstantModel(task, said, decisions.ids, len(decisions), decisions.ratings, event.error, other=other)
        retired = frozenset(label.id for label in decisions.labels if is_retired(label))
        if event.held_out:
            self._held_out = take_said(self.folder, event.held_out)
            gold = dict(zip(decisions.samples, decisions.values, strict=True))
            held_out = replace(model, said=self._held_out)
            self._score = score_of(held_out, gold, labels=decisions.labels, on="labelled")
        if not event.chosen_on:
            self._chosen, self._score, self._held_out = _Fit(), None, None  # other labels, or another child
        every = list(decisions.tested.items())
        some = dict(every[:: 1 + len(every) // _MOST_TESTED])
        tested = score_of(model, some, labels=decisions.labels, on="test")
        is_enough = tested is not None and tested.n >= _FEWEST_TESTED
        self.model = replace(
            model, score=tested if is_enough else self._score, held_out=self._held_out, retired=retired
        )

    def _asked(
        self, request: ReadOn | Refit | LookBeside | Suspect | LearnCurve, *, is_awaited: bool, should_stop: ShouldStop
    ) -> list[Event]:
        said: list[Event] = []
        need = need_of_instant(self.encoder, texts=len(self._texts.samples), labels=self._labels, is_awaited=is_awaited)
        with self.children.borrow(need, should_stop=should_stop) as child:
            ask(child, request, on_event=said.append, should_stop=should_stop)
            child.place.pull(self.folder)
        return said
