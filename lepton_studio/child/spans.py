"""The instant model of spans at work: the units of some texts are read, it is fitted anew after each decision.

Units are kept of texts with decisions, of those that are shown next, and of a few hundred to choose from; not of all.
What a request finds missing is read again, so that any child can take the next one.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lepton_studio.child.warm import Warm
from lepton_studio.heads.unit_vectors import UnitReader
from lepton_studio.instant_files import (
    AUDIT_SHARE,
    SpansDecided,
    SpansSaid,
    read_decided_spans,
    read_texts,
    write_spans,
)
from lepton_studio.quick.querying import BATCH, draws
from lepton_studio.quick.tagging import FEWEST, Found, Known, Marked, Setting, Tagger, choose, learn
from lepton_studio.quick.units import units_of
from lepton_studio.runs.events import Finished, LastEvent, Refitted, Stopped, TextsRead
from lepton_studio.runs.requests import LearnSpans
from lepton_studio.training.machine import Machine
from lepton_studio.training.signals import Interrupted, Send, ShouldStop, stop_at_any

_AT_ONCE, _CHARACTERS_AT_ONCE = 16, 3_000
_MOST_UNITS = 250_000
"""Of which vectors are kept: some 200 MB."""
_MOST_LEARNT = 2_000
"""Texts that it is fitted on at most, drawn at random."""
_TO_CHOOSE_FROM = 300


@dataclass
class InstantSpans:
    """What is kept: the texts of one project, what is known of some, and what was fitted last."""

    pool: _Pool | None = None

    def pool_of(self, request: LearnSpans, *, warm: Warm, machine: Machine) -> _Pool:
        """The texts of the request. Raises ModelNotFound, OSError."""
        reader, digest = warm.reader(request.encoder)
        of = request.folder, request.texts, digest
        if self.pool is None or self.pool.of != of:
            self.pool = None  # its memory first
            file = Path(request.folder, request.texts)
            self.pool = _Pool(of, file, UnitReader(reader.encoder, machine=machine))
        if self.pool.reader.encoder is not reader.encoder:  # it was loaded anew
            self.pool.reader = UnitReader(reader.encoder, machine=machine)
        self.pool.take_new()
        return self.pool


def learn_spans(
    request: LearnSpans, *, kept: InstantSpans, warm: Warm, machine: Machine, send: Send, should_stop: ShouldStop
) -> LastEvent:
    """Do the request. Raises what `failures.failed` knows."""
    began = time.monotonic()

    def check() -> None:
        stop_at_any(should_stop)

    pool = kept.pool_of(request, warm=warm, machine=machine)
    try:
        _learn(request, pool=pool, until=began + request.seconds, send=send, check=check)
    except Interrupted:
        return Stopped(step=0, kept=False, seconds=time.monotonic() - began)
    return Finished(step=0, seconds=time.monotonic() - began)


def _learn(request: LearnSpans, *, pool: _Pool, until: float, send: Send, check: Callable[[], None]) -> None:
    folder = Path(request.folder)
    decided = read_decided_spans(folder)
    learnt, first, free = pool.learnt_from(decided), pool.places(request.first), pool.free(decided)
    candidates = [at for at in free if not pool.in_audit[at]][:_TO_CHOOSE_FROM]
    wanted = list(dict.fromkeys([*first, *learnt, *candidates]))
    pool.read(first, until=None, check=check)
    pool.read(wanted, until=until, check=check)
    pool.keep(wanted)
    held_out = ""
    if request.fit:
        pool.forget_unless(request.labels)
        texts, spans, samples = pool.to_learn(learnt, decided)
        if request.choose:
            pool.setting, found = choose(texts, spans, labels=len(request.labels), check=check)
            rows = [_said(samples[at], texts[at], one) for at, one in found.items()]
            held_out = write_spans(folder, f"held-out-{request.id}", rows)
        pool.fit(texts, spans, labels=len(request.labels))
    asked, said = pool.ask(candidates), ""
    if pool.tagger is not None:
        shown = [at for at in dict.fromkeys([*first, *(at for at, _ in asked)]) if at in pool.known]
        marked = pool.tagger.marked([pool.known[at] for at in shown])
        rows = [_said(int(pool.samples[at]), pool.known[at], one) for at, one in zip(shown, marked, strict=True)]
        said = write_spans(folder, f"said-{request.id}", rows)
    read = sum(at in pool.known for at in wanted)
    send(TextsRead(len(wanted), read, read))
    send(
        Refitted(
            said,
            held_out,
            0 if pool.setting is None else pool.setting.texts,
            asked=tuple(int(pool.samples[at]) for at, _ in asked),
            why=tuple(why for _, why in asked),
            audit=tuple(int(pool.samples[at]) for at in free if pool.in_audit[at])[:BATCH],
        )
    )


@dataclass
class _Pool:
    """All texts, by sample ascending, and those `known`, by place, the one used longest ago first."""

    of: tuple[str, str, str]
    file: Path
    reader: UnitReader
    texts: list[str] = field(default_factory=list)
    samples: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    draws: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    known: OrderedDict[int, Known] = field(default_factory=OrderedDict)
    setting: Setting | None = None
    tagger: Tagger | None = None
    _labels: tuple[str, ...] = ()
    _read: int = 0

    def take_new(self) -> None:
        """Read what was appended to the file. Raises OSError."""
        with self.file.open("rb") as file:
            file.seek(self._read)
            new = read_texts(file)
            self._read = file.tell()
        if new:
            self.texts += [text for _, text, _ in new]
            self.samples = np.concatenate([self.samples, np.array([sample for sample, _, _ in new], np.int64)])
            self.draws = np.concatenate([self.draws, draws([text for _, text, _ in new])])

    @property
    def in_audit(self) -> NDArray[np.bool_]:
        """Which texts no model may choose."""
        return np.asarray(self.draws < AUDIT_SHARE)

    def places(self, samples: Sequence[int]) -> list[int]:
        """Of those that are here."""
        wanted = np.array(samples, np.int64)
        at = np.minimum(np.searchsorted(self.samples, wanted), max(0, len(self.samples) - 1))
        return [] if not len(self.samples) else at[self.samples[at] == wanted].tolist()

    def learnt_from(self, decided: SpansDecided) -> list[int]:
        """The places of decisions to learn from."""
        places = self.places(decided.samples)
        if len(places) <= _MOST_LEARNT:
            return places
        return sorted(places, key=lambda at: self.draws[at])[:_MOST_LEARNT]

    def free(self, decided: SpansDecided) -> list[int]:
        """The places that somebody may be asked about, in the order that chance gave them."""
        is_free = np.ones(len(self.samples), bool)
        is_free[self.places([*decided.samples, *decided.aside])] = False
        free = np.flatnonzero(is_free)
        found: list[int] = free[np.argsort(self.draws[free], kind="stable")].tolist()
        return found

    def read(self, places: Iterable[int], *, until: float | None, check: Callable[[], None]) -> None:
        """See to it that these are known, in their order, until the time is over (`time.monotonic`)."""
        lacking = [at for at in places if at not in self.known]
        while lacking and (until is None or time.monotonic() < until):
            check()
            some: list[int] = []
            characters = 0
            while lacking and len(some) < _AT_ONCE and characters < _CHARACTERS_AT_ONCE:
                some.append(lacking.pop(0))
                characters += len(self.texts[some[-1]])
            texts = [self.texts[at] for at in some]
            units = [units_of(text) for text in texts]
            vectors = self.reader.vectors(texts, units)
            self.known.update(zip(some, map(Known, units, vectors), strict=True))

    def keep(self, wanted: Sequence[int]) -> None:
        """Forget what was wanted longest ago, where it is more than may be kept."""
        for at in reversed(wanted):
            if at in self.known:
                self.known.move_to_end(at)
        total = sum(len(one.units) for one in self.known.values())
        while total > _MOST_UNITS and len(self.known) > 1:
            _, gone = self.known.popitem(last=False)
            total -= len(gone.units)

    def forget_unless(self, labels: tuple[str, ...]) -> None:
        """Nothing that was fitted holds for other labels."""
        if labels != self._labels:
            self._labels, self.setting, self.tagger = labels, None, None

    def to_learn(
        self, learnt: Sequence[int], decided: SpansDecided
    ) -> tuple[list[Known], list[tuple[Found, ...]], list[int]]:
        """Texts, spans by units, and samples of what is read of the decisions."""
        spans_of = dict(zip(decided.samples, decided.spans, strict=True))
        texts, spans, samples = [], [], []
        for at in learnt:
            one = self.known.get(at)
            if one is not None and len(one.units):
                sample = int(self.samples[at])
                placed = ((one.units.within(start, end), label) for start, end, label in spans_of[sample])
                texts.append(one)
                spans.append(tuple((*ends, label) for ends, label in placed if ends is not None))
                samples.append(sample)
        return texts, spans, samples

    def fit(self, texts: Sequence[Known], spans: Sequence[Sequence[Found]], *, labels: int) -> None:
        """Fit it anew, where there is enough to learn from."""
        if len(texts) < FEWEST or not any(spans) or not labels:
            self.tagger = None
        else:
            setting = self.setting or Setting(len(texts))
            self.tagger = learn(texts, spans, labels=labels, setting=setting, start=self.tagger)

    def ask(self, candidates: Sequence[int]) -> list[tuple[int, str]]:
        """The places to ask about next, and why: those whose words it doubts most; before it is fitted, any."""
        here = [at for at in candidates if at in self.known]
        if self.tagger is None:
            return [(at, "random") for at in candidates[:BATCH]]
        doubts = [one.doubt for one in self.tagger.marked([self.known[at] for at in here])]
        order = sorted(range(len(here)), key=lambda at: -doubts[at])
        return [(here[at], "doubtful") for at in order[:BATCH]]


def _said(sample: int, text: Known, marked: Marked) -> SpansSaid:
    """As the window reads it."""
    starts, ends = text.units.starts, text.units.ends
    spans = tuple((int(starts[first]), int(ends[last]), label) for first, last, label in marked.spans)
    return SpansSaid(sample, spans, marked.sure, marked.whole, marked.doubt)
